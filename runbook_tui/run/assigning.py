"""Who carries a step out that is for somebody in a role: asked when it is started, and recorded."""

from __future__ import annotations

from runbook_tui.book.model import Step
from runbook_tui.run.counting import opened_by
from runbook_tui.run.events import Actor
from runbook_tui.run.people import EXAMPLE, NoIdentity, parse_identity
from runbook_tui.run.requests import PersonNeeded, Refusal
from runbook_tui.run.signing import holds_role
from runbook_tui.run.state import RunState


def carried_out_by(state: RunState, step: Step, named: str, actor: Actor) -> str | Refusal:
    """Who does a step that ``actor`` starts, as it is recorded; empty where the plan asks nobody.

    Without a name it is whoever did it before, else the lead where the role is theirs.
    """
    role = step.role
    if role is None or state.rehearsal:
        return ""
    if not named and (known := state.step(step.id).by):
        named = known
    if not named and holds_role(state, actor, role):
        named = actor.identity
    listed = tuple(p for p in state.runbook.roles.get(role, ()) if p != "*")
    if not named:
        return PersonNeeded(
            reason=f"“{step.title}” is carried out by somebody in the role {role}: by whom?",
            hint=_who(listed),
            step=step.id,
            role=role,
            listed=listed,
        )
    try:
        name, mail = parse_identity(named)
    except NoIdentity as error:
        return Refusal(reason=str(error), hint=EXAMPLE, exit_code=2)
    person = Actor(name=name or mail, email=mail)
    if not holds_role(state, person, role):
        return Refusal(
            reason=f"{person.identity} does not hold the role {role}, which carries out"
            f" “{step.title}”",
            hint=_who(listed),
        )
    if gate := opened_by(state, step.id, person):
        return Refusal(
            reason=f"four eyes: {person.name} approved the gate of “{gate}”, so what it holds is"
            " not theirs to do",
            hint="name somebody else",
        )
    return person.identity


def _who(listed: tuple[str, ...]) -> str:
    return f"the plan names {', '.join(listed)}" if listed else "anyone may; say who"
