"""git.rebase: a branch onto another commit; a conflict is listed and nothing stays half-done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from runbook_tui.forge.action import ActionFailed, Values, put_out, said, say, wanted, yes
from runbook_tui.forge.reverts import common
from runbook_tui.forge.work_tree import (
    UNSHALLOW,
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


def rebase(repo: Repo, values: Values) -> None:
    """Rebase a branch (the current one where none is named) and put out where it stands then.
    Raises `ActionFailed`."""
    onto = wanted(values, "onto")
    branch = values.get("branch") or branch_here(repo)
    no_option(branch)
    if branch not in [head.name for head in repo.heads]:
        raise ActionFailed(f"there is no branch {branch} here; git switch {branch} makes one")
    _give_up_ours(repo, branch)
    clean(repo)
    target = commit_called(repo, onto)
    tip = commit_called(repo, f"refs/heads/{branch}")
    if repo.is_ancestor(repo.commit(target), repo.commit(tip)):
        say(f"{branch} stands on {onto} already: nothing to do")
    else:
        _rebase(repo, branch, target, onto)
        say(f"{branch} stands on {onto} now")
    now = commit_called(repo, f"refs/heads/{branch}")
    put_out("rebased_sha", now)
    if yes(values, "push"):
        _push(repo, values.get("remote") or "origin", branch, target)


def _rebase(repo: Repo, branch: str, target: str, onto: str) -> None:
    import git

    before = branch_here(repo)
    if shallow(repo) and not common(repo, target, f"refs/heads/{branch}"):
        raise ActionFailed(
            f"{branch} and {onto} have nothing in common that is here: this is a shallow clone, its"
            f" history is cut off; nothing was rebased\n{UNSHALLOW}"
        )
    try:
        say(repo.git.rebase("--no-autosquash", target, branch))
    except git.GitCommandError as error:
        files = unmerged(repo)
        if under_way(repo, "rebase-merge") or under_way(repo, "rebase-apply"):
            repo.git.rebase("--abort")
        if not files:
            raise
        listed = "\n".join(f"  conflict: {name}" for name in files)
        raise ActionFailed(
            f"{branch} conflicts with {onto} in {len(files)} file(s); nothing was rebased\n"
            f"{listed}\nrebase it by hand (git rebase {onto} {branch}), then run the step again"
        ) from error
    finally:
        if repo.head.is_detached or repo.active_branch.name != before:
            repo.git.checkout("--quiet", before, "--")


def _give_up_ours(repo: Repo, branch: str) -> None:
    """A rebase of this branch that was killed begins anew; one of another is somebody's."""
    name = Path(repo.git_dir) / "rebase-merge" / "head-name"
    if name.exists() and name.read_text().strip() == f"refs/heads/{branch}":
        say(f"a rebase of {branch} was left half-done: it is given up and begun anew")
        repo.git.rebase("--abort")
    elif under_way(repo, "rebase-merge") or under_way(repo, "rebase-apply"):
        raise ActionFailed("a rebase is half-done here; finish it, or git rebase --abort")


def _push(repo: Repo, remote: str, branch: str, target: str) -> None:
    """Overwrite the branch there, unless that would take somebody's commits away."""
    import git

    ref = f"refs/heads/{branch}"
    listed = str(repo.git.ls_remote("--", remote, ref)).split()
    there = listed[0] if listed else ""
    if there == str(repo.git.rev_parse(ref)):
        say(f"{remote} has {branch} already")
        return
    if there and _others(repo, branch, there, target):
        raise ActionFailed(
            f"others have pushed to {branch} in {remote}: it is rebased here and not there; "
            f"git fetch {remote} and look, then run the step again"
        )
    try:
        repo.git.push(f"--force-with-lease={ref}:{there}", "--", remote, f"{ref}:{ref}")
    except git.GitCommandError as error:
        raise ActionFailed(
            f"{remote} did not take {branch}; what was done here stays, its undo knows it\n"
            f"{said(error)}"
        ) from error
    say(f"pushed {branch} to {remote}")


def _others(repo: Repo, branch: str, there: str, target: str) -> bool:
    """Whether the remote has commits on the branch that are none of ours, whatever their names."""
    import git

    ours = ("--no-merges", "--right-only", "--cherry-pick", "--max-count=1")
    try:
        return bool(repo.git.rev_list(*ours, f"{branch}...{there}", f"^{target}"))
    except git.GitCommandError:
        return True  # It is not even known here.
