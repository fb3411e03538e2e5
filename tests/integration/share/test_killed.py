"""A few rounds of what `make long` does for hours: pushes killed at random moments."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.long.shares import pushes_die


@pytest.mark.parametrize("seed", [0, 1])
def test_killed_pushes_lose_nothing_and_open_no_gate(tmp_path: Path, seed: int) -> None:
    told, faults = pushes_die(tmp_path, seed)
    assert not faults
    assert "kills" in told
