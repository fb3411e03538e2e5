"""Formats that are no plan, known by the ending of a file's name or by how it begins."""

from __future__ import annotations

import json
import re
from pathlib import PurePath

ENDINGS = {
    ".atrb": "an Atuin Desktop runbook",
    ".yaml": "YAML",
    ".yml": "YAML",
    ".json": "JSON",
    ".jsonl": "JSON",
    ".xml": "XML",
    ".html": "HTML",
    ".htm": "HTML",
    ".rb": "a Ruby runbook",
    ".py": "a Python program",
    ".sh": "a shell script",
    ".bash": "a shell script",
    ".ps1": "a PowerShell script",
    ".mdx": "MDX",
    ".rst": "reStructuredText",
    ".adoc": "AsciiDoc",
    ".org": "Org",
    ".tex": "LaTeX",
    ".rtf": "RTF",
    ".csv": "a table (CSV)",
    ".xlsx": "a spreadsheet",
    ".ipynb": "a notebook",
    ".pdf": "PDF",
    ".docx": "a Word document",
    ".odt": "an OpenDocument text",
}
SIGNS = ((b"%PDF-", "PDF"), (b"PK\x03\x04", "a Word document or another archive"),
         (b"{\\rtf", "RTF"), (b"#!", "a script"))  # fmt: skip
HTML = re.compile(r"\s{0,99}<(?:!doctype html|html\b)", re.IGNORECASE)
RUBY = re.compile(r"^(?:require ['\"]runbook['\"]|(?:\w+ = )?Runbook\.book\b)", re.MULTILINE)
MDX = re.compile(r"\s{0,99}(?:import|export) [^\n]{1,200}(?: from ['\"]|=)")
MARKED = tuple(
    (re.compile(begins), re.compile(holds, re.MULTILINE), what)
    for begins, holds, what in (
        (r"\s{0,99}= \S[^\n]*\n", r"^={2,5} \S[^\n]*[^=\n]$", "AsciiDoc"),
        (r"\s{0,99}==", r"^={2,4} ?[^=\s][^\n=]{0,200}?\s?={2,4}[ \t]*$", "MediaWiki text"),
        (r"\s{0,99}h[1-4]\. \S", r"^h[1-4]\. \S", "Jira wiki text"),
        (r"\s{0,99}#\+(?:TITLE|title): ", r"^\*+ \S", "Org"),
    )
)
"""How texts of other marks begin, and what else is in them."""
TITLED = re.compile(r"^#{2,4} \S|^(?:```|~~~)", re.MULTILINE)
"""What only Markdown has; a text with it is read, whatever else is in it."""
DATA = re.compile(r"\s{0,99}[\[{]\s{0,99}[\"{\[\]}]")
KEY = re.compile(r"(?:- )?[\w.-]{1,60}:(?: |$)")
ENTRY = re.compile(r"\s{0,40}(?:- \S|(?:- )?[\w.-]{1,60}:(?: |$))")
NESTED = re.compile(r"\s{2,40}(?:- )?[\w.-]{1,60}:(?: |$)", re.MULTILINE)
BEGINNING = 4000
"""Characters of a file that are looked at."""


def foreign(name: str, data: bytes) -> str:
    """What a file is that is neither Markdown nor TOML; "" where nothing speaks against it."""
    path = PurePath(name)
    if data.startswith(b"#!") and b"runbook" in data.partition(b"\n")[0]:
        return ""  # A plan that starts itself.
    known = ENDINGS.get(path.suffix.lower()) or next(
        (w for s, w in SIGNS if data.startswith(s)), ""
    )
    if known or path.suffix.lower() == ".toml":
        return known
    text = data[: 4 * BEGINNING].decode("utf-8-sig", "replace")[:BEGINNING]
    for pattern, what in ((HTML, "HTML"), (MDX, "MDX")):
        if pattern.match(text):
            return what
    if RUBY.search(text):
        return "a Ruby runbook"
    if not TITLED.search(text):
        for begins, holds, what in MARKED:
            if begins.match(text) and holds.search(text):
                return what
    if DATA.match(text) and _is_json(data):
        return "JSON"
    return "YAML" if _is_yaml(text) else ""


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _is_yaml(text: str) -> bool:
    """Whether all lines are keys and entries, some in others: no sentence, no title, no box."""
    lines = [x for x in text.splitlines()[:40] if x.strip() and not x.startswith("---")]
    if len(lines) < 4 or not KEY.match(lines[0]) or not NESTED.search(text):
        return False
    return all(ENTRY.match(line) for line in lines[:-1])
