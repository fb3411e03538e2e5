"""The entry of an action's program: find what acts, act, say plainly what went wrong."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from runbook_tui.forge.action import ActionFailed, said, values

GIT: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "git.fetch": ("fetching", "fetch"),
        "git.merge": ("merging", "merge"),
        "git.push": ("merging", "push"),
        "git.rebase": ("rebasing", "rebase"),
        "git.revert": ("merging", "revert"),
        "git.tag": ("tagging", "tag"),
    }
)
"""Actions in the repository around the working folder: module and function."""
CHANGE_FILES = frozenset({"merge", "rebase", "revert"})
"""Those that a killed git may be in the way of."""

GITHUB: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "github.close": ("github_pulls", "close"),
        "github.close.before": ("github_pulls", "before"),
        "github.comment": ("github_pulls", "comment"),
        "github.comment.before": ("github_pulls", "before_comment"),
        "github.deployment": ("github_ships", "deployment"),
        "github.deployment.before": ("github_ships", "before_deployment"),
        "github.dispatch": ("github_ships", "dispatch"),
        "github.dispatch.before": ("github_ships", "before_dispatch"),
        "github.merge": ("github_pulls", "merge"),
        "github.merge.before": ("github_pulls", "before"),
        "github.release": ("github_ships", "release"),
        "github.release.before": ("github_ships", "before_release"),
        "github.revert": ("github_revert", "revert"),
        "github.revert.before": ("github_revert", "before"),
        "github.review-state": ("github_looks", "review_state"),
        "github.wait-checks": ("github_looks", "wait_checks"),
        "github.watch": ("github_watch", "watch"),
    }
)
"""Actions at GitHub, and what watches it; those that end in ``.before`` put out the old state."""


def main(arguments: Sequence[str]) -> int:
    """Run one action; returns its exit status."""
    name = arguments[0] if len(arguments) == 1 else ""
    try:
        if name in GIT:
            return _in_repository(*GIT[name])
        if name in GITHUB:
            return _at_github(*GITHUB[name])
        from runbook_tui.forge.teams import find

        of_a_team = find(name)
        if of_a_team is not None:
            of_a_team.act(values(os.environ))
            return 0
    except ActionFailed as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    sys.stderr.write(f"one of {', '.join([*GIT, *GITHUB])} is wanted\n")
    return 2


def _at_github(module: str, function: str) -> int:
    from runbook_tui.forge.github_client import NO_ANSWER, UNSHAPED

    act = getattr(importlib.import_module(f"runbook_tui.forge.{module}"), function)
    try:
        act(values(os.environ))
    except UNSHAPED as error:
        raise ActionFailed(f"{NO_ANSWER} ({error!r})") from error
    return 0


def _in_repository(module: str, function: str) -> int:
    import git

    from runbook_tui.forge.killed import tidy

    act = getattr(importlib.import_module(f"runbook_tui.forge.{module}"), function)
    try:
        with git.Repo(os.getcwd(), search_parent_directories=True) as repo:
            if function in CHANGE_FILES:
                tidy(repo)
            act(repo, values(os.environ))
    except git.InvalidGitRepositoryError:
        raise ActionFailed(f"{os.getcwd()} is no git repository; set the step's cwd") from None
    except git.GitCommandError as error:
        raise ActionFailed(f"git says: {said(error)}") from error
    return 0
