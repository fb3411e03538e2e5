"""A merge that is killed: afterwards it is merged once or not at all, and nothing lies around."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.integration.forge.kills import Killed, one_death


@pytest.fixture
def killed(tmp_path: Path) -> Killed:
    return Killed(tmp_path)


def half_merged(killed: Killed) -> None:
    """What a git leaves that is killed while it writes the files of a merge."""
    place = killed.place
    tree = place.git("merge-tree", "--write-tree", "HEAD", "one")
    (place.work / ".git" / "runbook-merging").write_text(f"{killed.old} HEAD^{{tree}} {tree}\n")
    (place.work / ".git" / "index.lock").write_text("")
    (place.work / "file0").write_text("0 changed\n0 ch")
    (place.work / "new0").write_text("0 n")
    (place.work / "file1").unlink()


@pytest.mark.parametrize("by_undo", [False, True])
def test_files_of_a_merge_that_was_killed_are_put_back(killed: Killed, by_undo: bool) -> None:
    undo = killed.prepare()
    half_merged(killed)
    assert killed.faults(undo=undo if by_undo else "") == []
    assert not (killed.place.work / ".git" / "index.lock").exists()


def test_a_merge_that_was_killed_when_it_was_made_is_made(killed: Killed) -> None:
    killed.prepare()
    place = killed.place
    place.git("merge", "-q", "--no-ff", "one")
    (place.work / ".git" / "runbook-merging").write_text(f"{killed.old} HEAD^{{tree}} one\n")
    (place.work / ".git" / "MERGE_HEAD").write_text(place.git("rev-parse", "one") + "\n")
    assert killed.faults() == []


def test_a_lock_that_is_not_of_a_merge_of_ours_is_left_to_a_person(killed: Killed) -> None:
    killed.prepare()
    (killed.place.work / ".git" / "index.lock").write_text("")
    done = killed.place.shell(killed.step.run or "")
    assert done.returncode == 1
    assert "take the file away" in done.stderr
    assert killed.place.head == killed.old


def test_a_merge_that_is_killed_at_random_moments_is_merged_once_or_not_at_all(
    killed: Killed,
) -> None:
    ends: Counter[str] = Counter()
    for seed in range(6):
        end, faults = one_death(killed, seed, 0.7)
        assert faults == [], f"{seed}: {end}"
        ends[end] += 1
    assert any(end.startswith("killed") for end in ends)
