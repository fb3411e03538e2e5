"""Boxes that tick themselves: what the answer of a probe does to a criterion or check."""

from __future__ import annotations

from runbook_tui.book.model import Check, Probe, Watch
from runbook_tui.run import events as e
from runbook_tui.run.finishing import Pairs, after, failed_probes
from runbook_tui.run.state import RunState, Status
from runbook_tui.run.watch_holds import held
from runbook_tui.run.watch_scope import looping, patience
from runbook_tui.run.watching import Standing, Track

AGAIN = 2
"""Answers in a row that tick a box again after its probe has failed: one that flaps does not."""


def as_watch(state: RunState, check: Check, every: float) -> Watch:
    """The probe of a box as a watch of its exit status."""
    return Watch(
        id=check.id, title=check.title, probe=Probe(run=check.probe), every=every,
        timeout=patience(state, check), clears_for=AGAIN, line=check.line, source=check.source,
    )  # fmt: skip


def begun_with(state: RunState, node: str) -> Track:
    """Where the probe of a box goes on: one that said no last, whoever asked, is not ticked by the
    first good answer."""
    said = state.probed.get(node)
    owner = state.outline[node].owner
    failed = owner in state.outline.steps and node in failed_probes(state, owner)
    red = node not in state.ticks and (failed or (said is not None and said.holds is False))
    return Track(standing=Standing.BREACHED) if red else Track()


def says(track: Track) -> bool | None:
    """Whether the box's statement holds; None where nobody knows."""
    if track.standing is Standing.BREACHED:
        return False
    return True if track.standing is Standing.GOOD else None


def answered(state: RunState, node: str, holds: bool | None, reason: str) -> Pairs:
    """What is recorded once the probe of a box has answered; nothing where nothing has changed.

    An answer that comes when the box is asked no more changes nothing. What a person has ticked
    against the probe stays. A step that was over with a required check waits for it again, unless
    a later one of its phase may be why it fails; it is over with its next tick, and its command is
    not run again.
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
    if step is not None and state.rolling_back:
        return pairs  # What is taken back is over by its undo alone; the next answer says the rest.
    tick = state.ticks.get(node)
    if holds and tick is None and (step is not None or not held(state, owner)):
        pairs.append((e.CheckTicked(node=node, probe=True), step))
        pairs += ends(state, node, step)
    elif not holds and tick is not None and not tick.override:
        opens = step is not None and _was_over_with(state, node, step)
        pairs.append((e.CheckUnticked(node=node, probe=True, reopens=opens or None), step))
    return pairs


def _was_over_with(state: RunState, node: str, step: str) -> bool:
    """Whether a step is done, needed this tick for that, and nothing later explains its loss."""
    item = state.outline[node].item
    required = isinstance(item, Check) and item.required
    return required and state.step(step).status is Status.DONE and not moved_on(state, step)


def moved_on(state: RunState, step: str) -> bool:
    """Whether a step of the same phase that changes something has begun after this one.

    It may be meant to make this one's checks untrue, as the start of a service is for “it is down”.
    """
    begun = state.step(step).started_seq
    return any(
        state.step(later.id).started_seq > begun
        for later in state.outline.steps_inside(state.outline[step].phase)
        if later.effect and later.id != step and step not in state.outline.holders(later.id)
    )


def ends(state: RunState, check: str, owner: str | None) -> Pairs:
    """What a tick ends: the step that waited for nothing else, and what holds that."""
    if owner and (state.step(owner).status is Status.WAITING or state.outline.is_group(owner)):
        return after(state, owner, ticked=check)
    return []


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
