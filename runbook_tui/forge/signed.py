"""The heads of pull requests that the gates around a step were opened for, and what is held to
them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from runbook_tui.forge.action import ActionFailed, Values

if TYPE_CHECKING:
    from git import Repo

AGAIN = "look at what came since, have it signed off, then run the step again"


def heads() -> dict[str, str]:
    """The heads that the step's gates were opened for, by the number of the pull request."""
    pairs = os.environ.get("RUNBOOK_SIGNED_HEADS", "").split()
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def hold(repo: Repo, values: Values, branch: str, target: str) -> None:
    """Refuse to merge anything but the head that was signed off; raises `ActionFailed`.

    Which pull request it is says ``pull_request``, else the change that the step stands in. Its
    base itself is not it: that is merged on into elsewhere, or brought up to date from.
    """
    given = values.get("pull_request", "").lstrip("#")
    number = given or os.environ.get("RUNBOOK_PULL_REQUEST", "")
    signed = heads().get(number, target)
    if signed == target or (not given and _is_its_base(repo, values, target)):
        return
    here = f"{branch} is {target[:10]}, but #{number} was signed off at {signed[:10]}"
    if not _is_here(repo, signed):
        how = f"the signed head is not here: git fetch {_remote(values)}, then run the step again"
    elif _leads_to(repo, target, signed):
        how = f"{branch} lies behind it: git fetch {_remote(values)}, then run the step again"
    else:
        how = f"{AGAIN}; where {branch} is not #{number} at all, say with.pull_request = 0"
    raise ActionFailed(f"{here}; nothing was merged\n{how}")


def _remote(values: Values) -> str:
    return values.get("remote") or "origin"


def _is_its_base(repo: Repo, values: Values, target: str) -> bool:
    """Whether a commit is one at which the base stood: others came into it by a merge."""
    base = os.environ.get("RUNBOOK_PULL_REQUEST_BASE", "")
    tips = (f"refs/heads/{base}", f"refs/remotes/{_remote(values)}/{base}")
    return any(_is_here(repo, tip) and _stood_at(repo, tip, target) for tip in tips if base)


def _stood_at(repo: Repo, tip: str, target: str) -> bool:
    if not _leads_to(repo, target, tip):
        return False
    since = str(repo.git.rev_list("--first-parent", f"{target}..{tip}")).split()
    first = f"{since[-1]}^1" if since else tip
    return str(repo.git.rev_parse(f"{first}^{{commit}}")) == target


def _is_here(repo: Repo, name: str) -> bool:
    return bool(_status(repo, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") == 0)


def _leads_to(repo: Repo, one: str, other: str) -> bool:
    """Whether one commit is in the history of the other, or is it."""
    return _status(repo, "merge-base", "--is-ancestor", one, other) == 0


def _status(repo: Repo, *words: str) -> int:
    status, _, _ = repo.git.execute(["git", *words], with_extended_output=True,
                                    with_exceptions=False)  # fmt: skip
    return int(status)
