"""Small ways of looking at what was read from a Markdown text."""

from __future__ import annotations

from runbook_tui.book.model import Runbook, Step
from runbook_tui.book.reader import read


def book(text: str) -> Runbook:
    """What is read from a text."""
    return read(text, "plan.md")


def steps(text: str) -> list[Step]:
    """Every step of a text, in order."""
    return list(book(text).walk())


def codes(text: str) -> list[tuple[str, int]]:
    """The findings of a text: code and line."""
    return [(f.code, f.line) for f in book(text).findings]
