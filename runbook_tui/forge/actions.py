"""git.merge, git.revert and git.push: idempotent, and nothing is left half-done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_tui.forge.program import ActionFailed, Values, put_out, say

if TYPE_CHECKING:
    from git import Repo


def merge(repo: Repo, values: Values) -> None:
    """Merge a branch without fast-forward; a conflict is listed and nothing stays half-merged."""
    branch = _wanted(values, "branch")
    into = values.get("into")
    current = _branch(repo)
    if into and into != current:
        raise ActionFailed(f"HEAD is on {current}, not on {into}; check {into} out first")
    _clean(repo)
    target = _commit(repo, branch)
    if repo.is_ancestor(repo.commit(target), repo.head.commit):
        say(f"{branch} is merged already")
        put_out("merge_sha", _merge_of(repo, target) or repo.head.commit.hexsha)
    else:
        _merge(repo, branch, values.get("message"))
        put_out("merge_sha", repo.head.commit.hexsha)
        say(f"merged {branch} as {repo.head.commit.hexsha[:10]}")
    if _yes(values, "push"):
        _push(repo, values.get("remote", "origin"), current, lease=False)


def _merge(repo: Repo, branch: str, message: str | None) -> None:
    import git

    options = ["--no-ff", "--no-edit", *(["-m", message] if message else []), branch]
    try:
        say(repo.git.merge(*options))
    except git.GitCommandError as error:
        files = repo.git.diff("--name-only", "--diff-filter=U").splitlines()
        if not files:
            raise
        repo.git.merge("--abort")
        listed = "\n".join(f"  conflict: {name}" for name in files)
        raise ActionFailed(
            f"{branch} conflicts in {len(files)} file(s); nothing was merged\n{listed}\n"
            "resolve it on the branch, then run the step again"
        ) from error


def _merge_of(repo: Repo, target: str) -> str | None:
    """The merge commit on the first-parent line that brought a commit in."""
    line = repo.git.rev_list("--first-parent", "--merges", f"{target}..HEAD").splitlines()
    for sha in reversed(line):
        if repo.is_ancestor(repo.commit(target), repo.commit(sha)):
            return str(sha)
    return None


def revert(repo: Repo, values: Values) -> None:
    """Revert a commit; of a merge what it brought in."""
    sha = _commit(repo, _wanted(values, "commit"))
    _clean(repo)
    done = _reverted_by(repo, sha)
    if done:
        say(f"{sha[:10]} is reverted already, by {done[:10]}")
        put_out("revert_sha", done)
    else:
        _revert(repo, sha)
        put_out("revert_sha", repo.head.commit.hexsha)
        say(f"reverted {sha[:10]} as {repo.head.commit.hexsha[:10]}")
    if _yes(values, "push"):
        _push(repo, values.get("remote", "origin"), _branch(repo), lease=False)


def _revert(repo: Repo, sha: str) -> None:
    import git

    parents = ["-m", "1"] if len(repo.commit(sha).parents) > 1 else []
    try:
        repo.git.revert("--no-edit", *parents, sha)
    except git.GitCommandError as error:
        files = repo.git.diff("--name-only", "--diff-filter=U").splitlines()
        repo.git.revert("--abort")
        raise ActionFailed(
            f"{sha[:10]} does not revert cleanly: {', '.join(files)}; nothing was changed"
        ) from error


def _reverted_by(repo: Repo, sha: str) -> str | None:
    found = repo.git.rev_list(
        "--max-count=1", "--fixed-strings", f"--grep=This reverts commit {sha}", f"{sha}..HEAD"
    )
    return found or None


def push(repo: Repo, values: Values) -> None:
    """Push a branch; never force without a lease."""
    remote = values.get("remote", "origin")
    branch = values.get("branch") or _branch(repo)
    _push(repo, remote, branch, lease=_yes(values, "force_with_lease"))


def _push(repo: Repo, remote: str, branch: str, *, lease: bool) -> None:
    import git

    try:
        repo.git.push(*(["--force-with-lease"] if lease else []), remote, branch)
    except git.GitCommandError as error:
        text = str(error.stderr)
        if "[rejected]" in text or "non-fast-forward" in text:
            raise ActionFailed(
                f"{remote} has commits on {branch} that are not here; fetch and look first"
            ) from error
        raise
    say(f"pushed {branch} to {remote}")


def _wanted(values: Values, name: str) -> str:
    if not values.get(name):
        raise ActionFailed(f"the action needs with.{name}")
    return values[name]


def _yes(values: Values, name: str) -> bool:
    return values.get(name, "").lower() in {"true", "yes", "1"}


def _branch(repo: Repo) -> str:
    if repo.head.is_detached:
        raise ActionFailed("HEAD is on no branch; check one out first")
    return repo.active_branch.name


def _commit(repo: Repo, name: str) -> str:
    import git

    try:
        return str(repo.git.rev_parse("--verify", "--quiet", f"{name}^{{commit}}"))
    except git.GitCommandError:
        raise ActionFailed(f"there is no commit called {name}; fetch first?") from None


def _clean(repo: Repo) -> None:
    if _merging(repo):
        raise ActionFailed("a merge is half-done here; finish it, or git merge --abort")
    if repo.is_dirty(untracked_files=False):
        raise ActionFailed("the work tree has changes that are not committed; commit or stash them")


def _merging(repo: Repo) -> bool:
    from pathlib import Path

    return (Path(repo.git_dir) / "MERGE_HEAD").exists()
