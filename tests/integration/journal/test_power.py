"""A power cut loses no acknowledged event; a journal that does not sync is caught losing some."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.journal import power

pytestmark = pytest.mark.skipif(
    shutil.which("strace") is None and not os.environ.get("CI"), reason="needs strace"
)
CUTS = 150
CONTROL = 60
APPENDS = 25


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Where the replayed disks are: in memory where that can be, they need none of their own."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as name:
        yield Path(name)


def cuts(tmp_path: Path, level: str, count: int) -> list[str]:
    """What was wrong after each of so many cuts; empty where nothing was."""
    home = tmp_path / "home"
    home.mkdir()
    calls = power.traced(home, level, APPENDS)
    assert sum(call.kind == "said" for call in calls) == 3 * (APPENDS + 1)
    found = []
    for seed in range(count):
        folder = tmp_path / "cut"
        folder.mkdir()
        acknowledged = power.cut(calls, random.Random(seed), folder)
        found.append(power.lost(folder, acknowledged))
        shutil.rmtree(folder)
    return found


def test_no_acknowledged_event_is_lost_in_a_power_cut(disk: Path) -> None:
    assert [wrong for wrong in cuts(disk, "FULL", CUTS) if wrong] == []


def test_the_same_cuts_catch_a_journal_that_does_not_sync(disk: Path) -> None:
    """The control: if this one lost nothing, the test above would prove nothing."""
    wrong = [found for found in cuts(disk, "NORMAL", CONTROL) if found]
    assert any("acknowledged events are gone" in found for found in wrong)
