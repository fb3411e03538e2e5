"""What is over, what is closed, and what has to come before a step."""

from __future__ import annotations

from runbook_tui.run.counting import counted, decided, why_shut
from runbook_tui.run.state import BROKEN, OVER, RunState, Status
from runbook_tui.run.verdicts import enough, rejected
from runbook_tui.run.watch_holds import held


def over(state: RunState, id_: str) -> bool:
    """Whether nothing more is to be done in a node."""
    node = state.outline[id_]
    if id_ in state.outline.steps:
        return state.step(id_).status in OVER
    return all(passed(state, s.id) for s in state.outline.steps_inside(node.id))


def passed(state: RunState, id_: str) -> bool:
    """Whether a step keeps nothing open: it is over, or is optional and was not begun."""
    status = state.step(id_).status
    if status in OVER or status is not Status.PENDING or state.outline.optional(id_):
        return status in OVER or status is Status.PENDING
    step = state.outline.steps[id_]
    closing = step.signoff is None and not open_checks(state, id_)
    return state.outline.is_group(id_) and closing and all(passed(state, s.id) for s in step.steps)


def gate_open(state: RunState, id_: str) -> bool:
    """Whether a node has no gate, or it was overridden, or opened by approvals that still count.

    One that was opened shuts again for what has not started once they do not.
    """
    if state.outline[id_].gate is None or id_ in state.overridden_gates:
        return True
    return id_ in state.opened_gates and signed(state, id_, gate=True)


def closed(state: RunState, id_: str) -> bool:
    """Whether a phase or change is over with its criteria ticked and its sign-off given."""
    found = state.known.get(id_)
    if found is None:
        found = state.known[id_] = _closed(state, id_)
    return found


def _closed(state: RunState, id_: str) -> bool:
    node = state.outline[id_]
    if _left_out(state, id_):
        return True
    inside = state.outline.children(id_)
    criteria = [c for c in inside if state.outline[c].kind == "criterion"]
    changes = [c for c in inside if state.outline[c].kind == "change"]
    return (
        over(state, id_)
        and all(closed(state, c) for c in changes)
        and all(c in state.ticks for c in criteria)
        and (node.signoff is None or signed(state, id_))
    )


def _left_out(state: RunState, id_: str) -> bool:
    """Whether a phase or change holds steps, and conditions have left out all of them."""
    first = next(state.outline.steps_inside(id_), None)
    return first is not None and all(
        state.step(s.id).status is Status.NOT_APPLICABLE for s in state.outline.steps_inside(id_)
    )


def signed(state: RunState, id_: str, *, gate: bool = False) -> bool:
    """Whether a node has all approvals that its sign-off (or its gate) asks for."""
    node = state.outline[id_]
    asked = node.gate if gate else node.signoff
    return asked is None or enough(counted(state, id_, gate=gate), asked)


def blockers(state: RunState, id_: str) -> tuple[str, ...]:
    """Why a step cannot start now: one short sentence each; empty where it can."""
    outline = state.outline
    node = outline[id_]
    reasons: list[str] = []
    if state.rehearsal:
        return _comes_first(state, id_)
    for holder in outline.holders(id_):
        gate = outline[holder].gate
        if gate is not None and not gate_open(state, holder):
            waits = f"waits for sign-off: {', '.join(gate.roles)}"
            if why := why_shut(state, holder):
                waits = f"{why}; it {waits}"
            reasons.append(f"gate of “{outline[holder].title}” {waits}")
        if gate is not None and state.watches and (why := held(state, holder)):
            reasons.append(f"gate of “{outline[holder].title}” is held shut: {why}")
    shut = any(" is held shut: " in reason for reason in reasons)
    # Where no gate is in the way what is red keeps the next step from starting all the same.
    if state.watches and not shut and (why := held(state, node.phase)):
        reasons.append(f"nothing starts in “{outline[node.phase].title}” now: {why}")
    if outline.advised:
        return tuple(reasons)
    reasons.extend(
        f"“{outline[need].title}” comes first" + _still_open(state, need)
        for need in (*outline[node.phase].needs, *node.needs)
        if need in outline and not _satisfied(state, need, id_)
    )
    return tuple(reasons)


def _comes_first(state: RunState, id_: str) -> tuple[str, ...]:
    """What a rehearsal has to go through before a step: only the order counts, nobody is asked."""
    node = state.outline[id_]
    ended = OVER | BROKEN | {Status.WAITING}

    def reached(need: str) -> bool:
        inside = [
            s.id for s in state.outline.steps_inside(need) if not state.outline.is_group(s.id)
        ]
        return all(state.step(i).status in ended or state.outline.optional(i) for i in inside)

    wanted = () if state.outline.advised else (*state.outline[node.phase].needs, *node.needs)
    return tuple(f"“{state.outline[need].title}” comes first" for need in wanted
                 if need in state.outline and need not in state.outline.holders(id_)
                 and not reached(need))  # fmt: skip


def keeps_open(state: RunState, id_: str) -> tuple[str, ...]:
    """What keeps a phase or change open though its steps are over, each named in full."""
    if id_ in state.outline.steps or not over(state, id_):
        return ()
    found = []
    for node in state.outline.inside(id_):
        if node.kind == "criterion" and node.id not in state.ticks:
            found.append(f"criterion “{node.title}”")
        elif node.id not in state.outline.steps and not signed(state, node.id):
            found.append(f"sign-off of “{node.title}” by {wanted_of(state, node.id)}")
    return tuple(found)


def wanted_of(state: RunState, id_: str) -> str:
    """The roles that a node's sign-off asks for, and who has rejected it."""
    asked = state.outline[id_].signoff
    if asked is None:
        return ""
    no = rejected(decided(state, id_, gate=False), asked)
    return ", ".join(asked.roles) + (f" ({no})" if no else "")


def turned_red(state: RunState, id_: str) -> tuple[str, ...]:
    """Required checks in a node whose step waits since their probe says no, with why."""
    if not state.probed:
        return ()
    found = []
    for step in state.outline.steps_inside(id_):
        if state.step(step.id).status is not Status.WAITING:
            continue
        for check in open_checks(state, step.id):
            said = state.probed.get(check)
            if said is not None and not said.holds:
                why = said.reason or ("it fails" if said.holds is False else "it cannot be asked")
                title = state.outline[check].title
                found.append(f"check “{title}” of “{step.title}” is red: {why}")
    return tuple(found)


def _still_open(state: RunState, id_: str) -> str:
    what = keeps_open(state, id_) or turned_red(state, id_)
    return f" (still open in it: {', '.join(what)})" if what else ""


def _satisfied(state: RunState, need: str, by: str) -> bool:
    if need not in state.outline.steps:
        return closed(state, need)
    status = state.step(need).status
    inner = state.outline[by].parent == need
    if status in OVER or (inner and status is Status.WAITING):
        return True
    return passed(state, need) and _what_it_passes_on(state, need)


def _what_it_passes_on(state: RunState, optional: str) -> bool:
    """Whether all that an optional step needs is over: what comes after it waits for that."""
    left = list(state.outline[optional].needs)
    while left:
        need = left.pop()
        if need not in state.outline:
            continue
        if need not in state.outline.steps:
            if not closed(state, need):
                return False
        elif state.step(need).status not in OVER:
            if not passed(state, need):
                return False
            left += state.outline[need].needs
    return True


def open_checks(state: RunState, step: str) -> tuple[str, ...]:
    """Ids of a step's required checks that are not ticked."""
    item = state.outline.steps[step]
    return tuple(c.id for c in item.checks if c.required and c.id not in state.ticks)
