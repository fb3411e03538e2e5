"""What is announced of a run elsewhere: what should stand there now, and what does. Pure.

A silence, an annotation or a change event is opened with the run, or with the part of it that it
is about, and closed with it, whatever ends that: the end, a rollback, another plan. What was begun
is recorded before it is, so whoever comes next knows what may stand there.
"""

from __future__ import annotations

import dataclasses
import hashlib

from runbook_tui.book.model import Announcement, Secret
from runbook_tui.run import requests as r
from runbook_tui.run.announce_events import BEGUN, LEFT, Announced
from runbook_tui.run.announced import AnnouncementState
from runbook_tui.run.nodes import Kind
from runbook_tui.run.order import closed
from runbook_tui.run.payload import Actor, Payload
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import BROKEN, RunState, Status
from runbook_tui.run.watch_scope import begun

Pairs = list[tuple[Payload, str | None]]
WORKED_ON = frozenset({*BROKEN, Status.RUNNING, Status.WAITING, Status.UNDOING})


def wanted(state: RunState) -> tuple[Announcement, ...]:
    """What should stand now. A rollback that runs changes nothing; once it has ended nothing is
    announced until somebody starts a step again: what is wrong then has to be heard."""
    found = state.runbook.announcements
    if not found or state.begun is None or state.rehearsal or state.finished is not None:
        return ()
    if state.rolling_back:
        return tuple(one for one in found if _stands(state, one.id))
    if _taken_back(state):
        return ()
    return tuple(one for one in found if not _left(state, one.id) and _its_time(state, one))


def to_close(state: RunState) -> tuple[str, ...]:
    """Ids of what stands, or may, and should not."""
    if not state.announced:
        return ()
    keep = {one.id: digest(one) for one in wanted(state)}
    return tuple(
        id_ for id_, one in state.announced.items()
        if one.stands and one.event.plan != keep.get(id_, "")
    )  # fmt: skip


def digest(one: Announcement) -> str:
    """What the plan says of what is to stand there; another text is another thing."""
    said = (one.form, one.url, one.matchers, one.tags, one.dashboard, one.panel)
    return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def kept(standing: AnnouncementState) -> Announcement:
    """What is needed to close something that the plan does not have any more."""
    event = standing.event
    source = event.token or {}
    return Announcement(
        id=event.announcement, form=event.form, url=event.url or "",
        token=Secret(env=source.get("env"), file=source.get("file"),
                     command=source.get("command")) if source else None,
    )  # fmt: skip


def over(state: RunState) -> bool:
    """Whether nothing goes on in the run, so that nobody who leads is waited for."""
    return state.finished is not None or (not state.rolling_back and _taken_back(state))


def how_it_ended(state: RunState) -> str:
    """The run's end, or where it stands, in a word or two."""
    if state.finished is not None:
        return state.result or "done"
    if _taken_back(state) and state.ended is not None:
        whole = state.ended.result == "complete"
        return "rolled back" if whole else "rolled back, incompletely"
    return "under way"


def _stands(state: RunState, id_: str) -> bool:
    found = state.announced.get(id_)
    return found is not None and found.stands


def _left(state: RunState, id_: str) -> bool:
    found = state.announced.get(id_)
    return found is not None and found.word == LEFT


def _taken_back(state: RunState) -> bool:
    """Whether a rollback was the last thing that was done to the run."""
    ended = state.ended
    return ended is not None and not any(
        step.started_seq > ended.seq for step in state.steps.values()
    )


def _its_time(state: RunState, one: Announcement) -> bool:
    """Whether what it is about has begun and is not over."""
    if not one.applies_to:
        return True
    return any(_goes_on(state, id_) for id_ in one.applies_to if id_ in state.outline)


def _goes_on(state: RunState, id_: str) -> bool:
    if state.outline[id_].kind in {Kind.PHASE, Kind.CHANGE}:
        return begun(state, id_) and not closed(state, id_)
    inside = {id_, *(step.id for step in state.outline.steps_inside(id_))}
    return any(state.step(step).status in WORKED_ON for step in inside)


def announce(state: RunState, q: r.RecordAnnounced, actor: Actor) -> Pairs | Refusal:
    """What became of an announcement; opening it is refused where it is not wanted any more."""
    said = q.announced
    if said.result == BEGUN and said.announcement not in {one.id for one in wanted(state)}:
        return Refusal(reason="it is not wanted any more", exit_code=0)
    known = state.announced.get(said.announcement)
    if known is not None and _alike(known.event, said):
        return Refusal(reason="that is recorded already", exit_code=0)
    return [(said, None)]


def _alike(one: Announced, other: Announced) -> bool:
    """Whether both say the same but for when it ends and how often it was tried."""
    a, b = (dataclasses.replace(e, until=None, attempts=None, ref=None) for e in (one, other))
    return a == b and other.ref in {None, one.ref}
