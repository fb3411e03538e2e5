"""The JSON Schema that ships with the program, made anew: ``make schema``.

What a key means is said once, in docs/format.md; the schema takes it from there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from runbook_tui.book.toml.json_schema import json_schema

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "format.md"
SHIPPED = ROOT / "runbooks" / "format-1.schema.json"

TABLES = {
    "A plan": ("PlanTable",),
    "Parameters": ("ParameterTable",),
    "Roles, teams, policy": ("PlanTable",),
    "Phases and changes": ("PhaseTable", "ChangeTable"),
    "Steps": ("StepTable",),
    "What stands beside the steps": ("PlanTable",),
}
"""Headings of the page, and the tables whose keys are explained below them."""


def meanings(page: str) -> dict[tuple[str, str], str]:
    """What each key is, by its table and name."""
    found: dict[tuple[str, str], str] = {}
    heading = ""
    for line in page.splitlines():
        if line.startswith("## "):
            heading = line[3:]
        cells = [c.strip().replace("\\|", "|") for c in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) < 2 or heading not in TABLES:
            continue
        for table in TABLES[heading]:
            for key in _keys(cells[0]):
                found.setdefault((table, key), cells[-1])
    return found


def _keys(cell: str) -> Iterator[str]:
    yield from re.findall(r"`\[*([a-z_]+)[^`]*`", cell)


def made() -> str:
    """The text of the file."""
    schema = json_schema(meanings(PAGE.read_text(encoding="utf-8")))
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    SHIPPED.write_text(made(), encoding="utf-8")
