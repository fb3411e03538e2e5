"""git.merge, git.revert and git.push: idempotent, and nothing is left half-done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_tui.forge.action import ActionFailed, Values, put_out, said, say, wanted, yes
from runbook_tui.forge.killed import merging, noted
from runbook_tui.forge.reverts import Reverts, gone, lost
from runbook_tui.forge.signed import AGAIN, hold
from runbook_tui.forge.work_tree import (
    UNSHALLOW,
    at_the_edge,
    branch_here,
    clean,
    commit_called,
    no_option,
    shallow,
    under_way,
    unmerged,
)

if TYPE_CHECKING:
    from git import Repo


def merge(repo: Repo, values: Values) -> None:
    """Merge a branch without fast-forward; a conflict is listed and nothing stays half-merged.
    Raises `ActionFailed`."""
    branch = wanted(values, "branch")
    into = values.get("into")
    current = branch_here(repo)
    if into and into != current:
        raise ActionFailed(f"HEAD is on {current}, not on {into}; check {into} out first")
    clean(repo)
    target = commit_called(repo, branch)
    hold(repo, values, branch, target)
    start = repo.head.commit.hexsha
    try:
        put_out("merge_sha", _merged(repo, branch, target, values.get("message")))
    except Exception:
        if repo.head.commit.hexsha != start:
            repo.git.reset("--keep", start)
        raise
    if yes(values, "push"):
        _push(repo, values.get("remote", "origin"), current, lease=False)


def _merged(repo: Repo, branch: str, target: str, message: str | None) -> str:
    """Have all of a branch in effect; returns the commit since which it is."""
    reverts = Reverts(repo, target)
    there = repo.is_ancestor(repo.commit(target), repo.head.commit)
    back = lost(repo, target, reverts, branch)
    for sha in back:
        _bring_back(repo, branch, sha)
    if there:
        came = reverts.merge_of(target) or target
        _must_be_left(repo, branch, came, reverts)
        if not back:
            say(f"{branch} is merged already, and not reverted: nothing to do, and nothing to undo")
            return reverts.since(came)
    else:
        _merge(repo, branch, target, message)
        say(f"merged {branch} as {repo.head.commit.hexsha[:10]}")
    return repo.head.commit.hexsha


def _bring_back(repo: Repo, branch: str, sha: str) -> None:
    """Revert a commit that took a merge of the branch back; where it did nothing, so does this."""
    try:
        files = _reverted(repo, sha)
    except Empty:
        return
    if files:
        listed = "\n".join(f"  conflict: {name}" for name in files)
        raise ActionFailed(
            f"{branch} was merged before and taken back by {sha[:10]}; bringing it back conflicts "
            f"in {len(files)} file(s); nothing was changed\n{listed}\n"
            f"git revert {sha[:10]}, resolve and commit it, then run the step again"
        )
    say(f"{branch} was taken back by {sha[:10]}; back in as {repo.head.commit.hexsha[:10]}")


def _must_be_left(repo: Repo, branch: str, came: str, reverts: Reverts) -> None:
    """What came in once is merged only as long as it is there."""
    if len(repo.commit(came).parents) < 2 and not reverts.stands(came):
        by = reverts.cause(came)[:10]
        raise ActionFailed(
            f"{branch} came in without a merge commit, and {by} reverted its last commit; "
            f"nothing was changed\ngit revert {by} brings that commit back; look whether others "
            "of the branch were reverted too, then run the step again"
        )
    if gone(repo, came):
        raise ActionFailed(
            f"{branch} is in the history since {came[:10]}, but nothing of it is left in the "
            "files, and no revert says what took it away; nothing was changed\n"
            "bring it back by hand (git revert what took it away) and run the step again, or "
            "skip the step if it is meant to stay out"
        )


def _merge(repo: Repo, branch: str, target: str, message: str | None) -> None:
    import git

    options = ["--no-ff", "--commit", "--no-squash", "--no-edit"]
    options += ["-m", message] if message else []
    try:
        with merging(repo, target):
            say(repo.git.merge(*options, branch))
        if target not in {parent.hexsha for parent in repo.head.commit.parents}:
            raise ActionFailed(
                f"{branch} has moved while it was being merged; nothing was merged\n{AGAIN}"
            )
    except git.GitCommandError as error:
        files = unmerged(repo)
        if under_way(repo, "MERGE_HEAD"):
            repo.git.merge("--abort")
        if not files:
            raise _shallow(repo, error) from error
        listed = "\n".join(f"  conflict: {name}" for name in files)
        raise ActionFailed(
            f"{branch} conflicts in {len(files)} file(s); nothing was merged\n{listed}\n"
            "resolve it on the branch, then run the step again"
        ) from error


def _shallow(repo: Repo, error: Exception) -> Exception:
    """What git says of a history that is cut off does not say so."""
    if not shallow(repo):
        return error
    return ActionFailed(
        f"{said(error)}\nthis is a shallow clone, its history is cut off: {UNSHALLOW}"
    )


def revert(repo: Repo, values: Values) -> None:
    """Revert a commit; of a merge what it brought in."""
    sha = commit_called(repo, wanted(values, "commit"))
    clean(repo)
    reverts = Reverts(repo, sha)
    if not reverts.stands(sha):
        done = reverts.cause(sha)
        say(f"{sha[:10]} is reverted already, by {done[:10]}")
        put_out("revert_sha", done)
    else:
        _revert(repo, reverts.since(sha))
        put_out("revert_sha", repo.head.commit.hexsha)
        say(f"reverted {sha[:10]} as {repo.head.commit.hexsha[:10]}")
    if yes(values, "push"):
        _push(repo, values.get("remote", "origin"), branch_here(repo), lease=False)


def _revert(repo: Repo, sha: str) -> None:
    try:
        files = _reverted(repo, sha)
    except Empty:
        raise ActionFailed(
            f"nothing of {sha[:10]} is left to revert; nothing was changed\n"
            "skip the step if that is as it should be"
        ) from None
    if files:
        raise ActionFailed(
            f"{sha[:10]} does not revert cleanly: {', '.join(files)}; nothing was changed\n"
            f"git revert {sha[:10]}, resolve and commit it, then run the step again"
        )


class Empty(Exception):
    """A revert that changes nothing."""


def _reverted(repo: Repo, sha: str) -> list[str]:
    """Revert a commit; the files that conflict, and nothing is changed then. Raises `Empty`."""
    import git

    if at_the_edge(repo, sha):
        raise ActionFailed(
            f"{sha[:10]} is where the history of this shallow clone begins: reverted without what "
            f"came before it, every file would go; nothing was changed\n{UNSHALLOW}"
        )
    try:
        command = ["git", "-c", "revert.reference=false", "revert", "--no-edit"]
        with noted(repo, one=sha, other=f"{sha}^1"):
            repo.git.execute([*command, *_mainline(repo, sha), sha])
    except git.GitCommandError as error:
        files = unmerged(repo)
        staged = bool(repo.git.diff("--cached", "--name-only"))
        if files:
            repo.git.revert("--abort")
        elif staged:
            # A hook or a signature that failed leaves what it reverted in the index.
            repo.git.reset("--merge")
        elif error.status == 1:
            repo.git.revert("--quit")
            raise Empty from error
        if not files:
            raise
        return files
    return []


def _mainline(repo: Repo, sha: str) -> list[str]:
    return ["-m", "1"] if len(repo.commit(sha).parents) > 1 else []


def push(repo: Repo, values: Values) -> None:
    """Push a branch; never force without a lease. Raises `ActionFailed`."""
    remote = values.get("remote", "origin")
    branch = values.get("branch") or branch_here(repo)
    no_option(branch)
    if branch not in [head.name for head in repo.heads]:
        raise ActionFailed(f"there is no branch {branch} here")
    _push(repo, remote, branch, lease=yes(values, "force_with_lease"))


def _push(repo: Repo, remote: str, branch: str, *, lease: bool) -> None:
    import git

    try:
        ref = f"refs/heads/{branch}"
        repo.git.push(*(["--force-with-lease"] if lease else []), "--", remote, f"{ref}:{ref}")
    except git.GitCommandError as error:
        text = said(error)
        if "[rejected]" in text or "non-fast-forward" in text:
            raise ActionFailed(
                f"{remote} has commits on {branch} that are not here; fetch and look first"
            ) from error
        raise ActionFailed(
            f"{remote} did not take {branch}; what was done here stays, its undo knows it\n{text}"
        ) from error
    say(f"pushed {branch} to {remote}")
