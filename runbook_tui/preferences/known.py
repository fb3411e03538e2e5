"""What is known of a key before any screen is loaded."""

from __future__ import annotations

from runbook_tui.frozen import frozen


@frozen(kw_only=False)
class Known:
    """An act that has keys: its id, the part of the program it belongs to, and what it does."""

    id: str
    part: str
    keys: tuple[str, ...]
    words: str


CHAINS = (
    ("list", "run", "everywhere"),
    ("pane", "run", "everywhere"),
    ("list", "rollback", "everywhere"),
    ("list", "reading", "everywhere"),
    ("list", "home"),
)
"""Parts whose keys are heard at the same time: there one key can mean one thing only."""
NEVER_TYPED = frozenset({"panic", "end-typing", "palette"})
"""Acts that are heard while one types: their keys must be none that write."""
