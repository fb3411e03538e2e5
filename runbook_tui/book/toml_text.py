"""A runbook as the text of a TOML plan."""

from __future__ import annotations

from typing import Any

import tomli_w

from runbook_tui.book.model import Runbook
from runbook_tui.book.toml_writing import tables


def toml_text(runbook: Runbook) -> str:
    """The text; `read` makes the same runbook of it, but for lines and findings."""
    found = tables(runbook)
    # In a text of several lines TOML takes each end of a line for its own.
    return tomli_w.dumps(found, multiline_strings=not _returns(found))


def _returns(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_returns, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and "\r" in value
