"""Worlds end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.share.world import World
from tests.keys import Keys


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys") / "of")


@pytest.fixture
def worlds(tmp_path: Path, keys: Keys) -> Iterator[Callable[..., World]]:
    """Makes worlds and closes them."""
    made: list[World] = []

    def make(**more: Any) -> World:
        made.append(World(tmp_path, keys, **more))
        return made[-1]

    yield make
    for world in made:
        world.close()


@pytest.fixture
def world(worlds: Callable[..., World]) -> World:
    """One whose run is shared already."""
    made = worlds()
    made.begin()
    return made
