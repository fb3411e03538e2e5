"""What the commands of an emergency load decides how fast they are there."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pexpect
import pytest

from tests.e2e.plans import SHIP
from tests.programs import GRACE, Program

SLOW = ("textual", "rich", "github", "git", "pydantic", "pyte", "markdown_it", "tree_sitter")


@pytest.mark.parametrize(
    "arguments",
    [
        ("log",),
        ("rollback", "--yes"),
        ("stop",),
        ("sign", "RUN", "two", "--role", "cto", "--as", GRACE),
        ("runs",),
        ("verify",),
        ("settings",),
        ("--help",),
    ],
    ids=lambda a: a[0],
)
def test_they_load_nothing_slow(runbook: Program, arguments: tuple[str, ...]) -> None:
    runbook("run", runbook.plan(SHIP), "--no-tui")
    run = runbook.run_id()
    named = [run if word == "RUN" else word for word in arguments]
    ended = runbook(*named, flags=("-X", "importtime"))
    assert ended.status in {0, 5}, ended.err[-400:]
    loaded = {
        line.rpartition("|")[2].strip().partition(".")[0]
        for line in ended.err.splitlines()
        if line.startswith("import time:")
    }
    assert "click" in loaded
    assert not loaded & set(SLOW)


BEFORE_THE_FIRST_FRAME = """\
import sys
from textual.app import App
from runbook_tui.cli import program

class Seen(Exception):
    pass

def instead(self):
    raise Seen

import runbook_tui.tui.app
App.run = instead
try:
    program.program.main(sys.argv[1:], standalone_mode=False)
except Seen:
    print(*sorted(sys.modules))
"""


@pytest.mark.parametrize("arguments", [("run", "plan.toml"), ("resume",), ("join",)])
def test_the_first_frame_waits_for_no_reader_no_journal_and_no_screen_of_the_run(
    runbook: Program, arguments: tuple[str, ...]
) -> None:
    runbook.plan(SHIP)
    loaded = _loaded_before_the_first_frame(runbook, *arguments)
    assert "runbook_tui.tui.opening" in loaded
    own = {name for name in loaded if name.startswith("runbook_tui.")}
    slow = set(SLOW) - {"textual", "rich"} | {"sqlite3"}
    assert not slow & {name.partition(".")[0] for name in loaded}
    rooms = {"book", "run", "session", "journal", "command", "forge"}
    allowed = {"runbook_tui.book", "runbook_tui.book.plain_text"}
    assert not {n for n in own if n.split(".")[1] in rooms} - allowed
    assert not {
        n for n in own if n.startswith(("runbook_tui.tui.screens", "runbook_tui.tui.views"))
    }


def _loaded_before_the_first_frame(runbook: Program, *arguments: str) -> set[str]:
    ended = pexpect.run(
        shlex.join([sys.executable, "-c", BEFORE_THE_FIRST_FRAME, *arguments]),
        cwd=str(runbook.work),
        env=runbook.environment(TERM="xterm-256color"),
        encoding="utf-8",
        withexitstatus=True,
    )
    assert isinstance(ended, tuple)
    said, status = str(ended[0]), ended[1]
    assert status == 0, said
    return set(said.split())


def test_home_waits_for_no_reader_no_journal_and_no_screen_of_a_run(runbook: Program) -> None:
    loaded = _loaded_before_the_first_frame(runbook)
    assert "runbook_tui.tui.home.screen" in loaded
    slow = set(SLOW) - {"textual", "rich"} | {"sqlite3"}
    assert not slow & {name.partition(".")[0] for name in loaded}
    rooms = ("journal", "command", "forge", "report", "session", "tui.screens")
    assert not {n for n in loaded if n.startswith(tuple(f"runbook_tui.{r}" for r in rooms))}


def test_the_line_that_stands_at_once_waits_for_no_screen() -> None:
    """What is loaded before it: the commands that open a screen, and the hand-over to one."""
    rooms = [f"cli.{name}" for name in ("run", "resume", "join", "home", "screen")]
    before = ", ".join(f"runbook_tui.{name}" for name in (*rooms, "tui.opening"))
    asks = f"import sys, {before}; print([m for m in {SLOW} if m in sys.modules])"
    ended = subprocess.run(
        [sys.executable, "-c", asks], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.strip() == "[]"
