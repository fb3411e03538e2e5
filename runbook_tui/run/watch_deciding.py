"""Decisions about watches: what a turn of one becomes, overrides, a rollback by itself."""

from __future__ import annotations

from collections.abc import Callable

from runbook_tui.book.model import Watch
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor
from runbook_tui.run.finishing import Pairs
from runbook_tui.run.leading import not_lead
from runbook_tui.run.people import says_something
from runbook_tui.run.requests import Refusal
from runbook_tui.run.rollback_state import RollbackState
from runbook_tui.run.state import RunState
from runbook_tui.run.watch_holds import RED
from runbook_tui.run.watch_scope import begun_for, goes_on
from runbook_tui.run.watched import NEVER
from runbook_tui.run.watching import Standing, Track, Turn, limit_words, respond_within, turn

BY_ITSELF = "rollback"
PROPOSES = frozenset({"propose-rollback", BY_ITSELF})


def turned(state: RunState, watch: Watch, before: Track, after: Track) -> Pairs:
    """What is recorded of a watch's turn; nothing where the run's events say so already."""
    found = state.watches.get(watch.id, NEVER)
    way = turn(before, after)
    last = after.last
    if last is None or way is None or not goes_on(state):
        return []
    if way is Turn.BREACHED and not found.breached:
        payload = e.WatchBreached(
            watch=watch.id,
            value=last.value,
            limit=limit_words(watch),
            samples=tuple(sample.value for sample in after.recent),
            severity=watch.severity,
            respond_within=respond_within(state.runbook, watch),
            before_start=not begun_for(state, watch) or None,
            reason=last.trouble or None,
        )
        return [(payload, None)]
    if way is Turn.CLEARED and found.standing in RED:
        return [(e.WatchCleared(watch=watch.id, value=last.value), None)]
    if way is Turn.UNKNOWN and found.standing not in RED:
        reason = last.trouble or "it cannot be read"
        return [(e.WatchUnknown(watch=watch.id, reason=reason, samples=after.unread), None)]
    return []


def resumed(state: RunState, watch: Watch) -> Track:
    """Where a watch goes on that was measured before, here or by somebody else."""
    found = state.watches.get(watch.id, NEVER)
    if found.standing not in RED:
        return Track()
    unknown = found.standing is Standing.UNKNOWN
    return Track(standing=found.standing, since=found.since, told=unknown)


def override(state: RunState, q: r.OverrideWatch, actor: Actor) -> Pairs | Refusal:
    """The lead goes on though a watch is red."""
    watch = next((w for w in state.runbook.watches if w.id == q.watch), None)
    if watch is None:
        return Refusal(reason=f"there is no watch “{q.watch}”", exit_code=2)
    found = state.watches.get(watch.id, NEVER)
    if found.standing not in RED:
        return Refusal(reason=f"the watch “{watch.title}” is {found.standing}: there is nothing to"
                       " override", exit_code=0)  # fmt: skip
    if found.overridden:
        return Refusal(reason=f"that was overridden already: {found.overridden}", exit_code=0)
    if not says_something(q.reason):
        return Refusal(reason="an override needs a reason", exit_code=2)
    refusal = not_lead(state, actor, "override a watch")
    reason = q.reason.strip()
    return refusal or [(e.WatchOverridden(watch=watch.id, reason=reason), None)]


def proposing(state: RunState) -> tuple[Watch, ...]:
    """Watches whose breach proposes a rollback now: what was red before the start does not, nor
    what a person has decided on or a rollback since was for."""
    if not state.breached or state.rolling_back or not goes_on(state):
        return ()
    return tuple(w for w in state.runbook.watches
                 if w.on_breach in PROPOSES and _asks(state, w))  # fmt: skip


def _asks(state: RunState, watch: Watch) -> bool:
    found = state.watches.get(watch.id, NEVER)
    if not found.breached or found.before_start or found.overridden:
        return False
    last = _last_rollback(state)
    return last is None or last.seq < found.seq


def _last_rollback(state: RunState) -> RollbackState | None:
    """The last that was started, though somebody may look at another since."""
    looked_at = state.rollback
    return looked_at if looked_at is not None and looked_at.started is not None else state.ended


def _shaken(state: RunState, watch: Watch) -> bool:
    """Whether it was breached while a rollback ran: what that does may have shaken it."""
    last, since = _last_rollback(state), state.watches[watch.id].since
    return (
        last is not None and last.finished is not None and since is not None
        and since <= last.finished
    )  # fmt: skip


def _always(watch: Watch) -> bool:
    return True


def may_start_by_itself(state: RunState) -> bool:
    """Whether the run was started with the leave for that."""
    return state.begun is not None and bool(state.begun.automatic_rollback)


def rolls_back(state: RunState, watch: Watch) -> bool:
    """Whether a breach that proposes a rollback now starts it by itself once its time is over."""
    return watch.on_breach == BY_ITSELF and may_start_by_itself(state) and not _shaken(state, watch)


def due(state: RunState, now: float, still: Callable[[Watch], bool] = _always) -> Watch | None:
    """The watch whose breach starts a rollback by itself now; None where none may.

    ``still`` says whether the last sample, one of now, is not a good one: what was breached when
    somebody looked last, and may be well since, brings nothing back. Nor does what was breached
    while a rollback ran: whether more is brought back a person says.
    """
    for watch in proposing(state):
        found = state.watches[watch.id]
        by = found.decide_by if found.decide_by is not None else found.since
        over = by is not None and now >= by
        if over and rolls_back(state, watch) and still(watch):
            return watch
    return None
