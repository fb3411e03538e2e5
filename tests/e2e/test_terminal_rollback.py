"""A rollback that was started on a screen, whatever becomes of the screen."""

from __future__ import annotations

import json
import os
import shutil
import signal

import pytest

from tests.e2e.terminals import Terminal, starts
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None and not os.environ.get("CI"), reason="tmux is not here"
)
PLAN = """\
format = 1
title = "Harbour"
[[phase]]
title = "Harbour"
[[phase.step]]
title = "First"
run = "touch first"
undo = "rm first"
[[phase.step]]
title = "Second"
run = "touch second"
undo = "echo begun >> undone; read x < go; rm second"
"""


def rolling(terminal: Terminal) -> None:
    """Two steps are done, and the undo of the second waits for a word."""
    (terminal.folder / "plan.toml").write_text(PLAN)
    assert terminal.cli("run", "plan.toml", "--no-tui").returncode == 0
    terminal.open("join", size=(80, 24))
    terminal.see("Harbour")
    terminal.keys("F9")
    terminal.see("F9 again to START")
    until(lambda: starts(terminal), what="the second press to start it")
    until((terminal.folder / "undone").exists)


def result(terminal: Terminal) -> str:
    """How the rollback ended; empty as long as it has not."""
    events = map(json.loads, terminal.cli("log", "--json").stdout.splitlines())
    ends = [e["data"]["result"] for e in events if e["type"] == "rollback.finished"]
    return ends[-1] if ends else ""


@pytest.mark.parametrize("end", ["killed", "hung up", "terminated", "left"])
def test_it_comes_back_though_the_screen_has_gone(terminal: Terminal, end: str) -> None:
    rolling(terminal)
    if end == "hung up":
        terminal.end()
    elif end == "left":
        terminal.keys("Escape")
        terminal.see("↶ rolling back")
        terminal.keys("q")
        until((terminal.folder / "ended").exists)
        terminal.see("its rollback goes on")
    else:
        number = signal.SIGKILL if end == "killed" else signal.SIGTERM
        os.kill(terminal.program(), number)
        until((terminal.folder / "ended").exists)
    (terminal.folder / "go").write_text("on\n")
    until(lambda: result(terminal) == "complete")
    assert not (terminal.folder / "first").exists()
    assert (terminal.folder / "undone").read_text() == "begun\n"


def test_a_rollback_of_lines_outlives_its_terminal(terminal: Terminal) -> None:
    (terminal.folder / "plan.toml").write_text(PLAN)
    assert terminal.cli("run", "plan.toml", "--no-tui").returncode == 0
    terminal.open("rollback", "--yes")
    until((terminal.folder / "undone").exists)
    terminal.end()
    (terminal.folder / "go").write_text("on\n")
    until(lambda: result(terminal) == "complete")
    assert not (terminal.folder / "first").exists()


def test_a_rehearsal_on_the_screen_runs_nothing_and_says_after_it_what_it_found(
    terminal: Terminal,
) -> None:
    (terminal.folder / "plan.toml").write_text(PLAN.replace("Second", "Second one"))
    terminal.open("run", "plan.toml", "--rehearse", size=(100, 30))
    terminal.see("REHEARSAL")
    terminal.keys("Enter")
    terminal.see("~ First")
    terminal.keys("Enter")
    terminal.see("~ Second one")
    terminal.keys("F9")
    terminal.see("F9 again to START")
    until(lambda: starts(terminal), what="the second press to start it")
    terminal.see("REHEARSED")
    terminal.keys("Escape")
    terminal.see("~ First")
    terminal.keys("q")
    until((terminal.folder / "ended").exists)
    terminal.see("REHEARSED  2 of 2 undos would have been ready")
    assert (terminal.folder / "ended").read_text() == "ended-with-0\n"
    for name in ("first", "second", "undone"):
        assert not (terminal.folder / name).exists()
