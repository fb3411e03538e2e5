"""The page about the format: its examples are plans without faults, and no key is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from runbook_tui.book.reader import read
from runbook_tui.book.toml import schema as toml_schema

PAGE = (Path(__file__).parents[3] / "docs" / "format.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_is_a_plan_without_faults(text: str) -> None:
    assert read(text, "example.toml").phases


def test_every_key_of_the_format_is_on_the_page() -> None:
    tables = [
        found for found in vars(toml_schema).values()
        if isinstance(found, type) and issubclass(found, toml_schema.Table)
    ]  # fmt: skip
    keys = {field.alias or name for table in tables for name, field in table.model_fields.items()}
    inner = {"phase", "change", "step", "stage", "parameters", "roles", "team", "policy"}
    missing = sorted(key for key in keys - inner if not re.search(rf"`[^`]*\b{key}\b[^`]*`", PAGE))
    assert len(tables) > 15
    assert missing == []
