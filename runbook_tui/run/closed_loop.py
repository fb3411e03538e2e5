"""Boxes that tick themselves: what the answer of a probe does to a criterion or check."""

from __future__ import annotations

from runbook_tui.book.model import Check, Probe, Watch
from runbook_tui.run import events as e
from runbook_tui.run.finishing import Pairs
from runbook_tui.run.state import RunState
from runbook_tui.run.watch_holds import held
from runbook_tui.run.watch_scope import looping
from runbook_tui.run.watching import Standing, Track

AGAIN = 2
"""Answers in a row that tick a box again after its probe has failed: one that flaps does not."""


def as_watch(check: Check, every: float) -> Watch:
    """The probe of a box as a watch of its exit status."""
    return Watch(
        id=check.id, title=check.title, probe=Probe(run=check.probe), every=every,
        clears_for=AGAIN, line=check.line, source=check.source,
    )  # fmt: skip


def says(track: Track) -> bool | None:
    """Whether the box's statement holds; None where nobody knows."""
    if track.standing is Standing.BREACHED:
        return False
    return True if track.standing is Standing.GOOD else None


def answered(state: RunState, node: str, holds: bool | None, reason: str) -> Pairs:
    """What is recorded once the probe of a box has answered; nothing where nothing has changed.

    An answer that comes when the box is asked no more changes nothing. What a person has ticked
    against the probe stays.
    """
    if node not in state.outline or all(check.id != node for check, _ in looping(state)):
        return []
    owner = state.outline[node].owner
    step = owner if owner in state.outline.steps else None
    found = state.probed.get(node)
    pairs: Pairs = []
    if found is None or found.holds is not holds:
        told = "" if holds else reason
        pairs.append((e.CheckProbed(node=node, holds=holds, reason=told), step))
    tick = state.ticks.get(node)
    if holds and tick is None and (step is not None or not held(state, owner)):
        pairs.append((e.CheckTicked(node=node, probe=True), step))
    elif not holds and tick is not None and not tick.override:
        pairs.append((e.CheckUnticked(node=node, probe=True), step))
    return pairs


def against(state: RunState, node: str) -> str:
    """What says that a box does not hold now: its probe, or a watch; empty where nothing."""
    title = state.outline[node].title
    found = state.probed.get(node)
    if found is not None and not found.holds:
        cannot = "says otherwise" if found.holds is False else "cannot be asked"
        return f"the probe of “{title}” {cannot}" + (f": {found.reason}" if found.reason else "")
    owner = state.outline[node].owner
    if owner in state.outline.steps:
        return ""
    why = held(state, owner)
    return f"“{title}” stays open: {why}" if why else ""
