"""``<!-- runbook: undo="…" needs=["merge"] -->`` in a Markdown plan: keys as TOML has them.

A comment belongs to the phase, change, step or box in whose line it stands, else to the one in the
next line with text, else to the one above it. Other readers of the document do not show it. What
is wrong in one never keeps a plan from being run: it is a finding, and that part counts for
nothing.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from runbook_tui.book.actions import has_undo, only_looks
from runbook_tui.book.amending import KnownNode, known_nodes
from runbook_tui.book.files import Files
from runbook_tui.book.findings import Finding
from runbook_tui.book.markdown.commands import TYPED
from runbook_tui.book.model import Runbook, Step, Threshold
from runbook_tui.book.places import Places
from runbook_tui.book.rules import broken_rules, without_undo
from runbook_tui.book.toml import schema as t
from runbook_tui.book.toml.found_again import INSIDE
from runbook_tui.book.toml.keys import keys, meant
from runbook_tui.book.toml.positions import Path, Position
from runbook_tui.book.toml.reader import added
from runbook_tui.frozen import frozen

COMMENT = re.compile(r"<!--[ \t]*runbook:(?P<said>.{0,8000}?)-->", re.DOTALL)
FENCE = re.compile(r"^[ \t>]*(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)$")
PAIR = re.compile(
    r"[\s,;]*(?P<name>[A-Za-z_][\w-]*)"
    r"(?:\s*=\s*(?P<value>\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|\[[^\]\n]*\]|\{[^}\n]*\}|[^\s,;]+))?"
)
SAYING = re.compile(
    r"^[ \t>]*(?:`{3,}|~{3,})[ \t]*(?P<label>[^\s{`]*)[ \t]*\{(?P<said>[^\n`]{1,2000})\}[ \t]*$",
    re.MULTILINE,
)
EXPECTED = re.compile(
    r"<!--[ \t]*(?:expected_similarity[ \t]*=[ \t]*(?:\"(?P<quoted>[^\"\n]{1,500})\"|[\d.]+)"
    r"|expected:(?P<said>[^\n]{1,500}?))[ \t]*-->"
)
OF_A_BLOCK = frozenset({
    "timeout", "confirm", "cwd", "interactive", "background", "run", "name", "id", "promptenv",
    "excludefromrunall", "tag", "tags", "category", "interpreter", "terminalrows", "terminal",
    "mimetype", "closeterminalonsuccess", "openterminalonsuccess", "rollback", "depends_on",
})  # fmt: skip
"""What is read where blocks are, and what says something to other tools only."""
TABLES: Mapping[str, type[t.Table]] = {
    "phase": t.PhaseTable, "change": t.ChangeTable, "step": t.StepTable, "check": t.CheckTable,
    "criterion": t.CheckTable, "procedure": t.ProcedureTable, "stage": t.StageTable,
}  # fmt: skip
NOT_HERE = frozenset({"id", "title", "titled", "step", "change", "stage", "include", "parts"})
"""Keys that say what a node is or what it holds: the document does."""
SETTLED = frozenset({"no-undo", "destructive"})
"""Findings that an annotation may have answered."""


@frozen(kw_only=False)
class Note:
    """A comment: its line, from 1, the line of the text that it stands in or before, and words.

    ``about`` is 0 where it says something of the step above it; ``of`` is what it is.
    """

    line: int
    about: int
    said: str
    of: str = "the comment “runbook: …”"


def taken_out(text: str) -> tuple[str, tuple[Note, ...]]:
    """The text without these comments, with as many lines, and the comments."""
    shown = _shown(text)
    found: list[tuple[re.Match[str], int]] = []
    pieces, end = [], 0
    for match in COMMENT.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if line in shown:
            continue
        found.append((match, line))
        pieces += [text[end : match.start()].rstrip(" \t"), "\n" * match[0].count("\n")]
        end = match.end()
    bare = "".join((*pieces, text[end:]))
    lines = bare.split("\n")
    notes = []
    for match, line in found:
        last = line + match[0].count("\n")
        own = next((n for n in (line, last) if lines[n - 1].strip()), None)
        after = next((n for n in range(last, len(lines) + 1) if lines[n - 1].strip()), line)
        notes.append(Note(line, own or after, match["said"]))
    return bare, tuple(notes)


def fences_say(text: str) -> tuple[Note, ...]:
    """What blocks say of their steps beside what only they can: ``{retries=2 undo="…"}``."""
    shown = _shown(text)
    found = []
    for match in SAYING.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if line in shown or match["label"].lower() in TYPED:
            continue
        said = match["said"]
        try:
            said = " ".join(f"{k}={json.dumps(v)}" for k, v in json.loads(f"{{{said}}}").items())
        except ValueError:
            pass
        pairs = [m for m in PAIR.finditer(said) if m["value"] is not None]
        ours = (f"{m['name']}={m['value']}" for m in pairs if m["name"].lower() not in OF_A_BLOCK)
        if kept := " ".join(ours):
            found.append(Note(line, line, kept, "the block"))
    return tuple(found)


def expected(text: str) -> tuple[Note, ...]:
    """What comments before an output say that it must look like."""
    shown = _shown(text)
    found = []
    for match in EXPECTED.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if line in shown:
            continue
        pattern = (match["quoted"] or match["said"] or "").strip()
        said = f"expect={json.dumps(pattern)}" if pattern else ""
        found.append(Note(line, 0, said, "the comment on the expected output"))
    return tuple(found)


def _shown(text: str) -> set[int]:
    """Lines inside of fences: what stands there is shown or run, and no comment."""
    inside: set[int] = set()
    mark = ""
    for number, line in enumerate(text.split("\n"), 1):
        found = FENCE.match(line)
        if mark:
            inside.add(number)
            closes = found and found["mark"].startswith(mark) and not found["info"].strip()
            mark = "" if closes else mark
        elif found:
            mark = found["mark"]
    return inside


def annotated(runbook: Runbook, notes: Sequence[Note], *, remarks: bool) -> Runbook:
    """The runbook with what its comments say; findings for what they say in vain."""
    found: list[Finding] = []
    for note in notes:
        there = known_nodes(runbook)
        target = _target(runbook, there, note)
        if target is not None:
            runbook = _measured(runbook, there, target, note, found)
            continue
        at = _at(runbook, there, note)
        if at is None:
            found.append(_finding(note, "stands at no phase, step or box"))
            continue
        if not note.said:
            found.append(_finding(note, "is shown: only a pattern is held against what is put out",
                                  "info"))  # fmt: skip
            continue
        values = dict(_values(note, at, found))
        if not values:
            continue
        made = _added(runbook, there, at, values, note.line)
        faults = broken_rules(made, Places(), Files("", None, lambda *_: None).lost)
        if faults:
            found.append(_finding(note, f"counts for nothing: {faults[0].message}", "high"))
            continue
        runbook = replace(made, format=runbook.format, order=runbook.order)
    if not remarks or not notes:
        return runbook
    settled = {s.line for s in runbook.walk() if _is_settled(s)}
    kept = (f for f in runbook.findings if f.code not in SETTLED or f.line not in settled)
    acting = (f for s in runbook.walk() if s.action for f in without_undo(s))
    bare = (replace(f, severity="low") for f in acting)
    findings = tuple(sorted((*kept, *found, *bare), key=lambda f: f.line))
    return replace(runbook, findings=findings)


def _target(runbook: Runbook, there: Mapping[str, KnownNode], note: Note) -> Threshold | None:
    """The target that a comment stands at, where its line is that of nothing else."""
    if not note.about or any(one.node.line == note.about for one in there.values()):
        return None
    return next((one for one in runbook.thresholds if one.line == note.about), None)


def _measured(
    runbook: Runbook,
    there: Mapping[str, KnownNode],
    target: Threshold,
    note: Note,
    found: list[Finding],
) -> Runbook:
    """The runbook with a watch for a target: ``probe`` is the command that puts out its number."""
    values: dict[str, Any] = {}
    for name, given in _pairs(note, found):
        key = "run" if name == "probe" else name
        if key not in keys(t.WatchTable) or key in NOT_HERE | {"target"}:
            found.append(_finding(note, f"knows no key “{name}” of a target"))
            continue
        try:
            t.WatchTable.model_validate({"title": target.name, key: given})
        except ValidationError as error:
            said = str(error.errors(include_url=False)[0]["msg"])
            found.append(_finding(note, f"has a “{name}” that cannot be: {said}"))
            continue
        values[key] = given
    if not values.keys() & {"run", "http", "prometheus"}:
        found.append(_finding(note, "gives no probe, so nothing is measured", "high"))
        return runbook
    table = {"title": target.name, "target": target.name, **values}
    plan = t.PlanTable.model_validate({"format": 1, "watch": [table]}, context=frozenset(there))
    made = added(plan, runbook, {("watch", 0): (note.line, 1)})
    faults = broken_rules(made, Places(), Files("", None, lambda *_: None).lost)
    if faults:
        found.append(_finding(note, f"counts for nothing: {faults[0].message}", "high"))
        return runbook
    return replace(made, format=runbook.format, order=runbook.order)


def _is_settled(step: Step) -> bool:
    return bool(has_undo(step) or step.irreversible or step.confirm or only_looks(step))


def _at(runbook: Runbook, there: Mapping[str, KnownNode], note: Note) -> KnownNode | None:
    """The node that a comment stands at."""
    nodes = [one for one in there.values() if one.kind in TABLES and one.node.line]
    steps = {c.line: c.step for c in runbook.commands if c.step in there}
    exact = [one for one in nodes if one.node.line == note.about]
    if exact:
        return exact[0]
    if steps.get(note.about):
        return there[str(steps[note.about])]
    above = [one for one in nodes if one.node.line < note.line]
    if not note.about:
        above = [one for one in above if isinstance(one.node, Step) and one.node.run is not None]
    return max(above, key=lambda one: one.node.line, default=None)


def _values(note: Note, at: KnownNode, found: list[Finding]) -> Iterator[tuple[str, Any]]:
    """The keys of a comment that its node can have, each with a value of the right shape."""
    table = TABLES[at.kind]
    for name, given in _pairs(note, found):
        if name not in keys(table) or name in NOT_HERE:
            hint = "" if name in NOT_HERE else meant(name, table, t.PlanTable)
            what = f"knows no key “{name}” of a {at.kind}" + (f"; {hint}" if hint else "")
            found.append(_finding(note, what))
            continue
        value = {"output": given} if name == "expect" and isinstance(given, str) else given
        # JSON of other tools has all values as texts.
        other = _value(value) if isinstance(value, str) else value
        reason = _wrong(table, at.node.id, name, value)
        if not reason:
            yield name, value
        elif not _wrong(table, at.node.id, name, other):
            yield name, other
        else:
            found.append(_finding(note, f"has a “{name}” that cannot be: {reason}"))


def _wrong(table: type[t.Table], id_: str, name: str, value: Any) -> str:
    """What is wrong with the value of a key; empty where nothing is."""
    try:
        table.model_validate({"id": id_, name: value}, context={id_})
    except ValidationError as error:
        return str(error.errors(include_url=False)[0]["msg"])
    return ""


def _pairs(note: Note, found: list[Finding]) -> Iterator[tuple[str, Any]]:
    """Names and values; a comment of several lines may be TOML as it stands."""
    try:
        yield from tomllib.loads(note.said.strip()).items()
        return
    except tomllib.TOMLDecodeError:
        pass
    at = 0
    said = note.said.rstrip(" \t\n,;")
    while at < len(said):
        match = PAIR.match(said, at)
        if match is None or match["value"] is None:
            rest = " ".join(said[at:].split())[:60]
            found.append(_finding(note, f"is not read from “{rest}” on; write key=value"))
            return
        at = match.end()
        yield match["name"], _value(match["value"])


def _value(text: str) -> Any:
    """A value as TOML reads it; a bare word is a text."""
    try:
        return tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        return text


def _added(
    runbook: Runbook,
    there: Mapping[str, KnownNode],
    at: KnownNode,
    values: Mapping[str, Any],
    line: int,
) -> Runbook:
    """The runbook with keys added to one of its nodes, as an overlay would add them."""
    body: dict[str, Any] = {"id": at.node.id, **values}
    path: Path = ()
    one: KnownNode | None = at
    while one is not None:
        parent = there.get(one.parent)
        kind = parent.kind if parent else ""
        key = next(k for k, held in INSIDE[kind] if held == one.kind)
        path = (key, 0, *path)
        body = {key: [body], **({"id": parent.node.id} if parent else {})}
        one = parent
    roles = {
        role
        for key in ("gate", "signoff")
        for role in values.get(key, {}).get("roles", ())
        if role not in runbook.roles and role != "lead"
    }
    whole = {"format": 1, "roles": {role: ["*"] for role in sorted(roles)}, **body}
    plan = t.PlanTable.model_validate(whole, context=frozenset(there))
    where: dict[Path, Position] = {path: (line, 1)}
    return added(plan, runbook, where)


def _finding(note: Note, what: str, severity: str = "medium") -> Finding:
    return Finding(code="annotation", message=f"{note.of} {what}",
                   severity=severity, line=note.line)  # fmt: skip
