"""How bad it is: SEV 1 to 3 as a selector, never colour alone."""

from __future__ import annotations

import time

from runbook_tui.book.plain_text import printable
from runbook_tui.run.rollback_state import SEVERITIES, Severity
from runbook_tui.tui.views.tone import Line


def word(said: Severity | None) -> str:
    """``SEV 2``; empty where nobody has said anything."""
    return f"SEV {said.level}" if said is not None else ""


def selector(said: Severity | None) -> Line:
    """The three, the chosen one in brackets, with who said so and when."""
    line: Line = [("SEV ", "dim")]
    for level in SEVERITIES:
        chosen = said is not None and said.level == level
        line.append((f"[{level}]" if chosen else f" {level} ", "bad" if chosen else "key"))
    if said is None:
        return [*line, (" not said ", "dim")]
    when = time.strftime("%H:%M", time.localtime(said.at))
    return [*line, (f" {printable(said.by.name, 16)} {when} ", "dim")]
