"""One step, large: for a person who only steps through, and looks up from something else."""

from __future__ import annotations

from collections.abc import Sequence

from runbook_tui.book.durations import clock
from runbook_tui.book.model import Step
from runbook_tui.run.durations import NO_PAST, Past
from runbook_tui.run.several import status_of
from runbook_tui.run.state import RunState, Status, elapsed, undoing
from runbook_tui.tui.views.boxes import boxes
from runbook_tui.tui.views.card import (
    MOST_COMMAND_LINES,
    command_lines,
    holder_lines,
    shorter,
    undo_lines,
)
from runbook_tui.tui.views.large import fitting, in_two
from runbook_tui.tui.views.merging import warned
from runbook_tui.tui.views.next_key import Signs, no_signs, what_next
from runbook_tui.tui.views.taking import bar
from runbook_tui.tui.views.tone import GLYPHS, Line, cut, spread, wrap
from runbook_tui.tui.views.words import said


def focus(
    state: RunState, id_: str, now: float, width: int, height: int, guest: str = "",
    past: Past = NO_PAST, signs: Signs = no_signs, ahead: Sequence[str] = (),
) -> list[Line]:  # fmt: skip
    """A node over the whole screen, in at most ``height`` rows."""
    if id_ not in state.outline:
        return [[("nothing chosen", "dim")]]
    node = state.outline[id_]
    if not isinstance(node.item, Step):
        first, *more = holder_lines(state, node, now, width)
        large = fitting(said(node.title, 200), "strong", width, most=1)
        return _spaced([[first], large if len(large) + len(more) < height else [], more], height)
    step = node.item
    status = status_of(state, id_)
    told = what_next(state, step, status, now, width, guest, signs)
    command = command_lines(state, step, width, whole=True)
    undo = undo_lines(state, step, width, whole=True)
    if len(undo) > MOST_COMMAND_LINES:
        undo = undo_lines(state, step, width)
    text = [[(line, "dim")] for line in wrap(said(step.text, 4000, lines=True).strip(), width)]
    rest = [
        told,
        warned(ahead, width),
        [*shorter(command, width, MOST_COMMAND_LINES), *undo],
        boxes(state, step, width),
    ]
    parts: list[list[Line]] = []
    for title, digits in ((2, 4), (1, 2), (1, 1), (0, 1), (0, 0)):
        parts = [
            [_where(state, id_, width)],
            _title(step, width, title),
            _clock(state, step, status, now, width, past, digits),
            *rest,
        ]
        # The largest only where nothing of the step is cut for them.
        needed = sum(map(len, parts)) + (len(text) if digits > 1 else 0)
        if needed <= height:
            break
    return _spaced([*parts, text], height)


def _spaced(parts: list[list[Line]], height: int) -> list[Line]:
    """The parts with empty rows between them as far as there are rows for that."""
    parts = [part for part in parts if part]
    spare = height - sum(map(len, parts))
    lines: list[Line] = []
    for number, part in enumerate(parts):
        if number and spare > 0:
            lines.append([])
            spare -= 1
        lines += part
    return lines[:height]


def _where(state: RunState, id_: str, width: int) -> Line:
    """Which step it is of how many, and what it lies in."""
    steps = [s for s in state.outline.order if not state.outline.is_group(s)]
    number = f"step {steps.index(id_) + 1} of {len(steps)}" if id_ in steps else "step"
    around: list[str] = []
    parent = state.outline[id_].parent
    while parent:
        around.insert(0, said(state.outline[parent].title, 60))
        parent = state.outline[parent].parent
    return [(cut(" · ".join([number, " › ".join(around)]), width), "dim")]


def _title(step: Step, width: int, most: int) -> list[Line]:
    """How large its letters are at ``most``; 0: as everything else."""
    title = said(step.title, 300)
    if most > 1:
        return in_two(title, "strong", width, most=most)
    if most:
        return fitting(title, "strong", width, most=most)
    return [[(line, "strong")] for line in wrap(title, width)[:2]]


def _clock(
    state: RunState, step: Step, status: Status, now: float, width: int, past: Past, most: int
) -> list[Line]:
    """Its state, and the time that it takes of what it may."""
    glyph, tone = GLYPHS[status]
    word: Line = [(f"{glyph} {status.value.upper()} ", tone)]
    back = status is Status.UNDOING
    spent = undoing(state, step.id, now) if back else elapsed(state, step.id, now)
    running = status in {Status.RUNNING, Status.WAITING, Status.UNDOING}
    if spent is None or not running or not most:
        return [spread(word, bar(state, step, now, past), width)]
    wanted = step.estimate.maximum if step.estimate and not back else None
    over = wanted is not None and spent > wanted
    text = clock(spent) + (f" / {clock(wanted)}" if wanted else "")
    digits = fitting(text, "bad" if over else tone, width, most=most)
    return [spread(word, bar(state, step, now, past)[1:], width), *digits]
