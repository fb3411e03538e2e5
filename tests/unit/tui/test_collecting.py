"""Garbage of long ago goes in quiet moments, and only then."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Iterator

import pytest

from runbook_tui.tui.collecting import OLDER, Collector


class Knot:
    """An object that only a collection ends."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector() -> Iterator[Collector]:
    before = gc.get_threshold()
    found = Collector()
    found.settle()
    yield found
    gc.unfreeze()
    gc.set_threshold(*before)


def grow_old() -> None:
    """As after many keys: what is there has outlived the quick collections."""
    for _ in range(OLDER):
        gc.collect(1)


def test_nothing_is_collected_while_keys_come_and_all_once_they_do_not(
    collector: Collector,
) -> None:
    knot = Knot()
    grow_old()
    seen = weakref.ref(knot)
    del knot
    collector.tidy(pressed=time.monotonic())
    assert seen() is not None
    collector.tidy(pressed=time.monotonic() - 1.0)
    assert seen() is None


def test_where_there_is_little_to_collect_nothing_is(collector: Collector) -> None:
    gc.collect()
    knot = Knot()
    seen = weakref.ref(knot)
    del knot
    collector.tidy(pressed=0.0)
    assert seen() is not None
