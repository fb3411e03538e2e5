"""``runbook doctor``: is this machine ready?"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click

from runbook_tui.cli import exits, say, unknown
from runbook_tui.session.home import exposed
from runbook_tui.session.ports.journal import JournalError

LITTLE = 200 << 20
"""Bytes of free space below which logs and journal may not fit."""
COLUMNS, ROWS = 80, 24
BUILT = 1735689600.0
"""2025: a clock that says less is wrong."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at; ``serious`` where a run could not be trusted without it."""

    name: str
    good: bool
    text: str
    serious: bool = True


@click.command("doctor")
@click.option("--shared", is_flag=True, help="only: can several users share RUNBOOK_HOME?")
@click.option("--group", metavar="NAME", help="with --shared: make RUNBOOK_HOME this group's")
def command(shared: bool, group: str | None) -> int:
    """Is this machine ready: programs, terminal, disk, clock, journal; 0 ready, 1 not."""
    if shared or group is not None:
        from runbook_tui import wiring
        from runbook_tui.cli.sharing_home import shared_home

        if not shared:
            raise exits.Ended(exits.USAGE, "--group goes with --shared")
        return shared_home(wiring.settings().home, group)
    ready = True
    for finding in _findings():
        word = "ok" if finding.good else ("NOT OK" if finding.serious else "note")
        colour = "green" if finding.good else ("red" if finding.serious else "yellow")
        say.out(f"{word:<7} {finding.name:<12} {finding.text}", colour=colour)
        ready = ready and (finding.good or not finding.serious)
    say.out("this machine is ready" if ready else "this machine is not ready", bold=True)
    return exits.DONE if ready else exits.STEP_FAILED


def _findings() -> Iterator[Finding]:
    from runbook_tui import wiring

    home = wiring.settings().home
    looks: tuple[Callable[[], Finding], ...] = (
        _system,
        _bash,
        lambda: _program("git", ("git", "--version"), serious=True),
        lambda: _program("ssh-keygen", None, serious=False),
        _github,
        _terminal,
        lambda: _writable(home),
        lambda: _filesystem(home),
        lambda: _space(home),
        _memory,
        _clock,
        _journal,
    )
    for look in looks:
        yield look()


def _system() -> Finding:
    good = sys.platform.startswith("linux")
    text = "Linux" if good else f"{sys.platform}: untried; supervisors need Linux"
    return Finding(name="system", good=good, text=text, serious=False)


def _bash() -> Finding:
    found = shutil.which("bash")
    text = found or "missing: commands run by `sh -e -c`, a failing pipe goes unseen"
    return Finding(name="bash", good=found is not None, text=text, serious=False)


def _program(name: str, argv: tuple[str, ...] | None, *, serious: bool) -> Finding:
    from runbook_tui.command.runner import HelperRunner

    found = shutil.which(name)
    if found is None:
        return Finding(name=name, good=False, text="missing: install it", serious=serious)
    if argv is None:
        return Finding(name=name, good=True, text=found)
    outcome = HelperRunner().run(argv, timeout=5.0)
    text = (outcome.stdout or outcome.stderr).strip()
    return Finding(name=name, good=outcome.exit == 0, text=text, serious=serious)


def _github() -> Finding:
    """Where a token for GitHub is looked for, in that order, and which counts; never what it is."""
    from runbook_tui.forge.tokens import API, sources

    url = (os.environ.get("GITHUB_API_URL") or API).rstrip("/")
    said, found = [], False
    for one in sources(url):
        said.append(f"{one.name}: {one.why or ('there, not used' if found else 'USED')}")
        found = found or bool(one.token)
    text = ", ".join(said) + ("" if found else "; only actions at GitHub need one")
    return Finding(name="github", good=found, text=text, serious=False)


def _terminal() -> Finding:
    if not sys.stdout.isatty():
        text = "none here; --no-tui works without one"
        return Finding(name="terminal", good=True, text=text, serious=False)
    size = os.get_terminal_size(sys.stdout.fileno())
    good = size.columns >= COLUMNS and size.lines >= ROWS
    text = f"{size.columns}x{size.lines}" + ("" if good else f"; {COLUMNS}x{ROWS} are wanted")
    return Finding(name="terminal", good=good, text=text, serious=False)


def _existing(home: Path) -> Path:
    return next(place for place in (home, *home.parents) if place.exists())


def _writable(home: Path) -> Finding:
    place = _existing(home)
    good = place.is_dir() and os.access(place, os.W_OK | os.X_OK)
    text = str(home) if good else f"{place} cannot be written; set RUNBOOK_HOME"
    if good and (open_to_all := exposed(home)):
        return Finding(name="home", good=False, text=open_to_all)
    return Finding(name="home", good=good, text=text)


def _filesystem(home: Path) -> Finding:
    from runbook_tui.journal.place import NETWORK, filesystem

    kind = filesystem(home)
    good = NETWORK.fullmatch(kind) is None
    text = kind or "unknown"
    if not good:
        text += ": locks do not hold there; set RUNBOOK_HOME to a local disk"
    return Finding(name="file system", good=good, text=text)


def _space(home: Path) -> Finding:
    free = shutil.disk_usage(_existing(home)).free
    text = f"{free >> 20} MiB free"
    return Finding(name="disk", good=free >= LITTLE, text=text)


def _memory() -> Finding:
    """Where what commands put out lies while they know secrets."""
    from runbook_tui.journal.place import filesystem

    places = [Path(os.environ.get("XDG_RUNTIME_DIR") or "/dev/shm"), Path("/dev/shm")]
    usable = [p for p in places if p.is_dir() and os.access(p, os.W_OK | os.X_OK)]
    found = next((p for p in usable if filesystem(p) in {"tmpfs", "ramfs"}), None)
    text = f"{found} keeps secrets off the disk" if found else (
        "none that can be written as files: output values of commands that know secrets lie on the"
        " disk until the command has ended; mount a tmpfs on /dev/shm"
    )  # fmt: skip
    return Finding(name="memory", good=found is not None, text=text, serious=False)


def _clock() -> Finding:
    now = time.time()
    text = say.stamp(now)
    return Finding(name="clock", good=now > BUILT, text=text)


def _journal() -> Finding:
    from runbook_tui import wiring
    from runbook_tui.cli.choosing import glances
    from runbook_tui.journal.schema import side
    from runbook_tui.journal.waiting import kept_waiting

    path = wiring.settings().journal
    folders = unknown.folders()
    try:
        with closing(wiring.journal(reading=True)) as journal:
            found = glances(journal)
    except JournalError as error:
        return Finding(name="journal", good=False, text=f"{error} {error.hint}".strip())
    for file in (path, side(path, ".lock"), side(path, ".bell")):
        if file.exists() and not os.access(file, os.W_OK):
            text = f"{file} cannot be written; set its owner and mode right, or set RUNBOOK_HOME"
            return Finding(name="journal", good=False, text=text)
    if lost := unknown.said(folders, (run.entry.run for run in found)):
        return Finding(name="journal", good=False, text=lost)
    if waits := kept_waiting(path):
        return Finding(name="journal", good=False, text=waits, serious=False)
    ahead = [run for run in found if run.touched > time.time() + 5]
    if ahead:
        text = f"run {ahead[0].entry.run} was written in the future: a clock was wrong"
        return Finding(name="journal", good=False, text=text)
    return Finding(name="journal", good=True, text=f"opens; {len(found)} runs")
