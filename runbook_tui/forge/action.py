"""What actions are written with: the values they are given, what they say and put out, failure."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping

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
