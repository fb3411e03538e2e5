"""The part of the fold that measurements change in a run: how its watches and probes stand."""

from __future__ import annotations

import dataclasses

from runbook_tui.run.draft import Draft
from runbook_tui.run.events import Event
from runbook_tui.run.watch_events import (
    CheckProbed,
    WatchBreached,
    WatchCleared,
    WatchOverridden,
    WatchSampled,
    WatchUnknown,
)
from runbook_tui.run.watched import NEVER, POINTS, Probed, Watched, read, thinned
from runbook_tui.run.watching import Standing


def breached(draft: Draft, event: Event, payload: WatchBreached) -> None:
    """A watch crossed its threshold; the first to do so says when the trouble began."""
    if not draft.breached:
        draft.alarm = draft.at
    draft.breached |= {payload.watch}
    was = draft.watches.get(payload.watch, NEVER)
    draft.watches[payload.watch] = dataclasses.replace(
        was, standing=Standing.BREACHED, since=draft.at, value=payload.value, seq=event.seq,
        reason=payload.reason or "", breach=payload, overridden="", overridden_by=None,
    )  # fmt: skip


def cleared(draft: Draft, event: Event, payload: WatchCleared) -> None:
    """A watch is back within its threshold; what was decided about the breach is over with it."""
    draft.breached -= {payload.watch}
    if not draft.breached:
        draft.alarm = None
    was = draft.watches.get(payload.watch, NEVER)
    draft.watches[payload.watch] = Watched(
        standing=Standing.GOOD, since=draft.at, value=payload.value, points=was.points
    )


def unknown(draft: Draft, event: Event, payload: WatchUnknown) -> None:
    """Nobody knows how a watch is; one that is breached stays so."""
    was = draft.watches.get(payload.watch, NEVER)
    if was.breached:
        return
    draft.watches[payload.watch] = Watched(
        standing=Standing.UNKNOWN, since=draft.at, reason=payload.reason, seq=event.seq,
        points=was.points,
    )  # fmt: skip


def overridden(draft: Draft, event: Event, payload: WatchOverridden) -> None:
    """The lead goes on all the same."""
    was = draft.watches.get(payload.watch, NEVER)
    draft.watches[payload.watch] = dataclasses.replace(
        was, overridden=payload.reason, overridden_by=event.actor
    )


def sampled(draft: Draft, event: Event, payload: WatchSampled) -> None:
    """What was measured meanwhile; how a watch stands other events tell."""
    for watch, points in read(payload, draft.at).items():
        was = draft.watches.get(watch, NEVER)
        standing, since = was.standing, was.since
        told = {Standing.BREACHED, Standing.UNKNOWN}
        if points and standing not in told and points[-1].standing not in told:
            since = points[-1].at if standing is not points[-1].standing else since
            standing = points[-1].standing
        draft.watches[watch] = dataclasses.replace(
            was,
            standing=standing,
            since=since,
            value=points[-1].value if points else was.value,
            points=thinned((*was.points, *points), POINTS),
        )


def probed(draft: Draft, event: Event, payload: CheckProbed) -> None:
    """What the probe of a box says now."""
    draft.probed[payload.node] = Probed(holds=payload.holds, at=draft.at, reason=payload.reason)
