"""What is here: the branch, a commit by its name, and what is half-done or not committed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from runbook_tui.forge.action import ActionFailed

if TYPE_CHECKING:
    from git import Repo


def unmerged(repo: Repo) -> list[str]:
    """Files that conflict now."""
    names = repo.git.diff("--name-only", "--diff-filter=U", "-z")
    return [name.encode("unicode_escape").decode() for name in names.split("\0") if name]


def no_option(name: str) -> None:
    """Refuse a name that git would take for an option."""
    if name.startswith("-"):
        raise ActionFailed(f"nothing is called {name}: a name may not begin with a dash")


def branch_here(repo: Repo) -> str:
    """The branch that HEAD is on; raises `ActionFailed` where it is on none."""
    if repo.head.is_detached:
        raise ActionFailed("HEAD is on no branch; check one out first")
    return repo.active_branch.name


def commit_called(repo: Repo, name: str) -> str:
    """The full name of a commit; raises `ActionFailed` where there is none."""
    import git

    no_option(name)
    try:
        return str(repo.git.rev_parse("--verify", "--quiet", f"{name}^{{commit}}"))
    except git.GitCommandError:
        raise ActionFailed(f"there is no commit called {name}; fetch first?") from None


def clean(repo: Repo) -> None:
    """Refuse to go on over what is half-done or not committed."""
    if under_way(repo, "MERGE_HEAD"):
        raise ActionFailed("a merge is half-done here; finish it, or git merge --abort")
    if under_way(repo, "REVERT_HEAD"):
        raise ActionFailed("a revert is half-done here; finish it, or git revert --abort")
    # Another commit checked out in a submodule is nothing that a merge would overwrite.
    if repo.is_dirty(untracked_files=False, submodules=False):
        raise ActionFailed("the work tree has changes that are not committed; commit or stash them")


def under_way(repo: Repo, what: str) -> bool:
    """Whether git has something of that name half-done."""
    return (Path(repo.git_dir) / what).exists()


UNSHALLOW = "git fetch --unshallow, then run the step again"


def shallow(repo: Repo) -> bool:
    """Whether the history that is here is cut off somewhere."""
    return str(repo.git.rev_parse("--is-shallow-repository")) == "true"


def at_the_edge(repo: Repo, sha: str) -> bool:
    """Whether a commit looks as if it had brought in every file, its parents not being here."""
    if not shallow(repo):
        return False
    edges = Path(repo.working_dir) / repo.git.rev_parse("--git-path", "shallow")
    return sha in edges.read_text(encoding="ascii").split()
