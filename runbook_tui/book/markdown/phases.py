"""Phases and changes: how the sections with steps are grouped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from runbook_tui.book.markdown import commands, estimates, headings, words
from runbook_tui.book.markdown.blocks import Item
from runbook_tui.book.markdown.carriers import Carrier, carriers
from runbook_tui.book.markdown.criteria import criteria_of
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.markdown.steps import (
    Gathered,
    step_of_blocks,
    step_of_item,
    steps_of,
    steps_of_typed,
)
from runbook_tui.book.model import Change, Phase, Risk, Step

NAMED = re.compile(r"\*\*([^*]+?):?\*\*\s*:?\s*(.*)")
GENERIC = re.compile(
    r"(?:(?:execution|implementation|change|detailed) )?(?:tasks?|steps?|actions?|activities"
    r"|procedures?|instructions|checklist)|aufgaben|schritte|durchführung|pasos|tareas|étapes|tâches"
    r"|passos|tarefas|шаги|действия|步骤|任务|手順|作業",
    re.IGNORECASE,
)
"""The title of a part that says nothing but that there is something to do."""
LINKED = re.compile(r"\W{0,3}\[[^\[\]\n]{1,200}\](?:\(|\[)")
TIMES = frozenset({"timeline", "duration", "time", "duración", "dauer"})
DAYS = re.compile(r"\b(?:day|tag|d[ií]a|jour)s?\s{1,3}[\d–-]+", re.IGNORECASE)
FEW = 3
"""Numbered phases that hold less than one in so many of all steps' places are not the phases."""


def phases_of(root: Section, title: str, gathered: Gathered) -> tuple[Phase, ...]:
    """The phases of a document, each with its changes and steps."""
    found = carriers(root)
    gathered.backs = {
        commands.attribute(b, "name"): b for s in root.walk() for b in s.blocks
        if b.kind == "fence" and commands.language(b) == "rollback"
    }  # fmt: skip
    groups = _grouped(root, found)
    if groups is None:
        gathered.boxed = _boxed(found)
        steps = tuple(step for c in found for step in _steps(c, gathered))
        return (Phase(id=gathered.ids.make(title), title=title, line=1, steps=steps),)
    return tuple(
        _phase(holder, holder.title or title, inside, gathered) for holder, inside in groups
    )


def _steps(carrier: Carrier, gathered: Gathered) -> tuple[Step, ...]:
    section = carrier.section
    match carrier.kind:
        case "list":
            return steps_of(section, gathered)
        case "typed":
            return steps_of_typed(section, gathered)
        case "bullets":
            lists = [x for x in section.lists() if not _only_links(x)] or section.lists()
            made = [step_of_item(i, section, gathered) for found in lists for i in found]
            return tuple(step for step in made if step is not None)
    step = step_of_blocks(section, carrier.blocks(), gathered)
    gathered.owners |= {id(part): step for part in carrier.parts if part.role == "rollback"}
    return (step,)


def _only_links(items: list[Item]) -> bool:
    """Whether every bullet begins with a link: they are there to be looked at."""
    return all(LINKED.match(item.text) and not item.blocks for item in items)


def _grouped(root: Section, found: list[Carrier]) -> list[tuple[Section, list[Carrier]]] | None:
    """Phases and what carries their steps; None where the document is one phase."""
    single = {id(c.section) for c in found if c.kind == "step"}
    around = {id(s) for c in found for s in c.home.path()}
    sections = [s for s in root.walk() if id(s) in around and id(s) not in single]
    numbered = _outermost(
        [s for s in sections if 0 < s.level < 7 and headings.PHASE.search(words.plain(s.text))]
    )
    counted = {id(s) for s in numbered}
    within = sum(any(id(s) in counted for s in c.home.path()) for c in found)
    # Where a few of many parts are numbered so, they are a part of the plan, such as its timeline.
    if len(numbered) >= 2 and within * FEW >= len(found):
        return _groups(found, numbered)
    chosen = None
    for level in range(2, 7):
        groups = _groups(found, [s for s in sections if s.level == level])
        if len(groups) >= 2 and (chosen is None or not _repeats(groups)):
            chosen = groups
        if chosen is not None and not _repeats(chosen):
            break
    return chosen


def _boxed(found: Iterable[Carrier]) -> bool:
    """Whether boxes say what is to be ticked: then bullets below a number are notes."""
    lists = (items for c in found if c.kind == "list" for items in c.section.lists())
    return any(item.box is not None for items in lists for item in items)


def _repeats(groups: list[tuple[Section, list[Carrier]]]) -> bool:
    """Whether most changes share their titles, within a phase too: then its parts are the phases.

    So a catalogue, in which every runbook has its “Steps” and “Validation”, is read as it is meant.
    """
    titles = [[part.title for part, _ in _parts(holder, inside)] for holder, inside in groups]
    count = Counter(title for group in titles for title in group)
    shared = sum(number for number in count.values() if number > 1)
    return shared * 2 > count.total() and any(len(set(g)) < len(g) for g in titles)


def _outermost(sections: list[Section]) -> list[Section]:
    inside = {id(s) for s in sections}
    return [s for s in sections if not any(id(o) in inside for o in s.path() if o is not s)]


def _groups(found: list[Carrier], holders: list[Section]) -> list[tuple[Section, list[Carrier]]]:
    """Carriers by the holder around them; runs of those outside by the heading that they are in."""
    holding = {id(h) for h in holders}
    groups: list[tuple[Section, list[Carrier]]] = []
    for carrier in found:
        path = list(carrier.home.path())
        top = next((s for s in path if not s.is_label), carrier.home)
        holder = next((s for s in path if id(s) in holding), top)
        if not groups or groups[-1][0] is not holder:
            groups.append((holder, []))
        groups[-1][1].append(carrier)
    return groups


def _phase(holder: Section, title: str, inside: list[Carrier], gathered: Gathered) -> Phase:
    id_ = gathered.ids.make(title)
    gathered.boxed = _boxed(inside)
    own: list[Step] = []
    changes: list[Change] = []
    parts = list(_parts(holder, inside))
    single = all(part is holder or _is_one_step(part, group) for part, group in parts) or (
        len(parts) == 1 and GENERIC.fullmatch(parts[0][0].title) is not None
    )
    is_own = [single or p is holder or (p.is_label and p.parent is holder) for p, _ in parts]
    # Changes come before a phase's own steps: what stands before one has to be one, too.
    last = max((n for n, here in enumerate(is_own) if not here), default=-1)
    for number, (part, group) in enumerate(parts):
        if not is_own[number]:
            changes.append(_change(part, group, gathered))
            continue
        of_change = gathered.ids.make(part.title or title) if number < last else ""
        found = [step for c in group for step in _steps(c, gathered)]
        if of_change:
            changes.append(Change(id=of_change, title=part.title or title, line=part.line,
                                  steps=tuple(found)))  # fmt: skip
        else:
            own += found
    risk = next((c.risk for c in changes if c.risk), None) if len(changes) == 1 else None
    return Phase(
        id=id_,
        title=title,
        line=holder.line or inside[0].section.line,
        text=holder.said,
        risk=risk or _risk(holder),
        changes=tuple(changes),
        steps=tuple(own),
    )


def _is_one_step(part: Section, inside: list[Carrier]) -> bool:
    """Whether a heading holds nothing but the one step that is called like it."""
    return len(inside) == 1 and inside[0].kind == "commands" and inside[0].section is part


def _parts(holder: Section, inside: list[Carrier]) -> list[tuple[Section, list[Carrier]]]:
    """What becomes a change: sub-headings with steps; labels, where one heading has several."""
    labels: dict[int, int] = {}
    for carrier in inside:
        if carrier.home.is_label and carrier.home.parent is not None:
            around = id(carrier.home.parent)
            labels[around] = labels.get(around, 0) + 1
    parts: list[tuple[Section, list[Carrier]]] = []
    for carrier in inside:
        part = _part(holder, carrier.home, labels)
        place = next((group for other, group in parts[-1:] if other is part), None)
        if place is None:
            parts.append((part, [carrier]))
        else:
            place.append(carrier)
    return parts


def _part(holder: Section, home: Section, labels: dict[int, int]) -> Section:
    heading = next((s for s in home.path() if not s.is_label or s is holder), holder)
    if home.is_label and heading is not holder and labels.get(id(heading), 0) > 1:
        return home
    return holder if heading.is_label and heading.parent is holder else heading


def _change(part: Section, inside: Iterable[Carrier], gathered: Gathered) -> Change:
    id_ = gathered.ids.make(part.title)
    fields = fields_of(part) or fields_of(part.parent if part.is_label and part.parent else part)
    time, line = next((v for k, v in fields.items() if k in TIMES), ("", part.line))
    days = DAYS.search(time)
    number = re.search(r"#(\d+)\b", part.text)
    priority = re.search(r"priority\s+(\w+)", part.text, re.IGNORECASE)
    criteria = [c for s in part.walk() if s.role == "criteria" for c in criteria_of(s, gathered)]
    return Change(
        id=id_,
        title=_change_title(part),
        line=part.line,
        text=part.said,
        pull_request=int(number.group(1)) if number else None,
        risk=words.risk(next((v for k, (v, _) in fields.items() if "risk" in k), "")),
        status=next((words.title(v) for k, (v, _) in fields.items() if k == "status"), None),
        priority=priority.group(1) if priority else None,
        estimate=estimates.any_duration(time, line),
        days=days.group(0) if days else None,
        criteria=tuple(criteria),
        steps=tuple(step for c in inside for step in _steps(c, gathered)),
    )


def _change_title(section: Section) -> str:
    text = re.sub(r"\s{0,3}\(#\d+\)", "", section.text)
    text = re.sub(r"\s-\s+\*\*[^*]+\*\*\s*$", "", text)
    return words.title(text)


def fields_of(section: Section) -> dict[str, tuple[str, int]]:
    """``**Name**: value`` in bullets and lines of a section, by name in lower case, with lines."""
    found: dict[str, tuple[str, int]] = {}
    for items in section.lists():
        for item in items:
            match = NAMED.match(item.text)
            if match and not item.ordered:
                found[match.group(1).strip().lower()] = match.group(2), item.line
    for block in section.blocks:
        for n, line in enumerate(block.text.split("\n") if block.kind == "paragraph" else ()):
            match = NAMED.match(line)
            if match:
                found.setdefault(match.group(1).strip().lower(), (match.group(2), block.line + n))
    if "risk level" in found:
        found["risk"] = found["risk level"]
    return found


def _risk(holder: Section) -> Risk | None:
    return words.risk(next((v for k, (v, _) in fields_of(holder).items() if "risk" in k), ""))
