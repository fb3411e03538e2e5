"""Faults to plant into a good plan: what is written where, and what must be said about it.

``«`` marks the place that the fault must name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from runbook_tui.book.findings import Fault

MARK = "«"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """One fault: ``text`` in place of ``line``, the first of the plan that begins with it."""

    line: str
    text: str
    says: str
    file: str = "plan.toml"


def after(line: str, text: str, says: str, file: str = "plan.toml") -> Plant:
    """A fault in a line of its own behind another."""
    return Plant(line=line, text=f"{{}}\n{text}", says=says, file=file)


def planted(files: dict[str, str], plants: Iterable[Plant]) -> tuple[dict[str, str], list[str]]:
    """The files with the faults in them, and what must be said: ``file:line:column: says``."""
    lines = {name: text.splitlines() for name, text in files.items()}
    wanted: list[tuple[str, str]] = []
    for number, plant in enumerate(plants):
        body = lines[plant.file]
        at = next(n for n, line in enumerate(body) if line.startswith(plant.line))
        mark = f"{MARK}{number}{MARK}"
        body[at] = plant.text.replace("{}", body[at]).replace(MARK, mark)
        wanted.append((mark, plant.says))
    texts = {name: "\n".join(body) + "\n" for name, body in lines.items()}
    places: dict[str, str] = {}
    # A mark before another on its line would move it: a fault has a line of its own.
    for name, text in texts.items():
        for mark, says in wanted:
            at = text.find(mark)
            if at >= 0:
                line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
                places[mark] = f"{name}:{line}:{column}: {says}"
    texts = {name: re.sub(f"{MARK}\\d+{MARK}", "", text) for name, text in texts.items()}
    return texts, sorted(places[mark] for mark, _ in wanted)


def told(faults: Iterable[Fault], wanted: Iterable[str]) -> list[str]:
    """What was said, each cut to the words that it should begin with."""
    found = [f"{f.source or 'plan.toml'}:{f.line}:{f.column}: {f.message}" for f in faults]
    expected = list(wanted)
    return sorted(
        next((w for w in expected if said == w or said.startswith(w)), said) for said in found
    )
