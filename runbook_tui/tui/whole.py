"""Whether a screen has all its parts: while it is opened or closed, some are not there."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen


def has_all(screen: Screen[Any], *parts: str) -> bool:
    """Whether every one of these ids is on the screen, so that it can be drawn."""
    return screen.is_mounted and set(parts) <= {node.id for node in screen.walk_children()}
