"""git.fetch, git.rebase and git.tag, and their undos, on real repositories."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.integration.forge.scenes import Place


def other_clone(place: Place) -> Path:
    """Somebody else's clone of the remote."""
    other = place.work.parent / "other"
    place.git("clone", "-q", str(place.remote), str(other), cwd=place.work.parent)
    return other


def test_a_fetch_puts_out_where_the_branch_stands_and_has_nothing_to_take_back(
    place: Place,
) -> None:
    other = other_clone(place)
    (other / "theirs").write_text("x\n")
    place.git("add", "-A", cwd=other)
    place.git("commit", "-q", "-m", "theirs", cwd=other)
    place.git("push", "-q", "origin", "main", cwd=other)
    head = place.head
    done, undo, _ = place.act("git.fetch", branch="main", prune="yes")
    assert done.returncode == 0, done.stderr
    assert (
        place.outputs["tip"]
        == place.git("rev-parse", "origin/main")
        == place.git("rev-parse", "HEAD", cwd=other)
    )
    assert (undo, place.head) == ("", head)
    place.remote.rename(place.remote.with_name("moved.git"))
    done, _, _ = place.act("git.fetch")
    assert done.returncode == 1
    assert "nothing was changed" in done.stderr


@pytest.fixture
def diverged(place: Place) -> Place:
    """A branch ``one`` of two commits, here and there, and main gone on meanwhile."""
    place.git("switch", "-q", "-c", "one")
    place.commit("one", "1\n")
    place.commit("two", "2\n")
    place.git("push", "-q", "origin", "one")
    place.git("switch", "-q", "main")
    place.commit("more", "m\n")
    return place


def test_a_rebase_goes_forth_and_back_here_and_in_the_remote(diverged: Place) -> None:
    place = diverged
    old = place.git("rev-parse", "one")
    done, undo, verify = place.act("git.rebase", onto="main", branch="one", push="true")
    assert done.returncode == 0, done.stderr
    now = place.git("rev-parse", "one")
    assert place.git("merge-base", "main", "one") == place.git("rev-parse", "main")
    assert place.git("rev-parse", "one", cwd=place.remote) == now == place.outputs["rebased_sha"]
    assert place.git("branch", "--show-current") == "main"
    again, _, _ = place.act("git.rebase", onto="main", branch="one", push="true")
    assert "already" in again.stdout
    assert place.git("rev-parse", "one") == now
    assert place.shell(verify).returncode != 0
    for _ in range(2):
        back = place.shell(undo)
        assert back.returncode == 0, back.stderr
    assert place.shell(verify).returncode == 0
    assert place.git("rev-parse", "one") == old == place.git("rev-parse", "one", cwd=place.remote)


def test_what_others_committed_after_a_rebase_is_not_thrown_away(diverged: Place) -> None:
    place = diverged
    done, undo, _ = place.act("git.rebase", onto="main", branch="one")
    assert done.returncode == 0, done.stderr
    place.git("switch", "-q", "one")
    place.commit("three", "3\n")
    back = place.shell(undo)
    assert back.returncode == 1
    assert "came after the rebase" in back.stderr
    assert (place.work / "three").exists()


def test_a_rebase_that_conflicts_lists_the_files_and_leaves_all_as_it_was(place: Place) -> None:
    place.branch("one", "base", "a\nONE\nc\n")
    place.git("branch", "-q", "one", "origin/one", "--force")
    place.commit("base", "a\nTWO\nc\n")
    old = place.git("rev-parse", "one")
    done, undo, verify = place.act("git.rebase", onto="main", branch="one")
    assert done.returncode == 1
    assert "conflict: base" in done.stderr
    assert place.git("rev-parse", "one") == old
    assert place.git("status", "--porcelain") == ""
    assert (place.shell(undo).returncode, place.shell(verify).returncode) == (0, 0)
    with pytest.raises(subprocess.CalledProcessError):
        place.git("rebase", "main", "one")
    done, _, _ = place.act("git.rebase", onto="main", branch="one")
    assert "left half-done: it is given up and begun anew" in done.stdout
    assert not (place.work / ".git" / "rebase-merge").exists()


def test_a_branch_that_others_have_pushed_to_is_not_overwritten(diverged: Place) -> None:
    place = diverged
    other = other_clone(place)
    place.git("switch", "-q", "one", cwd=other)
    (other / "theirs").write_text("x\n")
    place.git("add", "-A", cwd=other)
    place.git("commit", "-q", "-m", "theirs", cwd=other)
    place.git("push", "-q", "origin", "one", cwd=other)
    theirs = place.git("rev-parse", "one", cwd=place.remote)
    done, _, _ = place.act("git.rebase", onto="main", branch="one", push="true")
    assert done.returncode == 1
    assert "others have pushed" in done.stderr
    assert place.git("rev-parse", "one", cwd=place.remote) == theirs


@pytest.mark.parametrize("message", ["", "the second"])
def test_a_tag_goes_forth_and_back_here_and_in_the_remote(place: Place, message: str) -> None:
    done, undo, verify = place.act("git.tag", name="v2", push="true", message=message)
    assert done.returncode == 0, done.stderr
    assert place.git("rev-parse", "v2^{commit}", cwd=place.remote) == place.head
    again, _, _ = place.act("git.tag", name="v2", push="true", message=message)
    assert "already" in again.stdout
    assert place.shell(verify).returncode != 0
    for _ in range(2):
        back = place.shell(undo)
        assert back.returncode == 0, back.stderr
    assert place.shell(verify).returncode == 0
    assert place.git("tag", "-l") == "" == place.git("tag", "-l", cwd=place.remote)


def test_a_tag_that_was_there_stays_and_one_elsewhere_is_refused(place: Place) -> None:
    place.git("tag", "v1")
    done, undo, verify = place.act("git.tag", name="v1")
    assert done.returncode == 0
    assert (place.shell(undo).returncode, place.shell(verify).returncode) == (0, 0)
    assert place.git("tag", "-l") == "v1"
    place.commit("more", "m\n")
    done, _, _ = place.act("git.tag", name="v1")
    assert done.returncode == 1
    assert "take another name" in done.stderr
