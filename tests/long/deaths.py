"""Kill -9 of the viewer, and of the supervisor, at random moments: what is told of the command then
is true, and what is kept of its output is what it put out, byte for byte."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

from runbook_tui.command.folder import locked, log_parts
from runbook_tui.command.host import CommandHost
from runbook_tui.command.shells import base_environment
from runbook_tui.session.ports.commands import (
    NEVER_STARTED,
    CommandSpec,
    CommandStatus,
    Phase,
)
from tests.bench.terminals import Driven
from tests.programs import Program
from tests.waiting import until

STATUS = 42
DRIPS = 20
LINES = 500_000
PATIENCE = 300.0
"""Seconds for a resume; a machine that is busy with much else is slow, not at fault."""
WIDTH = 32
"""Bytes of a line as a terminal shows it, with CR and LF: the log turns over at 12 MiB."""
TEXT = f"""
for n in $(seq {DRIPS}); do printf '%030d\\n' $n; sleep 0.01; done
seq -f %030.0f {DRIPS + 1} {LINES} | cat
sleep 0.05
exit {STATUS}"""
PLAN = f"""\
format = 1
title = "Deaths"
[[phase]]
title = "One"
[[phase.step]]
id = "only"
title = "STEP-IS-HERE"
run = '''{TEXT}'''
undo = "true"
"""
HOST = CommandHost()


@cache
def expected() -> bytes:
    """All that the command puts out."""
    return b"".join(b"%030d\r\n" % number for number in range(1, LINES + 1))


def faults_of_log(folder: Path, *, whole: bool) -> list[str]:
    """What of the log is not what was put out, or not where it says."""
    log = log_parts(folder)
    found = []
    for path, start in log.parts:
        data = path.read_bytes() if path.exists() else b""
        if data != expected()[start : start + len(data)]:
            found.append(f"{path.name} from byte {start} is not what was put out")
    if whole and log.total != len(expected()):
        found.append(f"the log ends at byte {log.total} of {len(expected())}")
    return found


def faults_of_end(status: CommandStatus, folder: Path) -> list[str]:
    """A command that is said to be over has ended as it did, with all it has put out."""
    if status.phase is not Phase.FINISHED:
        return [] if status.exit is None and status.signal is None else [f"no true end: {status}"]
    found = faults_of_log(folder, whole=True)
    if (status.exit, status.bytes) != (STATUS, len(expected())):
        found.append(f"no true end: {status}")
    return found


def supervisor_dies(place: Path, seed: int) -> tuple[str, list[str]]:
    """One round: what was told of the command, and what of that is not so."""
    rng = random.Random(seed)
    folder = place / str(seed)
    HOST.start(
        CommandSpec(
            folder=folder,
            argv=("bash", "-eo", "pipefail", "-c", TEXT),
            cwd="/",
            environment=base_environment(dict(os.environ)),
        )
    )
    _pause(rng.choice((rng.uniform(0, 0.02), rng.uniform(0, 0.4), rng.uniform(0, 3))))
    pid = holder(folder)
    if pid is not None:
        _kill(pid)
        until(lambda: not locked(folder))
    status = HOST.status(folder)
    faults = faults_of_end(status, folder)
    if status.phase is not Phase.FINISHED:
        faults += faults_of_log(folder, whole=False)
        HOST.stop(folder)
        until(lambda: HOST.status(folder).phase is Phase.LOST, what=str(HOST.status(folder)))
        status = HOST.status(folder)
    return status.phase.value, faults


def holder(folder: Path) -> int | None:
    """The supervisor, also one that has not written itself down yet; None where it is gone."""
    lock = str(folder / "lock")
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if any(os.readlink(fd) == lock for fd in (process / "fd").iterdir()):
                    return int(process.name)
            except OSError:
                continue
    return None


def viewer_dies(place: Path, seed: int) -> tuple[str, list[str]]:
    """One round: a viewer without a screen, or with one, is killed; its command knows nothing."""
    rng = random.Random(seed)
    folder = place / str(seed)
    folder.mkdir()
    program = Program(folder)
    try:
        return _viewer_dies(program, rng, screen=bool(seed % 2))
    finally:
        for command in program.home.glob("runs/*/commands/*"):
            HOST.stop(command, 0.1)


def _viewer_dies(program: Program, rng: random.Random, *, screen: bool) -> tuple[str, list[str]]:
    plan = program.plan(PLAN)
    if screen:
        argv = [sys.executable, "-m", "runbook_tui", "run", str(plan)]
        viewer = Driven(argv, program.environment(TERM="xterm-256color"), (120, 40))
        with viewer:
            viewer.until(b"READY")
            viewer.press(b"\r")
            _meet(program, rng, viewer)
    else:
        child = program.start("run", plan, "--no-tui")
        _meet(program, rng, None)
        program.kill(child)
    folders = list(program.home.glob("runs/*/commands/only.*-run"))
    if not folders:
        return "never started", []
    if not recorded(program, "command.started"):
        return "started", ["the command was started, and its start is not recorded"]
    until(lambda: HOST.status(folders[0]).phase not in {Phase.STARTING, Phase.RUNNING})
    status = HOST.status(folders[0])
    faults = faults_of_end(status, folders[0])
    if status.phase is not Phase.FINISHED and status.reason != NEVER_STARTED:
        faults.append(f"it was lost with its viewer: {status}")
    # Whoever comes next takes the end from there, and says no other.
    if status.phase is Phase.FINISHED:
        try:
            program("resume", "--no-tui", seconds=PATIENCE)
        except subprocess.TimeoutExpired:
            return status.phase.value, [*faults, f"resume has not ended in {PATIENCE} s"]
        ends = recorded(program, "command.finished")
        if not ends or ends[0].get("exit") != STATUS or ends[0]["digest"] != status.digest:
            faults.append(f"recorded as {json.dumps(ends)}")
    return status.phase.value, faults


def recorded(program: Program, kind: str) -> list[dict[str, Any]]:
    """The data of a journal's events of a kind, in their order."""
    with contextlib.closing(sqlite3.connect(program.home / "journal.db")) as journal:
        rows = journal.execute("SELECT body FROM event ORDER BY rowid").fetchall()
    bodies = [json.loads(row[0]) for row in rows]
    return [body["data"] for body in bodies if body["type"] == kind]


def _meet(program: Program, rng: random.Random, viewer: Driven | None) -> None:
    """Wait for a random moment: around the start of the command, in it, or behind it."""
    deadline = time.monotonic() + 20
    if rng.random() < 0.8:
        while not list(program.home.glob("runs/*/commands/*")) and time.monotonic() < deadline:
            _read(viewer, 0.002)
    _read(viewer, rng.choice((rng.uniform(0, 0.05), rng.uniform(0, 1.5))))


def _read(viewer: Driven | None, seconds: float) -> None:
    if viewer is None:
        _pause(seconds)
    else:
        viewer.drain(seconds)


def _pause(seconds: float) -> None:
    time.sleep(seconds)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        return
