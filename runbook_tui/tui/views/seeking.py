"""What was found by words, a row each."""

from __future__ import annotations

from runbook_tui.run.state import RunState
from runbook_tui.tui.views.node_search import Hit
from runbook_tui.tui.views.tone import GLYPHS, Line, cells, spread
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
    around = _around(state, hit.id, width // 2) if width >= 60 else ""
    return spread(left, [(around, "dim")] if around else [], width)


def _around(state: RunState, id_: str, room: int) -> str:
    """What a node lies in, from the inside out as far as there is room: many a group is called
    like that of another change."""
    parent = state.outline[id_].parent
    if not parent:
        return ""
    words = said(state.outline[parent].title, 30)
    while parent := state.outline[parent].parent:
        more = f"{said(state.outline[parent].title, 30)} › {words}"
        if cells(more) > room:
            break
        words = more
    return words
