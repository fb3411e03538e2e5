"""The boxes of a step: its checks and signatures, ticked or not, on as few rows as there are."""

from __future__ import annotations

from runbook_tui.book.model import Check, Gate, Step
from runbook_tui.book.plain_text import printable
from runbook_tui.run.counting import decided, lapsed
from runbook_tui.run.finishing import failed_probes, probed_by
from runbook_tui.run.order import gate_open, open_checks, signed
from runbook_tui.run.state import RunState
from runbook_tui.tui.views.signing import verdict
from runbook_tui.tui.views.tone import Line, cut, length
from runbook_tui.tui.views.words import said

SHORTEST = 24


def boxes(state: RunState, step: Step, width: int) -> list[Line]:
    """One row for each box, at most ``width`` cells wide, with who ticked it."""
    lines = [_check(state, step, check, width) for check in step.checks]
    for gate, word in ((step.gate, "gate"), (step.signoff, "sign-off")):
        if gate is not None:
            lines += _signature(state, step, gate, word, width)
    return lines


def _check(state: RunState, step: Step, check: Check, width: int) -> Line:
    tick = state.ticks.get(check.id)
    probe = probed_by(state, step.id, check.id)
    last = state.probed.get(check.id)
    word, tone = "", "dim"
    if tick is not None:
        word = "by its probe" if probe is not None and probe.ok else printable(tick.by.name, 30)
    elif probe is not None and probe.running:
        word, tone = "its probe runs", "busy"
    elif probe is not None and not probe.ok:
        word, tone = "its probe failed", "bad"
    elif last is not None and not last.holds:
        word = "its probe says no" if last.holds is False else "its probe is unknown"
        tone = "bad"
    elif check.probe is not None:
        word = "has a probe"
    title = cut(said(check.title, 300), max(8, width - 4 - len(word)))
    mark = "☑ " if tick else "☐ "
    line: Line = [(mark, "good" if tick else "plain"), (title, "dim" if tick else "plain")]
    return [*line, (f"  {word}", tone)] if word else line


def _signature(state: RunState, step: Step, gate: Gate, word: str, width: int) -> list[Line]:
    is_gate = word == "gate"
    given = gate_open(state, step.id) if is_gate else signed(state, step.id)
    mark, tone = ("☑ ", "good") if given else ("☐ ", "plain")
    lines: list[Line] = [[(mark, tone), (f"{word} {', '.join(gate.roles)}", "plain")]]
    for decision in decided(state, step.id, gate=is_gate):
        good = decision.approved and not lapsed(state, decision)
        text = cut(f"{'✓' if good else '✗'} {verdict(state, decision)}", width - 4)
        lines.append([("    ", "plain"), (text, "good" if good else "bad")])
    return lines


def packed(lines: list[Line], width: int, height: int) -> list[Line]:
    """The same on at most ``height`` rows: open ones first, each on its own row as far as there
    are rows, the others side by side, and what does not fit counted."""
    if len(lines) <= height:
        return lines
    lines = sorted(lines, key=lambda line: line[0][0].startswith("☑"))
    for alone in range(height - 1, 0, -1):
        rows, left = _side_by_side(lines[alone:], width, height - alone)
        if not left:
            return [*lines[:alone], *rows]
    return _side_by_side(lines, width, height)[0]


def _side_by_side(lines: list[Line], width: int, height: int) -> tuple[list[Line], int]:
    """Rows of boxes, and how many boxes are only counted at their end."""
    rows: list[Line] = []
    while lines and len(rows) < height:
        last = len(rows) == height - 1
        row, taken = _fill(lines, width - (5 if last else 0))
        lines = lines[taken:]
        if last and lines:
            row = [*row, (f" +{len(lines)}", "warn")]
        rows.append(row)
    return rows, len(lines)


def _fill(lines: list[Line], width: int) -> tuple[Line, int]:
    row: Line = []
    for number, line in enumerate(lines):
        short = [(cut(text, max(SHORTEST, width // 3)), tone) for text, tone in line[:2]]
        if row and length(row) + 2 + length(short) > width:
            return row, number
        row = [*row, ("  ", "plain"), *short] if row else short
    return row, len(lines)


def next_box(state: RunState, step: Step) -> Check | None:
    """The next open check that a person ticks: not one that a probe answers for."""
    open_ = open_checks(state, step.id)
    return next((c for c in step.checks if c.id in open_ and c.probe is None), None)


def to_probe_again(state: RunState, step: Step) -> tuple[str, ...]:
    """Titles of open checks whose probe has failed."""
    return tuple(c.title for c in step.checks if c.id in failed_probes(state, step.id))
