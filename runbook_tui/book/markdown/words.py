"""Text of a plan in plain words: titles without marks, risks."""

from __future__ import annotations

import re
import unicodedata

from runbook_tui.book.markdown.estimates import without_estimate
from runbook_tui.book.markdown.remembered import remembered
from runbook_tui.book.model import Risk

MARK = re.compile(r"^\s*(?:✅|☑|✔|☐|✓)\ufe0f?\s*")
LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\([^()]{0,2000}\)")
STRONG = re.compile(r"\*\*|__|`")
EMPHASIS = re.compile(r"(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
PICTURES = frozenset({"So", "Sk", "Cf", "Mn", "Zs"})


def risk(text: str) -> Risk | None:
    """A risk in words, whatever stands around it."""
    if not text:
        return None
    lower = text.lower()
    for name in sorted(Risk, key=lambda r: len(r.value), reverse=True):
        if re.search(rf"\b{re.escape(name.value)}\b", lower):
            return name
    return None


@remembered
def plain(text: str) -> str:
    """Text without Markdown's marks: emphasis, code, links."""
    starred = "*" in text or "_" in text
    if starred or "`" in text or "[" in text:
        text = LINK.sub(r"\1", text) if "](" in text else text
        text = STRONG.sub("", text)
        text = EMPHASIS.sub("", text) if starred else text
    return " ".join(text.split())


@remembered
def title(text: str) -> str:
    """A title for a row: plain, without the pictures before it and the colon after it."""
    if text[:1].isalnum():  # As nearly all do.
        return plain(text).rstrip(" :").strip()
    clean = plain(MARK.sub("", text))
    start = 0
    while start < len(clean) and unicodedata.category(clean[start]) in PICTURES:
        start += 1
    return clean[start:].rstrip(" :").strip() or clean


def without_notes(text: str) -> str:
    """A title without the duration or window behind it."""
    return title(without_estimate(plain(text)))
