"""The environment that a run is in, as every screen of it shows it."""

from __future__ import annotations

from runbook_tui.book.plain_text import printable
from runbook_tui.run.state import RunState
from runbook_tui.tui.views.tone import Line

COLOURS = {"red": "bad", "yellow": "warn", "green": "good", "blue": "accent"}
"""The tones that an environment's colour stands for."""


def environment(state: RunState) -> Line:
    """The environment that the run is in, always first; production in capitals."""
    name = state.begun.environment if state.begun else None
    if not name:
        return []
    one = state.runbook.environment(name)
    if one is None:
        return [(f" {printable(name, 24)} ", "strong")]
    word = f"PRODUCTION {name}" if one.production and name != "production" else name
    tone = COLOURS.get(one.colour, "bad" if one.production else "strong")
    return [(f" {printable(word.upper() if one.production else word, 40)} ", tone)]
