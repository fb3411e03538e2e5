"""A person drags over an output on a real terminal, and has it in the terminal's clipboard."""

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
id = "count"
title = "Count"
changes = false
run = "seq -f 'lamp-%g is on' 500; read x < go"
"""


def mouse(terminal: Terminal, button: int, x: int, y: int, end: str = "M") -> None:
    """What a terminal sends for the mouse, cells counted from 1."""
    report = f"\033[<{button};{x};{y}{end}".encode()
    terminal.tmux("send-keys", "-H", *(f"{byte:02x}" for byte in report))


def spot(terminal: Terminal, text: str) -> tuple[int, int]:
    """Column and row of a text on the screen, from 1."""
    rows = terminal.screen.splitlines()
    at = next((row.find(text), y) for y, row in enumerate(rows) if text in row)
    return at[0] + 1, at[1] + 1


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_what_was_dragged_over_is_in_the_clipboard_of_the_terminal(
    terminal: Terminal, size: tuple[int, int]
) -> None:
    (terminal.folder / "plan.toml").write_text(PLAN)
    terminal.open("run", "plan.toml", size=size)
    terminal.tmux("set", "-g", "set-clipboard", "on")
    terminal.see("READY Count")
    terminal.keys("Enter")
    terminal.see("lamp-500 is on")
    terminal.keys("Tab")
    terminal.see("lamp-494 is on")
    x, y = spot(terminal, "lamp-495")
    mouse(terminal, 0, x, y)
    mouse(terminal, 32, x + 4, y + 1)
    mouse(terminal, 32, x + 7, y + 2)
    mouse(terminal, 0, x + 7, y + 2, "m")
    terminal.see("copied: 3 lines")
    wanted = "lamp-495 is on\nlamp-496 is on\nlamp-497"
    until(lambda: terminal.tmux("show-buffer").strip() == wanted, what="the clipboard")
    terminal.keys("Escape", "Escape")
    terminal.keys("F9")
    terminal.see("F9 again stops")
