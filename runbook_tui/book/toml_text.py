"""A runbook as the text of a TOML plan."""

from __future__ import annotations

import tomli_w

from runbook_tui.book.model import Runbook
from runbook_tui.book.toml_writing import tables


def toml_text(runbook: Runbook) -> str:
    """The text; `read` makes the same runbook of it, but for lines and findings."""
    return tomli_w.dumps(tables(runbook), multiline_strings=True)
