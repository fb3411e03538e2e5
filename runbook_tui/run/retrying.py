"""Why a command of a step failed, and which steps wait for their next attempt. Pure."""

from __future__ import annotations

from runbook_tui.book.model import Step
from runbook_tui.run.state import CommandRecord, RunState, Status


def pausing(state: RunState) -> list[tuple[str, str]]:
    """Ids of steps that failed and wait for their next attempt, and why they failed."""
    return [(id_, why) for id_ in state.steps if (why := paused(state, id_))]


def paused(state: RunState, id_: str) -> str:
    """Why the last attempt of a step failed, while it waits for its next one; else empty."""
    step, at = state.outline.steps.get(id_), state.step(id_)
    if step is None or not step.retries or at.status is not Status.RUNNING:
        return ""
    last = next((c for c in reversed(at.commands) if c.kind in {"before", "run"}), None)
    if last is None or any(c.running for c in at.commands):
        return ""
    good = step.expect.exits if last.kind == "run" else (0,)
    return "" if last.exit in good and not last.timed_out else why_failed(step, last)


def why_failed(step: Step, record: CommandRecord) -> str:
    """One short sentence on how a command failed."""
    words = {"before": "its preparation", "run": "its command", "rehearse": "its rehearsal"}
    what = words.get(record.kind, record.kind)
    if record.lost:
        known = record.reason if record.host else ""
        return f"{what} was lost: {known or 'its exit status is unknown'}"
    if record.timed_out:
        return f"{what} ran out of time"
    if record.stopped:
        return f"{what} was stopped"
    if record.signal is not None:
        return f"{what} was ended by signal {record.signal}"
    if record.exit in step.expect.exits and record.kind == "run":
        return f"{what} put out nothing that matches {step.expect.output}"
    reason = f": {record.reason}" if record.reason else ""
    return f"{what} ended with exit status {record.exit}{reason}"
