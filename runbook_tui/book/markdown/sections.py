"""The tree of a document's sections: headings, and labels below them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from runbook_tui.book.markdown import choices, headings, words
from runbook_tui.book.markdown.blocks import Block, Item
from runbook_tui.book.markdown.labels import label

LABEL = re.compile(r"^\*\*[^*\n]+\*\*[^\n]{0,80}$")
LABEL_LEVEL = 7


@dataclass(eq=False)
class Section:
    """A heading (level 1 to 6) or label (7) with its own blocks and the sections inside."""

    level: int
    text: str
    line: int
    parent: Section | None = None
    blocks: list[Block] = field(default_factory=list)
    children: list[Section] = field(default_factory=list)
    names_all: bool = False
    """Whether its title is that of the whole document: it says nothing about a part of it."""
    about: str = ""
    """Of the root: what the whole is there for, as `headings.about` says it."""
    _role: str = ""

    @cached_property
    def whole_is_about(self) -> str:
        """What the whole plan is there for: ``rollback``, ``recovery`` or ""."""
        return self.about if self.parent is None else self.parent.whole_is_about

    @cached_property
    def title(self) -> str:
        """The title in plain words."""
        return words.title(self.text)

    @cached_property
    def said(self) -> str:
        """The paragraphs right below the title."""
        return "\n\n".join(b.text for b in self.blocks if b.kind == "paragraph")

    @cached_property
    def names_disaster(self) -> bool:
        """Whether its own title is about a disaster."""
        return headings.DISASTER.search(self.text) is not None

    @cached_property
    def chosen(self) -> frozenset[str]:
        """The kinds of choices between the sections right in this one."""
        return choices.chosen(child.text for child in self.children)

    @cached_property
    def is_choice(self) -> bool:
        """Whether it is one of several ways to do the same, as the titles beside it say."""
        chosen = self.parent.chosen if self.parent is not None else frozenset()
        return bool(chosen) and choices.kind(self.text) in chosen

    @cached_property
    def may_not_be_needed(self) -> bool:
        """Whether a title around it, but that of the whole, begins with “If” or the like."""
        around = self.parent is not None and self.parent.may_not_be_needed
        if around or self.level == 0 or self.names_all:
            return around
        return self.is_choice or headings.is_optional(self.text)

    @cached_property
    def in_disaster(self) -> bool:
        """Whether a title around it, but that of the whole, is about a disaster."""
        around = self.parent is not None and self.parent.in_disaster
        return around or (not self.names_all and self.names_disaster)

    @cached_property
    def is_for_failures(self) -> bool:
        """Whether what stands in it is for when something went wrong, or to recover from it."""
        return self.role in {"failure", "recovery"} or (
            self.role == "steps"
            and any(headings.TROUBLE.search(s.text) for s in self.path() if not s.names_all)
        )

    @property
    def is_label(self) -> bool:
        """Whether it is a bold paragraph, not a heading."""
        return self.level == LABEL_LEVEL

    def path(self) -> Iterator[Section]:
        """This section and those around it, the innermost first."""
        at: Section | None = self
        while at is not None and at.level > 0:
            yield at
            at = at.parent

    def walk(self) -> Iterator[Section]:
        """This section and all inside it, in document order."""
        todo = [self]
        while todo:
            section = todo.pop()
            yield section
            todo += reversed(section.children)

    @property
    def role(self) -> str:
        """``rollback``, ``recovery``, ``criteria``, ``escalation``, ``failure`` or ``steps``.

        The innermost title that says so decides.
        """
        if not self._role:  # It is asked for often, and does not change once the tree stands.
            outer = self.parent.role if self.parent is not None else "steps"
            self._role = "steps" if self.names_all else self._own_role() or outer
        return self._role

    def _own_role(self) -> str:
        """What its own title says; "" where it says nothing."""
        text = self.text
        if self.level > 1 and headings.is_escalation(text):
            return "escalation"
        if headings.CRITERIA.search(text):
            return "criteria"
        if headings.ROLLBACK.search(text) and self.whole_is_about != "rollback":
            before = any(headings.is_before(s.text) for s in self.path() if not s.names_all)
            if before and headings.is_only_way_back(text):
                # A phase of preparing has a way back of its own.
                before = not any(headings.PHASE.search(s.text) for s in self.path())
            return "rollback" if headings.is_way_back(text) and not before else "steps"
        if self.level > 1 and headings.is_for_failures(text):
            return "failure"
        recovers = not self.whole_is_about and headings.RECOVERY.search(text)
        return "recovery" if recovers else ""

    def lists(self) -> list[list[Item]]:
        """Items of the lists right in this section."""
        return [b.items for b in self.blocks if b.kind == "list"]


def tree(blocks: list[Block]) -> Section:
    """The sections of a document below a root of level 0."""
    root = Section(level=0, text="", line=0)
    current = root
    for number, block in enumerate(blocks):
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        if block.kind == "heading":
            current = _open(current, block.level, block.text, block.line)
        elif block.kind == "fold" or _is_label(block, following):
            current = _open(current, LABEL_LEVEL, block.text, block.line)
        elif block.kind == "fold-end":
            current = current.parent if current.is_label and current.parent else current
        else:
            current.blocks.append(block)
    heads = [s for s in root.walk() if s.level == 1]
    if len(heads) == 1:
        heads[0].names_all = True
    return root


def _open(current: Section, level: int, text: str, line: int) -> Section:
    while current.level >= level:
        assert current.parent is not None
        current = current.parent
    section = Section(level=level, text=text, line=line, parent=current)
    current.children.append(section)
    return section


def _is_label(block: Block, following: Block | None) -> bool:
    """A bold paragraph before a list or commands, the title of a numbered step, ``Rollback:``."""
    if block.kind != "paragraph" or following is None:
        return False
    bold = LABEL.match(block.text) is not None and not _is_field(block.text)
    if following.kind == "fence" and _is_step(block.text):
        return True
    if following.kind in {"list", "fence"}:
        return bold or _is_undo(block.text)
    return bold and (headings.is_numbered(block.text) or _is_undo(block.text))


def _is_step(text: str) -> bool:
    return len(text) <= 120 and "\n" not in text and bool(headings.STEP_WORD.match(text))


def _is_field(text: str) -> bool:
    """``**Owner:** Ann`` says something of what is around it; it is no title of what follows."""
    found = label(text)
    return found is not None and found.kind == "other" and bool(found.rest)


def _is_undo(text: str) -> bool:
    found = label(text)
    return found is not None and found.kind == "undo" and not found.rest
