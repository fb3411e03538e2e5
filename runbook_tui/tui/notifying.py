"""A notification by the terminal itself, where that is known to make one of what it is sent.

Others would show the text, or swallow what follows; of those nothing is assumed. Inside tmux or
screen nothing reaches the terminal, so nothing is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from runbook_tui.book.plain_text import printable

if TYPE_CHECKING:
    from textual.app import App

PROGRAMS = {"iTerm.app": 9, "WezTerm": 777, "ghostty": 777, "rio": 777}
"""By ``TERM_PROGRAM``, the number of the sequence."""
KINDS = {"xterm-kitty": 99, "foot": 777, "foot-extra": 777, "xterm-ghostty": 777}
"""By ``TERM``."""
LONGEST = 200


def sequence(environment: Mapping[str, str], title: str, text: str) -> str:
    """What makes the terminal notify; empty where it is not known to."""
    kind = environment.get("TERM", "")
    if "TMUX" in environment or "STY" in environment or kind.startswith(("tmux", "screen")):
        return ""
    number = KINDS.get(kind) or PROGRAMS.get(environment.get("TERM_PROGRAM", ""), 0)
    one, other = (printable(t, LONGEST).replace(";", ",") for t in (title, text))
    if number == 9:
        return f"\x1b]9;{one}: {other}\x1b\\"
    if number == 777:
        return f"\x1b]777;notify;{one};{other}\x1b\\"
    if number == 99:
        return f"\x1b]99;i=runbook;{one}: {other}\x1b\\"
    return ""


def notify(app: App[Any], environment: Mapping[str, str], title: str, text: str) -> None:
    """Send it through the screen's own driver."""
    driver = app._driver  # noqa: SLF001  Textual draws through nothing else
    if driver is None or app.is_headless or driver.is_inline or driver.is_web:
        return
    if told := sequence(environment, title, text):
        driver.write(told)
        driver.flush()
