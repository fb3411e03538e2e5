"""A line that stands on the terminal until the screen is there.

Loading Textual takes a sixth of a second, and seconds on a machine whose disk or processors are
busy: a person sees at once that their key press was heard.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

from runbook_tui.book.plain_text import printable


@contextlib.contextmanager
def at_once(words: str) -> Iterator[None]:
    """Show ``words`` in one row of the terminal while the body runs, and leave no trace of them.

    On the normal screen and without another mode: whoever is killed meanwhile leaves a line behind,
    not a terminal that has to be put right. Where there is no terminal nothing is shown.
    """
    terminal = sys.__stderr__
    if terminal is None or not terminal.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        yield
        return
    try:
        room = os.get_terminal_size(terminal.fileno()).columns - 1
    except OSError:
        room = 79
    # What is no ASCII may take two columns, and a second row would stay.
    room = max(0, room if words.isascii() else room // 2)
    _write(f"\r{printable(words, room)}" if room else "\r")
    try:
        yield
    finally:
        _write("\r\x1b[K")


def _write(text: str) -> None:
    terminal = sys.__stderr__
    assert terminal is not None
    # A terminal that has gone is the application's to notice.
    with contextlib.suppress(OSError, ValueError):
        terminal.write(text)
        terminal.flush()
