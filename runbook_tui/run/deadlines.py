"""How long people have to decide: what nobody has approved within its time is denied.

The time begins with an event: the last thing that came before a gate, the end of what a sign-off
closes, the lead's asking anew. How long it is stands in the run's copy of the plan. So whoever
looks, and whenever, finds the same moment; only whether it is over hangs on the time of day.
"""

from __future__ import annotations

from collections.abc import Iterator

from runbook_tui.book.durations import spoken
from runbook_tui.book.model import Gate
from runbook_tui.frozen import frozen
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor
from runbook_tui.run.finishing import Pairs
from runbook_tui.run.leading import not_lead
from runbook_tui.run.nodes import Node
from runbook_tui.run.order import closed, gate_open, over, passed, signed
from runbook_tui.run.people import says_something
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import RunState, Status
from runbook_tui.run.times import said

GATE, SIGN_OFF = "gate", "sign-off"


@frozen
class Pending:
    """A decision that is asked for now and has a time: of ``within`` seconds, ``until`` then."""

    node: str
    kind: str
    within: float
    since: float

    @property
    def until(self) -> float:
        """The moment (epoch seconds) after which it is denied."""
        return self.since + self.within

    def denied(self, now: float) -> bool:
        """Whether its time is over."""
        return now > self.until


def asked_of(node: Node, kind: str) -> Gate | None:
    """What a node asks for: by its gate, or to be closed."""
    return node.gate if kind == GATE else node.signoff


def pending(state: RunState, id_: str, kind: str) -> Pending | None:
    """The decision that a node waits for, where its time is limited and has begun; else None.

    One that was given is not pending, unless it counts no more.
    """
    node = state.outline[id_]
    asked = asked_of(node, kind)
    if asked is None or asked.within is None or state.begun is None or state.rehearsal:
        return None
    if gate_open(state, id_) if kind == GATE else signed(state, id_):
        return None
    since = begun(state, node, kind)
    if since is None:
        return None
    return Pending(node=id_, kind=kind, within=asked.within, since=since)


def all_pending(state: RunState) -> Iterator[Pending]:
    """Every such decision, in the order of the plan."""
    for node in state.outline.timed:
        for kind in (GATE, SIGN_OFF):
            if (found := pending(state, node.id, kind)) is not None and not _past(state, node):
                yield found


def begun(state: RunState, node: Node, kind: str) -> float | None:
    """When people could first decide on a node, as the order of the plan has it; None: not yet."""
    times = _before(state, node) if kind == GATE else _inside(state, node)
    if times is None:
        return None
    anew = state.asked.get(key(node.id, kind), state.started)
    return max(state.started, anew, *times)


def late(state: RunState, id_: str, kind: str, at: float) -> bool:
    """Whether a decision of that moment comes after its time."""
    found = pending(state, id_, kind) if id_ in state.outline else None
    return found is not None and found.denied(at)


def key(id_: str, kind: str) -> str:
    """Under which name it stands in a state when somebody was asked anew."""
    return f"{kind} {id_}"


def _past(state: RunState, node: Node) -> bool:
    return node.gate is not None and over(state, node.id) and not gate_open(state, node.id)


def _before(state: RunState, node: Node) -> list[float] | None:
    """When all ended that comes before a node, and the gates around it were opened."""
    times: list[float] = []
    for holder in state.outline.holders(node.id):
        if holder != node.id and state.outline[holder].gate is not None:
            if not gate_open(state, holder):
                return None
            times += [state.gates_at[holder]] if holder in state.gates_at else []
        for need in state.outline[holder].needs:
            if need not in state.outline:
                continue
            if not (over(state, need) if need in state.outline.steps else closed(state, need)):
                return None
            times += _ends(state, need)
    return times


def _inside(state: RunState, node: Node) -> list[float] | None:
    """When all ended that a sign-off closes; None where it has not, or nobody has worked on it."""
    steps = [s.id for s in state.outline.steps_inside(node.id)]
    own = node.id in state.outline.steps
    if own and state.step(node.id).status not in {Status.WAITING, Status.DONE}:
        return None
    if not all(passed(state, id_) for id_ in steps if id_ != node.id):
        return None
    times = [t for id_ in steps if (t := state.step(id_).settled) is not None]
    return times or None


def _ends(state: RunState, id_: str) -> list[float]:
    """When the steps in a node ended, its criteria were ticked and its sign-offs given."""
    times: list[float] = []
    inside = {node.id for node in state.outline.inside(id_)}
    for name in inside:
        if name in state.outline.steps and (at := state.step(name).settled) is not None:
            times.append(at)
        if name in state.ticks:
            times.append(state.ticks[name].at)
    times += [s.at for s in state.signoffs if s.node in inside and not s.for_gate]
    return times


# -- what people are told, and what is refused -----------------------------------------------------


def words(state: RunState, found: Pending, now: float) -> str:
    """“denied since 10:42: nobody had approved it within 30m”, or until when it can be given."""
    if not found.denied(now):
        return f"to be approved by {said(found.until, now)}, else it is denied"
    return f"denied since {said(found.until, now)}: not approved within {spoken(found.within)}"


def way_out(state: RunState, found: Pending) -> str:
    """What can be done about a decision that was denied."""
    again = f"runbook ask {state.run} {found.node} --reason TEXT"
    if found.kind == GATE:
        return (
            f"the lead asks anew: {again}, or overrides the gate:"
            f" runbook override {state.run} {found.node} --reason TEXT"
        )
    return f"the lead asks anew: {again}"


def refused(state: RunState, request: r.Request, now: float) -> Refusal | None:
    """The refusal of an approval that comes too late; a rejection may come at any time."""
    if not isinstance(request, r.SignNode) or not request.approve:
        return None
    if request.node not in state.outline:
        return None
    node = state.outline[request.node]
    shut = node.gate is not None and not gate_open(state, node.id)
    found = pending(state, node.id, GATE if shut else SIGN_OFF)
    if found is None or not found.denied(now):
        return None
    return Refusal(
        reason=f"the {found.kind} of “{node.title}” is {words(state, found, now)}",
        hint=way_out(state, found),
    )


def explained(state: RunState, request: r.Request, refusal: Refusal, now: float) -> Refusal:
    """A refusal, with what can be done where a gate that was denied is what stands in the way."""
    if not isinstance(request, r.StartStep | r.FinishStep | r.TickNode):
        return refusal
    about = request.node if isinstance(request, r.TickNode) else request.step
    for holder in state.outline.holders(about) if about in state.outline else ():
        found = pending(state, holder, GATE)
        if found is not None and found.denied(now):
            title = state.outline[holder].title
            return Refusal(
                reason=f"the gate of “{title}” is {words(state, found, now)}",
                hint=way_out(state, found),
                exit_code=refusal.exit_code,
            )
    return refusal


def ask_anew(state: RunState, q: r.AskAnew, actor: Actor) -> Pairs | Refusal:
    """The lead asks again for a decision: its time begins anew, and the record says why."""
    if q.node not in state.outline:
        return Refusal(reason=f"there is nothing called “{q.node}”", exit_code=2)
    node = state.outline[q.node]
    if not says_something(q.reason):
        return Refusal(reason="asking anew needs a reason", exit_code=2)
    if (refusal := not_lead(state, actor, "ask anew for a sign-off")) is not None:
        return refusal
    if state.finished is not None:
        return Refusal(reason="the run is over")
    for kind in (GATE, SIGN_OFF):
        if pending(state, node.id, kind) is not None:
            owner = node.id if node.id in state.outline.steps else None
            return [(e.ApprovalAsked(node=node.id, kind=kind, reason=q.reason.strip()), owner)]
    if not any((asked := asked_of(node, k)) and asked.within is not None for k in (GATE, SIGN_OFF)):
        return Refusal(reason=f"the plan limits no time for a decision on “{node.title}”")
    return Refusal(
        reason=f"nobody is asked for a decision on “{node.title}” now",
        hint="its time has not begun, or it was approved",
    )
