"""What was signed in a run: sign-offs, what became of each, and the lead's seals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runbook_tui.report.course import Course
from runbook_tui.report.model import Decision, Seal
from runbook_tui.run.counting import decided, lapsed
from runbook_tui.run.events import RunSealed, SignoffGiven
from runbook_tui.run.times import epoch


def decisions(course: Course, proofs: Mapping[int, str]) -> Iterator[Decision]:
    """Every sign-off that was given; ``proofs`` by the number of its event."""
    state = course.state
    void = {seq for plan in course.plans for seq in plan.void}
    standing = {given.seq: given for given in state.signoffs}
    for event in course.found.signoffs:
        p = event.payload
        assert isinstance(p, SignoffGiven)
        given = standing.get(event.seq)
        why = f"void since the {'plan was changed' if event.seq in void else 'rollback'}"
        on = p.kind or "sign-off"
        if given is not None:
            on = "gate" if given.for_gate else "sign-off"
            latest = given.node not in state.outline or given in decided(
                state, given.node, gate=given.for_gate
            )
            why = "" if latest else "replaced by a later decision"
            if latest and given.approved and given.node in state.outline:
                why = lapsed(state, given)
        yield Decision(
            seq=event.seq,
            at=epoch(event.at),
            node=p.node,
            title=course.found.title(p.node),
            on=on,
            role=p.role,
            approved=p.decision == "approved",
            comment=p.comment,
            by=event.actor,
            proof=proofs.get(event.seq, ""),
            lapsed=why,
        )


def seals(course: Course, proofs: Mapping[int, str]) -> Iterator[Seal]:
    """The lead's signatures over what was recorded."""
    for event in course.events:
        if isinstance(event.payload, RunSealed):
            proof = proofs.get(event.seq, "")
            yield Seal(at=epoch(event.at), by=event.actor, events=event.payload.events,
                       head=event.payload.head, proof=proof)  # fmt: skip
