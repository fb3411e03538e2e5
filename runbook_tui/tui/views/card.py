"""The card: everything about the chosen node, what to press next first."""

from __future__ import annotations

from runbook_tui.book.durations import clock, spoken
from runbook_tui.book.model import Change, Phase, Step
from runbook_tui.book.plain_text import printable
from runbook_tui.run.finishing import waits_for
from runbook_tui.run.outline import Node
from runbook_tui.run.prepare import own_values, resolve
from runbook_tui.run.state import (
    BROKEN,
    RunState,
    Status,
    blockers,
    elapsed,
    gate_open,
    status_of,
)
from runbook_tui.tui.views.tone import GLYPHS, Line, cut, spread, wrap


def card(state: RunState, id_: str, now: float, width: int, height: int) -> list[Line]:
    """The card of a node in at most ``height`` lines."""
    if id_ not in state.outline:
        return [[("nothing chosen", "dim")]]
    node = state.outline[id_]
    if isinstance(node.item, Step):
        lines = _step(state, node.item, now, width)
    else:
        lines = _other(state, node, width)
    return lines[:height]


def _step(state: RunState, step: Step, now: float, width: int) -> list[Line]:
    status = status_of(state, step.id)
    glyph, tone = GLYPHS[status]
    head: Line = [
        (f"{glyph} {status.value.upper()} ", tone),
        (printable(step.title, 200), "strong"),
    ]
    lines = [spread(head, _bar(state, step, now), width)]
    lines += _next(state, step, status, width)
    lines += _commands(state, step, width)
    lines += _undo(state, step, width)
    lines += _boxes(state, step, width)
    for text in wrap(printable(step.text, 4000, lines=True), width):
        lines.append([(text, "dim")])
    return lines


def _bar(state: RunState, step: Step, now: float) -> Line:
    spent = elapsed(state, step.id, now)
    wanted = step.estimate.maximum if step.estimate else None
    if spent is None:
        return [(f"about {spoken(wanted)}", "dim")] if wanted else []
    if wanted is None:
        return [(clock(spent), "busy")]
    over = spent > wanted
    full = min(12, int(12 * spent / wanted)) if wanted else 12
    words = f" over by {spoken(spent - wanted)}" if over else ""
    return [
        (f"{clock(spent)} of {clock(wanted)} ", "bad" if over else "busy"),
        ("█" * full + "░" * (12 - full), "bad" if over else "busy"),
        (words, "bad"),
    ]


def _next(state: RunState, step: Step, status: Status, width: int) -> list[Line]:
    """What stands in the way, or what to press."""
    reason = printable(state.step(step.id).reason, 300)
    if status in BROKEN:
        keys: Line = [("r", "key"), (" try again  ", "plain"), ("F9", "panic")]
        return [[(cut(reason, width), "bad")], [*keys, (" bring it back", "plain")]]
    if status is Status.PENDING and (why := blockers(state, step.id)):
        waits: Line = [(cut(printable("waits: " + "; ".join(why), 400), width), "warn")]
        asks = any("sign-off" in w for w in why)
        return [waits, [("s", "key"), (" sign off", "plain")]] if asks else [waits]
    if status is Status.WAITING:
        return [[(cut(f"waits for {waits_for(state, step.id)}", width), "warn")]]
    if status is Status.READY:
        word = "start the timer" if step.manual else "run it"
        return [[("Enter", "key"), (f" {word}", "plain")]]
    if status is Status.RUNNING and step.manual:
        return [[("Space", "key"), (" done", "plain")]]
    return []


def _commands(state: RunState, step: Step, width: int) -> list[Line]:
    if step.run is None:
        return []
    if step.action is not None:
        words = " ".join(f"{name}={value}" for name, value in step.arguments.items())
        return [[("$ ", "accent"), (cut(printable(f"{step.action} {words}"), width - 2), "plain")]]
    filled, missing = resolve(state, step.run, {**state.values, **state.step(step.id).outputs})
    lines: list[Line] = []
    texts = filled.strip().splitlines()
    for number, text in enumerate(texts[:6]):
        mark = "$ " if number == 0 else "  "
        lines.append([(mark, "accent"), (cut(printable(text, 1000), width - 2), "plain")])
    if len(texts) > 6:
        lines.append([(f"  … {len(texts) - 6} more lines", "dim")])
    if missing:
        lines.append([(f"  needs a value for {', '.join(missing)}", "warn")])
    return lines


def _undo(state: RunState, step: Step, width: int) -> list[Line]:
    armed = state.step(step.id).undo
    if armed is not None and armed.kind == "command":
        values = own_values(state, step)
        text, missing = resolve(state, armed.text, values)
        right: Line = (
            [("ready", "good")] if not missing else [("needs " + ", ".join(missing), "warn")]
        )
    elif step.undo is not None:
        text, right = step.undo, [("with the step", "dim")]
    else:
        text = _without_undo(step)
        right = []
    first = printable(text.strip().splitlines()[0] if text.strip() else "", 1000)
    return [spread([("↶ ", "accent"), (first, "plain")], right, width)]


def _without_undo(step: Step) -> str:
    if step.irreversible:
        return f"cannot be taken back: {step.irreversible}"
    if not step.effect:
        return "it only looks"
    return "done by hand: taken back by hand" if step.manual else "no undo"


def _boxes(state: RunState, step: Step, width: int) -> list[Line]:
    lines: list[Line] = []
    for check in step.checks:
        tick = check.id in state.ticks
        mark = "☑ " if tick else "☐ "
        title = cut(printable(check.title, 300), width - 2)
        lines.append([(mark, "good" if tick else "plain"), (title, "dim" if tick else "plain")])
    for gate, word in ((step.gate, "gate"), (step.signoff, "sign-off")):
        if gate is not None:
            given = [s for s in state.signoffs if s.node == step.id]
            names = ", ".join(f"{printable(s.by.name, 30)} {s.decision}" for s in given)
            mark = "☑ " if given else "☐ "
            lines.append([(mark, "plain"), (f"{word} {', '.join(gate.roles)}", "plain"),
                          (f"  {names}", "good")])  # fmt: skip
    return lines


def _other(state: RunState, node: Node, width: int) -> list[Line]:
    item = node.item
    lines: list[Line] = [[(f"{node.kind.value} ", "dim"), (printable(node.title, 300), "strong")]]
    if isinstance(item, Phase | Change) and item.risk:
        tone = "bad" if item.risk in {"high", "critical"} else "dim"
        lines.append([("risk ", "dim"), (item.risk.value, tone)])
    if node.gate is not None:
        lines += _gate(state, node, width)
    for note in state.notes:
        if note.node == node.id:
            lines.append(
                [(f"{printable(note.by.name, 30)}: ", "dim"), (printable(note.text, 300), "plain")]
            )
    text = getattr(item, "text", "")
    lines += [[(t, "dim")] for t in wrap(printable(text, 4000, lines=True), width)]
    return lines


def _gate(state: RunState, node: Node, width: int) -> list[Line]:
    assert node.gate is not None
    roles = ", ".join(node.gate.roles)
    if node.id in state.overridden_gates:
        reason = printable(state.overridden_gates[node.id], 200)
        return [[(cut(f"gate {roles}: OVERRIDDEN, {reason}", width), "bad")]]
    given = [s for s in state.signoffs if s.node == node.id]
    names = "; ".join(f"{printable(s.by.name, 30)} {s.decision} {printable(s.comment, 80)}".strip()
                      for s in given)  # fmt: skip
    if gate_open(state, node.id):
        return [[(cut(f"gate {roles}: open  {names}", width), "good")]]
    lines: list[Line] = [[(cut(f"gate {roles}: shut  {names}", width), "warn")]]
    lines.append([("s", "key"), (" sign off, or from another terminal:", "plain")])
    role = node.gate.roles[0]
    lines.append([(cut(f"runbook sign {state.run} {node.id} --role {role}", width), "accent")])
    return lines
