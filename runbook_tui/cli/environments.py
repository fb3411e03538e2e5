"""Which of a plan's environments a run is in, and the values that come with it."""

from __future__ import annotations

import difflib

from runbook_tui.book.merging import meant
from runbook_tui.book.model import Environment, Runbook
from runbook_tui.cli import exits
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.values import Values

PARAMETER = "environment"
"""The parameter whose value chooses an environment where ``--env`` does not."""


def chosen(name: str | None, values: Values, runbook: Runbook) -> Environment | None:
    """The environment of a name, else of the parameter; its values go to those not given.

    Raises `Ended` (2) where there is none of that name, or the two differ.
    """
    parameter = next((p for p in runbook.parameters if p.name == PARAMETER), None)
    said = values.plain.get(PARAMETER)
    if said is None and name is None and parameter is not None:
        said = parameter.default
    if name is not None and said is not None and said != name:
        raise Ended(exits.USAGE, f"--env {name} and -p {PARAMETER}={said} are two environments")
    found = runbook.environment(name if name is not None else said or "")
    if found is None:
        if name is not None:
            raise Ended(exits.USAGE, f"the plan has no environment “{name}”",
                        _suggestion(name, runbook))  # fmt: skip
        return None
    given = {**({PARAMETER: found.name} if parameter else {}), **found.values}
    for key, value in given.items():
        there = meant(key, runbook.parameters)
        if there is not None and there.name not in values.plain:
            values.put(there, value, f"environment {found.name}")
    return found


def called(name: str, runbook: Runbook) -> str:
    """An environment as lines of text name it."""
    one = runbook.environment(name)
    return f"{name} (PRODUCTION)" if one is not None and one.production else name


def _suggestion(name: str, runbook: Runbook) -> str:
    names = [e.name for e in runbook.environments]
    close = difflib.get_close_matches(name, names, 1)
    if close:
        return f"did you mean “{close[0]}”?"
    return f"it has {', '.join(names)}" if names else "it has none; [environments.NAME] makes one"
