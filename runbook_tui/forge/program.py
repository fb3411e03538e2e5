"""The entry of an action's program: find what acts, act, say plainly what went wrong."""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType

Values = Mapping[str, str]

GIT: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "git.fetch": ("fetching", "fetch"),
        "git.merge": ("actions", "merge"),
        "git.push": ("actions", "push"),
        "git.rebase": ("rebasing", "rebase"),
        "git.revert": ("actions", "revert"),
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


UNSHAPED = (KeyError, TypeError, IndexError, AttributeError)
"""What comes of an answer that lacks what GitHub's have."""


class ActionFailed(Exception):
    """The action could not be done; the message says what, and what to do next."""


def put_out(name: str, value: str) -> None:
    """One output of the step, on disk before the program goes on."""
    path = os.environ.get("RUNBOOK_OUTPUT")
    if path is None:
        return
    with open(path, "a", encoding="utf-8") as file:
        file.write(f"{name}={value}\n")
        file.flush()
        os.fsync(file.fileno())


def say(text: str) -> None:
    """A line for the pane."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def values(environ: Mapping[str, str]) -> dict[str, str]:
    """The action's values, by their names in lower case."""
    return {name[5:].lower(): text for name, text in environ.items() if name.startswith("WITH_")}


def said(error: Exception) -> str:
    """What git itself said, without what it comes wrapped in."""
    text = str(getattr(error, "stderr", "") or getattr(error, "stdout", "") or error).strip()
    wrapped = re.fullmatch(r"std(?:err|out): '(.*)'", text, re.DOTALL)
    return wrapped.group(1).strip() if wrapped else text


def wanted(values: Values, name: str) -> str:
    """A value that the action cannot do without; raises `ActionFailed`."""
    if not values.get(name):
        raise ActionFailed(f"the action needs with.{name}")
    return values[name]


def yes(values: Values, name: str) -> bool:
    """Whether a value says yes."""
    return values.get(name, "").lower() in {"true", "yes", "1"}


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
    act = getattr(importlib.import_module(f"runbook_tui.forge.{module}"), function)
    try:
        act(values(os.environ))
    except UNSHAPED as error:
        from runbook_tui.forge.github_client import NO_ANSWER

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
