"""A few rounds of what `make long` does for hours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.long import crowds, deaths


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may look which supervisor to kill")
@pytest.mark.parametrize("seed", range(6))
def test_a_supervisor_that_is_killed_at_any_moment_leaves_truth(tmp_path: Path, seed: int) -> None:
    told, faults = deaths.supervisor_dies(tmp_path, seed)
    assert not faults
    assert told in {"lost", "finished"}


@pytest.mark.parametrize("seed", [0, 1])
def test_a_viewer_that_is_killed_at_any_moment_takes_nothing_along(
    tmp_path: Path, seed: int
) -> None:
    _, faults = deaths.viewer_dies(tmp_path, seed)
    assert not faults


def test_no_short_command_is_missed_and_no_process_descriptor_or_socket_stays(
    tmp_path: Path,
) -> None:
    assert not crowds.row(tmp_path, 60)


def test_of_a_tree_of_200_that_replace_themselves_nothing_survives_a_stop(tmp_path: Path) -> None:
    took, faults = crowds.respawners(tmp_path, 200)
    assert not faults
    assert took < 200


def test_any_text_is_read_or_refused_and_nothing_is_done_by_it() -> None:
    """In a process of its own: it listens to all that Python does, and has its own alarm."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.long", "2", "texts"], check=False, capture_output=True,
        text=True, timeout=280, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "50 made up" in ended.stdout
    assert "50 changed" in ended.stdout
