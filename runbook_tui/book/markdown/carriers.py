"""Where the steps of a document stand: lists, tables, numbered headings, headings with commands."""

from __future__ import annotations

import re
from collections.abc import Iterable

from runbook_tui.book.markdown import commands, headings, imperatives, words
from runbook_tui.book.markdown.blocks import Block
from runbook_tui.book.markdown.body import holds_command, holds_steps
from runbook_tui.book.markdown.labels import UNSURE
from runbook_tui.book.markdown.procedures import staged
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.markdown.steps import carries
from runbook_tui.frozen import frozen

FACT = re.compile(r"\*\*[^*\n]{1,40}\*\*\s*(?:[-–—:]\s|:)[^\n]{0,120}$")
ONLY_LINK = re.compile(r"\s*\[[^\[\]]{1,200}\]\(https?:[^()\s]{1,400}\)[.\s]*")
"""Numbered facts and literature: ``1. **Reviewer** - Ann``, ``1. [Dashboard](https://…)``."""
MOSTLY = 0.8
"""The share of bullets that must say what to do where numbers and boxes stand elsewhere."""


@frozen(kw_only=False, eq=False)
class Carrier:
    """A section with steps.

    ``kind``: ``list`` (its numbers and boxes are steps), ``step`` (it is one step of a row of
    numbered titles), ``commands`` (its commands are one step), ``bullets`` (its bullets are steps),
    ``typed`` (its typed blocks are steps).
    ``parts`` are the sections inside that belong to that one step.
    """

    section: Section
    kind: str
    parts: tuple[Section, ...] = ()

    @property
    def home(self) -> Section:
        """The section that it counts to when steps are put into phases."""
        parent = self.section.parent
        return parent if self.kind == "step" and parent is not None else self.section

    def blocks(self) -> Iterable[Block]:
        """The section's own blocks, and those of its parts, each after its title."""
        yield from self.section.blocks
        for part in self.parts:
            title = "Rollback" if part.role == "rollback" else part.text
            yield Block("fold", part.line, title)
            yield from part.blocks


def carriers(root: Section) -> list[Carrier]:
    """Every section with steps, in document order."""
    every = list(root.walk())
    found = [Carrier(s, "typed") for s in every if _typed(s)]
    typed = {id(c.section) for c in found}
    sections = [s for s in every if id(s) not in typed]
    numbered = _of_numbered_titles(sections)
    found += [c for c in numbered if not _is_aside(c.section)]
    inside = {id(s) for c in found for s in c.section.walk()}
    rest = [s for s in sections if id(s) not in inside]
    read = _references(root)
    lists = [s for s in rest if _lists_steps(s)]
    asking = [s for s in lists if not _is_advice(s)]
    found += [Carrier(s, "list") for s in (asking or ([] if found else lists))]
    found += _of_commanding_bullets([s for s in rest if id(s) not in read], found)
    found += _of_commands([s for s in rest if id(s) not in read], found)
    found += _of_asking_bullets([s for s in rest if id(s) not in read], found)
    found += _of_bullets(rest, found)
    found += _of_days(rest, found)
    found += _of_words_beside([s for s in rest if id(s) not in read], found)
    found = found or numbered or _fallback(sections)
    return sorted(found, key=lambda c: c.section.line)


def _lists_steps(section: Section) -> bool:
    """Whether a section has numbers or boxes that are steps; those of a procedure are none."""
    if section.role not in {"steps", "recovery"}:
        return False
    lists = [b for b in section.blocks if carries(b)]
    return bool(lists) and not (
        section.role == "recovery" and all(staged(b.items, section.role) for b in lists)
    )


def _typed(section: Section) -> bool:
    """Whether a block of a section says of itself that it is a step."""
    return any(
        b.kind == "fence" and commands.language(b) in commands.TYPED - {"rollback"}
        and (commands.runnable(b) or commands.pause(b))
        for b in section.blocks
    )  # fmt: skip


def _commands_here(section: Section) -> bool:
    return _goes_forth(section) and holds_command(section.blocks)


def _goes_forth(section: Section) -> bool:
    """Whether a section's commands are for the way forth; the title of the whole does not count."""
    if section.role == "recovery" and not section.whole_is_about:
        return not any(headings.RECOVERY.search(s.text) for s in section.path() if s.level > 1)
    return section.role == "steps" and not (section.is_label and UNSURE.search(section.text))


def _parts(section: Section) -> tuple[Section, ...]:
    """The sections inside that belong to a step, but those on how to recover from it."""
    return tuple(
        inner
        for child in section.children
        if not headings.RECOVERY.search(child.text)
        for inner in (child, *_parts(child))
    )


def _is_reference(section: Section) -> bool:
    return any(headings.REFERENCE.search(s.text) for s in section.path() if s.level > 1)


def _references(root: Section) -> set[int]:
    """The `id()` of every section that is only there to be read."""
    found: set[int] = set()
    for section in root.walk():
        inside = section.parent is not None and id(section.parent) in found
        if inside or (section.level > 1 and headings.REFERENCE.search(section.text)):
            found.add(id(section))
    return found


def _is_advice(section: Section) -> bool:
    """Numbers in an appendix, an example or under “Troubleshooting”, without a box.

    Or below a title on how things are meant, and with no command.
    """
    items = [i for items in section.lists() for i in items]
    if any(i.box is not None for i in items):
        return False
    if not any(i.blocks for i in items) and (
        (
            all(FACT.match(i.text) for i in items)
            and not imperatives.are_asked(i.text for i in items)
        )
        or all(ONLY_LINK.fullmatch(i.text) for i in items)
    ):
        return True
    heading = next((s for s in section.path() if not s.is_label), section)
    if headings.DESCRIBES.search(heading.text) and not any(
        holds_command(i.blocks, i.text) for i in items
    ):
        return True
    return _is_aside(section)


def _is_aside(section: Section) -> bool:
    return any(headings.ASIDE.search(s.text) for s in section.path() if s.level > 1)


def _of_numbered_titles(sections: list[Section]) -> list[Carrier]:
    """Rows of numbered titles, at least half of which hold commands and no list of steps."""
    rows: dict[tuple[int, int], list[Section]] = {}
    for section in _numbered(sections):
        rows.setdefault((id(section.parent), section.level), []).append(section)
    found = []
    for row in rows.values():
        # Commands in an appendix say nothing of what the others are.
        kinds = ["words" if _is_aside(section) else _kind(section) for section in row]
        if kinds.count("commands") >= max(1, kinds.count("list")):
            found += [
                Carrier(s, "step", _parts(s))
                for s, kind in zip(row, kinds, strict=True)
                if kind != "words" or not _is_reference(s)
            ]
    return found


def _numbered(sections: list[Section]) -> list[Section]:
    """Sections with a numbered title, the innermost ones."""
    found = [
        s for s in sections
        if s.level > 0 and s.role in {"steps", "recovery"} and headings.is_numbered(s.text)
    ]  # fmt: skip
    found = [s for s in found if not any(child.is_choice for child in s.children)]
    outer = {id(around) for s in found for around in s.path() if around is not s}
    outer |= {
        id(around) for s in sections if not s.is_label and _lists_steps(s)
        for around in s.path() if around is not s
    }  # fmt: skip
    return [s for s in found if id(s) not in outer]


def _kind(section: Section) -> str:
    inside = [s for s in section.walk() if s.role != "rollback"]
    lists = [b for s in inside for b in s.blocks if carries(b)]
    commanded = any(_commands_here(s) for s in inside)
    only_boxes = all(not i.ordered and not i.blocks for b in lists for i in b.items)
    if commanded and only_boxes:
        return "commands"
    return "list" if lists else "words"


def _of_commanding_bullets(sections: list[Section], others: list[Carrier]) -> list[Carrier]:
    """Sections with plain bullets of which one holds something to do: all of them are steps."""
    lists = {id(c.section) for c in others}
    return [
        Carrier(s, "bullets")
        for s in sections
        if id(s) not in lists and s.level > 0 and s.role == "steps"
        and any(holds_steps(i.blocks) for items in s.lists() for i in items)
    ]  # fmt: skip


def _of_days(sections: list[Section], others: list[Carrier]) -> list[Carrier]:
    """Titles with a day, in words only, beside such as hold steps: each is one step by hand."""
    holding = {id(around) for c in others for around in c.section.path()}
    beside = {
        (id(s.parent), s.level) for s in sections
        if id(s) in holding and headings.DAY.search(s.text)
    }  # fmt: skip
    return [
        Carrier(s, "commands")
        for s in sections
        if id(s) not in holding and s.said and headings.DAY.search(s.text)
        and s.role == "steps" and (id(s.parent), s.level) in beside and not s.is_label
    ]  # fmt: skip


def _of_words_beside(sections: list[Section], others: list[Carrier]) -> list[Carrier]:
    """Titles that ask for something, in sentences only, beside such that do so and hold steps.

    Whoever writes a row of such titles means each of them as one thing to do.
    """
    holding = {id(around) for c in others for around in c.section.path()}
    holding |= {id(part) for c in others for part in c.section.walk()}
    beside = {
        (id(s.parent), s.level) for s in sections
        if 1 < s.level < 7 and id(s) in holding and _asks_in_title(s)
    }  # fmt: skip
    numbered = {c.section.level for c in others if c.kind == "step"}
    return [
        Carrier(s, "commands")
        for s in sections
        if id(s) not in holding and s.said
        and ((id(s.parent), s.level) in beside
             or (s.level in numbered and headings.is_numbered(s.text)))
        and not s.children and s.role == "steps" and _asks_in_title(s)
        and all(b.kind in {"paragraph", "other", "quote", "fence", "list"} for b in s.blocks)
        and not any(map(carries, s.blocks))
    ]  # fmt: skip


def _asks_in_title(section: Section) -> bool:
    if headings.DESCRIBES.search(section.text):
        return False
    return imperatives.are_asked([headings.unnumbered(headings.unchosen(section.text))])


def _of_commands(sections: list[Section], others: list[Carrier]) -> list[Carrier]:
    """Sections whose commands no list and no numbered title claims."""
    lists = {id(c.section) for c in others}
    found: list[Carrier] = []
    claimed: set[int] = set()
    for section in sections:
        if id(section) in lists or id(section) in claimed:
            continue
        labels = [
            s for s in section.children if s.is_label and id(s) not in lists and not s.is_choice
        ]
        commanded = [s for s in labels if _commands_here(s)]
        own = _commands_here(section)
        if not own and (section.is_label or len(commanded) != 1):
            continue
        if section.level == 0 or not (own or commanded):
            continue
        back = [s for s in section.children if s.role == "rollback" and not s.children]
        parts = back + (labels if own or len(commanded) == 1 else [])
        parts = sorted({id(s): s for s in parts}.values(), key=lambda s: s.line)
        claimed |= {id(s) for s in parts}
        found.append(Carrier(section, "commands", tuple(parts)))
    return found


def _of_asking_bullets(sections: list[Section], others: list[Carrier]) -> list[Carrier]:
    """Sections of plain bullets that nearly all say what to do, beside such as hold steps.

    Only right below headings: below a label and in a step bullets are many things.
    """
    if not others:
        return []
    inside = {id(s) for c in others for part in (c.section, *c.parts) for s in part.walk()}
    inside |= {id(s) for c in others for s in c.section.path()}
    return [
        Carrier(s, "bullets")
        for s in sections
        if 1 < s.level < 7 and s.role == "steps" and id(s) not in inside
        and not headings.DESCRIBES.search(s.text)
        and (asked := [i for items in s.lists() for i in items])
        and (headings.is_verifying(s.title)
             or imperatives.share_asked(i.text for i in asked) >= MOSTLY)
        and all(b.kind in {"list", "paragraph", "other"} for b in s.blocks)
    ]  # fmt: skip


def _of_bullets(sections: list[Section], others: list[Carrier]) -> list[Carrier]:
    """Numbered titles with bullets only, beside such as hold steps."""
    holding = {id(around) for c in others for around in c.home.path()}
    beside = {(id(s.parent), s.level) for s in sections if id(s) in holding and _counts(s)}
    return [
        Carrier(s, "bullets")
        for s in sections
        if id(s) not in holding and _counts(s) and (id(s.parent), s.level) in beside
        and s.role == "steps" and s.lists()
    ]  # fmt: skip


def _counts(section: Section) -> bool:
    clean = words.plain(section.text)
    return 0 < section.level < 7 and bool(
        headings.PHASE.search(clean) or headings.is_numbered(section.text)
    )


def _fallback(sections: list[Section]) -> list[Carrier]:
    """No number, no box and no command: numbered titles in words, else bullets."""
    body = [s for s in sections if s.role == "steps"]
    for wanted in (body, sections):
        titled = _numbered(wanted)
        if titled:
            return [Carrier(s, "step", _parts(s)) for s in titled]
        commanded = [s for s in wanted if holds_command(s.blocks)]
        if commanded:
            return [Carrier(s, "commands") for s in commanded]
    listed = [s for s in body if s.lists()] or [s for s in sections if s.lists()]
    asking = [s for s in listed if imperatives.are_asked(i.text for x in s.lists() for i in x)]
    if listed:
        return [Carrier(s, "bullets") for s in asking or listed]
    return [Carrier(s, "commands") for s in _of_words(body)]


def _of_words(sections: list[Section]) -> list[Section]:
    """Sections in sentences whose titles say that something is to be done, the innermost ones."""
    found = [
        s for s in sections
        if s.level > 0 and not s.names_all and s.said
        and (headings.ACTS.search(s.title) or imperatives.are_asked([s.title]))
    ]  # fmt: skip
    outer = {id(around) for s in found for around in s.path() if around is not s}
    return [s for s in found if id(s) not in outer]
