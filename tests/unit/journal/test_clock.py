"""The real clock."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from runbook_tui.journal import clock
from runbook_tui.journal.clock import SystemClock


def test_wall_time_is_now_and_monotonic_time_goes_on() -> None:
    ours = SystemClock()
    assert abs(ours.now() - time.time()) < 5
    first = ours.mono()
    assert ours.mono() >= first > 0


def test_the_boot_id_is_the_same_for_all_of_a_boot() -> None:
    assert SystemClock().boot() == SystemClock().boot() != ""


def test_without_a_boot_id_no_two_clocks_claim_to_be_comparable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "BOOT_ID", tmp_path / "none")
    one, other = SystemClock(), SystemClock()
    assert one.boot() == one.boot()
    assert one.boot() != other.boot()
