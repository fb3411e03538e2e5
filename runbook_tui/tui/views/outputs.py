"""Which commands' output a step shows, in what order, and what it is called."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from runbook_tui.book.spreading import is_spread
from runbook_tui.frozen import frozen
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


@frozen(kw_only=False)
class Shown:
    """One command to look at; ``whose`` it is, where that is not the chosen step."""

    record: CommandRecord
    whose: str = ""
    elsewhere: bool = False


def own_commands(state: RunState, step: str) -> tuple[CommandRecord, ...]:
    """A step's commands in the order they began; of one on several machines those on all."""
    item = state.outline.steps.get(step)
    if item is None or not is_spread(item):
        return state.step(step).commands
    found = [c for inner in item.steps for c in state.step(inner.id).commands]
    return tuple(sorted(found, key=lambda record: record.seq))


def outputs(state: RunState, step: str, chosen: str) -> list[Shown]:
    """A step's commands in the order they began, then what runs elsewhere."""
    own = own_commands(state, step) if step else ()
    whose = "" if step == chosen else _title(state, step)
    item = state.outline.steps.get(step)
    inside = {step, *(inner.id for inner in item.steps)} if item is not None else {step}
    return [Shown(record, whose) for record in own] + [
        Shown(record, f"elsewhere: {_title(state, id_)}", elsewhere=True)
        for id_, other in state.steps.items()
        for record in other.commands
        if id_ not in inside and record.running and record.kind not in PROBES
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


def undo_named(state: RunState, record: CommandRecord) -> str:
    """Whose output is shown beside a rollback, and how many others there are to choose from."""
    others = sum(state.step(id_).status is Status.UNDOING for id_ in state.busy) - 1
    more = f" · {others} more run{'s' if others == 1 else ''}: ↑↓" if others > 0 else ""
    return f"output of “{said(titled(state, record), 40)}”{more}"


def _found_bad(command: CommandRecord) -> bool:
    return command.kind == "verify_undo" and not command.running and not command.ok


def _title(state: RunState, id_: str) -> str:
    node = state.outline.named(id_)
    return f"“{said(node.title if node is not None else id_, 60)}”"


def failed_command(state: RunState, step: str) -> CommandRecord | None:
    """The command that broke a step: the newest that has ended badly, else the last to end."""
    ended = [c for c in reversed(own_commands(state, step)) if not c.running]
    return next((c for c in ended if not c.ok), ended[0] if ended else None)


def titled(state: RunState, record: CommandRecord) -> str:
    """The title of what a command belongs to."""
    # What is under way is looked at first: of ten thousand steps it is one of a few.
    ids = (*state.busy, *state.steps)
    id_ = next((id_ for id_ in ids if record in state.step(id_).commands), "")
    node = state.outline.named(id_)
    return node.title if node is not None else id_


def first_choice(shown: list[Shown]) -> int:
    """The one to look at before a person chooses: what runs, else the newest attempt's command;
    another step's only where there is none of this one."""
    return max(range(len(shown)), key=lambda n: (not shown[n].elsewhere, _weight(shown[n].record),
                                                 shown[n].record.attempt, n))  # fmt: skip


def choice_beside(shown: list[Shown], first: str) -> int:
    """The one to look at beside the command of the folder ``first``: what runs, else what came
    before; that command itself only where there is no other."""
    return max(range(len(shown)), key=lambda n: (shown[n].record.folder != first,
                                                 shown[n].record.running,
                                                 _weight(shown[n].record), n))  # fmt: skip


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


NOTHING = hashlib.sha256().hexdigest()
"""The digest of an output in which there is nothing."""


def silence(record: CommandRecord | None) -> str:
    """What an ended command that put out nothing says in its pane; empty for any other."""
    if record is None or record.running or record.digest != NOTHING:
        return ""
    return f"no output, {ending(record)}, {record.seconds:.1f} s"


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


@frozen(kw_only=False)
class Looked:
    """How an output is looked at: typed into, searched for a text, with lines chosen, scrolled to
    a place and a column, or standing still as a picture (``held``)."""

    typing: bool = False
    searched: str = ""
    chosen: int = 0
    place: tuple[int, int] | None = None
    column: int = 0
    held: bool = False


def frame(every: list[Shown], number: int, looked: Looked, width: int) -> Line:
    """The line above a pane: whose output it is, how it went, where in it one is, or which others
    there are."""
    shown = every[number]
    record = shown.record
    glyph, tone = _glyph(record)
    name = WORDS.get(record.kind, record.kind)
    if record.host:
        name += f" on {record.host}"
    if record.attempt > 1:
        name += f", attempt {record.attempt}"
    how = "" if record.running else f" {ending(record)}"
    whose = f"{shown.whose} " if shown.whose else ""
    own = length([(f"─ {name} {glyph}{how} ", "plain")])
    right = _looking(looked) or _tabs(every, number, width - own - min(24, len(whose)) - 3)
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


def _glyph(record: CommandRecord) -> tuple[str, str]:
    if record.running:
        return "▶", "busy"
    return ("✓", "good") if record.ok else ("✗", "bad")


def _looking(looked: Looked) -> Line:
    if looked.typing and not looked.chosen:
        return [(" TYPING, Ctrl+] ends ", "warn")]
    if looked.searched:
        text = cut(said(looked.searched, 60), 16)
        return [(f" searching “{text}”… ", "busy"), ("Esc", "key"), (" stops ", "dim")]
    if looked.chosen:
        lines = "1 line" if looked.chosen == 1 else f"{looked.chosen:,} lines"
        return [(f" {lines} chosen ", "strong"), ("c", "key"), (" copies ", "dim"),
                ("Esc", "key"), (" drops ", "dim")]  # fmt: skip
    if looked.held:
        return [(" stands still · ", "plain"), ("End", "key"), (" follows ", "dim")]
    if looked.place is not None:
        line, total = looked.place
        column = f", column {looked.column + 1:,}" if looked.column else ""
        return [(f" line {line:,} of {total:,}{column} · ", "plain"), ("End", "key"),
                (" follows ", "dim")]  # fmt: skip
    return []


def _tabs(every: list[Shown], number: int, room: int) -> Line:
    """All outputs in their order, the one that is looked at between angles; which one it is where
    there is no room for all."""
    if len(every) < 2:
        return []
    tabs: Line = [(" ", "plain")]
    for at, shown in enumerate(every):
        glyph, tone = _glyph(shown.record)
        before, behind = ("‹", "›") if at == number else (" ", " ")
        word = "strong" if at == number else "dim"
        tabs += [(f"{before}{_tab(every, shown)} ", word), (glyph, tone), (behind, word)]
    tabs += [(" ", "plain"), ("[ ]", "key"), (" ", "plain")]
    if length(tabs) <= room:
        return tabs
    place = f" {number + 1} of {len(every)}"
    words: Line = [(f"{place}, ", "dim"), ("[ ]", "key"), (" others ", "dim")]
    return words if length(words) <= room else [(f"{place} ", "dim"), ("[ ]", "key"), (" ", "dim")]


def _tab(every: list[Shown], shown: Shown) -> str:
    """The shortest name that tells it from the others."""
    record = shown.record
    if shown.elsewhere:
        return cut(shown.whose.partition("“")[2].rstrip("”"), 16)
    own = [other.record for other in every if not other.elsewhere]
    several = max(other.attempt for other in own) > 1
    name = WORDS.get(record.kind, record.kind)
    if len({other.host for other in own}) > 1:
        name = cut(record.host if record.kind == "run" else f"{name} {record.host}", 16)
    elif record.kind == "run" and several:
        return f"attempt {record.attempt}"
    return f"{name} {record.attempt}" if several and record.attempt > 1 else name
