"""Where a rollback stands, in words; ends in ROLLED BACK or INCOMPLETE."""

from __future__ import annotations

import time
from collections.abc import Iterable

from runbook_tui.book.durations import spoken
from runbook_tui.book.plain_text import printable
from runbook_tui.run.failing import GOOD, unanswered
from runbook_tui.run.follow_up import follow_up
from runbook_tui.run.offers import offers
from runbook_tui.run.once import once
from runbook_tui.run.outline import Outline
from runbook_tui.run.procedures import duties
from runbook_tui.run.reach import reach
from runbook_tui.run.rehearsal import came_to
from runbook_tui.run.rollback import RollbackPlan, only_stopped, procedures_of, stopped_in
from runbook_tui.run.rollback import plan as rollback_plan
from runbook_tui.run.rollback_state import RollbackState
from runbook_tui.run.state import RunState
from runbook_tui.tui.views.tone import Line, flow

MOST = 3
"""Rows that it takes at most."""
NARROW = 60
"""Columns below which what remains is said first."""


def summary(state: RunState, plan: RollbackPlan, width: int, height: int) -> list[Line]:
    """How it stands, on as many of ``height`` rows as it needs."""
    rollback = running(state)
    height = max(1, height)
    if rollback is not None and rollback.finished is not None:
        return _over(state, rollback, width, height)
    if rollback is not None and rollback.started is not None:
        done = sum(r in GOOD for r in rollback.results.values())
        deed = "gone through or taken back" if state.rehearsal else "taken back"
        words = f"{done} of {len(rollback.steps)} {deed}"
        if failed := unanswered(state):
            titles = _titles(state, failed)
            ask = "its row: r again, e edit, l go on from a line, x it stays"
            return flow([], f"{words}; {titles} failed. On {ask}", "bad", width, height)
        return [[(f" {words}", "busy")]]
    if not plan.items:
        if begun := only_stopped(state, plan.node):
            words = f"nothing to undo; F9 again stops {_titles(state, begun)}"
            return flow([], words, "warn", width, height)
        return [[(" nothing to roll back here", "good")]]
    words, whole = _cover(state, plan)
    return flow([], words, "good" if whole else "warn", width, height)


def _over(state: RunState, rollback: RollbackState, width: int, height: int) -> list[Line]:
    took = spoken(rollback.seconds)
    if state.rehearsal:
        return _rehearsed(state, rollback, width, height)
    found = follow_up(state)
    more = f"; Esc: a follow-up of {len(found.open)}" if found is not None and found.open else ""
    if rollback.result != "complete":
        left = ", ".join(printable(r, 60) for r in rollback.remaining)
        tag: Line = [(" INCOMPLETE ", "panic")]
        kept = "; the plan keeps commands for it: o runs the chosen one" if _kept(state) else ""
        parts = (f"after {took}", f"remains: {left}")
        words = "; ".join(parts if width >= NARROW else reversed(parts))
        return flow(tag, f"{words}{kept}{more}", "bad", width, height)
    words = f"everything in {in_words(state, rollback.node)} is taken back, in {took}"
    if not rollback.steps:
        stopped = stopped_in(state, rollback)
        words = "nothing was changed" + (f"; stopped: {_titles(state, stopped)}" if stopped else "")
    if away := outside(state, rollback.node):
        one = len(away) == 1
        words += f"; {len(away)} step{'' if one else 's'} outside it stay{'s' if one else ''}"
    return flow([(" ROLLED BACK ", "won")], words + more, "good", width, height)


def _titles(state: RunState, ids: Iterable[str]) -> str:
    return ", ".join(f"“{printable(state.outline[id_].title, 60)}”" for id_ in ids)


def _kept(state: RunState) -> bool:
    """Whether the plan has commands for the rollback that nobody has run yet."""
    if state.rollback is None:
        return False
    stages = duties(state, procedures_of(state, state.rollback))
    every = [*offers(state), *(duty.offer for duty in stages)]
    return any(offer is not None and offer.last is None for offer in every)


def _rehearsed(state: RunState, rollback: RollbackState, width: int, height: int) -> list[Line]:
    came = came_to(state, rollback)
    words = came.would if came.ready or came.unready else "nothing was only gone through"
    if many := len(came.taken_back):
        words += f"; {many} step{' that really ran is' if many == 1 else 's that really ran are'}"
        words += " taken back"
    if many := len(came.stands):
        words += f"; {many} REALLY RAN AND STAND{'S' if many == 1 else ''}"
    if rollback.result == "complete":
        return flow([(" REHEARSED ", "won")], words, "good", width, height)
    left = ", ".join(printable(title, 60) for title in rollback.remaining)
    return flow([(" INCOMPLETE ", "panic")], f"in rehearsal: {words}; not: {left}", "bad",
                width, height)  # fmt: skip


@once
def _cover(state: RunState, plan: RollbackPlan) -> tuple[str, bool]:
    """What will be taken back and what will not; and whether that is everything in the scope."""
    kinds = [item.kind for item in plan.items]
    parts = [f"{plan.ready} of {plan.commands} commands ready"]
    if plan.commands == 1:
        parts = ["its command is ready" if plan.ready else "its command is not ready"]
    if plan.over_budget:
        parts.append("it takes longer than it may")
    if hands := kinds.count("manual"):
        parts.append(f"{hands} by hand")
    if bare := kinds.count("none"):
        parts.append(f"{bare} without an undo stay{'s' if bare == 1 else ''}")
    if fixed := kinds.count("irreversible"):
        parts.append(f"{fixed} cannot be undone")
    if held := sum(i.held for i in plan.items):
        parts.append(f"{held} below the floor (f: undo that too)")
    if found := reach(state, plan):
        parts.append(f"reaches back to “{printable(found.title, 40)}”, {moment(state, found.at)}")
        floors = ", ".join(f"“{printable(floor, 40)}”" for floor in found.floors)
        parts += [f"floor: {floors}"] if floors else []
    if others := outside(state, plan.node):
        one = len(others) == 1
        parts.append(
            f"{len(others)} step{'' if one else 's'} outside stay{'s' if one else ''} (Tab)"
        )
    return "; ".join(parts), plan.ready == plan.commands and not bare and not fixed


def moment(state: RunState, at: float) -> str:
    """A time of this run, local; with its day where that is another than the last event's."""
    then, last = time.localtime(at), time.localtime(state.last_at)
    return time.strftime("%H:%M" if then[:3] == last[:3] else "%d %b %H:%M", then)


def in_words(state: RunState, node: str) -> str:
    """A scope in words."""
    if not node or node not in state.outline:
        return "the run"
    return f"{state.outline[node].kind.value} “{printable(state.outline[node].title, 40)}”"


def outside(state: RunState, node: str) -> list[str]:
    """Ids of steps that ran outside a scope and could be taken back."""
    if not node:
        return []
    return _outside(state.outline, node, rollback_plan(state, "run", ""))


@once
def _outside(outline: Outline, node: str, whole: RollbackPlan) -> list[str]:
    inside = {step.id for step in outline.steps_inside(node)}
    return [item.step for item in whole.items if item.step not in inside]


def running(state: RunState) -> RollbackState | None:
    """The rollback that runs or ran last; none that was only looked at."""
    rollback = state.rollback
    return rollback if rollback is not None and rollback.started is not None else None
