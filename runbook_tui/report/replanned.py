"""Plans that were taken over in the middle of a run: what was another, and what became void."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runbook_tui.report.model import PlanTaken
from runbook_tui.run.events import Event, PlanChanged
from runbook_tui.run.fold import fold
from runbook_tui.run.outline import Outline
from runbook_tui.run.plan_words import explained
from runbook_tui.run.state import RunState
from runbook_tui.run.times import epoch


def plans_taken(state: RunState, events: Sequence[Event]) -> Iterator[tuple[PlanTaken, Outline]]:
    """Each plan that was taken over, and the outline before it; ``state`` is before all events."""
    for event in events:
        payload = event.payload
        if isinstance(payload, PlanChanged):
            state = fold(state, [e for e in events if e.seq < event.seq])
            after = fold(state, [event])
            standing = {given.seq for given in after.signoffs}
            yield PlanTaken(
                seq=event.seq,
                at=epoch(event.at),
                by=event.actor,
                title=payload.title,
                source=payload.source,
                digest=payload.digest,
                commit=payload.commit or "",
                lines=tuple(explained(state, payload, state.reads(payload))),
                void=tuple(s.seq for s in state.signoffs if s.seq not in standing),
            ), state.outline  # fmt: skip
