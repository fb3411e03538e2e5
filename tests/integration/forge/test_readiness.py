"""Whether an action's undo could work now, asked of real repositories."""

from __future__ import annotations

import subprocess

import pytest

from runbook_tui.book.model import Step
from runbook_tui.book.parameters import fill_in
from runbook_tui.wiring import surroundings
from tests.integration.forge.scenes import Place


def why(place: Place, action: str, **values: str) -> str:
    """What the action's undo says after it ran; empty where it could work."""
    step = surroundings().expand(Step(id="s", title="S", action=action, arguments=values))
    text = fill_in(step.undo_ready or "", place.outputs)
    assert not text.open
    before = (place.git("status", "--porcelain"), place.git("for-each-ref"))
    done = place.shell(text.text)
    assert (place.git("status", "--porcelain"), place.git("for-each-ref")) == before
    assert (done.returncode == 0) == (done.stdout == "")
    assert len(done.stdout.splitlines()) <= 1
    return done.stdout.strip()


@pytest.fixture
def merged(place: Place) -> Place:
    place.branch("one", "one", "1\n")
    done, _, _ = place.act("git.merge", branch="origin/one", push="true")
    assert done.returncode == 0
    return place


def test_a_remote_that_is_away_matters_only_where_the_step_has_pushed(merged: Place) -> None:
    assert why(merged, "git.merge", branch="origin/one", push="true") == ""
    merged.remote.rename(merged.remote.with_name("moved.git"))
    assert why(merged, "git.merge", branch="origin/one", push="true") == "origin cannot be reached"
    assert why(merged, "git.merge", branch="origin/one", push="no") == ""
    assert why(merged, "git.merge", branch="origin/one") == ""
    merged.remote.with_name("moved.git").rename(merged.remote)
    assert why(merged, "git.merge", branch="origin/one", push="true") == ""


def test_another_branch_is_no_reason_but_where_it_is_checked_out_elsewhere(merged: Place) -> None:
    merged.git("switch", "-q", "one")
    assert why(merged, "git.merge", branch="origin/one") == ""
    other = merged.work.with_name("other")
    merged.git("worktree", "add", "-q", str(other), "main")
    assert why(merged, "git.merge", branch="origin/one") == f"main is checked out in {other}"


def test_what_the_undo_gives_up_by_itself_is_no_reason_a_rebase_is(merged: Place) -> None:
    merged.git("switch", "-q", "-c", "two", "HEAD~1")
    merged.commit("one", "other\n")
    merged.git("switch", "-q", "main")
    with pytest.raises(subprocess.CalledProcessError):
        merged.git("merge", "two")
    assert why(merged, "git.merge", branch="origin/one") == ""
    merged.git("merge", "--abort")
    with pytest.raises(subprocess.CalledProcessError):
        merged.git("rebase", "two")
    assert why(merged, "git.merge", branch="origin/one") == "a rebase is half-done"


def test_staged_changes_and_a_branch_that_is_gone_are_reasons(merged: Place) -> None:
    (merged.work / "base").write_text("other\n")
    assert why(merged, "git.merge", branch="origin/one") == ""
    merged.git("add", "base")
    said = "changes are staged that are not committed"
    assert why(merged, "git.merge", branch="origin/one") == said
    merged.git("reset", "-q", "--hard")
    merged.git("switch", "-q", "one")
    merged.git("branch", "-q", "-D", "main")
    assert why(merged, "git.merge", branch="origin/one") == ""
    merged.git("update-ref", "-d", "refs/remotes/origin/main")
    assert why(merged, "git.merge", branch="origin/one") == "the branch main is gone"


def test_without_a_repository_none_of_it_works(merged: Place) -> None:
    step = surroundings().expand(Step(id="s", title="S", action="git.merge", arguments={}))
    text = fill_in(step.undo_ready or "", merged.outputs).text
    (merged.work / ".git").rename(merged.work.with_name("away"))
    done = merged.shell(text)
    assert (done.returncode, done.stdout) == (1, "there is no git repository here\n")


def test_a_push_asks_its_remote(place: Place) -> None:
    place.commit("more", "1\n")
    done, _, _ = place.act("git.push")
    assert done.returncode == 0
    assert why(place, "git.push") == ""
    place.remote.rename(place.remote.with_name("moved.git"))
    assert why(place, "git.push") == "origin cannot be reached"


def test_a_push_that_published_nothing_needs_nothing(place: Place) -> None:
    assert place.act("git.push")[0].returncode == 0
    place.remote.rename(place.remote.with_name("moved.git"))
    assert why(place, "git.push") == ""
