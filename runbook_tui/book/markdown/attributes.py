"""What the line that opens a block says of it: ``{timeout=5m confirm=true}``, JSON, heads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from runbook_tui.book.durations import parse_duration
from runbook_tui.book.markdown.blocks import Block

LONGEST = 2000
PAIR = re.compile(
    r"(?P<name>[A-Za-z][\w-]{0,40})\s?=\s?(?:\"(?P<quoted>[^\"\n]{0,400})\"|(?P<bare>[^\s{},\"]{1,200}))"
)
HEAD = re.compile(r"^\s*(?P<name>[A-Za-z][\w-]{0,40}):\s*(?P<value>\S.{0,400}?)\s*$")
TRUE = frozenset({"true", "yes", "1"})
FALSE = frozenset({"false", "no", "0"})


def attributes(block: Block, head: Iterable[str] = ()) -> dict[str, str]:
    """All names and values, names in small letters; ``head`` are ``key: value`` lines in it."""
    info = block.info[:LONGEST]
    found: dict[str, str] = {}
    start = info.find("{")
    if start >= 0 and info.rstrip().endswith("}"):
        try:
            given = json.loads(info[start:])
            found = {str(k).lower(): _text(v) for k, v in given.items()}
        except ValueError:
            pass
    if not found and "=" in info:
        found = {m["name"].lower(): m["quoted"] or m["bare"] or "" for m in PAIR.finditer(info)}
    found |= {m["name"].lower(): m["value"] for line in head if (m := HEAD.match(line))}
    return found


def run_by(found: dict[str, str], title: str) -> dict[str, Any]:
    """Fields of a `Step` that the attributes of its block give; what makes no sense gives none."""
    fields: dict[str, Any] = {}
    try:
        fields["timeout"] = parse_duration(found.get("timeout", ""))
    except ValueError:
        pass
    confirm = found.get("confirm", "false")
    if confirm.lower() not in FALSE:
        fields["confirm"] = f"Run “{title}”?" if confirm.lower() in TRUE else confirm
    if found.get("cwd", "").strip(". "):
        fields["cwd"] = found["cwd"]
    for name in ("interactive", "background"):
        if found.get(name, "").lower() in TRUE:
            fields[name] = True
    return fields


def is_only_shown(block: Block) -> bool:
    """Whether it says that it is not to be run: ``{run=false}``."""
    return "run" in block.info and attributes(block).get("run", "").lower() in FALSE


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
