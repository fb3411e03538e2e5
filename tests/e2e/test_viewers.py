"""Several people look at one run's panes; a viewer that is gone changes nothing for the others."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.terminals import Terminal, started
from tests.programs import GRACE
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None and not os.environ.get("CI"), reason="tmux is not here"
)
PLAN = """\
format = 1
title = "Lighthouse"
[[phase]]
title = "Lamp"
[[phase.step]]
id = "talk"
title = "Talk to it"
changes = false
interactive = true
run = '''printf '\\033[2J\\033[3;5H'; stty size; while read line; do
printf '\\033[2J\\033[6;10Hheard-%s of ' "$line"; stty size; done'''
"""


@pytest.fixture
def guest(tmp_path: Path) -> Iterator[Terminal]:
    (tmp_path / "guest").mkdir()
    made = Terminal(tmp_path / "guest", tmp_path / "home", GRACE)
    yield made
    made.end()


def led(terminal: Terminal) -> None:
    """Ada has started the program and types into it."""
    (terminal.folder / "plan.toml").write_text(PLAN)
    terminal.open("run", "plan.toml", size=(120, 40))
    terminal.see("READY Talk to it")
    terminal.keys("Enter")
    terminal.see("command ▶")
    terminal.keys("i")
    terminal.see("TYPING")


def say(terminal: Terminal, word: str) -> str:
    """Type a word; what is then seen."""
    terminal.keys(*word, "Enter")
    terminal.see(f"heard-{word} of ")
    row = next(row for row in terminal.screen.splitlines() if f"heard-{word}" in row)
    return row.partition("heard-")[2].strip()


def test_who_joins_sees_the_same_live_and_changes_nothing_by_looking(
    terminal: Terminal, guest: Terminal
) -> None:
    led(terminal)
    first = say(terminal, "one")
    guest.open("join", size=(80, 24))
    guest.see("heard-one of ")
    guest.keys("Tab", "z")
    guest.see(f"heard-{first}")
    second = say(terminal, "two")
    assert second.partition(" of ")[2] == first.partition(" of ")[2], "its size is the lead's"
    guest.see(f"heard-{second}")
    assert "heard-one" not in guest.screen


def test_the_viewers_die_and_see_it_again_and_it_has_gone_on(
    terminal: Terminal, guest: Terminal
) -> None:
    led(terminal)
    guest.open("join", size=(80, 24))
    guest.see("RUNNING Talk to it")
    os.kill(guest.program(), signal.SIGKILL)
    until((guest.folder / "ended").exists)
    say(terminal, "one")
    os.kill(terminal.program(), signal.SIGKILL)
    until((terminal.folder / "ended").exists)
    guest.end()
    guest.open("join", size=(120, 40))
    guest.see("heard-one of ")
    # Nobody leads now; who takes part may still answer the program.
    guest.see("nobody leads")
    guest.keys("i")
    guest.see("TYPING")
    say(guest, "two")
    terminal.end()
    terminal.open("resume", size=(80, 24))
    terminal.see("heard-two of ")


def test_f9_at_home_shows_the_rollback_of_a_run_that_somebody_else_leads(
    terminal: Terminal, guest: Terminal
) -> None:
    started(terminal)
    guest.open(size=(80, 24))
    guest.see("1 open run")
    guest.see("↶ 1 ready")
    guest.keys("F9")
    guest.see("F9 again to START")
    guest.keys("Escape")
    guest.see("you: Grace")
    assert (terminal.folder / "lamp").exists()
