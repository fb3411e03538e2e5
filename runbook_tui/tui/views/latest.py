"""What happened last in a run, in words, the newest first: from its state alone."""

from __future__ import annotations

from heapq import nlargest

from runbook_tui.run.state import RunState, Status
from runbook_tui.tui.views.tone import GLYPHS
from runbook_tui.tui.views.words import said

Latest = tuple[float, str, str]
"""When (epoch seconds), what, and its tone."""


def latest(state: RunState, most: int) -> list[Latest]:
    """At most so many."""
    found: list[Latest] = []
    for id_, step in state.steps.items():
        if id_ not in state.outline or state.outline.is_group(id_):
            continue
        title = said(state.outline[id_].title, 200)
        who = said(step.ran_by.name, 40) if step.ran_by is not None else ""
        if step.status is Status.RUNNING and step.started is not None:
            found.append((step.started, f"▶ {title} begun{f' by {who}' if who else ''}", "busy"))
        elif step.finished is not None:
            mark, tone = GLYPHS[step.status]
            found.append((step.finished, f"{mark} {title} {step.status.value}", tone))
    for id_, tick in state.ticks.items():
        if id_ in state.outline:
            title = said(state.outline[id_].title, 200)
            found.append((tick.at, f"☑ {title}, by {said(tick.by.name, 40)}", "plain"))
    for given in state.signoffs:
        if given.node in state.outline:
            title = said(state.outline[given.node].title, 120)
            verb, tone = ("approves", "good") if given.approved else ("REJECTS", "bad")
            words = f"{said(given.by.name, 40)} {verb} {title} as {said(given.role, 40)}"
            found.append((given.at, words, tone))
    for note in state.notes:
        words = f"{said(note.by.name, 40)}: {said(note.text, 200)}"
        found.append((note.at, words, "plain"))
    return nlargest(most, found)
