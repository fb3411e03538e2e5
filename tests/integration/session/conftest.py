"""Scenes end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from runbook_tui.book.model import Runbook
from tests.integration.session.scene import Scene


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Callable[..., Scene]]:
    """Makes scenes and closes them."""
    made: list[Scene] = []

    def make(
        runbook: Runbook,
        values: Mapping[str, str] = {},
        sources: Mapping[str, str] = {},
        text: str = "plan",
        automatic_rollback: bool = False,
    ) -> Scene:
        made.append(Scene(tmp_path, runbook, values, sources=sources, text=text,
                          automatic_rollback=automatic_rollback))  # fmt: skip
        return made[-1]

    yield make
    for item in made:
        item.close()
