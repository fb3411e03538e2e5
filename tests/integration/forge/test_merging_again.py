"""git.merge of a branch whose merge was taken back: it must ship, or say plainly why it did not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.forge.scenes import Place


def _taken_back(place: Place, undo: str, verify: str) -> None:
    assert place.shell(verify).returncode != 0
    done = place.shell(undo)
    assert done.returncode == 0, done.stderr
    done = place.shell(verify)
    assert done.returncode == 0, done.stderr


def _merged(place: Place, branch: str = "origin/one") -> tuple[str, str]:
    """Merge as a step does, with everything that must hold of it; returns its undo and check."""
    old = place.head
    done, undo, verify = place.act("git.merge", branch=branch, push="true")
    assert done.returncode == 0, done.stderr
    assert place.published == place.tree
    assert place.outputs["old"] == old
    assert place.outputs["branch_sha"] == place.git("rev-parse", branch)
    assert place.outputs["merge_sha"] == place.head
    return undo, verify


def test_what_was_taken_back_ships_again_and_is_taken_back_again(place: Place) -> None:
    place.branch("one", "one", "1\n")
    for _ in range(4):
        before = place.tree
        undo, verify = _merged(place)
        assert (place.work / "one").read_text() == "1\n"
        _taken_back(place, undo, verify)
        assert not (place.work / "one").exists()
        assert place.tree == before == place.published
        assert place.shell(undo).returncode == 0
        assert place.tree == before == place.published


def test_what_others_did_in_between_stays(place: Place) -> None:
    place.branch("one", "one", "1\n")
    _taken_back(place, *_merged(place))
    place.commit("theirs", "x\n")
    place.git("push", "-q")
    before = place.tree
    undo, verify = _merged(place)
    assert (place.work / "theirs").exists()
    place.commit("later", "y\n")
    _taken_back(place, undo, verify)
    assert (place.work / "later").exists()
    place.git("rm", "-q", "later")
    place.git("commit", "-q", "-m", "remove later")
    assert place.tree == before


def test_a_branch_that_was_put_right_ships_whole(place: Place) -> None:
    """Merging alone would bring in what is new on the branch, and none of what was taken back."""
    place.branch("one", "one", "1\n")
    _taken_back(place, *_merged(place))
    place.git("switch", "-q", "one")
    place.commit("fix", "f\n")
    place.git("push", "-q", "origin", "one")
    place.git("switch", "-q", "main")
    for _ in range(2):
        before = place.tree
        undo, verify = _merged(place)
        assert (place.work / "one").exists()
        assert (place.work / "fix").exists()
        _taken_back(place, undo, verify)
        assert place.tree == before == place.published


def test_branches_on_top_of_one_another_come_back_each_with_its_own_step(place: Place) -> None:
    place.branch("one", "one", "1\n")
    place.git("switch", "-q", "-c", "two", "one")
    place.commit("two", "2\n")
    place.git("switch", "-q", "main")
    for _ in range(3):
        before = place.tree
        undos = [_merged(place, "one")]
        assert not (place.work / "two").exists()
        between = place.tree
        undos.append(_merged(place, "two"))
        assert (place.work / "two").exists()
        _taken_back(place, *undos[1])
        assert place.tree == between
        _taken_back(place, *undos[0])
        assert place.tree == before == place.published


def test_a_branch_whose_merge_commit_was_made_anew_ships(place: Place) -> None:
    place.branch("one", "one", "1\n")
    place.branch("two", "two", "2\n")
    before = place.tree
    for number in range(3):
        place.git("switch", "-q", "-C", "both", "one")
        place.git("merge", "-q", "--no-ff", "-m", f"both, try {number}", "two")
        place.git("switch", "-q", "main")
        undos = [_merged(place, "one"), _merged(place, "both")]
        assert (place.work / "one").exists()
        assert (place.work / "two").exists()
        for undo, verify in reversed(undos):
            _taken_back(place, undo, verify)
        assert place.tree == before == place.published


def test_what_was_merged_before_the_step_is_neither_merged_nor_taken_back(place: Place) -> None:
    place.branch("one", "one", "1\n")
    _taken_back(place, *_merged(place))
    _merged(place)
    head, shipped = place.head, place.outputs["merge_sha"]
    done, undo, verify = place.act("git.merge", branch="origin/one", push="true")
    assert done.returncode == 0
    assert "merged already" in done.stdout
    assert place.outputs["merge_sha"] == shipped
    again = place.shell(undo)
    assert again.returncode == 0
    assert "nothing was merged" in again.stdout
    assert place.shell(verify).returncode == 0
    assert place.head == head


def test_what_a_person_reverted_or_brought_back_counts_as_well(place: Place) -> None:
    place.branch("one", "one", "1\n")
    _merged(place)
    place.git("revert", "--no-edit", "-m", "1", "HEAD")
    place.git("revert", "--no-edit", "HEAD")
    done, _, _ = place.act("git.merge", branch="origin/one")
    assert "merged already" in done.stdout
    assert place.outputs["merge_sha"] == place.head
    place.git("revert", "--no-edit", "HEAD")
    before = place.tree
    undo, verify = _merged(place)
    assert (place.work / "one").exists()
    _taken_back(place, undo, verify)
    assert place.tree == before


def test_a_revert_that_came_in_by_a_merge_is_found_too(place: Place) -> None:
    place.branch("one", "one", "1\n")
    _merged(place)
    place.git("switch", "-q", "-c", "back-out")
    place.git("revert", "--no-edit", "-m", "1", "HEAD")
    place.git("switch", "-q", "main")
    place.git("merge", "-q", "--no-ff", "--no-edit", "back-out")
    before = place.tree
    undo, verify = _merged(place)
    assert (place.work / "one").exists()
    _taken_back(place, undo, verify)
    assert place.tree == before


def test_a_conflict_on_the_way_back_in_is_said_and_leaves_nothing(place: Place) -> None:
    place.branch("zero", "zero", "0\n")
    place.branch("one", "base", "a\nONE\nc\n")
    zero = _merged(place, "zero")
    _taken_back(place, *_merged(place))
    _taken_back(place, *zero)
    place.commit("base", "a\nTHEIRS\nc\n")
    place.git("switch", "-q", "-c", "both", "one")
    place.git("merge", "-q", "--no-edit", "zero")
    place.git("switch", "-q", "main")
    head = place.head
    done, undo, verify = place.act("git.merge", branch="both")
    assert done.returncode == 1
    assert "conflict: base" in done.stderr
    assert "git revert" in done.stderr
    assert place.head == head
    assert place.git("status", "--porcelain") == ""
    assert place.shell(undo).returncode == 0
    assert place.shell(verify).returncode == 0
    assert place.head == head


def test_a_way_back_in_that_died_half_way_is_taken_back(place: Place) -> None:
    place.branch("one", "base", "a\nONE\nc\n")
    _taken_back(place, *_merged(place))
    revert = place.head
    place.commit("base", "a\nTHEIRS\nc\n")
    before = place.tree
    _, undo, verify = place.act("git.merge", branch="origin/one")
    place.shell(f"git revert --no-edit {revert}")
    assert (place.work / ".git" / "REVERT_HEAD").exists()
    assert place.shell(verify).returncode != 0
    assert place.shell(undo).returncode == 0
    assert place.shell(verify).returncode == 0
    assert place.tree == before
    assert place.git("status", "--porcelain") == ""


def test_a_merge_that_brought_in_more_is_not_brought_back_for_one_branch(place: Place) -> None:
    place.branch("one", "one", "1\n")
    place.git("switch", "-q", "-c", "two", "one")
    place.commit("two", "2\n")
    place.git("switch", "-q", "main")
    _taken_back(place, *_merged(place, "two"))
    head = place.head
    done, _, _ = place.act("git.merge", branch="one", push="true")
    assert done.returncode == 1
    assert "more than one" in done.stderr
    assert f"git revert {head[:10]}" in done.stderr
    assert place.head == head


@pytest.mark.parametrize("forward", [True, False])
def test_what_was_taken_back_in_another_way_is_never_called_merged(
    place: Place, forward: bool
) -> None:
    place.branch("one", "one", "1\n")
    if forward:
        place.git("merge", "-q", "--ff-only", "one")
    else:
        _merged(place)
    place.git("rm", "-q", "one")
    place.git("commit", "-q", "-m", "out with it")
    head = place.head
    done, _, _ = place.act("git.merge", branch="origin/one", push="true")
    assert done.returncode == 1
    assert "nothing of it is left" in done.stderr
    assert "skip" in done.stderr
    assert place.head == head


def test_a_commit_that_was_forwarded_to_and_reverted_is_not_called_merged(place: Place) -> None:
    place.branch("one", "one", "1\n")
    place.git("merge", "-q", "--ff-only", "one")
    place.git("revert", "--no-edit", "HEAD")
    done, _, _ = place.act("git.merge", branch="origin/one")
    assert done.returncode == 1
    assert f"git revert {place.head[:10]}" in done.stderr


def test_a_branch_made_after_the_revert_does_not_bring_the_other_back(place: Place) -> None:
    place.branch("one", "one", "1\n")
    _taken_back(place, *_merged(place))
    place.branch("two", "two", "2\n")
    undo, verify = _merged(place, "two")
    assert not (place.work / "one").exists()
    _taken_back(place, undo, verify)


def test_a_revert_that_was_taken_back_is_done_again(place: Place) -> None:
    place.branch("one", "one", "1\n")
    before = place.tree
    _merged(place)
    sha, merged = place.head, place.tree
    for _ in range(3):
        done, undo, _ = place.act("git.revert", commit=sha)
        assert done.returncode == 0, done.stderr
        assert place.tree == before
        assert place.outputs["revert_sha"] == place.head
        for _ in range(2):
            assert place.shell(undo).returncode == 0
            assert place.tree == merged


def test_an_undo_that_others_keep_from_the_remote_does_not_call_itself_done(
    place: Place, tmp_path: Path
) -> None:
    """Somebody has pushed on top of the merge: what the remote serves is not taken back."""
    place.branch("feat", "app", "new\n")
    done, undo, _ = place.act("git.merge", branch="origin/feat", push="true")
    assert done.returncode == 0, done.stderr
    other = tmp_path / "other"
    place.git("clone", "-q", str(place.remote), str(other), cwd=tmp_path)
    (other / "more").write_text("more\n")
    place.git("add", "-A", cwd=other)
    place.git("commit", "-q", "-m", "more", cwd=other)
    place.git("push", "-q", "origin", "main", cwd=other)
    ended = place.shell(undo)
    assert place.git("show", "main:app", cwd=place.remote) == "new"
    assert ended.returncode != 0, ended.stdout
