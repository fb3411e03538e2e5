"""Steps from the items of a list, the rows of a table and from sections that are steps."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field

from runbook_tui.book.ids import Ids
from runbook_tui.book.markdown import commands, estimates, imperatives, words
from runbook_tui.book.markdown.attributes import attributes, run_by
from runbook_tui.book.markdown.blocks import Block, Item
from runbook_tui.book.markdown.body import Body, Line
from runbook_tui.book.markdown.choices import parted
from runbook_tui.book.markdown.headings import (
    is_for_failures,
    is_numbered,
    is_optional,
    is_verifying,
    number,
    unnumbered,
)
from runbook_tui.book.markdown.labels import label, only_commands, undo_in_title
from runbook_tui.book.markdown.looking import answers, only_looks
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.markdown.tied import Tie
from runbook_tui.book.model import Check, Command, Estimate, Step


@dataclass(slots=True)
class Gathered:
    """What is collected while the steps are made."""

    ids: Ids = field(default_factory=Ids)
    commands: list[Command] = field(default_factory=list)
    inline: set[str] = field(default_factory=set)
    estimates: list[Estimate] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    numbers: dict[str, str] = field(default_factory=dict)
    """The numbers of steps in the plan, by id."""
    unclear: list[Block] = field(default_factory=list)
    """Blocks under steps without a command that may have been meant as one."""
    by_hand: dict[str, str] = field(default_factory=dict)
    """Commands that stand in the words of steps without one, by the step's id."""
    said: list[tuple[int, str]] = field(default_factory=list)
    """All such commands, with the lines of their steps."""
    in_words: set[str] = field(default_factory=set)
    """Ids of steps whose way back stands in words only."""
    boxed: bool = False
    """Whether boxes say what is to be ticked in the phase whose steps are made."""
    backs: dict[str, Block] = field(default_factory=dict)
    """The blocks that are typed as the way back of a step, by name."""
    ties: list[Tie] = field(default_factory=list)
    """What typed blocks say of one another."""
    owners: dict[int, Step] = field(default_factory=dict)
    """The steps that sections on the way back belong to, by the `id()` of the section."""

    def fence(
        self,
        block: Block,
        section: Section,
        step: str | None,
        rollback: bool,
        runnable: bool,
        for_failure: bool = False,
    ) -> Command:
        """Record a fence as a command block of the plan."""
        self.taken.add(id(block))
        text = commands.command_text(block)
        return self._add(
            block.line, commands.language(block), text, section, step, rollback, runnable,
            by_hand=runnable and not commands.runnable(block, certain=True),
            for_failure=for_failure,
        )  # fmt: skip

    def code(self, line: Line, section: Section, step: str | None, rollback: bool) -> Command:
        """Record a command that stands as code in a line."""
        made = self._add(line.line, "", line.text, section, step, rollback, True)
        self.inline.add(made.id)
        return made

    def _add(self, line: int, language: str, text: str, section: Section, step: str | None,
             rollback: bool, runnable: bool, by_hand: bool = False,
             for_failure: bool = False) -> Command:  # fmt: skip
        heading = next((s for s in section.path() if not s.is_label), section)
        made = Command(
            id=self.ids.make(f"command-{line}"),
            line=line,
            language=language,
            text=text,
            runnable=runnable,
            rollback=rollback,
            step=step,
            label=section.title if section.is_label else "",
            section=heading.title,
            by_hand=by_hand,
            for_failure=for_failure,
        )
        self.commands.append(made)
        return made


def carries(block: Block) -> bool:
    """Whether a list's items are steps: numbers or boxes."""
    return block.kind == "list" and any(i.ordered or i.box is not None for i in block.items)


def steps_of(section: Section, gathered: Gathered) -> tuple[Step, ...]:
    """The steps right in a section: its numbers and boxes, and commands that stand beside them."""
    made: list[Step | None] = []
    beside: list[Block] = []
    for block in section.blocks:
        if carries(block):
            made += [step_beside(beside, section, gathered)]
            steps = [step_of_item(item, section, gathered) for item in block.items]
            made += map(_optional, steps) if _is_for_failures(beside[-1:]) else steps
            beside = []
        elif block.kind in {"paragraph", "fence"}:
            beside.append(block)
    made.append(step_beside(beside, section, gathered))
    return _with_way_back([step for step in made if step is not None], beside, section, gathered)


def _is_for_failures(before: list[Block]) -> bool:
    """Whether the words right before a list say that it is for when something went wrong."""
    last = before[0].text.rstrip().rpartition("\n")[2] if before else ""
    return last.endswith((":", "：")) and is_for_failures(last)


def _optional(step: Step | None) -> Step | None:
    return dataclasses.replace(step, optional=True) if step else None


def _with_way_back(
    made: list[Step], beside: list[Block], section: Section, gathered: Gathered
) -> tuple[Step, ...]:
    """A rollback in a line behind the only step of a section is that step's."""
    if len(made) == 1 and made[0].undo is None and not made[0].steps:
        body = Body()
        body.read(b for b in beside if b.kind == "paragraph")
        lines = [part for part in body.undo if isinstance(part, Line)]
        texts = [gathered.code(part, section, made[0].id, rollback=True).text for part in lines]
        made[0] = dataclasses.replace(made[0], undo="\n".join(texts) or None)
    return tuple(made)


def step_beside(beside: list[Block], section: Section, gathered: Gathered) -> Step | None:
    """The commands between lists as a step, named by the words before them; None without any."""
    body = Body()
    body.read(beside)
    if not body.run:
        return None
    first = min(part.line for part in body.run)
    lead = next((b.text for b in reversed(beside) if b.kind == "paragraph" and b.line < first), "")
    lead = lead.strip().split("\n")[-1]
    says = lead.endswith(":") and len(lead) <= 80 and label(lead) is None
    name = words.without_notes(lead) if says else ""
    return _step(name or section.title or "commands", first, body, section, gathered)


def step_of_item(item: Item, section: Section, gathered: Gathered, above: str = "") -> Step | None:
    """One item as a step; None where it says nothing. ``above`` numbers the step around it."""
    lines = item.text.split("\n") if item.text.strip() else [""]
    first, undo = undo_in_title(lines[0])
    # Below a number a bullet that asks for something is another mark; below a bullet or box, and
    # in the numbers of a number, it only says more about it.
    notes = gathered.boxed or not item.ordered or item.box is not None or bool(above)
    notes = notes or not (is_verifying(first) or _asks_in_bullets(item.blocks, or_states=True))
    body = Body(estimate=estimates.estimate(words.plain(first), item.line), notes=notes)
    if undo:
        body.undo.append(Line(item.line, undo))
    body.title(first)
    code = only_commands(first) if first.startswith("`") else ""
    if code and commands.LOOKS.match(code):
        body.run.append(Line(item.line, code))
    body.paragraph("\n".join(lines[1:]), item.line + 1)
    body.read(parted(item.blocks))
    _boxes_are_checks(body)
    name = words.without_notes(first) or _first_command(body) or _first_words(body)
    counted = f"{above}.{item.number}" if above and item.number else str(item.number or "")
    made = _step(name, item.line, body, section, gathered, counted) if name else None
    return _optional(made) if item.choice else made


def step_of_blocks(section: Section, blocks: Iterable[Block], gathered: Gathered) -> Step:
    """A section that is one step, with the blocks that belong to it."""
    first, undo = undo_in_title(section.text.split("\n", 1)[0])
    blocks = list(blocks)
    notes = gathered.boxed or not (
        is_verifying(unnumbered(first)) or _asks_in_bullets(blocks, is_numbered(section.text))
    )
    body = Body(estimate=estimates.estimate(unnumbered(first), section.line), notes=notes)
    if undo:
        body.undo.append(Line(section.line, undo))
    body.title(unnumbered(first))
    body.read(parted(blocks))
    _boxes_are_checks(body)
    name = unnumbered(estimates.without_estimate(words.plain(first))) or "commands"
    line = section.line or min((part.line for part in body.run), default=1)
    return _step(name, line, body, section, gathered, number(section.text))


def _boxes_are_checks(body: Body) -> None:
    """Below a command, plain boxes say what must be so then."""
    if body.run and all(i.box is not None and not i.ordered for i in body.inner):
        body.checks += [i for i in body.inner if not i.blocks]
        body.inner = [i for i in body.inner if i.blocks]


def _asks_in_bullets(blocks: list[Block], or_states: bool) -> bool:
    """Whether bullets say what to do, or what must be so, too; else they only tell."""
    texts = [
        i.text for b in blocks for i in b.items
        if not i.ordered and i.box is None and label(i.text.split("\n", 1)[0]) is None
    ]  # fmt: skip
    return imperatives.are_checked(texts) if or_states else imperatives.are_asked(texts)


def steps_of_typed(section: Section, gathered: Gathered) -> tuple[Step, ...]:
    """The typed blocks of a section as steps: each with the way back that it names or that follows.

    Without a name a block has the section's title.
    """
    made = []
    blocks = [b for b in section.blocks if b.kind == "fence" and commands.language(b)]
    for place, block in enumerate(blocks):
        if commands.language(block) not in commands.TYPED or _is_back(block):
            continue
        body = Body(text=commands.head_lines(block))
        waits = commands.pause(block)
        if waits:
            # A person sees its clock run and says when it is over.
            gathered.taken.add(id(block))
            body.estimate = estimates.leading(waits, block.line)
        else:
            body.run.append(block)
        following = blocks[place + 1] if place + 1 < len(blocks) else None
        wanted = commands.attribute(block, "rollback")
        back = gathered.backs.get(wanted) if wanted else following
        if back is not None and _is_back(back) and id(back) not in gathered.taken:
            body.undo.append(back)
        name = commands.attribute(block, "name") or section.title or "commands"
        if waits and not commands.attribute(block, "name") and len(blocks) > 1:
            name = f"Wait {waits}"
        # Of a check and of waiting its type says that it changes nothing.
        body.needs_no_undo = commands.language(block) in {"check", "wait"}
        step = _step(name, block.line, body, section, gathered)
        said = attributes(block, commands.head_lines(block))
        gathered.ties.append(Tie(step.id, commands.attribute(block, "name"), block.line, said))
        made.append(step)
    return tuple(made)


def _is_back(block: Block) -> bool:
    return commands.language(block) == "rollback"


def _first_command(body: Body) -> str:
    texts = [part.text.strip() for part in body.run]
    return next((text.splitlines()[0] for text in texts if text), "")


def _first_words(body: Body) -> str:
    return next((name for text in body.text if (name := words.title(text))), "")


def _step(name: str, line: int, body: Body, section: Section, gathered: Gathered,
          counted: str = "") -> Step:  # fmt: skip
    id_ = gathered.ids.make(name)
    if counted:
        gathered.numbers[id_] = counted
    if body.estimate is not None:
        gathered.estimates.append(body.estimate)
    first = len(gathered.commands)
    run, undo = _commands(body, section, id_, gathered)
    parts = tuple(
        c.id for c in gathered.commands[first:] if c.runnable and not c.rollback and not c.by_hand
    )
    inner = [step_of_item(item, section, gathered, counted) for item in body.inner]
    if body.undo_in_words and not undo:
        gathered.in_words.add(id_)
    said = [] if run else list(body.said_commands())
    if said:
        gathered.by_hand[id_] = said[0]
        gathered.said += ((line, text) for text in said)
    return Step(
        id=id_,
        title=name,
        line=line,
        text="\n".join(body.text),
        estimate=body.estimate,
        run=run or None,
        undo=undo or None,
        irreversible=words.title(body.irreversible) if body.irreversible and not undo else None,
        effect=not (body.needs_no_undo and not undo) and not (run and not undo and only_looks(run)),
        checks=tuple(_check(item, gathered) for item in body.checks),
        steps=tuple(step for step in inner if step is not None),
        parts=parts,
        optional=is_optional(name) or section.in_disaster or section.may_not_be_needed,
        **(run_by(_attributes(body), name) if run else {}),
    )


def _attributes(body: Body) -> dict[str, str]:
    """What the blocks that a step runs say of themselves; what the first one says counts."""
    found: dict[str, str] = {}
    for block in (part for part in body.run if isinstance(part, Block)):
        head = commands.head_lines(block) if commands.language(block) in commands.TYPED else ()
        if head or "=" in block.info or ":" in block.info:
            found = attributes(block, head) | found
    return found


def _commands(body: Body, section: Section, step: str, gathered: Gathered) -> tuple[str, str]:
    """Record the commands of a step; its text to run, and its undo."""
    run: list[str] = []
    undo: list[str] = []
    for part in body.run:
        if isinstance(part, Line):
            run.append(gathered.code(part, section, step, rollback=False).text)
            continue
        forth, back = commands.run_and_undo(commands.command_text(part))
        gathered.fence(part, section, step, rollback=not forth, runnable=True)
        run += [forth] if forth else []
        undo += [back] if back else []
    for part in body.undo:
        if isinstance(part, Line):
            undo.append(gathered.code(part, section, step, rollback=True).text)
        else:
            undo.append(gathered.fence(part, section, step, rollback=True, runnable=True).text)
    for block, is_back in body.by_hand:
        gathered.fence(block, section, step, rollback=is_back, runnable=True)
    if not body.run:
        gathered.unclear += body.unclear
    for block in body.shown:
        gathered.fence(block, section, step, rollback=False, runnable=False)
    return "\n".join(run), "\n".join(undo)


def _check(item: Item, gathered: Gathered) -> Check:
    first = item.text.split("\n", 1)[0]
    found = label(first)
    command = only_commands(found.rest) if found and found.kind == "verify" else ""
    title = words.title(first)
    return Check(
        id=gathered.ids.make(title),
        title=title,
        line=item.line,
        probe=command if command and answers(command) else None,
    )
