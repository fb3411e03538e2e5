"""The actions at GitHub and their undos, against a fake whose state is a real repository and whose
every answer is as GitHub describes its own."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.reader import read
from tests.github.fake import TOKEN, FakeGitHub
from tests.integration.forge.hub import at_github
from tests.integration.forge.scenes import Place
from tests.waiting import until

Both = tuple[Place, FakeGitHub]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    with at_github(tmp_path) as found:
        yield found


@contextmanager
def once_asked(hub: FakeGitHub, path: str, then: Callable[[], object]) -> Iterator[None]:
    """Have something happen at GitHub as soon as somebody has looked."""
    since = len(hub.asked_for("GET", path))

    def wait() -> None:
        until(lambda: [a for a in hub.asked_for("GET", path)[since:] if a.status])
        then()

    thread = threading.Thread(target=wait)
    thread.start()
    yield
    thread.join()


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_pull_request_is_merged_once_and_taken_back_by_git_alone(both: Both, method: str) -> None:
    place, hub = both
    place.git("switch", "-q", "-c", "one")
    place.commit("one", "1\n")
    place.commit("two", "2\n")
    place.git("push", "-q", "origin", "one")
    place.git("switch", "-q", "main")
    place.commit("more", "m\n")
    place.git("push", "-q", "origin", "main")
    before = place.published
    hub.unknown_looks = 2
    hub.pull("one")
    done, undo, verify = place.act("github.merge", pull_request="1", method=method)
    assert done.returncode == 0, done.stderr
    assert "working out" in done.stdout
    assert place.outputs["merge_sha"] == place.git("rev-parse", "main", cwd=place.remote)
    assert place.published != before
    assert (hub.pulls[1].merged, len(hub.asked_for("PUT", "/merge"))) == (True, 1)
    again, nothing, _ = place.act("github.merge", pull_request="1", method=method)
    assert "merged already" in again.stdout
    assert len(hub.asked_for("PUT", "/merge")) == 1
    place.env["GH_TOKEN"] = ""  # The undo needs none.
    assert place.shell(verify).returncode == 1
    merged = place.published
    assert place.shell(nothing).returncode == 0
    assert place.published == merged  # What was merged before the step is left alone by its undo.
    for _ in range(2):
        back = place.shell(undo)
        assert back.returncode == 0, back.stderr
    assert place.shell(verify).returncode == 0
    assert place.published == before
    assert place.git("worktree", "list").count("\n") == 0


def test_an_undo_of_a_merge_works_where_there_is_no_clone(both: Both, tmp_path: Path) -> None:
    place, hub = both
    place.branch("one", "one", "1\n")
    before = place.published
    hub.pull("one")
    place.work = tmp_path / "nowhere"
    place.work.mkdir()
    place.env["GIT_CEILING_DIRECTORIES"] = str(tmp_path)
    done, undo, verify = place.act("github.merge", pull_request="#1")
    assert done.returncode == 0, done.stderr
    back = place.shell(undo)
    assert back.returncode == 0, back.stderr
    assert (place.published, place.shell(verify).returncode) == (before, 0)


def test_what_cannot_be_merged_says_why_and_what_to_do(both: Both) -> None:
    place, hub = both
    place.branch("one", "base", "a\nONE\nc\n")
    place.branch("two", "base", "a\nTWO\nc\n")
    place.branch("three", "three", "3\n")
    hub.pull("one")
    hub.pull("two")
    hub.pull("three", draft=True)
    assert place.act("github.merge", pull_request="1")[0].returncode == 0
    done, undo, verify = place.act("github.merge", pull_request="2")
    assert done.returncode == 1
    assert "#2 conflicts with main; nothing was merged" in done.stderr
    assert (place.shell(undo).returncode, place.shell(verify).returncode) == (0, 0)
    assert "draft" in place.act("github.merge", pull_request="3")[0].stderr
    assert "GitHub has no" in place.act("github.merge", pull_request="9")[0].stderr
    assert "no number" in place.act("github.merge", pull_request="x")[0].stderr
    hub.pulls[3].draft = False
    done, _, _ = place.act("github.merge", pull_request="3", sha="0123abc")
    assert "#3 has moved" in done.stderr
    assert not hub.pulls[3].merged
    signed = place.git("rev-parse", "origin/three~1")
    place.env["RUNBOOK_SIGNED_HEADS"] = f"1={'0' * 40} 3={signed}"
    done, _, _ = place.act("github.merge", pull_request="3")
    assert f"not {signed[:10]}, which was signed off; nothing was merged" in done.stderr
    assert not hub.pulls[3].merged
    # Nor does it count as done that somebody else has merged another head.
    hub.merged_by("linus", 3)
    done, _, _ = place.act("github.merge", pull_request="3")
    assert done.returncode == 1
    assert "linus has merged #3 at" in done.stderr
    assert f"{signed[:10]} was signed off" in done.stderr
    place.env["RUNBOOK_SIGNED_HEADS"] = f"3={place.git('rev-parse', 'origin/three')}"
    assert place.act("github.merge", pull_request="3")[0].returncode == 0


@pytest.mark.parametrize(
    ("status", "says"),
    [(409, "has moved while it was being merged"), (405, "does not merge #1"), (401, "GH_TOKEN")],
)
def test_what_github_refuses_is_said_plainly(both: Both, status: int, says: str) -> None:
    place, hub = both
    place.branch("one", "one", "1\n")
    hub.pull("one")
    message = "Bad credentials" if status == 401 else "Head branch was modified."
    hub.goes_wrong("PUT .*/merge", status=status, message=message)
    done, _, _ = place.act("github.merge", pull_request="1")
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert TOKEN not in done.stdout + done.stderr
    assert not hub.pulls[1].merged


@pytest.mark.parametrize("secondary", [False, True])
def test_a_rate_limit_is_waited_out_and_the_wait_is_told(both: Both, secondary: bool) -> None:
    place, hub = both
    place.branch("one", "one", "1\n")
    hub.pull("one")
    hub.rate_limited("PUT .*/merge", seconds=1, secondary=secondary)
    done, _, _ = place.act("github.merge", pull_request="1")
    assert done.returncode == 0, done.stderr
    assert "rate limit is reached (403); trying again in" in done.stdout
    asked = hub.asked_for("PUT", "/merge")
    assert [a.status for a in asked] == [403, 200]
    assert asked[1].at - asked[0].at >= 0.5


def test_trouble_at_github_is_tried_again_and_told(both: Both) -> None:
    place, hub = both
    place.branch("one", "one", "1\n")
    hub.pull("one")
    hub.goes_wrong("GET .*/pulls/1", status=502, times=2)
    done, _, _ = place.act("github.merge", pull_request="1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("GitHub answers 502; trying again in") == 0  # It was the `before`.
    assert [a.status for a in hub.asked_for("GET", "/pulls/1")][:3] == [502, 502, 200]


@pytest.mark.parametrize(
    "instead", [b'{"sha": "0123', b"[]", b"<html>Log in to the network</html>", b"", b"null"]
)
def test_an_answer_that_is_none_of_githubs_is_said_plainly_and_nothing_is_done_twice(
    both: Both, instead: bytes
) -> None:
    place, hub = both
    place.branch("one", "one", "1\n")
    hub.pull("one")
    hub.goes_wrong("GET .*/pulls/1$", instead=instead, times=4)
    done, _, _ = place.act("github.merge", pull_request="1")
    assert done.returncode == 1
    assert "no answer of GitHub's" in done.stderr
    assert "GITHUB_API_URL" in done.stderr
    assert not hub.pulls[1].merged
    hub.faults.clear()
    # One that does it and answers so: what was done is looked at.
    hub.goes_wrong("PUT .*/merge", instead=instead)
    done, _, _ = place.act("github.merge", pull_request="1")
    assert done.returncode == 0, done.stderr
    assert place.outputs["merge_sha"] == place.git("rev-parse", "main", cwd=place.remote)
    assert len(hub.asked_for("PUT", "/merge")) == 1


def test_of_many_checks_and_reviews_none_is_overlooked(both: Both) -> None:
    place, hub = both
    place.branch("one", "one", "1\n")
    hub.pull("one")
    head = place.git("rev-parse", "one")
    hub.checks[head] = [(f"job {n}", "completed", "success") for n in range(250)]
    hub.checks[head] += [("the last", "completed", "failure")]
    done, _, _ = place.act("github.wait-checks", pull_request="1")
    assert done.returncode == 1
    assert "1 check(s) of" in done.stderr
    assert "the last: failure" in done.stderr


@pytest.mark.parametrize("what", ["PUT .*/merge", "GET .*/pulls/1$"])
def test_an_answer_that_is_cut_off_is_looked_at_again_and_nothing_is_done_twice(
    both: Both, what: str
) -> None:
    place, hub = both
    place.branch("one", "one", "1\n")
    hub.pull("one")
    hub.goes_wrong(what, cut=True)
    done, undo, _ = place.act("github.merge", pull_request="1")
    assert done.returncode == 0, done.stderr
    assert len(hub.asked_for("PUT", "/merge")) == 1
    assert place.outputs["merge_sha"] == place.git("rev-parse", "main", cwd=place.remote)
    assert place.shell(undo).returncode == 0


def test_two_leads_who_merge_at_once_merge_once(both: Both) -> None:
    place, hub = both
    place.branch("one", "one", "1\n")
    hub.pull("one")
    held = threading.Event()
    hub.goes_wrong("PUT .*/merge", wait=held)
    ended = []
    slow = threading.Thread(
        target=lambda: ended.append(place.act("github.merge", pull_request="1")[0])
    )
    slow.start()
    until(lambda: hub.asked_for("PUT", "/merge"))
    hub.merged_by("grace", 1)
    held.set()
    slow.join()
    assert ended[0].returncode == 0, ended[0].stderr
    merges = place.git("rev-list", "--merges", "--count", "main", cwd=place.remote)
    assert (merges, hub.pulls[1].merged_by) == ("1", "grace")


def test_a_token_that_is_revoked_half_way_and_one_that_is_not_there(both: Both) -> None:
    place, hub = both
    place.branch("one", "one", "1\n")
    hub.pull("one")
    hub.tokens.clear()
    done, _, _ = place.act("github.close", pull_request="1")
    assert done.returncode == 1
    assert "Set GH_TOKEN to one that is valid" in done.stderr
    place.env["GH_TOKEN"] = ""
    place.env["PATH"] = _without_gh(place)
    done, _, _ = place.act("github.close", pull_request="1")
    assert "there is no token for" in done.stderr


def _without_gh(place: Place) -> str:
    """A PATH on which there is git and python, and no gh."""
    names = ("git", "bash", "env", "python3", "sh")
    folder = place.output.parent / "bin"
    folder.mkdir()
    for name in names:
        (folder / name).symlink_to(shutil.which(name) or "")
    return str(folder)


def test_the_token_of_gh_is_used_where_the_environment_has_none(both: Both) -> None:
    place, hub = both
    place.branch("one", "one", "1\n")
    hub.pull("one")
    place.env["GH_TOKEN"] = ""
    place.env["PATH"] = _without_gh(place) + ":" + place.env["PATH"]
    gh = place.output.parent / "bin" / "gh"
    gh.write_text(f'#!/bin/sh\ntest "$1 $2" = "auth token" && echo {TOKEN}\n')
    gh.chmod(0o755)
    done, undo, verify = place.act("github.close", pull_request="1")
    assert done.returncode == 0, done.stderr
    assert (place.shell(undo).returncode, place.shell(verify).returncode) == (0, 0)
    assert hub.pulls[1].state == "open"


def test_closing_goes_forth_and_back_and_what_is_merged_is_no_failure(both: Both) -> None:
    place, hub = both
    place.branch("one", "one", "1\n")
    hub.pull("one")
    done, undo, verify = place.act("github.close", pull_request="1")
    assert (done.returncode, hub.pulls[1].state) == (0, "closed"), done.stderr
    assert "closed already" in place.act("github.close", pull_request="1")[0].stdout
    assert place.shell(verify).returncode == 1
    for _ in range(2):
        assert place.shell(undo).returncode == 0
    assert (place.shell(verify).returncode, hub.pulls[1].state) == (0, "open")
    place.act("github.merge", pull_request="1")
    done, undo, verify = place.act("github.close", pull_request="1")
    assert "merged already" in done.stdout
    assert (done.returncode, place.shell(undo).returncode, place.shell(verify).returncode) == (
        0, 0, 0,
    )  # fmt: skip


def test_a_comment_is_made_once_and_taken_back_and_no_other_with_it(both: Both) -> None:
    place, hub = both
    place.branch("one", "one", "1\n")
    hub.pull("one")
    body = 'Shipping "2.4" now, see /issues/comments/7'
    hub.goes_wrong("POST .*/comments", cut=True)
    done, undo, verify = place.act("github.comment", pull_request="1", body=body)
    assert done.returncode == 0, done.stderr
    place.act("github.comment", pull_request="1", body=body)
    assert len(hub.comments) == 1
    place.env["RUNBOOK_STEP"] = "other"
    place.act("github.comment", pull_request="1", body="> <!-- runbook:run7f3a/ship --> said so")
    assert place.shell(verify).returncode == 1
    back = place.shell(undo)
    assert back.returncode == 0, back.stderr
    assert (len(hub.comments), place.shell(verify).returncode) == (1, 0)
    assert place.shell(undo).returncode == 0
    assert TOKEN not in back.stdout + back.stderr


def test_a_revert_is_a_branch_and_a_pull_request_and_nobodys_files_are_touched(both: Both) -> None:
    place, hub = both
    place.branch("one", "one", "1\n")
    before = place.published
    hub.pull("one")
    place.act("github.merge", pull_request="1")
    (place.work / "base").write_text("somebody is at work\n")
    done, undo, verify = place.act("github.revert", pull_request="1")
    assert done.returncode == 0, done.stderr
    new = int(place.outputs["revert_pull_request"])
    assert place.act("github.revert", pull_request="1")[0].returncode == 0
    assert len(hub.pulls) == 2
    assert place.shell(verify).returncode == 1
    back = place.shell(undo)
    assert back.returncode == 0, back.stderr
    assert (place.shell(verify).returncode, hub.pulls[new].state) == (0, "closed")
    assert hub.repository.sha("refs/heads/revert-1") == ""
    assert place.shell(undo).returncode == 0
    place.act("github.revert", pull_request="1", branch="revert-1-again")
    place.act("github.merge", pull_request="3")
    assert place.published == before
    assert (place.work / "base").read_text() == "somebody is at work\n"


def test_a_release_and_a_deployment_go_forth_and_back(both: Both) -> None:
    place, hub = both
    done, undo, verify = place.act("github.release", tag="v2", notes='all of "it"')
    assert done.returncode == 0, done.stderr
    assert "already" in place.act("github.release", tag="v2")[0].stdout
    assert len(hub.releases) == 1
    assert place.shell(verify).returncode == 1
    for _ in range(2):
        assert place.shell(undo).returncode == 0
    assert (place.shell(verify).returncode, len(hub.releases)) == (0, 0)
    done, undo, verify = place.act("github.deployment", environment="production", ref="main")
    assert done.returncode == 0, done.stderr
    done, _, _ = place.act(
        "github.deployment", environment="production", ref="main", state="success"
    )
    (deployment,) = hub.deployments
    assert [s["state"] for s in hub.statuses[deployment]] == ["in_progress", "success"]
    assert place.shell(verify).returncode == 1
    for _ in range(2):
        back = place.shell(undo)
        assert back.returncode == 0, back.stderr
    assert place.shell(verify).returncode == 0
    assert [s["state"] for s in hub.statuses[deployment]][2:] == ["inactive"]


def test_a_workflow_is_started_once_and_its_end_decides(both: Both) -> None:
    place, hub = both
    done, _, _ = place.act("github.dispatch", workflow="ship.yml", inputs='{"a": "b"}', wait="no")
    assert done.returncode == 0, done.stderr
    (run,) = hub.runs
    hub.runs[run] |= {"status": "in_progress"}
    done, _, _ = place.act("github.dispatch", workflow="ship.yml", wait="no")
    assert "runs already" in done.stdout
    assert len(hub.dispatched) == 1
    over = {"status": "completed", "conclusion": "failure"}
    with once_asked(hub, "/actions/runs/", lambda: hub.runs[run].update(over)):
        done, _, _ = place.act("github.dispatch", workflow="ship.yml", every="0.1")
    assert done.returncode == 1
    assert "ended with failure" in done.stderr


def test_a_workflow_that_the_step_started_is_cancelled_where_the_plan_says_so(both: Both) -> None:
    place, hub = both
    done, undo, verify = place.act("github.dispatch", workflow="ship.yml", wait="no",
                                   on_undo="cancel")  # fmt: skip
    assert done.returncode == 0, done.stderr
    (run,) = hub.runs
    assert place.shell(verify).returncode == 1
    for word in ("cancelled the", "cancelled already"):
        back = place.shell(undo)
        assert (back.returncode, word in back.stdout) == (0, True), back.stdout + back.stderr
    assert place.shell(verify).returncode == 0
    assert hub.runs[run]["conclusion"] == "cancelled"
    # One that has done its work is not taken back by that, and one of somebody else left alone.
    hub.runs[run] |= {"conclusion": "success"}
    back = place.shell(undo)
    assert back.returncode != 0
    assert "has ended, so there is nothing to cancel" in back.stderr
    hub.runs[run] |= {"status": "in_progress", "conclusion": None}
    _, undo, verify = place.act("github.dispatch", workflow="ship.yml", wait="no", on_undo="cancel")
    assert "left alone" in place.shell(undo).stdout
    assert place.shell(verify).returncode == 0
    assert hub.runs[run]["status"] == "in_progress"


@pytest.mark.parametrize("method", ["merge", "squash"])
def test_in_a_shallow_clone_no_pull_request_is_reverted_with_every_file(
    both: Both, method: str
) -> None:
    place, hub = both
    place.branch("one", "one", "1\n")
    hub.pull("one")
    hub.merged_by("linus", 1, method)
    whole, place.work = place.work, place.work.parent / "shallow"
    place.git("clone", "-q", "--depth=1", place.remote.as_uri(), str(place.work), cwd=whole)
    done, undo, _ = place.act("github.revert", pull_request="1")
    assert done.returncode == 1
    assert "nothing was pushed\ngit fetch --unshallow" in done.stderr
    assert place.git("ls-remote", "origin", "revert-1") == ""
    assert place.shell(undo).returncode == 0
    place.git("fetch", "-q", "--unshallow")
    done, _, _ = place.act("github.revert", pull_request="1")
    assert done.returncode == 0, done.stderr
    there = place.git("ls-tree", "--name-only", "revert-1", cwd=place.remote)
    assert there == "base"


def test_without_a_word_of_it_a_workflow_has_no_undo(both: Both) -> None:
    place, _ = both
    done, undo, verify = place.act("github.dispatch", workflow="ship.yml", wait="no")
    assert (done.returncode, undo, verify) == (0, "", "")
    head = 'format = 1\ntitle = "T"\n[[phase]]\ntitle = "P"\n[[phase.step]]\ntitle = "S"\n'
    plan = head + 'action = "github.dispatch"\nwith = { workflow = "w", on_undo = "cancel" }\n'
    assert "no-undo" not in {f.code for f in read(plan, "p.toml", str).findings}
    bare = plan.replace(', on_undo = "cancel"', "")
    assert "no-undo" in {f.code for f in read(bare, "p.toml", str).findings}
    with pytest.raises(PlanFaults) as told:
        read(plan.replace('"cancel"', '"pray"'), "p.toml", str)
    assert "can be undone by “cancel” alone" in told.value.faults[0].message


def test_checks_are_waited_for_and_named_when_they_fail(both: Both) -> None:
    place, hub = both
    place.branch("one", "one", "1\n")
    hub.pull("one")
    sha = place.git("rev-parse", "origin/one")
    hub.checks[sha] = [("build", "completed", "success"), ("test", "in_progress", None)]
    good: list[tuple[str, str, str | None]] = [
        ("build", "completed", "success"),
        ("test", "completed", "success"),
    ]
    with once_asked(hub, "/check-runs", lambda: hub.checks.update({sha: good})):
        done, undo, _ = place.act("github.wait-checks", pull_request="1", every="1s")
    assert "waiting for 1 of 2: test" in done.stdout
    assert (done.returncode, undo) == (0, ""), done.stderr
    assert place.outputs["head_sha"] == sha
    hub.checks[sha] = [("build", "completed", "success"), ("test", "completed", "failure")]
    done, _, _ = place.act("github.wait-checks", pull_request="1")
    assert done.returncode == 1
    assert "test: failure" in done.stderr
    assert place.act("github.wait-checks", sha=sha, checks="build")[0].returncode == 0
    done, _, _ = place.act("github.wait-checks", sha=sha, checks="deploy", within="0s")
    assert "waiting for 1 of 1: deploy; that is too long" in done.stderr


def test_an_approval_counts_for_the_head_that_it_was_given_for(both: Both) -> None:
    place, hub = both
    place.branch("one", "one", "1\n")
    hub.pull("one")
    done, _, _ = place.act("github.review-state", pull_request="1")
    assert "0 of 1 approvals" in done.stderr
    hub.review(1, "grace")
    done, _, _ = place.act("github.review-state", pull_request="1")
    assert (done.returncode, place.outputs["approved_by"]) == (0, "grace")
    hub.review(1, "linus", "CHANGES_REQUESTED")
    assert "linus" in place.act("github.review-state", pull_request="1")[0].stderr
    hub.review(1, "linus", "DISMISSED")
    place.git("switch", "-q", "one")
    place.commit("more", "m\n")
    place.git("push", "-q", "origin", "one")
    done, _, _ = place.act("github.review-state", pull_request="1")
    assert "grace approved an earlier commit" in done.stderr
    done, _, _ = place.act("github.review-state", pull_request="1", any_commit="yes")
    assert done.returncode == 0
