"""When a step is over, and what is over with it."""

from __future__ import annotations

from collections.abc import Sequence

from runbook_tui.book.model import Step
from runbook_tui.book.spreading import is_spread
from runbook_tui.run import events as e
from runbook_tui.run.events import Payload
from runbook_tui.run.order import gate_open, open_checks, passed, signed, wanted_of
from runbook_tui.run.state import OVER, CommandRecord, RunState, Status
from runbook_tui.run.times import utc

Pairs = list[tuple[Payload, str | None]]
NAMED = 3
"""So many of the steps inside that are left are named."""


def waits_for(state: RunState, step: str) -> str:
    """What a step still needs to be over, in a few words; empty where nothing."""
    item = state.outline.steps[step]
    parts = []
    if checks := open_checks(state, step):
        parts.append(f"{len(checks)} check{'s' if len(checks) > 1 else ''}")
    if item.signoff is not None and not signed(state, step):
        parts.append(f"sign-off {wanted_of(state, step)}")
    inner = [s for s in item.steps if not _settled(state, item, s.id)]
    if inner:
        many = f"{len(inner)} step{'s' if len(inner) > 1 else ''}"
        parts.append(f"{many} inside: {titles(inner)}")
    return ", ".join(parts)


def _settled(state: RunState, around: Step, inner: str) -> bool:
    """Whether a step keeps the one around it open no longer.

    One that is optional and was not begun does not; of several machines none may be left out so.
    """
    return state.step(inner).status in OVER if is_spread(around) else passed(state, inner)


def only_holds(state: RunState, step: str) -> bool:
    """Whether a step holds others that are over, so that its own boxes are what is left."""
    item = state.outline.steps[step]
    group = state.outline.is_group(step) and not is_spread(item)
    return group and all(_settled(state, item, s.id) for s in item.steps)


def titles(steps: Sequence[Step]) -> str:
    """The titles of steps; of many the first few."""
    named = [f"“{s.title}”" for s in steps[:NAMED]]
    return ", ".join([*named, *["…"] * (len(steps) > NAMED)])


def probed_by(state: RunState, step: str, check: str) -> CommandRecord | None:
    """The newest probe of a check in the step's last attempt; None where that was taken back."""
    found = state.step(step)
    if not found.touched:
        return None
    probes = [c for c in found.commands if c.node == check and c.kind == "probe"]
    return next((c for c in reversed(probes) if c.attempt == found.attempt), None)


def turned_back(state: RunState, probe: CommandRecord) -> bool:
    """Whether a box was asked again since its step's own probe has ended, and did not hold."""
    found = state.probed.get(probe.node)
    ended = probe.finished
    return found is not None and not found.holds and ended is not None and found.at > ended


def failed_probes(state: RunState, step: str) -> tuple[str, ...]:
    """Ids of a step's checks that are not ticked and of which a probe has said no last."""
    open_ = [c.id for c in state.outline.steps[step].checks if c.id not in state.ticks]
    probes = {check: probed_by(state, step, check) for check in open_}
    return tuple(
        check
        for check, probe in probes.items()
        if probe and not probe.running and (not probe.ok or turned_back(state, probe))
    )


def conclude(state: RunState, step: str) -> Pairs:
    """What follows once a step's own work is done: over, or waiting; and what holds it, too."""
    if state.rehearsal:
        return _rehearsal_end(state, step)
    ended = ended_by(state, step)
    if waits_for(state, step):
        return [(e.StepWaiting(ended=ended), step)]
    return [(e.StepFinished(result="done", ended=ended), step), *holders(state, step, ended=ended)]


def ended_by(state: RunState, step: str) -> str | None:
    """When the last command of a step that its commands carry out has ended; None for others."""
    found = state.step(step)
    if found.status is not Status.RUNNING or state.outline.steps[step].manual:
        return None
    last = next((c for c in reversed(found.commands) if c.attempt == found.attempt), None)
    return utc(last.finished) if last is not None and last.finished is not None else None


def _rehearsal_end(state: RunState, step: str) -> Pairs:
    """The end of a step that really ran in a rehearsal: nobody ticks or signs there."""
    if bad := failed_probes(state, step):
        found = ", ".join(f"“{state.outline[check].title}”" for check in bad)
        return [(e.StepFinished(result="failed", reason=f"the probe of {found} failed"), step)]
    return [(e.StepFinished(result="done"), step)]


def holders(state: RunState, step: str, skipped: str = "", ended: str | None = None) -> Pairs:
    """Steps around ``step`` that are over once it is, which was at ``ended`` if that is earlier.

    ``skipped``: why it is skipped. What is around it and has a shut gate is skipped then, not done.
    """
    parent = state.outline[step].parent
    if parent not in state.outline.steps:
        return []
    item = state.outline.steps[parent]
    beside = [s.id for s in item.steps if s.id != step]
    if any(not _settled(state, item, s) for s in beside) or open_checks(state, parent):
        return []
    if not item.manual and state.step(parent).status is not Status.WAITING:
        return []
    if item.signoff is not None and not signed(state, parent):
        return [(e.StepWaiting(ended=ended), parent)]
    end: Payload = e.StepFinished(result="done", ended=ended)
    if skipped and not gate_open(state, parent):
        end = e.StepSkipped(reason=skipped, override=True)
    return [(end, parent), *holders(state, parent, skipped, ended)]


def after(state: RunState, step: str, ticked: str = "", signed_now: bool = False) -> Pairs:
    """A waiting step is over if this tick or sign-off was the last thing it waited for."""
    item = state.outline.steps[step]
    if any(c != ticked for c in open_checks(state, step)):
        return []
    if item.signoff is not None and not signed_now and not signed(state, step):
        return []
    if any(not _settled(state, item, s.id) for s in item.steps):
        return []
    return [(e.StepFinished(result="done"), step), *holders(state, step)]
