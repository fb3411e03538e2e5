"""The git actions and their undos, on real repositories."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.integration.forge.scenes import ENV, Place


def test_two_merges_are_taken_back_newest_first_here_and_in_the_remote(place: Place) -> None:
    before = place.tree
    place.branch("one", "one", "1\n")
    place.branch("two", "two", "2\n")
    undos = []
    for name in ("one", "two"):
        done, undo, verify = place.act("git.merge", branch=f"origin/{name}", push="true")
        assert done.returncode == 0, done.stderr
        undos.append((undo, verify))
    assert (place.work / "two").exists()
    assert place.published == place.tree
    for undo, verify in reversed(undos):
        assert place.shell(verify).returncode != 0
        assert place.shell(undo).returncode == 0
        assert place.shell(verify).returncode == 0
    assert place.tree == before == place.published


def test_an_undo_does_no_harm_twice(place: Place) -> None:
    before = place.tree
    place.branch("one", "one", "1\n")
    _, undo, _ = place.act("git.merge", branch="origin/one")
    assert place.shell(undo).returncode == 0
    again = place.shell(undo)
    assert again.returncode == 0
    assert "already" in again.stdout
    assert place.tree == before


def test_an_undo_works_when_the_branch_is_gone(place: Place) -> None:
    before = place.tree
    place.branch("one", "one", "1\n")
    _, undo, verify = place.act("git.merge", branch="origin/one")
    place.git("push", "-q", "origin", ":one")
    place.git("branch", "-q", "-D", "one")
    place.git("fetch", "-q", "--prune")
    assert place.shell(undo).returncode == 0
    assert place.shell(verify).returncode == 0
    assert place.tree == before


def test_a_conflict_is_listed_and_leaves_nothing_half_merged(place: Place) -> None:
    place.branch("one", "base", "a\nONE\nc\n")
    place.branch("two", "base", "a\nTWO\nc\n")
    assert place.act("git.merge", branch="origin/one")[0].returncode == 0
    after = place.tree
    done, undo, verify = place.act("git.merge", branch="origin/two")
    assert done.returncode == 1
    assert "conflict: base" in done.stderr
    assert place.git("status", "--porcelain", "--untracked-files=no") == ""
    assert place.shell(undo).returncode == 0
    assert place.shell(verify).returncode == 0
    assert place.tree == after


def test_a_merge_that_died_half_way_is_taken_back(place: Place) -> None:
    place.branch("one", "base", "a\nONE\nc\n")
    place.branch("two", "base", "a\nTWO\nc\n")
    place.act("git.merge", branch="origin/one")
    after = place.tree
    _, undo, _ = place.act("git.merge", branch="origin/two")
    place.shell("git merge --no-ff --no-edit origin/two")
    assert (place.work / ".git" / "MERGE_HEAD").exists()
    assert place.shell(undo).returncode == 0
    assert not (place.work / ".git" / "MERGE_HEAD").exists()
    assert place.tree == after


def test_merging_again_says_so_and_changes_nothing(place: Place) -> None:
    place.branch("one", "one", "1\n")
    place.act("git.merge", branch="origin/one")
    head = place.git("rev-parse", "HEAD")
    done, _, _ = place.act("git.merge", branch="origin/one")
    assert done.returncode == 0
    assert "already" in done.stdout
    assert place.git("rev-parse", "HEAD") == head


def test_changes_that_are_not_committed_are_not_merged_over(place: Place) -> None:
    place.branch("one", "one", "1\n")
    (place.work / "base").write_text("mine\n")
    done, _, _ = place.act("git.merge", branch="origin/one")
    assert done.returncode == 1
    assert "not committed" in done.stderr


def test_a_branch_that_is_not_there_is_said_plainly(place: Place) -> None:
    done, _, _ = place.act("git.merge", branch="origin/nowhere")
    assert done.returncode == 1
    assert "no commit called origin/nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_push_is_taken_back_by_reverting_never_by_force(place: Place) -> None:
    before = place.published
    place.commit("more", "x\n")
    done, undo, verify = place.act("git.push")
    assert done.returncode == 0, done.stderr
    assert place.published != before
    assert place.shell(undo).returncode == 0
    assert place.shell(verify).returncode == 0
    assert place.published == before


def test_a_push_that_is_not_fast_forward_is_refused_with_what_to_do(place: Place) -> None:
    other = place.work.parent / "other"
    place.git("clone", "-q", str(place.remote), str(other), cwd=place.work.parent)
    (other / "theirs").write_text("x\n")
    place.git("add", "-A", cwd=other)
    place.git("commit", "-q", "-m", "theirs", cwd=other)
    place.git("push", "-q", "origin", "main", cwd=other)
    place.commit("mine", "x\n")
    done, _, _ = place.act("git.push")
    assert done.returncode == 1
    assert "fetch and look" in done.stderr


def test_a_revert_of_a_merge_and_its_undo(place: Place) -> None:
    place.branch("one", "one", "1\n")
    before = place.tree
    place.act("git.merge", branch="origin/one")
    merged = place.tree
    sha = place.git("rev-parse", "HEAD")
    done, undo, _ = place.act("git.revert", commit=sha)
    assert done.returncode == 0, done.stderr
    assert place.tree == before
    assert place.shell(undo).returncode == 0
    assert place.tree == merged


def test_outside_a_repository_the_message_says_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "runbook_tui.forge", "git.push"], cwd=tmp_path, check=False,
        env={**ENV, "GIT_CEILING_DIRECTORIES": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "no git repository" in done.stderr


def test_a_merge_behind_a_gate_merges_no_other_head_than_the_one_that_was_signed(
    place: Place, tmp_path: Path
) -> None:
    place.branch("one", "one", "1\n")
    place.branch("other", "other", "o\n")
    before, signed = place.head, place.git("rev-parse", "one")
    place.env |= {
        "RUNBOOK_SIGNED_HEADS": f"7={'0' * 40} 12={signed}",
        "RUNBOOK_PULL_REQUEST": "12",
        "RUNBOOK_PULL_REQUEST_BASE": "main",
    }
    # Somebody pushes more; what was approved is not what would be merged.
    place.git("switch", "-q", "one")
    place.commit("two", "2\n")
    place.git("push", "-q", "origin", "one")
    place.git("switch", "-q", "main")
    moved = place.git("rev-parse", "one")
    done, undo, verify = place.act("git.merge", branch="origin/one")
    assert done.returncode == 1
    assert f"is {moved[:10]}, but #12 was signed off at {signed[:10]}" in done.stderr
    assert "nothing was merged\nlook at what came since, have it signed off" in done.stderr
    assert place.head == before
    assert (place.shell(undo).returncode, place.shell(verify).returncode) == (0, 0)
    # The other way round: the one that was signed is newer than what is here, or not here at all.
    place.env["RUNBOOK_SIGNED_HEADS"] = f"12={moved}"
    place.git("update-ref", "refs/remotes/origin/one", signed)
    assert "git fetch origin" in place.act("git.merge", branch="origin/one")[0].stderr
    place.env["RUNBOOK_SIGNED_HEADS"] = f"12={'f' * 40}"
    assert "is not here: git fetch origin" in place.act("git.merge", branch="one")[0].stderr
    refused = place.act("git.merge", branch="origin/other")[0]
    assert refused.returncode == 1
    assert place.head == before
    place.env["RUNBOOK_SIGNED_HEADS"] = f"12={moved}"
    # What is in its base already, and what the plan says is another, are merged all the same.
    assert place.act("git.merge", branch="origin/other", pull_request="0")[0].returncode == 0
    assert place.act("git.merge", branch="one")[0].returncode == 0
    assert (place.work / "two").exists()
    place.git("switch", "-q", "-c", "release", before)
    assert place.act("git.merge", branch="main")[0].returncode == 0
    assert (place.work / "two").exists()
    # That somebody has merged another head into the base already does not make it the signed one.
    place.git("switch", "-q", "main")
    place.env["RUNBOOK_SIGNED_HEADS"] = f"12={signed}"
    done, _, _ = place.act("git.merge", branch="one")
    assert done.returncode == 1
    assert f"#12 was signed off at {signed[:10]}" in done.stderr
