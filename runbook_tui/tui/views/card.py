"""The card: everything about the chosen node, what to press next first."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field

from runbook_tui.book.model import Change, Phase, Step
from runbook_tui.book.plain_text import printable
from runbook_tui.book.spreading import is_spread
from runbook_tui.run.counting import decided, lapsed
from runbook_tui.run.deadlines import GATE, SIGN_OFF
from runbook_tui.run.durations import NO_PAST, Past
from runbook_tui.run.nodes import Node
from runbook_tui.run.once import of_parts
from runbook_tui.run.order import gate_open
from runbook_tui.run.prepare import host_of, own_values, resolve, resolve_undo
from runbook_tui.run.several import status_of
from runbook_tui.run.state import RunState
from runbook_tui.tui.views import deadline
from runbook_tui.tui.views.boxes import boxes, packed
from runbook_tui.tui.views.confirming import action_words
from runbook_tui.tui.views.merging import pull_request, warned
from runbook_tui.tui.views.next_key import Signs, no_signs, what_next
from runbook_tui.tui.views.signing import verdict
from runbook_tui.tui.views.taking import EMPTY, FULL, bar, in_time, usually
from runbook_tui.tui.views.tone import GLYPHS, Line, cut, flow, folded, length, spread, wrap
from runbook_tui.tui.views.words import said

MOST_COMMAND_LINES = 6
GOES_ON = 2
"""Cells by which what goes on of a long line of a command stands further in than the next line."""
SHARED = 2
"""Rows that boxes get by with where a command needs the others."""
FEWEST_FIRST = 2
ROOM_FOR_TIME = 6
"""Lines of a card from which on a long title has the first one to itself."""
NOTE_ROWS = 4
"""Rows that a remark may take."""
FIRST_LINES = 4
"""Lines of a card's head: the title, two for what stands in the way, which key comes next."""


@dataclass(slots=True)
class _Parts:
    """The parts of a step's card; ``first`` is never cut, ``last`` is what goes first."""

    first: list[Line]
    command: list[Line]
    undo: list[Line]
    boxes: list[Line]
    last: list[Line] = field(default_factory=list)
    whole: list[Line] = field(default_factory=list)
    """The command with all of its long lines, shown where there is room for that."""
    whole_undo: list[Line] = field(default_factory=list)
    """The same of how it is taken back."""

    def fit(self, width: int, height: int) -> list[Line]:
        """At most ``height`` lines; what is left out is said, and the undo always stands there."""
        kept = len(self.undo) + bool(self.command) + bool(self.boxes)
        first = _with_key(self.first, max(FEWEST_FIRST, height - kept))
        room = height - len(first) - len(self.undo)
        command = self._command(width, room)
        above = [*first, *command, *self.undo]
        below = packed(self.boxes, width, max(1, height - len(above)))
        lines = [*above, *below]
        more = len(self.whole_undo) - len(self.undo)
        if 0 < more <= min(MOST_COMMAND_LINES, height - len(lines)):
            lines = [*first, *command, *self.whole_undo, *below]
        room = height - len(lines)
        if len(self.last) > room > 0:
            return [*lines, *self.last[: room - 1], [("…", "dim")]]
        return [*lines, *self.last][:height]

    def _command(self, width: int, room: int) -> list[Line]:
        """As much of the command as there is room for beside the boxes, which can share rows."""
        most = max(1, room - min(len(self.boxes), SHARED))
        if len(self.whole) <= min(MOST_COMMAND_LINES, most):
            return self.whole
        shown = self.whole if len(self.command) == 1 and most > 1 else self.command
        return shorter(shown, width, most)


def _with_key(first: list[Line], most: int) -> list[Line]:
    """At most so many lines; which key comes next is among them."""
    kept = first[:most]
    if any(_has_key(line) for line in kept[1:]):
        return kept
    key = next((line for line in first[most:] if _has_key(line)), None)
    return kept if key is None else [*kept[:-1], key]


def _has_key(line: Line) -> bool:
    return any(tone == "key" for _, tone in line)


def _named(head: Line, time: Line, width: int, height: int) -> list[Line]:
    """What it is and its time: in one line where the title has room, even without the bar of its
    time; else in two, but on a low card."""
    short = [part for part in time if not set(part[0]) <= set(FULL + EMPTY)]
    for right in (time, short):
        if length(head) + 1 + length(right) <= width:
            return [spread(head, right, width)]
    if height < ROOM_FOR_TIME:
        return [spread(head, short, width)]
    return [spread(head, [], width), time]


def shorter(command: list[Line], width: int, room: int) -> list[Line]:
    """At most so many lines; how many are left out stands there."""
    most = min(MOST_COMMAND_LINES, room)
    if len(command) <= most:
        return command
    more = len(command) - max(1, most - 1)
    if most < 2:
        words = f" … {more} more"
        return [[*spread(command[0], [], width - len(words)), (words, "dim")]]
    lines = "line" if more == 1 else "lines"
    return [*command[: most - 1], [(f"  … {more} more {lines}", "dim")]]


@of_parts("outline")
def wanted_height(state: RunState, width: int) -> int:
    """About how many lines the longest card of the plan takes, the same all through the run."""
    return max((_wanted(step, max(20, width)) for step in state.outline.steps.values()), default=0)


def _wanted(step: Step, width: int) -> int:
    lines = (step.run or "").strip().splitlines()
    command = min(MOST_COMMAND_LINES, sum(1 + (len(line) + 1) // width for line in lines))
    boxes = sum(len(check.title) + 4 for check in step.checks)
    text = sum(1 + len(line) // width for line in step.text.strip().splitlines())
    return FIRST_LINES + command + 1 + -(-boxes // width) + bool(step.signoff) + text


def card(
    state: RunState, id_: str, now: float, width: int, height: int, guest: str = "",
    past: Past = NO_PAST, signs: Signs = no_signs, ahead: Sequence[str] = (),
) -> list[Line]:  # fmt: skip
    """The card of a node in at most ``height`` lines; ``guest``, ``signs`` as in `what_next`;
    ``ahead`` is what a merge will run into."""
    if id_ not in state.outline:
        return [[("nothing chosen", "dim")]]
    node = state.outline[id_]
    if isinstance(node.item, Step):
        parts = _step(state, node.item, now, (width, height), guest, past, signs)
        parts.first += warned(ahead, width)
        return parts.fit(width, height)
    return [*holder_lines(state, node, now, width), *warned(ahead, width)][:height]


def _step(
    state: RunState, step: Step, now: float, size: tuple[int, int], guest: str, past: Past,
    signs: Signs,
) -> _Parts:  # fmt: skip
    width, height = size
    status = status_of(state, step.id)
    glyph, tone = GLYPHS[status]
    head: Line = [(f"{glyph} {status.value.upper()} ", tone), (said(step.title, 200), "strong")]
    text = [[(line, "dim")] for line in wrap(said(step.text, 4000, lines=True).strip(), width)]
    return _Parts(
        first=[*_named(head, bar(state, step, now, past), width, height),
               *what_next(state, step, status, now, width, guest, signs)],
        command=command_lines(state, step, width),
        whole=command_lines(state, step, width, whole=True),
        undo=undo_lines(state, step, width),
        whole_undo=undo_lines(state, step, width, whole=True),
        boxes=boxes(state, step, width),
        last=[*_carried_out(state, step), *usually(state, step, past),
              *_notes(state, step.id, width), *text],
    )  # fmt: skip


def command_lines(state: RunState, step: Step, width: int, *, whole: bool = False) -> list[Line]:
    """What a step runs, with the values that are known; ``whole``: none of its lines is cut, each
    is as many as it needs."""
    if is_spread(step):
        return _on_each(state, step, width, whole=whole)
    if step.run is None:
        return []
    if step.action is not None:
        text = cut(printable(action_words(step), 1000), width - 2)
        return [[("$ ", "accent"), (text, "plain")]]
    values = {**state.values, **state.step(step.id).outputs}
    there = _there(host_of(state, step)[0])
    filled = resolve(state, step.run, values, shell=step.shell)
    lines: list[Line] = []
    for text in filled.text.strip().splitlines():
        mark = "  " if lines else f"{there}$ "
        room_before = len(mark)
        room = width - room_before
        shown = printable(text, 1000)
        for part in folded(shown, room, GOES_ON) if whole else [cut(shown, room)]:
            lines.append([(mark, "accent"), (part, "plain")])
            mark = " " * (room_before + GOES_ON)
    for refused in reversed(filled.refused):
        lines.insert(1, [(cut(f"  {printable(refused.reason, 1000)}", width), "warn")])
    if filled.missing:
        lines.insert(1, [(cut(f"  needs a value for {', '.join(filled.missing)}", width), "warn")])
    return lines


def _on_each(state: RunState, step: Step, width: int, *, whole: bool) -> list[Line]:
    """What a step runs on several machines, and how it goes on from one to the next."""
    pace = f", {step.batch} at a time" if step.batch is not None else ""
    pace += f", {step.max_failures} may fail" if step.max_failures else ""
    hosts = ", ".join(host_of(state, inner)[0] for inner in step.steps)
    head: Line = [(cut(f"on {len(step.steps)} machines{pace}: {printable(hosts, 400)}", width),
                   "plain")]  # fmt: skip
    first = dataclasses.replace(step.steps[0], hosts=())
    return [head, *command_lines(state, first, width, whole=whole)]


def _there(host: str) -> str:
    """Before a command that runs on another machine."""
    return f"on {printable(host, 40)} " if host else ""


def undo_lines(state: RunState, step: Step, width: int, *, whole: bool = False) -> list[Line]:
    """How it is taken back, and whether that is ready: in one line, or ``whole`` in as many as that
    needs."""
    if is_spread(step):
        text = step.steps[0].undo or _without_undo(step.steps[0])
        return _undo("↶ on each ", text, [], width, whole=whole)
    armed = state.step(step.id).undo
    right: Line = []
    if armed is not None and armed.kind == "command":
        filled = resolve_undo(state, armed, own_values(state, step))
        text, needs = filled.text, ", ".join(filled.open)
        right = [(f"needs {needs}", "warn")] if needs else [("ready", "good")]
    elif step.undo is not None:
        # What the step puts out itself stays open until it has run.
        text = resolve(state, step.undo, own_values(state, step), shell=step.shell).text
        right = [("with the step", "dim")]
    else:
        text = _without_undo(step)
    there = _there(host_of(state, step)[0]) if step.undo is not None else ""
    return _undo(f"↶ {there}", text, right, width, whole=whole)


def _undo(mark: str, text: str, right: Line, width: int, *, whole: bool) -> list[Line]:
    """The lines of an undo behind a mark; of the first alone how many more there are."""
    first, *more = [printable(line, 1000) for line in text.strip().splitlines()] or [""]
    if not whole:
        if more:
            right = [(f"… {len(more)} more", "dim"), ("  " if right else "", "plain"), *right]
        return [spread([(mark, "accent"), (first, "plain")], right, width)]
    room = width - length([(mark, "accent"), *right]) - 1
    head, *pieces = folded(first, room)
    lines = [spread([(mark, "accent"), (head, "plain")], right, width)]
    for line, indent in (("".join(pieces), 2 + GOES_ON), *((other, 2) for other in more)):
        parts = folded(line, width - indent) if line else []
        lines += [[(" " * indent + part, "plain")] for part in parts]
    return lines


def _without_undo(step: Step) -> str:
    if step.irreversible:
        return f"cannot be taken back: {step.irreversible}"
    if not step.effect:
        return "it only looks"
    return "done by hand: taken back by hand" if step.manual else "no undo"


def _carried_out(state: RunState, step: Step) -> list[Line]:
    """Whom the plan wants to do it, and who does."""
    if step.role is None:
        return []
    by = state.step(step.id).by
    who = printable(by, 60) if by else f"somebody in the role {printable(step.role, 40)}"
    return [[("carried out by ", "dim"), (who, "plain")]]


def _notes(state: RunState, node: str, width: int) -> list[Line]:
    return [
        line
        for note in state.notes
        if note.node == node
        for line in flow(
            [(f"{printable(note.by.name, 30)}:", "dim")],
            printable(note.text, 300), "plain", width, NOTE_ROWS,
        )
    ]  # fmt: skip


def holder_lines(state: RunState, node: Node, now: float, width: int) -> list[Line]:
    """All about what holds steps, and about a check or criterion."""
    item = node.item
    lines: list[Line] = [[(f"{node.kind.value} ", "dim"), (said(node.title, 300), "strong")]]
    if isinstance(item, Phase | Change) and item.risk:
        tone = "bad" if item.risk in {"high", "critical"} else "dim"
        lines.append([("risk ", "dim"), (item.risk.value, tone)])
    if isinstance(item, Phase):
        lines += in_time(state, item, now)
    if isinstance(item, Change):
        lines += pull_request(state, item, width)
    if node.gate is not None:
        lines += deadline.of_node(state, node.id, GATE, now, width)
        lines += _gate(state, node, width)
    elif node.signoff is not None:
        lines += deadline.of_node(state, node.id, SIGN_OFF, now, width)
        lines += _signoff(state, node, width)
    lines += _notes(state, node.id, width)
    text = said(getattr(item, "text", ""), 4000, lines=True)
    return [*lines, *([(line, "dim")] for line in wrap(text.strip(), width))]


def _gate(state: RunState, node: Node, width: int) -> list[Line]:
    assert node.gate is not None
    roles = ", ".join(node.gate.roles)
    if node.id in state.overridden_gates:
        reason = printable(state.overridden_gates[node.id], 200)
        return [[(cut(f"gate {roles}: OVERRIDDEN, {reason}", width), "bad")]]
    if gate_open(state, node.id):
        return [[(f"gate {roles}: open", "good")], *_decisions(state, node, width, gate=True)]
    lines: list[Line] = [
        [(f"gate {roles}: shut", "warn")],
        *_decisions(state, node, width, gate=True),
    ]
    role = node.gate.roles[0]
    if node.gate.github:
        lines.append([("s", "key"), (" sign off, or approve the pull request at GitHub,", "plain")])
        lines.append([("or from another terminal:", "plain")])
    else:
        lines.append([("s", "key"), (" sign off, or from another terminal:", "plain")])
    return [*lines, [(cut(f"runbook sign {state.run} {node.id} --role {role}", width), "accent")]]


def _signoff(state: RunState, node: Node, width: int) -> list[Line]:
    assert node.signoff is not None
    roles = ", ".join(node.signoff.roles)
    return [[(f"closed by sign-off {roles}", "plain")], *_decisions(state, node, width, gate=False)]


def _decisions(state: RunState, node: Node, width: int, *, gate: bool) -> list[Line]:
    lines: list[Line] = []
    for given in decided(state, node.id, gate=gate):
        good = given.approved and not lapsed(state, given)
        text = f"  {'✓' if good else '✗'} {verdict(state, given)}"
        lines += [[(line, "good" if good else "bad")] for line in wrap(text, width)[:2]]
    return lines
