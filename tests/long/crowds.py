"""Ten thousand commands in a row, and trees that grow while they are ended: nothing is left."""

from __future__ import annotations

import os
from pathlib import Path

from runbook_tui.command.host import CommandHost
from runbook_tui.command.orphans import orphans
from runbook_tui.command.shells import base_environment
from runbook_tui.command.standby import SUPERVISOR
from runbook_tui.session.ports.commands import CommandSpec, Phase
from tests.waiting import until

RESPAWNING = """\
#!/bin/sh
# Whoever ends one of these gets another, in a session of its own.
trap 'setsid "$0" & exit' TERM HUP INT
echo up
while :; do sleep 1; done
"""


def row(place: Path, count: int) -> list[str]:
    """So many commands, one after the other; what they have left behind."""
    host = CommandHost()
    before = _held()
    faults = []
    for number in range(count):
        folder = place / str(number)
        _start(host, folder, "true")
        until(lambda folder=folder: (folder / "exit.json").exists())  # type: ignore[misc]
        status = host.status(folder)
        if (status.phase, status.exit) != (Phase.FINISHED, 0):
            faults.append(f"command {number}: {status}")
    host.close()
    try:
        until(lambda: not supervisors(place))
    except AssertionError:
        faults.append(f"supervisors {supervisors(place)} are still there")
    if (after := _held()) > before:
        faults.append(f"{after - before} descriptors more than before")
    if left := [path for path in place.glob("*/control") if path.is_socket()]:
        faults.append(f"{len(left)} sockets are left")
    if left := list(place.glob("*/*.tmp")):
        faults.append(f"{len(left)} temporary files are left")
    return faults


def respawners(place: Path, count: int, grace: float = 0.3) -> tuple[float, list[str]]:
    """Stop a tree of so many that replace themselves when asked to end; seconds, and survivors."""
    import time

    host = CommandHost()
    script = place / "respawning"
    script.write_text(RESPAWNING)
    script.chmod(0o700)
    folder = place / "command"
    _start(host, folder, f"for n in $(seq {count}); do '{script}' & done; wait")
    until(lambda: host.tail(folder, 1 << 20).count(b"up") >= count, 60.0)
    began = time.monotonic()
    host.stop(folder, grace)
    try:
        until((folder / "end.json").exists, 30.0)
    except AssertionError:
        pass
    took = time.monotonic() - began
    left = orphans(folder)
    host.stop(folder, 0.1)
    host.close()
    return took, [f"{len(left)} of the tree are left"] if left else []


def supervisors(place: Path) -> list[int]:
    """Supervisors that hold a lock under ``place``, or have not got their spec yet."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            if str(SUPERVISOR).encode() not in (process / "cmdline").read_bytes():
                continue
            links = [os.readlink(fd) for fd in (process / "fd").iterdir()]
        except OSError:
            continue
        if any(link.startswith(str(place)) for link in links):
            found.append(int(process.name))
    return found


def _held() -> int:
    return len(os.listdir("/proc/self/fd"))


def _start(host: CommandHost, folder: Path, text: str) -> None:
    environment = base_environment(dict(os.environ))
    argv = ("sh", "-c", text)
    host.start(CommandSpec(folder=folder, argv=argv, cwd="/", environment=environment))
