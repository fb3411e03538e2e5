"""The git actions and their undos where something is in the way: right, or a word on what to do."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from runbook_tui.book.model import Step
from runbook_tui.command.shells import base_environment
from runbook_tui.wiring import surroundings
from tests.integration.forge.scenes import ENV, Place


def ok(done: subprocess.CompletedProcess[str]) -> str:
    """What it said; it must have ended well."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def hook(place: Place, name: str, text: str = "exit 1") -> None:
    """A hook of the repository."""
    path = Path(place.git("rev-parse", "--path-format=absolute", "--git-path", f"hooks/{name}"))
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def untouched(place: Place, head: str) -> None:
    """Nothing was merged, and nothing is half-done."""
    assert place.head == head
    assert place.git("status", "--porcelain", "--untracked-files=no") == ""
    for name in ("MERGE_HEAD", "REVERT_HEAD"):
        assert not Path(place.work, place.git("rev-parse", "--git-path", name)).exists()


def colleague(place: Place) -> Path:
    """Another clone of the remote."""
    other = place.work.parent / "other"
    place.git("clone", "-q", str(place.remote), str(other), cwd=place.work.parent)
    return other


def pushed_by(place: Place, other: Path, name: str = "theirs") -> None:
    """Somebody else has pushed a commit on top."""
    place.git("pull", "-q", "--no-rebase", "origin", "main", cwd=other)
    (other / name).write_text("x\n")
    place.git("add", "-A", cwd=other)
    place.git("commit", "-q", "-m", name, cwd=other)
    place.git("push", "-q", "origin", "main", cwd=other)


def shipped(place: Place, **values: str) -> tuple[str, str, str]:
    """A branch is merged and pushed; the tree before, the undo and the verification."""
    before = place.tree
    place.branch("feat/x", "feat", "1\n")
    done, undo, verify = place.act("git.merge", branch="origin/feat/x", push="true", **values)
    ok(done)
    assert place.published == place.tree
    return before, undo, verify


def test_what_is_taken_back_here_alone_is_not_taken_back(place: Place) -> None:
    before, undo, verify = shipped(place)
    place.git("revert", "--no-edit", "-m", "1", "HEAD")
    assert place.tree == before
    done = place.shell(verify)
    assert done.returncode != 0
    assert "origin still has" in done.stderr
    ok(place.shell(undo))
    ok(place.shell(verify))
    assert place.published == before


def test_a_merge_that_is_gone_here_and_not_in_the_remote_is_not_taken_back(place: Place) -> None:
    _, undo, verify = shipped(place)
    place.git("reset", "-q", "--hard", "HEAD~1")
    place.shell(undo)
    assert place.shell(verify).returncode != 0


def test_a_remote_that_cannot_be_reached_is_no_remote_that_is_right(place: Place) -> None:
    before, undo, verify = shipped(place)
    place.remote.rename(place.remote.with_name("away"))
    for text in (undo, verify):
        for shell in (["bash", "-eo", "pipefail", "-c"], ["sh", "-e", "-c"]):
            done = subprocess.run([*shell, text], cwd=place.work, check=False, env=ENV,
                                  capture_output=True, text=True)  # fmt: skip
            assert done.returncode != 0
            assert "origin cannot be reached" in done.stderr
    assert place.tree == before
    place.remote.with_name("away").rename(place.remote)
    ok(place.shell(undo))
    ok(place.shell(verify))
    assert place.published == before


def test_what_others_pushed_on_top_is_said_and_once_pulled_it_goes_back(place: Place) -> None:
    _, undo, verify = shipped(place)
    pushed_by(place, colleague(place))
    done = place.shell(undo)
    assert done.returncode != 0
    assert "git pull --no-rebase origin main" in done.stderr
    assert place.shell(verify).returncode != 0
    place.git("config", "pull.rebase", "true")
    place.git("pull", "-q", "--no-rebase", "origin", "main")
    ok(place.shell(undo))
    ok(place.shell(verify))
    assert not (place.work / "feat").exists()
    assert (place.work / "theirs").exists()
    assert place.published == place.tree


def test_the_undo_goes_back_to_the_branch_that_was_merged_into(place: Place) -> None:
    before, undo, verify = shipped(place)
    place.git("switch", "-q", "-c", "elsewhere", "HEAD~1")
    assert place.shell(verify).returncode != 0
    assert "back to the branch main" in ok(place.shell(undo))
    assert place.git("branch", "--show-current") == "main"
    assert place.tree == before == place.published
    place.git("switch", "-q", "--detach", "elsewhere")
    ok(place.shell(verify))


def test_changes_in_the_way_of_the_undo_are_kept_and_named(place: Place) -> None:
    _, undo, _ = shipped(place)
    (place.work / "feat").write_text("mine\n")
    done = place.shell(undo)
    assert done.returncode != 0
    assert "git stash" in done.stderr
    assert (place.work / "feat").read_text() == "mine\n"
    place.git("stash", "-q")
    ok(place.shell(undo))


def test_changes_elsewhere_are_not_in_the_way_of_the_undo(place: Place) -> None:
    _, undo, verify = shipped(place)
    (place.work / "base").write_text("mine\n")
    ok(place.shell(undo))
    ok(place.shell(verify))
    assert (place.work / "base").read_text() == "mine\n"


def test_an_undo_that_conflicts_names_the_files_and_leaves_nothing(place: Place) -> None:
    _, undo, verify = shipped(place)
    place.commit("feat", "2\n")
    head = place.head
    done = place.shell(undo)
    assert done.returncode != 0
    assert "feat" in done.stderr
    assert "git revert -m 1" in done.stderr
    untouched(place, head)
    assert place.shell(verify).returncode != 0


def test_what_was_put_back_without_a_revert_is_recorded_as_taken_back(place: Place) -> None:
    before, undo, verify = shipped(place)
    place.git("rm", "-q", "feat")
    place.git("commit", "-q", "-m", "out with it")
    assert "none of it is left" in ok(place.shell(undo))
    ok(place.shell(verify))
    assert place.tree == before == place.published


@pytest.mark.parametrize("name", ["pre-merge-commit", "prepare-commit-msg"])
def test_a_hook_that_refuses_the_merge_leaves_nothing_half_merged(place: Place, name: str) -> None:
    place.branch("one", "one", "1\n")
    head = place.head
    hook(place, name)
    done, undo, verify = place.act("git.merge", branch="origin/one", push="true")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    untouched(place, head)
    ok(place.shell(undo))
    ok(place.shell(verify))


def test_no_hook_keeps_in_place_what_must_go(place: Place) -> None:
    before, undo, verify = shipped(place)
    for name in ("pre-commit", "commit-msg", "prepare-commit-msg", "pre-push"):
        hook(place, name)
    ok(place.shell(undo))
    ok(place.shell(verify))
    assert place.tree == before == place.published


def test_a_hook_that_refuses_a_revert_leaves_nothing_staged(place: Place) -> None:
    place.commit("one", "1\n")
    head = place.head
    hook(place, "prepare-commit-msg")
    done, undo, verify = place.act("git.revert", commit=head)
    assert done.returncode == 1
    untouched(place, head)
    ok(place.shell(undo))
    ok(place.shell(verify))
    assert place.head == head


def test_a_push_that_a_hook_refuses_keeps_the_merge_and_the_undo_takes_it_back(
    place: Place,
) -> None:
    before = place.tree
    place.branch("one", "one", "1\n")
    hook(place, "pre-push", "echo not today >&2; exit 1")
    done, undo, verify = place.act("git.merge", branch="origin/one", push="true")
    assert done.returncode == 1
    assert "not today" in done.stderr
    assert "did not take main" in done.stderr
    ok(place.shell(undo))
    ok(place.shell(verify))
    assert place.tree == before == place.published


def test_a_signature_that_cannot_be_made_stops_the_merge_and_not_its_undo(place: Place) -> None:
    before, undo, verify = shipped(place)
    place.git("config", "commit.gpgSign", "true")
    place.git("config", "gpg.program", "false")
    ok(place.shell(undo))
    ok(place.shell(verify))
    assert place.tree == before == place.published
    place.git("-c", "commit.gpgSign=false", "switch", "-q", "-c", "two")
    (place.work / "two").write_text("2\n")
    place.git("add", "-A")
    place.git("-c", "commit.gpgSign=false", "commit", "-q", "-m", "two")
    place.git("switch", "-q", "main")
    head = place.head
    done, _, _ = place.act("git.merge", branch="two")
    assert done.returncode == 1
    assert "sign" in done.stderr
    untouched(place, head)


SETTINGS = (
    "merge.ff=only", "pull.rebase=true", "core.editor=false", "core.autocrlf=true",
    "revert.reference=true", "log.showSignature=true", "color.ui=always", "diff.external=false",
    "branch.main.mergeOptions=--squash", "push.default=nothing", "core.pager=false",
    "push.followTags=true", "status.short=true", "log.decorate=full", "diff.noprefix=true",
    "remote.origin.push=refs/heads/*:refs/for/*",
)  # fmt: skip


def test_what_people_have_set_changes_neither_the_merge_nor_its_undo(place: Place) -> None:
    before = place.tree
    place.branch("one", "one", "1\n")
    for setting in SETTINGS:
        place.git("config", *setting.split("=", 1))
    done, undo, verify = place.act("git.merge", branch="origin/one", push="true")
    ok(done)
    assert len(place.git("log", "-1", "--format=%P").split()) == 2
    assert place.published == place.tree
    assert place.shell(verify).returncode != 0
    ok(place.shell(undo))
    ok(place.shell(verify))
    assert "taken back already" in ok(place.shell(undo))
    assert place.tree == before == place.published


NAMES = ("a/it's-#x", 'say"so"`>owned`', "ü;$(touch${IFS}owned)&>owned")


def test_a_branch_is_called_what_it_is_called(place: Place) -> None:
    for number, name in enumerate(NAMES):
        place.branch(name, f"one-{number}", "1\n")
        before = place.tree
        place.git("switch", "-q", "-c", f"to-{name}")
        done, undo, verify = place.act("git.merge", branch=name, push="true")
        ok(done)
        assert name in place.git("log", "-1", "--format=%s")
        place.git("switch", "-q", "main")
        ok(place.shell(undo))
        ok(place.shell(verify))
        assert place.tree == before
        place.git("switch", "-q", "main")
    assert not list(place.work.glob("*owned*"))


@pytest.mark.parametrize(
    ("action", "key"), [("git.merge", "branch"), ("git.revert", "commit"), ("git.push", "branch")]
)
def test_what_can_be_no_branch_is_refused_by_name(place: Place, action: str, key: str) -> None:
    head = place.head
    for name in ("-x", "--abort", "a b", "x\ntouch owned", "$(touch owned) b"):
        done, undo, _ = place.act(action, **{key: name})
        assert done.returncode != 0
        assert "called" in done.stderr or "no branch" in done.stderr
        place.shell(undo)
    untouched(place, head)
    assert not list(place.work.glob("owned*"))


def test_files_are_listed_whatever_they_are_called(place: Place) -> None:
    name = "new\nline \x1b[31m"
    place.commit(name, "a\n")
    place.git("push", "-q", "origin", "main")
    place.branch("one", name, "1\n")
    place.branch("two", name, "2\n")
    place.act("git.merge", branch="one")
    head = place.head
    done, _, _ = place.act("git.merge", branch="two")
    assert done.returncode == 1
    assert "conflict: new\\nline \\x1b[31m" in done.stderr
    untouched(place, head)


def test_without_a_name_nothing_is_merged_and_nothing_is_left(place: Place) -> None:
    place.branch("one", "one", "1\n")
    head = place.head
    place.git("config", "user.useConfigOnly", "true")
    named = ("GIT_AUTHOR", "GIT_COMMITTER")
    place.env = {name: value for name, value in ENV.items() if not name.startswith(named)}
    done, _, _ = place.act("git.merge", branch="origin/one")
    assert done.returncode == 1
    assert "user.name" in done.stderr or "user.email" in done.stderr
    untouched(place, head)


def made_shallow(place: Place) -> str:
    """Go on in a clone that has one commit of each branch; its HEAD."""
    place.branch("one", "one", "1\n")
    for number in range(3):
        place.commit(f"more-{number}", "x\n")
    place.git("push", "-q", "origin", "main")
    shallow = place.work.parent / "shallow"
    place.git("clone", "-q", "--depth=1", "--no-single-branch", place.remote.as_uri(), str(shallow),
              cwd=place.work.parent)  # fmt: skip
    place.work = shallow
    return place.head


def test_the_edge_of_a_shallow_clone_is_not_reverted_with_every_file(place: Place) -> None:
    head = made_shallow(place)
    done, undo, verify = place.act("git.revert", commit="HEAD", push="true")
    assert done.returncode == 1
    assert "every file would go; nothing was changed\ngit fetch --unshallow" in done.stderr
    untouched(place, head)
    ok(place.shell(undo))
    ok(place.shell(verify))
    done, _, _ = place.act("git.rebase", onto="origin/one")
    assert "nothing was rebased\ngit fetch --unshallow" in done.stderr
    untouched(place, head)
    # What was reverted when it was whole becomes the edge before its undo runs.
    place.git("fetch", "-q", "--unshallow")
    done, undo, _ = place.act("git.revert", commit="HEAD", push="true")
    assert done.returncode == 0, done.stderr
    reverted = place.head
    place.git("fetch", "-q", "--depth=1")
    back = place.shell(undo)
    assert back.returncode == 1
    assert "git fetch --unshallow, then roll back again" in back.stderr
    untouched(place, reverted)
    place.git("fetch", "-q", "--unshallow")
    ok(place.shell(undo))


def test_a_shallow_clone_says_that_it_is_one(place: Place) -> None:
    head = made_shallow(place)
    done, undo, verify = place.act("git.merge", branch="origin/one", push="true")
    assert done.returncode == 1
    assert "git fetch --unshallow" in done.stderr
    untouched(place, head)
    ok(place.shell(undo))
    ok(place.shell(verify))


def test_a_linked_work_tree_is_as_good_as_another(place: Place) -> None:
    place.branch("one", "base", "a\nONE\nc\n")
    place.branch("two", "base", "a\nTWO\nc\n")
    linked = place.work.parent / "linked"
    place.git("worktree", "add", "-q", "-b", "rel", str(linked))
    place.work = linked
    before = place.tree
    done, undo, verify = place.act("git.merge", branch="one", push="true")
    ok(done)
    head = place.head
    assert place.act("git.merge", branch="two")[0].returncode == 1
    untouched(place, head)
    ok(place.shell(undo))
    ok(place.shell(verify))
    assert place.tree == before


def test_a_submodule_that_a_merge_moved_is_in_nobodys_way(place: Place) -> None:
    sub = place.work.parent / "sub"
    place.git("init", "-q", "-b", "main", str(sub), cwd=place.work.parent)
    place.git("commit", "-q", "--allow-empty", "-m", "s0", cwd=sub)
    place.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(sub), "sub")
    place.git("commit", "-q", "-m", "with a submodule")
    place.git("push", "-q", "origin", "main")
    before = place.tree
    place.git("switch", "-q", "-c", "bump")
    place.git("commit", "-q", "--allow-empty", "-m", "s1", cwd=place.work / "sub")
    place.git("commit", "-q", "-a", "-m", "bump")
    place.git("switch", "-q", "main")
    place.git("submodule", "--quiet", "update", "--no-fetch")
    place.branch("one", "one", "1\n")
    undos = []
    for name in ("bump", "one"):
        done, undo, verify = place.act("git.merge", branch=name, push="true")
        ok(done)
        undos.append((undo, verify))
    for undo, verify in reversed(undos):
        ok(place.shell(undo))
        ok(place.shell(verify))
    assert place.tree == before == place.published


def test_detached_there_is_nothing_to_merge_into(place: Place) -> None:
    place.branch("one", "one", "1\n")
    place.git("switch", "-q", "--detach")
    for action, values in (("git.merge", {"branch": "one"}), ("git.push", {}),
                           ("git.revert", {"commit": "HEAD"})):  # fmt: skip
        done, _, _ = place.act(action, **values)
        assert done.returncode != 0
        assert "HEAD is on no branch" in done.stderr


def test_a_merge_that_died_before_its_push_is_taken_back(place: Place) -> None:
    """The program is killed where nothing can be tidied up: while it pushes."""
    before = place.tree
    place.branch("one", "one", "1\n")
    hook(place, "pre-push", "kill -9 $(ps -o ppid= -p $PPID)")
    done, undo, verify = place.act("git.merge", branch="origin/one", push="true")
    assert done.returncode != 0
    assert (place.work / "one").exists()
    Path(place.work, ".git/hooks/pre-push").unlink()
    ok(place.shell(undo))
    ok(place.shell(verify))
    assert place.tree == before == place.published


def test_a_revert_that_had_nothing_to_do_takes_back_nobody_elses(place: Place) -> None:
    place.commit("bad", "x\n")
    bad = place.head
    place.git("revert", "--no-edit", "HEAD")
    _, undo, verify = place.act("git.revert", commit=bad)
    place.branch("one", "one", "1\n")
    _, other, _ = place.act("git.merge", branch="one")
    ok(place.shell(other))
    assert "nothing was reverted" in ok(place.shell(undo))
    ok(place.shell(verify))
    assert not (place.work / "one").exists()


def test_a_revert_that_was_pushed_is_verified_in_the_remote(place: Place) -> None:
    place.commit("bad", "x\n")
    place.git("push", "-q", "origin", "main")
    before = place.published
    done, undo, verify = place.act("git.revert", commit="HEAD", push="yes")
    ok(done)
    place.git("revert", "--no-edit", "HEAD")
    assert "origin still has" in place.shell(verify).stderr
    ok(place.shell(undo))
    ok(place.shell(verify))
    assert place.published == before


def test_a_push_of_another_branch_than_the_one_checked_out(place: Place) -> None:
    place.branch("rel", "one", "1\n")
    place.git("switch", "-q", "rel")
    place.commit("two", "2\n")
    place.git("switch", "-q", "main")
    head = place.head
    was = place.git("rev-parse", "rel^{tree}", cwd=place.remote)
    done, undo, verify = place.act("git.push", branch="rel")
    ok(done)
    assert place.shell(verify).returncode != 0
    ok(place.shell(undo))
    ok(place.shell(verify))
    assert place.git("rev-parse", "rel^{tree}", cwd=place.remote) == was
    assert place.git("rev-parse", "main") == head


def test_a_branch_that_was_new_is_gone_again_unless_others_built_on_it(place: Place) -> None:
    place.git("switch", "-q", "-c", "new")
    place.commit("one", "1\n")
    done, undo, verify = place.act("git.push")
    ok(done)
    assert place.shell(verify).returncode != 0
    ok(place.shell(undo))
    ok(place.shell(verify))
    assert place.git("branch", "--list", "new", cwd=place.remote) == ""
    ok(place.shell(undo))
    _, undo, verify = place.act("git.push")
    place.commit("two", "2\n")
    place.git("push", "-q", "origin", "new")
    done = place.shell(undo)
    assert done.returncode != 0
    assert "others have pushed to new" in done.stderr


def test_a_branch_that_was_overwritten_is_put_back_as_it_was(place: Place) -> None:
    place.branch("rel", "one", "1\n")
    was = place.git("rev-parse", "rel", cwd=place.remote)
    place.git("switch", "-q", "rel")
    place.git("commit", "-q", "--amend", "-m", "another")
    done, undo, verify = place.act("git.push", force_with_lease="true")
    ok(done)
    assert place.git("rev-parse", "rel", cwd=place.remote) != was
    assert place.shell(verify).returncode != 0
    ok(place.shell(undo))
    ok(place.shell(verify))
    assert place.git("rev-parse", "rel", cwd=place.remote) == was


def test_a_step_with_a_before_of_its_own_can_still_be_taken_back(place: Place) -> None:
    place.branch("one", "one", "1\n")
    own = Step(id="s", title="S", action="git.merge", arguments={"branch": "one"},
               before='echo "mine=$(git --version)" >> "$RUNBOOK_OUTPUT"')  # fmt: skip
    step = surroundings().expand(own)
    place.output.write_text("")
    ok(place.shell(step.before or ""))
    assert {"mine", "old", "branch_sha", "on_branch"} == set(place.outputs)


def test_what_points_git_elsewhere_does_not_reach_a_command() -> None:
    elsewhere = {"GIT_DIR": "/x", "GIT_WORK_TREE": "/x", "GIT_INDEX_FILE": "/x", "GIT_PREFIX": "x/"}
    kept = base_environment({**elsewhere, "GIT_AUTHOR_NAME": "Ada", "GIT_EDITOR": "vi"})
    assert not set(elsewhere) & set(kept)
    assert (kept["GIT_AUTHOR_NAME"], kept["GIT_EDITOR"]) == ("Ada", "true")
    assert kept["GIT_TERMINAL_PROMPT"] == "0"
