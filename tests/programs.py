"""The real program, run as a person or a script would run it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runbook_tui.journal.jsonl import as_line
from runbook_tui.journal.place import real
from runbook_tui.journal.reader import JournalReader
from tests.waiting import PATIENCE, until

ROOT = Path(__file__).resolve().parent.parent
ADA = "Ada <ada@example.com>"
GRACE = "Grace <grace@example.com>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How the program ended."""

    status: int
    out: str
    err: str


class Program:
    """``runbook`` with a home and a working folder of its own; kills what is left at the end."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.work = folder / "work"
        self.work.mkdir()
        self.folder = folder
        self._started: list[subprocess.Popen[str]] = []
        self._adopted: list[subprocess.Popen[str]] = []

    def environment(self, **more: str) -> dict[str, str]:
        """What the program finds in its environment."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("RUNBOOK_", "GIT_"))}
        own = {"RUNBOOK_HOME": str(self.home), "RUNBOOK_AS": ADA, "PYTHONPATH": str(ROOT)}
        return {**kept, **own, **more}

    def __call__(
        self,
        *arguments: str | Path,
        environment: Mapping[str, str] | None = None,
        flags: tuple[str, ...] = (),
        seconds: float = PATIENCE,
    ) -> Ended:
        """Run it to its end, without a terminal."""
        done = subprocess.run(
            [sys.executable, *flags, "-m", "runbook_tui", *map(str, arguments)],
            cwd=self.work,
            env=self.environment(**(environment or {})),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Ended(status=done.returncode, out=done.stdout, err=done.stderr)

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start it; its output goes into the file ``started.N``."""
        with (self.folder / f"started.{len(self._started)}").open("wb") as file:
            child = subprocess.Popen(
                [sys.executable, "-m", "runbook_tui", *map(str, arguments)],
                cwd=self.work,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                text=True,
            )
        self._started.append(child)
        return child

    def adopt(self, child: subprocess.Popen[str]) -> None:
        """End another process with this test, too."""
        self._adopted.append(child)

    def output(self, number: int = 0) -> str:
        """What the program started as the ``number``th has put out."""
        return (self.folder / f"started.{number}").read_text(encoding="utf-8")

    def kill(self, child: subprocess.Popen[str], number: int = signal.SIGKILL) -> int:
        """Send a signal and wait for the end."""
        child.send_signal(number)
        return child.wait(PATIENCE)

    def plan(self, text: str, name: str = "plan.toml") -> Path:
        """Write a plan into the working folder."""
        path = self.work / name
        path.write_text(text, encoding="utf-8")
        return path

    def runs(self, home: Path | None = None) -> list[str]:
        """The ids of all runs, the newest first; those of another ``home``, if one is given."""
        with JournalReader(real((home or self.home) / "journal.db")) as journal:
            return [entry.run for entry in journal.runs()]

    def run_id(self) -> str:
        """The id of the newest run."""
        return self.runs()[0]

    def events(self, home: Path | None = None) -> list[dict[str, Any]]:
        """The events of the newest run, as ``log --json`` gives them; read here and now."""
        with JournalReader(real((home or self.home) / "journal.db")) as journal:
            events = [event for entry in journal.runs()[:1] for event in journal.events(entry.run)]
        found: list[dict[str, Any]] = json.loads(json.dumps([as_line(event) for event in events]))
        return found

    def types(self, home: Path | None = None) -> list[str]:
        """The types of the newest run's events."""
        return [event["type"] for event in self.events(home)]

    def close(self) -> None:
        """End what this test started."""
        for child in (*self._started, *self._adopted):
            if child.poll() is None:
                self.kill(child)
        stop(self)


def stop(program: Program) -> None:
    """Stop the commands that still run; a program is started only where there may be any."""
    for run in sorted({folder.parts[-3] for folder in unended(program.home)}):
        program("stop", run)


def unended(home: Path) -> list[Path]:
    """The folders of commands that run, or of which nobody can say that they do not."""
    found = []
    for folder in home.glob("runs/*/commands/*"):
        if not (folder / "end.json").exists():
            known = (folder / "meta.json").exists()
            if not known or any(process_of(folder, what) for what in ("supervisor", "child")):
                found.append(folder)
    return found


def processes(home: Path, what: str) -> list[int]:
    """Process ids of live ``supervisor`` or ``child`` processes of this home's commands."""
    folders = (meta.parent for meta in home.glob("runs/*/commands/*/meta.json"))
    open_ = (folder for folder in folders if not (folder / "end.json").exists())
    return [pid for folder in open_ if (pid := process_of(folder, what))]


def process_of(folder: Path, what: str) -> int | None:
    """The live ``supervisor`` or ``child`` process of one command."""
    try:
        pid = int(json.loads((folder / "meta.json").read_text())[what])
    except (OSError, ValueError, KeyError):
        return None
    return pid if lives(pid) else None


def lives(pid: int) -> bool:
    """Whether a process is there, and no zombie that nobody has waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def wait_for_output(
    program: Program, text: str, number: int = 0, seconds: float = PATIENCE
) -> None:
    """Wait until a started program has put out ``text``."""
    until(lambda: text in program.output(number), seconds, what=f"output {text!r}")
