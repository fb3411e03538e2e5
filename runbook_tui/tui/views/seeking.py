"""What was found by words, a row each."""

from __future__ import annotations

from runbook_tui.run.state import RunState
from runbook_tui.tui.views.node_search import Hit
from runbook_tui.tui.views.tone import GLYPHS, Line, spread
from runbook_tui.tui.views.words import said


def row(state: RunState, hit: Hit, width: int) -> Line:
    """One that was found: its sign, title, line, and what it lies in."""
    glyph, tone = (
        GLYPHS[state.step(hit.id).status] if hit.id in state.outline.steps else ("·", "dim")
    )
    left: Line = [(f"{glyph} ", tone), (said(hit.title, 200), "strong")]
    if hit.folder:
        left = [("› ", "accent"), (said(hit.title, 200), "plain")]
    if hit.line:
        left.append((f"  {said(hit.line, 200)}", "accent" if hit.folder else "dim"))
    parent = state.outline[hit.id].parent
    around = said(state.outline[parent].title, 30) if parent else ""
    return spread(left, [(around, "dim")] if around and width >= 60 else [], width)
