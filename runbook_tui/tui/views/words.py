"""A plan's text as plain words: cleaned, and without the marks of Markdown."""

from __future__ import annotations

import re

from runbook_tui.book.plain_text import printable

FENCE = re.compile(r"^[ \t]*(```|~~~).*\n?", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}[ \t]+", re.MULTILINE)
CODE = re.compile(r"(`+)([^`]+)\1")
BOLD = re.compile(r"\*\*(\S(?:[^*]*\S)?)\*\*")
ITALIC = re.compile(r"(?<![*\w])\*([^\s*](?:[^*\n]*[^\s*])?)\*(?![*\w])")
LINK = re.compile(r"\[([^\]\[]+)\]\(([^()\s]+)\)")


def unmarked(text: str) -> str:
    """The text without fences, heading marks, backticks and asterisks; links in words."""
    text = HEADING.sub("", FENCE.sub("", text))
    return LINK.sub(r"\1 (\2)", ITALIC.sub(r"\1", BOLD.sub(r"\1", CODE.sub(r"\2", text))))


def said(text: str, limit: int, *, lines: bool = False) -> str:
    """Text of a plan to be shown: never markup of any kind, at most ``limit`` characters."""
    return unmarked(printable(text, limit, lines=lines))
