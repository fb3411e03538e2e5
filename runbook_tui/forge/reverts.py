"""What was merged, what of it was reverted since, and what reverted the revert."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from runbook_tui.forge.action import ActionFailed, say

if TYPE_CHECKING:
    from git import Repo

SAYS = "This reverts commit "
REVERTS = re.compile(SAYS + r"([0-9a-f]{7,64})\b")


class Reverts:
    """The reverts between a commit and HEAD.

    Each counts until it is reverted itself, or the merge that brought it in.
    """

    def __init__(self, repo: Repo, since: str) -> None:
        self._repo = repo
        self._range = f"{since}..HEAD"
        self._found: list[tuple[str, str]] = []
        """What was reverted (maybe abbreviated) and by what, the newest first."""
        text = repo.git.log(
            "-z", "--topo-order", "--fixed-strings", f"--grep={SAYS}", "--format=%H%n%B",
            self._range,
        )  # fmt: skip
        for entry in text.split("\0"):
            by, _, message = entry.strip().partition("\n")
            self._found += ((match.group(1), by) for match in REVERTS.finditer(message))

    def __bool__(self) -> bool:
        return bool(self._found)

    @cached_property
    def merges(self) -> list[str]:
        """The merges on the first-parent line, the oldest first."""
        return str(
            self._repo.git.rev_list("--first-parent", "--merges", "--reverse", self._range)
        ).split()

    def merge_of(self, sha: str) -> str | None:
        """The merge on the first-parent line that brought a commit in."""
        return next((m for m in self.merges if _is_in(self._repo, sha, m)), None)

    def stands(self, sha: str) -> bool:
        """Whether what a commit did is still in effect, as far as reverts say."""
        if any(self.stands(by) for by in self._of(sha)):
            return False
        carrier = self._carrier(sha)
        return carrier is None or self.stands(carrier)

    def cause(self, sha: str) -> str:
        """The commit to revert, that one which does not stand stands again."""
        by = next((by for by in self._of(sha) if self.stands(by)), None)
        if by is None:
            return self.cause(self._carrier(sha) or sha)
        earlier = self._of(by)
        return self.cause(earlier[0]) if earlier else by

    def since(self, sha: str) -> str:
        """The commit since which one is in effect: itself, or what brought it back last."""
        by = self._of(sha)
        return self.cause(by[0]) if by else sha

    def newest_first(self, shas: list[str]) -> list[str]:
        """Reverts in the order in which they are to be reverted, each once."""
        order = {by: at for at, (_, by) in enumerate(self._found)}
        return sorted(dict.fromkeys(shas), key=lambda sha: order.get(sha, 0))

    def _of(self, sha: str) -> list[str]:
        return [by for short, by in self._found if sha.startswith(short)]

    @cached_property
    def _line(self) -> frozenset[str]:
        return frozenset(self._repo.git.rev_list("--first-parent", self._range).split())

    def _carrier(self, sha: str) -> str | None:
        """The merge that brought a revert in, where it was not made on the branch itself."""
        is_revert = any(by == sha for _, by in self._found)
        return self.merge_of(sha) if is_revert and sha not in self._line else None


def lost(repo: Repo, target: str, reverts: Reverts, branch: str) -> list[str]:
    """What must be reverted, newest first, that all of a branch can be in effect again.

    A merge that only brings in what is new leaves out what came in before and was reverted. Where
    a later merge of the branch stands on top of a revert, that revert was meant, and is kept.
    Raises `ActionFailed` where it came in with more than itself: then that would come back, too.
    """
    if not reverts:
        return []
    shared = [merge for merge in reverts.merges if _shares(repo, merge, target)]
    found = []
    for merge in shared:
        if reverts.stands(merge):
            continue
        by = reverts.cause(merge)
        if any(_is_in(repo, by, m) and reverts.stands(m) for m in shared):
            say(f"{merge[:10]} was taken back by {by[:10]} before the last merge: it stays so")
            continue
        if repo.git.rev_list("--no-merges", "--max-count=1", merge, f"^{merge}^1", f"^{target}"):
            raise ActionFailed(
                f"{branch} came in with the merge {merge[:10]}, which brought in more than "
                f"{branch} and was taken back by {by[:10]}; nothing was changed\n"
                f"git revert {by[:10]} brings all of it back; to have only {branch}, rebase it "
                "onto where HEAD is, so that its commits are new ones"
            )
        found.append(by)
    return reverts.newest_first(found)


def _shares(repo: Repo, merge: str, target: str) -> bool:
    """Whether a merge brought in any commit that is the target's too."""
    first, *others = repo.commit(merge).parents
    shared = {base for side in others for base in common(repo, side.hexsha, target)}
    return any(not _is_in(repo, base, first.hexsha) for base in shared)


def common(repo: Repo, one: str, other: str) -> list[str]:
    """The commits that two histories part at, as far as they are here."""
    import git

    try:
        return str(repo.git.merge_base("--all", one, other)).split()
    except git.GitCommandError:
        return []


def gone(repo: Repo, sha: str) -> bool:
    """Whether nothing of what a commit changed is left in the files of HEAD."""
    if not repo.commit(sha).parents:
        return False
    changed = _paths(repo, f"{sha}^1", sha)
    return bool(changed) and changed.isdisjoint(_paths(repo, f"{sha}^1", "HEAD"))


def _paths(repo: Repo, one: str, other: str) -> frozenset[str]:
    names = repo.git.diff("--name-only", "--no-renames", "--no-ext-diff", "-z", one, other)
    return frozenset(name for name in names.split("\0") if name)


def _is_in(repo: Repo, sha: str, other: str) -> bool:
    return bool(repo.is_ancestor(repo.commit(sha), repo.commit(other)))
