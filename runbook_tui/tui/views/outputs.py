"""Which commands' output a step shows, in what order, and what it is called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from runbook_tui.book.spreading import is_spread
from runbook_tui.run.state import CommandRecord, RunState, Status
from runbook_tui.tui.views.tone import Line, cut, length
from runbook_tui.tui.views.words import said

PROBES = frozenset({"probe", "ready"})
WORDS = {
    "before": "preparation",
    "run": "command",
    "ready": "readiness probe",
    "probe": "probe",
    "undo": "undo",
    "verify_undo": "undo's verification",
    "stage": "procedure",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One command to look at; ``whose`` it is, where that is not the chosen step."""

    record: CommandRecord
    whose: str = ""


def own_commands(state: RunState, step: str) -> tuple[CommandRecord, ...]:
    """A step's commands in the order they began; of one on several machines those on all."""
    item = state.outline.steps.get(step)
    if item is None or not is_spread(item):
        return state.step(step).commands
    found = [c for inner in item.steps for c in state.step(inner.id).commands]
    return tuple(sorted(found, key=lambda record: record.seq))


def outputs(state: RunState, step: str, chosen: str) -> list[Shown]:
    """A step's commands in the order they began; where it has none, what runs elsewhere."""
    own = own_commands(state, step)
    if own:
        whose = "" if step == chosen else _title(state, step)
        return [Shown(record, whose) for record in own]
    return [
        Shown(record, f"elsewhere: {_title(state, id_)}")
        for id_, other in state.steps.items()
        for record in other.commands
        if record.running and record.kind not in PROBES
    ]


def undo_shown(state: RunState, steps: Iterable[str], since: float) -> CommandRecord | None:
    """The newest command with which one of these steps was taken back since a time, or whose check
    found that it was not."""
    ran = (
        command
        for step in steps
        for command in state.step(step).commands
        if command.started >= since and (command.kind == "undo" or _found_bad(command))
    )
    return max(ran, key=lambda command: command.started, default=None)


def _found_bad(command: CommandRecord) -> bool:
    return command.kind == "verify_undo" and not command.running and not command.ok


def _title(state: RunState, id_: str) -> str:
    node = state.outline.nodes.get(id_) or state.outline.box(id_)
    return f"“{said(node.title if node is not None else id_, 60)}”"


def first_choice(shown: list[Shown]) -> int:
    """The one to look at before a person chooses: what runs, else the newest attempt's command."""
    best = range(len(shown))
    return max(best, key=lambda n: (_weight(shown[n].record), shown[n].record.attempt, n))


def _weight(record: CommandRecord) -> int:
    if record.kind in PROBES:
        return 0
    if record.running:
        return 3
    return 2 if record.kind == "run" else 1


def ending(record: CommandRecord) -> str:
    """How a command ended, in two words."""
    if record.lost:
        return "exit status unknown"
    if record.timed_out:
        return "out of time"
    if record.stopped:
        return "stopped"
    if record.signal is not None:
        return f"signal {record.signal}"
    return f"exit {record.exit}"


def ended_early(state: RunState, step: str) -> CommandRecord | None:
    """The background command of a step that is over, where it has ended though the run goes on."""
    newest = _background(state, step) if state.finished is None else None
    return newest if newest is not None and not newest.running else None


def in_background(state: RunState, step: str) -> CommandRecord | None:
    """The background command of a step that is over, while it still runs."""
    newest = _background(state, step)
    return newest if newest is not None and newest.running else None


def _background(state: RunState, step: str) -> CommandRecord | None:
    found = state.step(step)
    if found.status not in {Status.DONE, Status.WAITING}:
        return None
    own = [c for c in found.commands if c.kind == "run" and c.attempt == found.attempt]
    newest = own[-1] if own else None
    return newest if newest is not None and newest.background else None


@dataclass(frozen=True, slots=True)
class Looked:
    """How an output is looked at: typed into, searched for a text, scrolled to a place."""

    typing: bool = False
    searched: str = ""
    place: tuple[int, int] | None = None


def frame(shown: Shown, number: int, count: int, looked: Looked, width: int) -> Line:
    """The line above a pane: whose output it is, how it went, where in it one is."""
    record = shown.record
    glyph = "▶" if record.running else "✓" if record.ok else "✗"
    tone = "busy" if record.running else "good" if record.ok else "bad"
    name = WORDS.get(record.kind, record.kind)
    if record.host:
        name += f" on {record.host}"
    if record.attempt > 1:
        name += f", attempt {record.attempt}"
    how = "" if record.running else f" {ending(record)}"
    right = _looking(looked, number, count)
    whose = f"{shown.whose} " if shown.whose else ""
    room = width - length(right) - 3
    left: Line = [
        ("─ ", "dim"),
        (cut(whose, room - len(name) - len(how) - 4), "warn"),
        (f"{name} ", "plain"),
        (glyph, tone),
        (how, tone),
        (" ", "plain"),
    ]
    return [*left, ("─" * max(1, width - length(left) - length(right) - 1), "dim"), *right,
            ("─", "dim")]  # fmt: skip


def _looking(looked: Looked, number: int, count: int) -> Line:
    if looked.typing:
        return [(" TYPING, Ctrl+] ends ", "warn")]
    if looked.searched:
        text = cut(said(looked.searched, 60), 16)
        return [(f" searching “{text}”… ", "busy"), ("Esc", "key"), (" stops ", "dim")]
    if looked.place is not None:
        line, total = looked.place
        return [(f" line {line:,} of {total:,} · ", "plain"), ("End", "key"), (" follows ", "dim")]
    if count > 1:
        return [(f" {number + 1} of {count}, ", "dim"), ("[ ]", "key"), (" others ", "dim")]
    return []
