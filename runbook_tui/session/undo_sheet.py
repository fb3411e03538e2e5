"""A run's ``rollback.txt``: what to do, on one page to print and pin beside the telephone."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from runbook_tui.book.durations import window
from runbook_tui.book.model import Escalation, Procedure, Runbook, Stage
from runbook_tui.session.undo_file import FiledUndo, UndoFile
from runbook_tui.session.undo_script import one_line

NAME = "rollback.txt"
COLUMNS = 80
LINES = 66
"""A page as printers have it."""
FEWEST = 12
"""Lines for the list of undos, however much else there is."""
FEW = 8
"""Lines for people, however long the procedure is."""


def sheet(file: UndoFile, runbook: Runbook, place: Path) -> str:
    """The page; ``place`` is the run's folder. What does not fit says where the rest stands."""
    head, foot = _head(file, place), _foot(place)
    items, people = _items(file), _people(runbook)
    stages, after = _stages(runbook, file, "rollback"), _stages(runbook, file, "recovery")
    room = LINES - len(head) - len(foot) - 2
    due = min(len(items), FEWEST)
    people = _cut(people, max(FEW, room - due - len(stages)), "more people are in the plan")
    stages += _kept(runbook)
    stages = _cut(stages, room - due - len(people), "more of the procedure is in the plan")
    items = _cut(items, room - len(people) - len(stages), "more: rollback.sh -n")
    room -= len(items) + len(people) + len(stages) + 1
    after = _cut(after, room, "more of what comes after is in the plan")
    parts = [part for part in ([*head, *items], [*stages, *people], after, foot) if part]
    lines = [line for part in parts for line in ("", *part)][1:]
    return "\n".join(line[:COLUMNS].rstrip() for line in lines) + "\n"


def _cut(lines: list[str], most: int, rest: str) -> list[str]:
    """The first lines, and where the others are."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"    … {rest}"] if most > 0 else []


def _head(file: UndoFile, place: Path) -> list[str]:
    written = datetime.fromtimestamp(file.at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    words = "all that has run" if file.scope == "run" else f"what belongs to the last {file.scope}"
    return [
        short(f"ROLLBACK  {file.title}"),
        f"run {file.run}, as of {written}",
        "=" * COLUMNS,
        "1. Look, then do it. It asks nothing. With the program, on any terminal:",
        f"     runbook rollback {file.run} --plan",
        f"     runbook rollback {file.run} --yes",
        "   Without it, as the user who ran the steps, on the same machine:",
        *_wrapped(f"cd {place}", "     "),
        "     sh rollback.sh -n",
        "     sh rollback.sh",
        f"   That takes back {words}.",
        "   The whole run: `--scope run` with the program, `--all` without.",
        "2. It ends in ROLLED BACK, or in INCOMPLETE and what remains: do that by hand.",
        "How bad is it?   [ ] SEV 1 (the worst)   [ ] SEV 2   [ ] SEV 3   began at __:__",
        "",
        "What is taken back, newest first:",
    ]


def _items(file: UndoFile) -> list[str]:
    if not file.items:
        return ["  nothing yet"]
    inside = file.inside()
    lines = []
    for number, item in enumerate(file.items[:LINES], 1):
        outside = "" if item.step in inside else "  (only with --all)"
        lines.append(short(f" {number:>3}  {item.title}{outside}"))
        lines += [short(f"        {word}") for word in _how(item)]
    return lines


def _how(item: FiledUndo) -> list[str]:
    words = {"manual": "BY HAND", "irreversible": "CANNOT BE TAKEN BACK"}
    if item.kind != "command":
        return [f"{words.get(item.kind, 'NO UNDO KNOWN')}: {item.reason}"]
    lines = [
        line for text in item.texts if text not in item.went for line in text.strip().splitlines()
    ]
    more = f"   … and {len(lines) - 1} more lines, see rollback.sh" if len(lines) > 1 else ""
    first = one_line(lines[0] if lines else "")
    where = f"on {one_line(item.host)} " if item.host else ""
    room = COLUMNS - 10 - len(more) - len(where)
    shown = first if len(first) <= room else f"{first[: room - 1]}…"
    needs = [*item.missing, *item.secrets]
    lacks = [f"needs {', '.join(needs)}"] if needs else []
    return [f"{where}$ {shown}{more}", *lacks]


def _stages(runbook: Runbook, file: UndoFile, kind: str) -> list[str]:
    if not runbook.procedures:
        return []
    places = {place for item in file.items for place in (item.step, *item.inside)}
    word = "By hand" if kind == "rollback" else "Afterwards"
    lines = []
    for procedure in runbook.procedures:
        meant = not procedure.applies_to or places & set(procedure.applies_to)
        if procedure.kind == kind and meant:
            lines += [short(f"{word}: {procedure.title}"), *_of(procedure)]
    return lines


def _of(procedure: Procedure) -> Iterable[str]:
    for stage in procedure.stages:
        yield short(f"  [ ] {_window(stage)}{stage.title}")
        for step in stage.steps:
            run = one_line((step.run or "").strip().partition("\n")[0])
            yield short(f"      [ ] {step.title}" + (f"   $ {run}" if run else ""))


def _kept(runbook: Runbook) -> Iterable[str]:
    """The commands that the plan keeps outside its steps, for a rollback and for a failure."""
    section = None
    for command in runbook.commands:
        back = command.rollback and command.runnable and command.step is None
        if not (back or command.kept_for_failure):
            continue
        if command.section != section:
            section = command.section
            what = "for it" if back else "if something went wrong"
            yield short(f"The plan's commands {what}: {section}")
        yield f"  [ ] {_first(command.text, COLUMNS - 6)}"


def _first(text: str, width: int) -> str:
    """The first line of a command, and how many follow."""
    lines = text.strip().splitlines()
    more = f"   … and {len(lines) - 1} more lines" if len(lines) > 1 else ""
    first, room = one_line(lines[0] if lines else ""), width - len(more) - 2
    return f"$ {first if len(first) <= room else f'{first[: room - 1]}…'}{more}"


def _window(stage: Stage) -> str:
    if stage.to_minute is None:
        return "" if stage.from_minute is None else f"from {stage.from_minute:g} min  "
    return f"{window((stage.from_minute or 0) * 60, stage.to_minute * 60, '-')}  "


def _people(runbook: Runbook) -> list[str]:
    """Whom to call: each with a box, each rung with its minute from the beginning."""
    lines = [short(f"[ ] Call {contact.role}: {contact.who}") for contact in runbook.contacts]
    for ladder in runbook.escalations:
        rungs = [f"[ ] {who}{_minute(ladder, n)}" for n, who in enumerate(ladder.ladder)]
        lines += _filled(f"Escalate {ladder.topic}:", rungs)
    return lines


def _filled(line: str, parts: Iterable[str]) -> Iterable[str]:
    """The parts behind one another, on as many lines as they need; no part on two."""
    for part in parts:
        if len(line) + len(part) + 2 > COLUMNS:
            yield short(line)
            line = "   "
        line = f"{line} {part}"
    yield short(line)


def _minute(ladder: Escalation, number: int) -> str:
    if ladder.within is None:
        return ""
    minute = number * ladder.within / 60
    return f" at {minute:g} min" if minute else " at once"


def _foot(place: Path) -> list[str]:
    return [
        "Output of every command: commands/*/log.* in",
        *_wrapped(str(place), "  "),
        "What rollback.sh did: rollback-account.jsonl there; else `runbook log RUN`.",
    ]


def _wrapped(text: str, indent: str) -> list[str]:
    """A path in full, whatever it takes: it is to be typed."""
    return [indent + part for part in textwrap.wrap(one_line(text), COLUMNS - len(indent))]


def short(text: str) -> str:
    """One line that fits on the page."""
    line = "".join(c if c.isprintable() else " " for c in text).rstrip()
    return line if len(line) <= COLUMNS else f"{line[: COLUMNS - 1]}…"
