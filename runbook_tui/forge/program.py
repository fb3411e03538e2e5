"""The entry of an action's program: find the repository, act, say plainly what went wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence

Values = Mapping[str, str]


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


def main(arguments: Sequence[str]) -> int:
    """Run one action; returns its exit status."""
    import git

    from runbook_tui.forge import actions

    known: Mapping[str, Callable[[git.Repo, Values], None]] = {
        "git.merge": actions.merge,
        "git.revert": actions.revert,
        "git.push": actions.push,
    }
    if len(arguments) != 1 or arguments[0] not in known:
        sys.stderr.write(f"one of {', '.join(known)} is wanted\n")
        return 2
    try:
        with git.Repo(os.getcwd(), search_parent_directories=True) as repo:
            known[arguments[0]](repo, values(os.environ))
    except ActionFailed as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    except git.InvalidGitRepositoryError:
        sys.stderr.write(f"{os.getcwd()} is no git repository; set the step's cwd\n")
        return 1
    except git.GitCommandError as error:
        text = (error.stderr or error.stdout or str(error)).strip()
        sys.stderr.write(f"git says: {text}\n")
        return 1
    return 0
