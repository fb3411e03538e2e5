"""A command that writes to the terminal on which the program stands, or changes its modes."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.e2e.terminals import Terminal
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
id = "spoil"
title = "Spoil the screen"
changes = false
run = '''{spoil}; touch spoilt; read x < go'''
[[phase.step]]
id = "after"
title = "Look at the sea"
changes = false
"""
SPOIL = r"""printf '\033[?1049l\033[2J\033[5;10r\033[?6h\033(0\033[7m\033[?25hGARBAGE' > {tty}
stty -F {tty} sane"""


def spoilt(terminal: Terminal, size: tuple[int, int]) -> str:
    """The screen before a command spoils it, once that has happened."""
    plan = terminal.folder / "plan.toml"
    plan.write_text(PLAN.format(spoil="read tty < tty; " + SPOIL.format(tty='"$tty"')))
    os.mkfifo(terminal.folder / "tty")
    terminal.open("run", "plan.toml", size=size)
    terminal.see("READY Spoil the screen")
    terminal.keys("Enter")
    terminal.see("command ▶")
    terminal.ticks(2)
    before = terminal.screen
    tty = terminal.tmux("list-panes", "-F", "#{pane_tty}").strip()
    (terminal.folder / "tty").write_text(tty + "\n")
    until((terminal.folder / "spoilt").exists)
    return before


def steady(screen: str) -> list[str]:
    """What does not change with the clock."""
    return [row for row in screen.splitlines()[1:] if "0:" not in row]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_screen_comes_back_by_itself_and_so_do_the_keys(
    terminal: Terminal, size: tuple[int, int]
) -> None:
    before = spoilt(terminal, size)
    until(lambda: steady(terminal.screen) == steady(before), what="the screen as it was")
    until(lambda: terminal.tmux("display", "-p", "#{cursor_flag}").strip() == "0")
    assert terminal.tmux("display", "-p", "#{scroll_region_upper}").strip() == "0"
    assert terminal.tmux("display", "-p", "#{alternate_on}").strip() == "1"
    terminal.keys("F9")
    terminal.see("F9 again stops")


def test_ctrl_l_draws_it_at_once_though_nothing_runs(terminal: Terminal) -> None:
    terminal.open("run", "plan.toml", size=(80, 24))
    terminal.see("READY Change the lamp")
    terminal.ticks(2)
    before = terminal.screen
    with open(terminal.tmux("list-panes", "-F", "#{pane_tty}").strip(), "w") as tty:
        tty.write("\033[2J\033[5;5HGARBAGE")
    terminal.see("GARBAGE")
    terminal.keys("C-l")
    until(lambda: steady(terminal.screen) == steady(before), what="the screen as it was")


def test_what_was_typed_stands_there_as_it_is_when_all_is_drawn_anew(terminal: Terminal) -> None:
    """An echo is drawn alone, before the frame that it belongs to."""
    plan = terminal.folder / "plan.toml"
    plan.write_text(PLAN.format(spoil="read x").replace("run =", "interactive = true\nrun =", 1))
    settings = terminal.folder / ".config" / "runbook" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("hints = false\n")
    terminal.open("run", "plan.toml")
    terminal.see("READY Spoil the screen")
    terminal.keys("Enter")
    terminal.see("i type into it")
    terminal.keys("i")
    terminal.see("TYPING")
    typed = ""
    for part in ("two wörds", " 日本", " and mo", "re"):
        typed += part
        terminal.tmux("send-keys", "-l", part)
        terminal.see(typed)
    terminal.keys("BSpace")
    until(lambda: typed not in terminal.screen)
    before = terminal.tmux("capture-pane", "-e", "-p")
    tty = terminal.tmux("list-panes", "-F", "#{pane_tty}").strip()
    with open(tty, "w") as other:
        other.write("\x1b7\x1b[20;70HGARBAGE\x1b8\x1b]2;spoilt\x1b\\")
    # It may be drawn over before it was ever looked at; the title stays.
    until(lambda: terminal.tmux("display", "-p", "#{pane_title}").strip() == "spoilt")
    until(lambda: "GARBAGE" not in terminal.screen)
    assert steady(terminal.tmux("capture-pane", "-e", "-p")) == steady(before)
