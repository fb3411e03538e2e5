"""A run in one sentence once it is over: how long it took, and what was not as planned. Pure."""

from __future__ import annotations

from runbook_tui.book.durations import spoken
from runbook_tui.run.active import DAY, active
from runbook_tui.run.state import RunState, Status

NAMED = 3
"""So many background commands that the end of the run ended are named."""


def summary(state: RunState) -> str:
    """“done in 4 min of 6 min planned, 12 steps, 1 skipped …”, for a run that is finished."""
    until = state.finished or state.last_at
    took = spoken(until - state.started)
    if until - state.started >= DAY:
        took += f", worked on for {spoken(active(state, until))},"
    planned = sum(s.estimate.maximum for s in state.outline.steps.values() if s.estimate)
    words = f"{state.result or 'done'} in {took}" + (
        f" of {spoken(planned)} planned" if planned else ""
    )
    steps = [i for i in state.outline.order if not state.outline.is_group(i)]
    found = [state.step(i) for i in steps]
    done = sum(s.status is Status.DONE for s in found)
    skipped = [s for s in found if s.status is Status.SKIPPED]
    against = sum(s.overridden for s in skipped) + len(state.overridden_gates)
    parts = [words, _many(done, "step") + " done"]
    for number, what in (
        (len(skipped), "skipped"),
        (sum(s.status is Status.NOT_APPLICABLE for s in found), "not applicable"),
        (sum(s.status is Status.REHEARSED for s in found), "only gone through"),
        (against, "AGAINST THE PLAN"),
    ):
        if number:
            parts.append(f"{number} {what}")
    if stopped := state.stopped:
        titles = ", ".join(f"“{title}”" for title in stopped[:NAMED])
        more = " …" if len(stopped) > NAMED else ""
        parts.append(f"{_many(len(stopped), 'background command')} ended with it: {titles}{more}")
    return ", ".join(parts)


def _many(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
