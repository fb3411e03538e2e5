"""Reading Markdown plans as people write them: shapes are recognised, nothing is required."""

from __future__ import annotations

from runbook_tui.book.markdown.assembling import read_markdown

__all__ = ["read_markdown"]
