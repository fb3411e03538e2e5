"""Which decisions count now: four eyes hold as long as they matter, not just when one signs."""

from __future__ import annotations

from runbook_tui.run.events import Actor
from runbook_tui.run.one_key import one_person, one_signer
from runbook_tui.run.pulls import moved
from runbook_tui.run.state import RunState
from runbook_tui.run.verdicts import Signoff, rejected, standing

LED_SINCE = "has led the run since"
WORKED_SINCE = "has run or left out a step in it since"


def decided(state: RunState, id_: str, *, gate: bool) -> list[Signoff]:
    """Each person's last decision in each role on a node's gate, or on what closes it."""
    return standing(s for s in state.signoffs if s.node == id_ and s.for_gate == gate)


def counted(state: RunState, id_: str, *, gate: bool) -> list[Signoff]:
    """The decisions that count: all rejections, and the approvals that nothing since took away."""
    given = decided(state, id_, gate=gate)
    return [s for s in given if not s.approved or not lapsed(state, s)]


def lapsed(state: RunState, given: Signoff) -> str:
    """Why an approval does not count any more, in a few words; empty where it does."""
    node = state.outline[given.node]
    asked = node.gate if given.for_gate else node.signoff
    if given.late:
        return "came after its time"
    if asked is not None and asked.signed and not given.signature:
        return "has not signed with a key"
    if why := moved(state, given):
        return why
    if asked is not None and asked.four_eyes:
        if given.for_gate and any(one_person(state, lead, given.by) for lead in state.leads):
            return LED_SINCE
        worked = any(one_person(state, by, given.by) for by in state.workers)
        if worked and any(one_person(state, by, given.by) for by in hands(state, given.node)):
            return WORKED_SINCE
    if (before := _signed_before(state, given)) is not None:
        return f"has a key of {before.by.identity}, who has approved it already"
    started = (state.step(s.id).started_seq for s in state.outline.steps_inside(given.node))
    if not given.for_gate and given.seq < max(started, default=0):
        return "signed before its last attempt"
    return ""


def _signed_before(state: RunState, given: Signoff) -> Signoff | None:
    """An approval in the same role that counts, by somebody else of a name and of the same key."""
    if not given.signature:
        return None
    for other in decided(state, given.node, gate=given.for_gate):
        earlier = other.seq < given.seq and other.by.key != given.by.key
        alike = earlier and other.approved and other.role == given.role
        if alike and one_signer(state, other, given) and not lapsed(state, other):
            return other
    return None


def hands(state: RunState, id_: str) -> tuple[Actor, ...]:
    """Everybody who has run, done by hand or left out anything in a node."""
    inside = state.outline.steps_inside(id_)
    return tuple(by for step in inside for by in state.step(step.id).hands)


def why_shut(state: RunState, id_: str) -> str:
    """Who has rejected a gate, or whose approval of it counts no more; empty where nobody."""
    gate = state.outline[id_].gate
    given = decided(state, id_, gate=True)
    if gate is not None and (no := rejected(given, gate)):
        return f"was {no}"
    gone: dict[str, None] = {}
    for one in given:
        if one.approved and (why := lapsed(state, one)):
            eyes = " (four eyes)" if why in {LED_SINCE, WORKED_SINCE} else ""
            gone[f"{one.by.name}, who {why}{eyes}"] = None
    return f"was approved by {', and by '.join(gone)}" if gone else ""


def opened_by(state: RunState, id_: str, actor: Actor) -> str:
    """The title of a gate around a node that four eyes would shut if this person worked in it."""
    for holder in state.outline.holders(id_):
        node = state.outline[holder]
        if node.gate is None or not node.gate.four_eyes or holder in state.overridden_gates:
            continue
        if any(
            s.approved and one_person(state, s.by, actor) for s in counted(state, holder, gate=True)
        ):
            return node.title
    return ""
