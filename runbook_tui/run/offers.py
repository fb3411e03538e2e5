"""Commands that a plan keeps outside its steps: offered, never run by themselves.

Those for a rollback belong to it: it says where one has not been run. Those for when something
went wrong are only there, below them.
"""

from __future__ import annotations

from dataclasses import replace

from runbook_tui.book.model import Command, StageStep, Step
from runbook_tui.book.parameters import Refused
from runbook_tui.book.shell.plain_lines import places, rest
from runbook_tui.frozen import frozen
from runbook_tui.run.once import of_parts
from runbook_tui.run.prepare import resolve, way_back
from runbook_tui.run.remote import DEFAULT_SHELL
from runbook_tui.run.requests import Refusal, ValuesMissing, needing
from runbook_tui.run.state import CommandRecord, RunState


@frozen
class Offer:
    """One such command as it would run now.

    ``names`` are the values it needs, ``missing`` those that nobody gave yet; ``last`` is how it
    ran last, if it did.
    """

    id: str
    title: str
    text: str
    missing: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    last: CommandRecord | None = None


def offers(state: RunState) -> tuple[Offer, ...]:
    """What the plan's rollback sections offer, in document order."""
    return tuple(_offer(state, command) for command in state.outline.beside.offered)


def for_failure(state: RunState) -> tuple[Offer, ...]:
    """What the plan's sections for failures and on recovery offer, in document order."""
    return tuple(
        replace(offer, title=f"For failures: {offer.title}")
        for offer in (_offer(state, command) for command in state.outline.beside.for_failure)
    )


def _offer(state: RunState, command: Command) -> Offer:
    title = command.label or command.section or command.id
    return _offered(state, command.id, title, command.text)


def stage_offer(state: RunState, step: StageStep) -> Offer:
    """The command of a step in a procedure's stage."""
    return _offered(state, step.id, step.title, step.run or "")


def _offered(state: RunState, id_: str, title: str, planned: str) -> Offer:
    text = way_back(state, planned)
    filled = resolve(state, text, state.values)
    began = _began(state)
    # What brought back an earlier attempt of the steps says nothing of this one.
    records = [record for record in state.step(id_).commands if record.seq > began]
    return Offer(
        id=id_,
        title=title,
        text=filled.text,
        missing=filled.open,
        names=resolve(state, text, {}).open,
        refused=filled.refused,
        last=records[-1] if records else None,
    )


@of_parts("steps")
def _began(state: RunState) -> int:
    """The event with which a step was last begun, of those that are not taken back."""
    return max((step.started_seq for step in state.steps.values() if step.acted), default=0)


def lines_to_go_on_from(offer: Offer) -> tuple[tuple[int, ...], str]:
    """Lines from which an offered command that failed can be gone on with; and why not others."""
    if offer.last is None or offer.last.running or offer.last.ok:
        return (), "it has not failed"
    return places(offer.text, DEFAULT_SHELL)


def open_values(state: RunState) -> tuple[str, ...]:
    """Names that offered commands need and nobody gave yet."""
    return tuple(dict.fromkeys(name for offer in offers(state) for name in offer.missing))


def as_step(state: RunState, command: str, line: int = 0) -> Step | Refusal:
    """The offered command as a step of its own, or why it cannot run now.

    The step has the plan's text: its values are put in when it starts, and once. ``line``: only
    the rest of it from that line, after it has failed; 0 is all of it.
    """
    staged = state.outline.beside.staged.get(command)
    if isinstance(staged, StageStep) and staged.run:
        text = staged.run
        offer: Offer | None = stage_offer(state, staged)
    else:
        offer = next((o for o in (*offers(state), *for_failure(state)) if o.id == command), None)
        text = next((c.text for c in state.runbook.commands if c.id == command), "")
    if offer is None:
        return Refusal(reason=f"the plan offers no command “{command}”", exit_code=2)
    if offer.missing:
        return ValuesMissing(
            reason=needing(offer.title, offer.missing, offer.refused),
            hint="type it when asked",
            names=offer.missing,
            refused=offer.refused,
        )
    if state.rehearsal:
        return Refusal(
            reason=f"this is a rehearsal: “{offer.title}” is not run",
            hint="what it needs is shown; run the plan to run it",
        )
    if offer.last is not None and offer.last.running:
        return Refusal(reason=f"“{offer.title}” runs already")
    text = way_back(state, text)
    if line:
        allowed, why = lines_to_go_on_from(offer)
        if line not in allowed:
            reason = why or f"there is no command to go on from in line {line}"
            return Refusal(reason=f"“{offer.title}”: {reason}", exit_code=2)
        text = rest(text, line)
    return Step(id=offer.id, title=offer.title, run=text)
