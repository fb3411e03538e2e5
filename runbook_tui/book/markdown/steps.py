"""Steps from the items of a list, with their checks, estimates and commands."""

from __future__ import annotations

from dataclasses import dataclass, field

from runbook_tui.book.ids import Ids
from runbook_tui.book.markdown import commands, words
from runbook_tui.book.markdown.blocks import Block, Item
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.model import Check, Command, Estimate, Step


@dataclass(slots=True)
class Gathered:
    """What is collected while the steps are made."""

    ids: Ids = field(default_factory=Ids)
    commands: list[Command] = field(default_factory=list)
    estimates: list[Estimate] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)

    def command(self, block: Block, section: Section, step: str | None) -> Command:
        """Record a fence as a command block of the plan."""
        self.taken.add(id(block))
        rollback = section.role == "rollback"
        heading = next((s for s in section.path() if not s.is_label), section)
        made = Command(
            id=self.ids.make(f"command-{block.line}"),
            line=block.line,
            language=commands.language(block),
            text=commands.command_text(block),
            runnable=commands.runnable(block),
            rollback=rollback,
            step=step,
            label=section.title if section.is_label else "",
            section=heading.title,
        )
        self.commands.append(made)
        return made


def steps_of(section: Section, gathered: Gathered) -> tuple[Step, ...]:
    """The steps of the lists right in a section; a fence after a list is its last item's."""
    made: list[Step] = []
    last: Item | None = None
    fences: dict[int, list[Block]] = {}
    items: list[Item] = []
    for block in section.blocks:
        if block.kind == "list" and carries(block):
            items += block.items
            last = block.items[-1]
        elif block.kind == "fence" and last is not None and commands.runnable(block):
            fences.setdefault(id(last), []).append(block)
        elif block.kind != "other":
            last = None
    for item in items:
        step = step_of(item, section, gathered, fences.get(id(item), []))
        if step is not None:
            made.append(step)
    return tuple(made)


def carries(block: Block) -> bool:
    """Whether a list's items are steps: numbers or boxes."""
    return block.kind == "list" and any(i.ordered or i.box is not None for i in block.items)


def step_of(item: Item, section: Section, gathered: Gathered, after: list[Block]) -> Step | None:
    """One item as a step; None where it says nothing."""
    first = item.text.splitlines()[0] if item.text.strip() else ""
    fences = [b for b in item.blocks if b.kind == "fence"] + after
    shown = next((b.text.strip().splitlines()[0] for b in fences if b.text.strip()), "")
    name = words.without_notes(first) or shown
    if not name:
        return None
    id_ = gathered.ids.make(name)
    found = words.estimate(item.text, item.line)
    if found is not None:
        gathered.estimates.append(found)
    inner: list[Step] = []
    checks: list[Check] = []
    for block in item.blocks:
        if block.kind != "list":
            continue
        for child in block.items:
            if child.ordered or child.box is not None:
                step = step_of(child, section, gathered, [])
                if step is not None:
                    inner.append(step)
            elif child.text.strip():
                title = words.title(child.text.splitlines()[0])
                checks.append(Check(id=gathered.ids.make(title), title=title, line=child.line))
    texts = [gathered.command(b, section, id_).text for b in fences if commands.runnable(b)]
    return Step(
        id=id_,
        title=name,
        line=item.line,
        text="\n".join(item.text.splitlines()[1:]),
        estimate=found,
        run="\n".join(texts) if texts else None,
        checks=tuple(checks),
        steps=tuple(inner),
        parts=tuple(c.id for c in gathered.commands if c.step == id_),
    )
