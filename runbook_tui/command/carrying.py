"""What carries a command to another machine: the system's ssh, and what it is given to send."""

from __future__ import annotations

import secrets

from runbook_tui.book.hosts import wrong_with
from runbook_tui.run import remote, remote_terminal
from runbook_tui.session.ports.commands import CommandSpec

FOLDER = "FOLDER"
"""Stands for the folder there, which only the other side knows, in what enters its terminal."""


def carrying(spec: CommandSpec) -> dict[str, object] | None:
    """The spec of the carrier; None for a command of this machine. Raises ValueError."""
    there = spec.remote
    if there is None:
        return None
    if wrong := wrong_with(there.host):
        raise ValueError(f"{there.host!r} is no host: {wrong}")
    token = secrets.token_hex(16)
    kind = remote_terminal if spec.interactive else remote
    script = kind.script(
        token=token,
        text=there.text,
        shell=there.shell,
        cwd=there.cwd,
        environment=there.environment,
    )
    size = len(script.encode("utf-8", "surrogateescape"))
    given = spec.environment.get(remote.PROGRAM, "")
    typed = remote.calling(given, remote_terminal.OPTIONS) if spec.interactive else None
    return {
        "host": there.host,
        "ssh": remote.calling(given),
        "terminal": typed,
        "entering": remote_terminal.entering(FOLDER),
        "folder": FOLDER,
        "script": script,
        "taking": remote.taking(size),
        "ending": remote.ending(token=token),
        "token": token,
        "report": str(spec.folder.absolute() / "remote.json"),
        "grace": spec.grace,
    }
