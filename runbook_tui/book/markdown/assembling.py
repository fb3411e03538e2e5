"""The runbook of a Markdown document: phases, changes, criteria, gates, commands."""

from __future__ import annotations

import dataclasses
import re
from pathlib import PurePath

from runbook_tui.book.findings import Fault, Finding, PlanFaults
from runbook_tui.book.markdown import commands, words
from runbook_tui.book.markdown.blocks import Block, Page, parse
from runbook_tui.book.markdown.procedures import procedures
from runbook_tui.book.markdown.sections import Section, tree
from runbook_tui.book.markdown.steps import Gathered, carries, steps_of
from runbook_tui.book.model import (
    Change,
    Check,
    Gate,
    GateStatement,
    Phase,
    Risk,
    Runbook,
    Step,
)
from runbook_tui.book.model import Section as TextSection

GATE = re.compile(
    r"\b([A-Z][\w/]*(?: [A-Z][\w/]*){0,3}) (?:sign-?off|approval) (?:is )?required before ([^.\n]+)"
)
NUMBER = re.compile(r"\b(?:phase|fase|stage)\s+(\d+)\b", re.IGNORECASE)


def read_markdown(text: str, source: str) -> Runbook:
    """The runbook of a Markdown text; raises `PlanFaults` where there is nothing to do."""
    page = parse(text)
    root = tree(page.blocks)
    reading = _Reading(root)
    phases = reading.phases(_title(page, root, source))
    gathered = reading.gathered
    phases, overall = _with_criteria(root, phases, gathered)
    statements = _gates(text, phases)
    phases, roles = _gated(phases, statements)
    reading.other_commands()
    if not any(True for p in phases for _ in p.walk()):
        raise PlanFaults(
            source, (Fault(message="nothing to do: no step, box or command was found"),)
        )
    parameters = commands.parameters(gathered.commands)
    return Runbook(
        title=_title(page, root, source),
        source=source,
        format="markdown",
        phases=phases,
        criteria=overall,
        parameters=parameters,
        roles=roles,
        commands=tuple(sorted(gathered.commands, key=lambda c: c.line)),
        procedures=procedures(root, phases, gathered.ids),
        gates=statements,
        sections=tuple(
            TextSection(title=s.title, line=s.line, text=_text_of(s))
            for s in root.walk()
            if s.level in range(1, 7) and _text_of(s)
        ),
        rollback_sections=tuple(
            TextSection(title=s.title, line=s.line)
            for s in root.walk()
            if 0 < s.level < 7 and words.ROLLBACK.search(s.text)
        ),
        estimates=tuple(sorted(gathered.estimates, key=lambda e: e.line)),
        findings=tuple(_findings(phases, gathered, {p.name for p in parameters})),
    )


def _title(page: Page, root: Section, source: str) -> str:
    heads = [s for s in root.walk() if s.level == 1]
    if len(heads) == 1:
        return words.plain(heads[0].text)
    if page.front_title:
        return page.front_title
    first = next((s for s in root.walk() if 0 < s.level < 7), None)
    return words.plain(first.text) if first else PurePath(source).stem or "plan"


def _text_of(section: Section) -> str:
    return "\n\n".join(b.text for b in section.blocks if b.kind == "paragraph")


class _Reading:
    """Finds the sections that carry steps, and makes phases and changes of them."""

    def __init__(self, root: Section) -> None:
        self._root = root
        self.gathered = Gathered()

    def phases(self, title: str) -> tuple[Phase, ...]:
        carrying = [s for s in self._root.walk() if _carries(s)]
        if not carrying:
            return self._fallback(title)
        groups = _grouped(self._root, carrying)
        if groups is None:
            steps = tuple(x for s in carrying for x in steps_of(s, self.gathered))
            return (Phase(id=self.gathered.ids.make(title), title=title, line=1, steps=steps),)
        return tuple(self._phase(holder, inside) for holder, inside in groups)

    def _phase(self, holder: Section, carrying: list[Section]) -> Phase:
        id_ = self.gathered.ids.make(holder.title)
        own: list[Step] = []
        changes: list[Change] = []
        for part in _parts(holder, carrying):
            if part is holder or (part.is_label and part.parent is holder):
                own += steps_of(part, self.gathered)
            else:
                changes.append(self._change(part, carrying))
        risk = next((c.risk for c in changes if c.risk), None) if len(changes) == 1 else None
        return Phase(
            id=id_,
            title=holder.title,
            line=holder.line,
            text=_text_of(holder),
            risk=risk or _field_risk(holder),
            changes=tuple(changes),
            steps=tuple(own),
        )

    def _change(self, part: Section, carrying: list[Section]) -> Change:
        id_ = self.gathered.ids.make(part.title)
        holder = part if not part.is_label else part.parent or part
        fields = _fields(part) or _fields(holder)
        time = next((v for k, v in fields.items() if k in TIMES), "")
        days = re.search(r"\b(?:day|tag|día)s?\s+[\d–-]+", time, re.IGNORECASE)
        number = re.search(r"#(\d+)\b", part.text)
        priority = re.search(r"priority\s+(\w+)", part.text, re.IGNORECASE)
        inside = [s for s in part.walk() if s in carrying]
        criteria = [c for s in part.walk() if s.role == "criteria"
                    for c in _criteria(s, self.gathered)]  # fmt: skip
        return Change(
            id=id_,
            title=_change_title(part),
            line=part.line,
            text=_text_of(part),
            pull_request=int(number.group(1)) if number else None,
            risk=words.risk(next((v for k, v in fields.items() if "risk" in k), "")),
            status=next((words.title(v) for k, v in fields.items() if k == "status"), None),
            priority=priority.group(1) if priority else None,
            estimate=words.any_duration(time, part.line),
            days=days.group(0) if days else None,
            criteria=tuple(criteria),
            steps=tuple(x for s in inside for x in steps_of(s, self.gathered)),
        )

    def _fallback(self, title: str) -> tuple[Phase, ...]:
        """No number and no box: step headings, else command blocks, else bullets."""
        everything = list(self._root.walk())
        steps = self._loose_steps([s for s in everything if s.role == "steps"])
        steps = steps or self._loose_steps(everything)
        return (Phase(id=self.gathered.ids.make(title), title=title, line=1, steps=tuple(steps)),)

    def _loose_steps(self, body: list[Section]) -> list[Step]:
        heads = [
            s for s in body if 0 < s.level < 7 and words.STEP_HEADING.match(words.plain(s.text))
        ]
        if heads:
            return [self._step_of_section(s) for s in heads]
        fenced = [
            s for s in body if any(b.kind == "fence" and commands.runnable(b) for b in s.blocks)
        ]
        if fenced:
            return [self._step_of_section(s, alone=True) for s in fenced]
        items = [i for s in body for found in s.lists() for i in found if i.text.strip()]
        titles = [words.title(i.text.splitlines()[0]) for i in items]
        return [
            Step(id=self.gathered.ids.make(title), title=title, line=item.line)
            for item, title in zip(items, titles, strict=True)
        ]

    def _step_of_section(self, section: Section, alone: bool = False) -> Step:
        title = section.title or "commands"
        id_ = self.gathered.ids.make(title)
        inside = [section] if alone else list(section.walk())
        fences = [b for s in inside for b in s.blocks if b.kind == "fence" and commands.runnable(b)]
        texts = [self.gathered.command(b, section, id_).text for b in fences]
        return Step(
            id=id_,
            title=title,
            line=section.line or (fences[0].line if fences else 1),
            text=_text_of(section),
            estimate=words.estimate(section.text, section.line),
            run="\n".join(texts) or None,
            parts=tuple(c.id for c in self.gathered.commands if c.step == id_),
        )

    def other_commands(self) -> None:
        """Fences that no step took are kept to be read and offered."""
        for section in self._root.walk():
            for block in _fences(section.blocks):
                if id(block) not in self.gathered.taken:
                    self.gathered.command(block, section, None)


TIMES = frozenset({"timeline", "duration", "time", "duración", "dauer"})


def _fences(blocks: list[Block]) -> list[Block]:
    found = []
    for block in blocks:
        if block.kind == "fence":
            found.append(block)
        for item in block.items:
            found += _fences(item.blocks)
    return found


def _carries(section: Section) -> bool:
    return section.role == "steps" and any(carries(b) for b in section.blocks)


def _grouped(root: Section, carrying: list[Section]) -> list[tuple[Section, list[Section]]] | None:
    """Phases and the carrying sections in each; None where the document is one phase."""
    numbered = [
        s for s in root.walk() if 0 < s.level < 7 and words.PHASE.search(words.plain(s.text))
    ]
    holders = [h for h in numbered if any(h in c.path() for c in carrying)
               and not any(o is not h and o in h.path() for o in numbered)]  # fmt: skip
    if len(holders) < 2:
        for level in range(2, 7):
            holders = [s for s in root.walk() if s.level == level
                       and any(s in c.path() for c in carrying)]  # fmt: skip
            if len(holders) >= 2:
                break
        else:
            return None
    groups = [(h, [c for c in carrying if h in c.path()]) for h in holders]
    rest = [c for c in carrying if not any(c in inside for _, inside in groups)]
    for section in rest:
        top = next((s for s in section.path() if not s.is_label), section)
        groups.append((top, [section]))
    return sorted(groups, key=lambda g: g[0].line)


def _parts(holder: Section, carrying: list[Section]) -> list[Section]:
    """What becomes a change: sub-headings with steps; labels, where one heading has several."""
    parts: list[Section] = []
    for section in carrying:
        heading = next(s for s in section.path() if not s.is_label or s is holder)
        labels = [s for s in carrying if s.is_label and s.parent is heading]
        part = (
            section if section.is_label and len(labels) > 1 and heading is not holder else heading
        )
        if part.is_label and part.parent is holder:
            part = holder
        if part not in parts:
            parts.append(part)
    return parts


def _change_title(section: Section) -> str:
    text = re.sub(r"\s*\(#\d+\)", "", section.text)
    text = re.sub(r"\s+-\s+\*\*[^*]+\*\*\s*$", "", text)
    return words.title(text)


def _fields(section: Section) -> dict[str, str]:
    """``- **Name**: value`` bullets of a section, by name in lower case."""
    found = {}
    for items in section.lists():
        for item in items:
            match = re.match(r"\*\*([^*]+?):?\*\*\s*:?\s*(.*)", item.text)
            if match and not item.ordered:
                found[match.group(1).strip().lower()] = match.group(2)
    for name in ("risk level",):
        if name in found:
            found["risk"] = found[name]
    return found


def _field_risk(section: Section) -> Risk | None:
    return words.risk(next((v for k, v in _fields(section).items() if "risk" in k), ""))


def _criteria(section: Section, gathered: Gathered) -> list[Check]:
    """The boxes and marked bullets of a section of criteria."""
    own = bool(words.CRITERIA.search(section.text))
    found = []
    for items in section.lists():
        for item in items:
            marked = item.box is not None or words.MARK.match(item.text)
            if item.text.strip() and (marked or (own and "criteria" in section.text.lower())):
                title = words.title(item.text.splitlines()[0])
                found.append(Check(id=gathered.ids.make(title), title=title, line=item.line))
    return found


def _with_criteria(
    root: Section, phases: tuple[Phase, ...], gathered: Gathered
) -> tuple[tuple[Phase, ...], tuple[Check, ...]]:
    """Criteria outside changes: of the phase that their heading numbers, else of the whole."""
    taken = {c.line for p in phases for x in p.changes for c in x.criteria}
    of_phase: dict[int, list[Check]] = {}
    overall: list[Check] = []
    for section in root.walk():
        if section.role != "criteria":
            continue
        lines = {i.line for items in section.lists() for i in items}
        if not lines or lines & taken:
            continue
        match = next((m for s in section.path() if (m := NUMBER.search(s.text))), None)
        number = int(match.group(1)) if match else 0
        checks = _criteria(section, gathered)
        if 0 < number <= len(phases):
            of_phase.setdefault(number, []).extend(checks)
        else:
            overall += checks
    numbered = tuple(
        dataclasses.replace(p, criteria=(*p.criteria, *of_phase.get(n, ())))
        for n, p in enumerate(phases, 1)
    )
    return numbered, tuple(overall)


def _gates(text: str, phases: tuple[Phase, ...]) -> tuple[GateStatement, ...]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        for match in GATE.finditer(words.plain(line)):
            which = NUMBER.search(match.group(2))
            at = int(which.group(1)) if which else 0
            before = phases[at - 1].id if 0 < at <= len(phases) else None
            approver = match.group(1).split(": ")[-1]
            found.append(GateStatement(line=number, approver=approver, before=before))
    return tuple(found)


def _gated(
    phases: tuple[Phase, ...], statements: tuple[GateStatement, ...]
) -> tuple[tuple[Phase, ...], dict[str, tuple[str, ...]]]:
    """The phases with their gates, and the roles that these need; anyone may hold them."""
    roles: dict[str, tuple[str, ...]] = {}
    gates: dict[str, Gate] = {}
    for statement in statements:
        if statement.before is not None:
            role = re.sub(r"\W+", "-", statement.approver.lower()).strip("-")
            roles[role] = ("*",)
            gates[statement.before] = Gate(roles=(role,), line=statement.line)
    return tuple(dataclasses.replace(p, gate=gates.get(p.id)) for p in phases), roles


def _findings(phases: tuple[Phase, ...], gathered: Gathered, names: set[str]) -> list[Finding]:
    message = "a rollback command has placeholders that are open until asked"
    found = [
        Finding(code="placeholder-open", severity="high", line=command.line, message=message)
        for command in gathered.commands
        if command.rollback and commands.PLACEHOLDER.search(command.text) and names
    ]
    for phase in phases:
        for change in phase.changes:
            total = sum(s.estimate.maximum for s in change.steps if s.estimate)
            if change.estimate and total > change.estimate.maximum:
                found.append(
                    Finding(code="estimate-sum", line=change.line,
                            message=f"the steps of “{change.title}” take {total / 3600:g} h, its "
                            f"timeline says {change.estimate.maximum / 3600:g} h")
                )  # fmt: skip
    return found
