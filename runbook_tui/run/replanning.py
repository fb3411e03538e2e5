"""Another plan is taken over in the middle of a run: what stays, what is void, what is kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from runbook_tui.book.model import Runbook
from runbook_tui.frozen import frozen
from runbook_tui.run import events as e
from runbook_tui.run.carrying import carried, gone, needed
from runbook_tui.run.content import content
from runbook_tui.run.draft import Draft
from runbook_tui.run.events import Event
from runbook_tui.run.order import open_checks, over, signed
from runbook_tui.run.outline import Outline
from runbook_tui.run.rollback_state import RollbackState
from runbook_tui.run.state import GONE, OVER, RunState, Status
from runbook_tui.run.voiding import UNTOUCHED
from runbook_tui.run.weakening import more_hold, weakened

AGAIN = "it had not ended well when the plan lost it"
"""The reason of a step that the plan has again."""


@frozen
class Void:
    """What counts no more under a new plan: sign-offs, by their events, ticks and gates by ids."""

    signoffs: frozenset[int] = frozenset()
    ticks: frozenset[str] = frozenset()
    gates: frozenset[str] = frozenset()


def with_plan(state: RunState, payload: e.PlanChanged, new: Runbook) -> RunState:
    """The state as it would be seen by the new plan, before anything in it is void."""
    plan = Outline(new)
    kept = gone(state, plan)
    runbook = carried(state, new, plan, kept)
    outline = plan if runbook is new else Outline(runbook)
    return dataclasses.replace(
        state,
        runbook=runbook,
        outline=outline,
        plan=payload,
        gone=frozenset(id_ for id_ in kept if id_ in outline.steps and id_ not in plan),
        values={**state.values, **payload.parameters},
        sources={**state.sources, **payload.sources},
        secrets={**state.secrets, **payload.secrets},
    )


def void_in(state: RunState, then: RunState) -> Void:
    """What was decided in a run on what another plan says otherwise, or not at all."""
    known: dict[str, bool] = {}

    def same(id_: str) -> bool:
        if id_ not in known:
            known[id_] = _same(state, then, id_)
        return known[id_]

    gates = (*state.opened_gates, *state.overridden_gates)
    return Void(
        signoffs=frozenset(s.seq for s in state.signoffs if not same(s.node)),
        ticks=frozenset(id_ for id_ in state.ticks if not same(id_)),
        gates=frozenset(id_ for id_ in gates if not same(id_)),
    )


def _same(state: RunState, then: RunState, id_: str) -> bool:
    """Whether both plans say the same of what goes by this id."""
    if id_ in state.outline and id_ in then.outline:
        return content(state, id_) == content(then, id_)
    one, other = state.outline.beside.box(id_), then.outline.beside.box(id_)
    return one is not None and other is not None and _words(one) == _words(other)


def _words(box: Any) -> Any:
    """What a box beside the plan says, wherever it stands."""
    return [
        (field.name, getattr(box, field.name))
        for field in dataclasses.fields(box)
        if field.name not in {"line", "source", "steps"}
    ]


def plan_changed(draft: Draft, event: Event, payload: e.PlanChanged) -> None:
    """From this event on the run is of the new plan; a forged one may have no effect."""
    before = draft.so_far()
    then = with_plan(before, payload, before.reads(payload))
    more = more_hold(before.runbook.roles, then.runbook.roles)
    if weakened(before.outline, then.outline, more):
        return
    void = void_in(before, then)
    back = before.gone - then.gone
    runbook = needed(before, then.runbook)
    draft.runbook = runbook
    draft.outline = then.outline if runbook is then.runbook else Outline(runbook)
    draft.gone = then.gone
    draft.fields["plan"] = payload
    draft.values, draft.sources = dict(then.values), dict(then.sources)
    draft.secrets = dict(then.secrets)
    draft.signoffs = [s for s in draft.signoffs if s.seq not in void.signoffs]
    for id_ in void.ticks:
        del draft.ticks[id_]
    for gates in (draft.opened_gates, draft.overridden_gates):
        for id_ in void.gates & gates.keys():
            del gates[id_]
    _let_go(draft, before)
    _come_back(draft, back)
    _wait_again(draft, before, void)
    _ask_conditions_anew(draft, before)
    _open_again(draft, draft.outline.order)
    _beside(draft)


def void_by_value(draft: Draft, name: str, value: str) -> None:
    """Another value than a gate was approved with: what is behind it would not be what was signed.

    Every command has the value in its environment, so what reads it cannot be told. A value that
    nobody knew was open to whoever signed, and its coming takes nothing away.
    """
    if draft.values.get(name, value) == value:
        return
    decided = {s.node for s in draft.signoffs if s.for_gate} | draft.overridden_gates.keys()
    if not decided:
        return
    before = draft.so_far()
    void = {id_ for id_ in decided if id_ in before.outline and not over(before, id_)}
    draft.signoffs = [s for s in draft.signoffs if not (s.for_gate and s.node in void)]
    for gates in (draft.opened_gates, draft.overridden_gates):
        for id_ in void & gates.keys():
            del gates[id_]


def _let_go(draft: Draft, before: RunState) -> None:
    """What the plan has no more is not to be done; what of it ran is still to be taken back."""
    for id_ in before.outline.order:
        status = draft.step(id_).status
        if id_ in draft.gone and status not in OVER and status is not Status.UNDO_FAILED:
            draft.change(id_, status=Status.SKIPPED, reason=GONE)
        elif id_ not in draft.outline.steps and status is not Status.PENDING:
            draft.change(id_, **UNTOUCHED)


def _come_back(draft: Draft, ids: Iterable[str]) -> None:
    """The plan has again what it had lost: what was left open there is open again."""
    for id_ in ids:
        step = draft.step(id_)
        if step.status is Status.SKIPPED and step.reason == GONE:
            fields: dict[str, Any] = {"status": Status.FAILED, "reason": AGAIN}
            draft.change(id_, **(fields if step.acted else UNTOUCHED))


def _wait_again(draft: Draft, before: RunState, void: Void) -> None:
    """A step that was done, and whose tick or sign-off is void, is over with another one only; its
    work stays done."""
    signed_off = (s.node for s in before.signoffs if s.seq in void.signoffs and not s.for_gate)
    ticked = (before.outline[id_].parent for id_ in void.ticks if id_ in before.outline)
    state = draft.so_far()
    for id_ in {*signed_off, *ticked} & draft.outline.steps.keys() - draft.gone:
        wants = open_checks(state, id_) or not signed(state, id_)
        if draft.step(id_).status is Status.DONE and wants:
            draft.change(id_, status=Status.WAITING)


def _ask_conditions_anew(draft: Draft, before: RunState) -> None:
    """What other conditions have left out may apply now."""
    for id_ in draft.outline.order:
        was = before.outline.conditions.get(id_)
        if draft.step(id_).status is not Status.NOT_APPLICABLE:
            continue
        if draft.outline.conditions.get(id_) != was:
            draft.change(id_, **UNTOUCHED)


def _open_again(draft: Draft, ids: Iterable[str]) -> None:
    """A step that only holds others is open again where the plan has put an open one into it."""
    for id_ in ids:
        if not draft.outline.is_group(id_) or draft.step(id_).status not in OVER:
            continue
        inside = (s.id for s in draft.outline.steps_inside(id_) if s.id != id_)
        open_ = (i for i in inside if draft.step(i).status not in OVER)
        if any(not draft.outline.optional(i) for i in open_):
            draft.change(id_, **UNTOUCHED)


def _reachable(draft: Draft, found: RollbackState | None) -> RollbackState | None:
    """A rollback as far as the plan still knows what it was about; its events say all."""
    if found is None:
        return None
    known = draft.outline.steps
    return dataclasses.replace(
        found,
        node=found.node if found.node in draft.outline else "",
        steps=tuple(id_ for id_ in found.steps if id_ in known),
        results={id_: result for id_, result in found.results.items() if id_ in known},
    )


def _beside(draft: Draft) -> None:
    """What a rollback that is over, and the watches, say of nodes that are there no more."""
    same = draft.ended is draft.rollback
    draft.rollback = _reachable(draft, draft.rollback)
    draft.ended = draft.rollback if same else _reachable(draft, draft.ended)
    watched = {watch.id for watch in draft.runbook.watches}
    draft.breached = frozenset(draft.breached & watched)
    draft.watches = {id_: one for id_, one in draft.watches.items() if id_ in watched}
    draft.probed = {id_: one for id_, one in draft.probed.items() if id_ in draft.outline}
    if not draft.breached:
        draft.alarm = None
