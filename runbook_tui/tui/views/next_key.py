"""What stands in a step's way, what happened to it, and which key comes next."""

from __future__ import annotations

from collections.abc import Callable

from runbook_tui.book.durations import clock
from runbook_tui.book.model import Step
from runbook_tui.book.plain_text import printable
from runbook_tui.book.spreading import is_spread
from runbook_tui.run.finishing import waits_for
from runbook_tui.run.order import blockers, open_checks, signed
from runbook_tui.run.rehearsal import really_runs
from runbook_tui.run.retrying import paused
from runbook_tui.run.several import standing, to_begin
from runbook_tui.run.state import BROKEN, RunState, Status
from runbook_tui.tui.views import deadline
from runbook_tui.tui.views.boxes import next_box, to_probe_again
from runbook_tui.tui.views.outputs import ended_early, ending, failed_command, in_background
from runbook_tui.tui.views.tone import Line, cut, wrap
from runbook_tui.tui.views.words import said

Signs = Callable[[str], bool]
"""Whether the output of a command's folder holds a line that looks like an error."""


def no_signs(folder: str) -> bool:
    """Nobody has looked."""
    return False


def what_next(
    state: RunState, step: Step, status: Status, now: float, width: int, guest: str = "",
    signs: Signs = no_signs,
) -> list[Line]:  # fmt: skip
    """The lines below a card's head.

    ``guest``: who starts steps, in words, for a person who may not; empty for the lead.
    """
    found = state.step(step.id)
    lines = _around(state, step, now, width)
    if status in BROKEN:
        record = failed_command(state, step.id)
        error = record is not None and signs(record.folder)
        failed_back = status is Status.UNDO_FAILED
        lines += _broken(_reason(state, step), width, guest, error=error, back=failed_back)
    elif status is Status.PENDING:
        lines += _pending(state, step, width)
    elif status is Status.READY:
        lines.append(_ready(state, step, guest))
    elif status is Status.REHEARSED:
        lines += _wrapped("gone through in a rehearsal: nothing of it has happened", "dim", width)
    elif status is Status.RUNNING:
        lines += _running(state, step, width, guest)
    elif status is Status.WAITING:
        lines += _waiting(state, step, now, width, guest)
    elif status is Status.SKIPPED:
        how, tone = ("skipped AGAINST THE PLAN", "bad") if found.overridden else ("skipped", "dim")
        lines += _wrapped(f"{how}: {printable(found.reason, 300)}", tone, width)
    lines += deadline.of_step(state, step.id, now, width)
    if found.out_of_order and found.touched:
        lines.append([("started out of order", "warn")])
    return lines


def _around(state: RunState, step: Step, now: float, width: int) -> list[Line]:
    """Its command in the background, and how it stands on its machines."""
    lines: list[Line] = []
    record = ended_early(state, step.id)
    if record is not None:
        lines.append([(f"! its background command ended ({ending(record)})", "bad")])
    behind = in_background(state, step.id)
    if behind is not None:
        since = clock(max(0.0, now - behind.started))
        words = f"▶ its command runs in the background for {since}; it ends with the run"
        lines.append([(cut(words, width), "busy")])
    if is_spread(step) and any(state.step(s.id).touched for s in step.steps):
        lines += _wrapped(standing(state, step).words, "plain", width)
    return lines


def _reason(state: RunState, step: Step) -> str:
    if not is_spread(step):
        found = state.step(step.id)
        if found.status is Status.UNDO_FAILED:
            return f"it was not taken back: {found.undo_reason or 'its undo failed'}"
        return found.reason
    broken = standing(state, step).broken
    return "; ".join(f"{state.outline[id_].title}: {state.step(id_).reason}" for id_ in broken)


def _wrapped(text: str, tone: str, width: int) -> list[Line]:
    lines = wrap(text, width)
    if len(lines) > 2:
        lines = [lines[0], cut(" ".join(lines[1:]), width)]
    return [[(line, tone)] for line in lines]


def _broken(reason: str, width: int, guest: str, *, error: bool, back: bool) -> list[Line]:
    """``back``: what went wrong is its undo, not what it does."""
    ahead = " run the step again  " if back else " try again  "
    again: Line = [] if guest else [("r", "key"), (ahead, "plain")]
    undo = " try its undo again" if back else " bring it back"
    keys: Line = [*again, ("F9", "panic"), (undo, "plain")]
    if error:
        keys += [("  ", "plain"), ("e", "key"), (" its first error", "plain")]
    return [*_wrapped(printable(reason, 300), "bad", width), keys]


def _pending(state: RunState, step: Step, width: int) -> list[Line]:
    why = blockers(state, step.id)
    reasons = "; ".join(why)
    words = reasons if "waits for" in reasons else f"waits: {reasons}"
    lines = _wrapped(printable(words, 400), "warn", width)
    if any("sign-off" in reason for reason in why):
        lines.append([("s", "key"), (" sign off", "plain")])
    return lines


def _ready(state: RunState, step: Step, guest: str) -> Line:
    if state.outline.is_group(step.id) and not is_spread(step):
        return [("its steps are started one by one", "plain")]
    if guest:
        return [(guest, "dim")]
    if state.finished is not None:
        return [("the rehearsal is over" if state.rehearsal else "the run is over", "dim")]
    if state.rehearsal:
        words = " run it, REALLY" if really_runs(state, step) else " go through it, nothing runs"
        return [("Enter", "key"), (words, "warn" if really_runs(state, step) else "plain")]
    if is_spread(step):
        many = len(to_begin(state, step))
        where = "it on all its machines" if many == len(step.steps) else f"it on the next {many}"
        return [("Enter", "key"), (f" run {where}", "plain")]
    if not step.manual:
        return [("Enter", "key"), (" run it", "plain")]
    then = " ticks its checks" if step.checks else " done"
    return [("Enter", "key"), (" start the clock, then ", "plain"), ("Space", "key"),
            (then, "plain")]  # fmt: skip


def _running(state: RunState, step: Step, width: int, guest: str) -> list[Line]:
    if is_spread(step):
        return []  # Its commands say when they are over.
    if step.manual:
        return [_tick(state, step, width) or [("Space", "key"), (" done", "plain")]]
    if why := paused(state, step.id):
        words = f"attempt {state.step(step.id).attempt} failed: {why}; it is tried again by itself"
        keys: Line = [("F9", "panic"), (" bring it back  ", "plain")]
        stop: Line = [] if guest else [("Ctrl+P", "key"), (" stop: try no more", "plain")]
        return [*_wrapped(printable(words, 300), "bad", width), [*keys, *stop]]
    if step.interactive and state.step(step.id).running_command():
        if guest:
            return [[("Tab", "key"), (" look", "plain")]]
        return [[("i", "key"), (" type into it  ", "plain"), ("Tab", "key"), (" look", "plain")]]
    return []


def _waiting(state: RunState, step: Step, now: float, width: int, guest: str) -> list[Line]:
    if is_spread(step) and (waiting := standing(state, step).waiting):
        found = (f"{state.outline[id_].title}: {waits_for(state, id_)}" for id_ in waiting)
        return _wrapped("; ".join(found), "warn", width)
    since = state.step(step.id).finished
    how_long = f" ({clock(now - since)} so far)" if since is not None else ""
    what = printable(waits_for(state, step.id), 400)
    lines = _wrapped(f"waits for {what}{how_long}", "warn", width)
    if not guest and (failed := to_probe_again(state, step)):
        title = cut(said(failed[0], 200), width - 34)
        lines.append([("Enter", "key"), (f" probes “{title}” again", "plain")])
    if tick := _tick(state, step, width):
        lines.append(tick)
    elif step.signoff is not None and not signed(state, step.id):
        lines.append([("s", "key"), (" sign off", "plain")])
    return lines


def _tick(state: RunState, step: Step, width: int) -> Line:
    box = next_box(state, step)
    if box is None:
        return []
    left = len(open_checks(state, step.id))
    title = cut(said(box.title, 200), width - 24)
    return [("Space", "key"), (f" ticks “{title}” ", "plain"), (f"({left} left)", "dim")]
