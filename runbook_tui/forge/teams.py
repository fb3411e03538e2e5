"""Actions of a team's own, as Python entry points of the group ``runbook_tui.actions``.

An entry point names an object with ``kind`` (what it takes and puts out), ``act`` and, where it
can be taken back, ``texts``. See docs/actions.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, runtime_checkable

from runbook_tui.book.actions import ActionKind

GROUP = "runbook_tui.actions"


class ActionError(Exception):
    """The action could not be done; the message says what, and what to do next."""


@runtime_checkable
class TeamAction(Protocol):
    """What an entry point names."""

    @property
    def kind(self) -> ActionKind:
        """Its values and outputs, by name; ``looks`` where it changes nothing."""

    def act(self, values: Mapping[str, str]) -> None:
        """Do it, in a program of its own; raises `ActionError` with what to do next."""

    def texts(self, arguments: Mapping[str, str]) -> Mapping[str, str]:
        """Shell texts: ``before``, ``undo``, ``verify``, ``ready``, each where there is one."""


@cache
def _named() -> Mapping[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


@cache
def find(name: str) -> TeamAction | None:
    """The team's action of that name; None where no installed package has one.

    Raises `ActionError` where it cannot be loaded, or is none.
    """
    point = _named().get(name)
    if point is None:
        return None
    try:
        found = point.load()
    except Exception as error:  # what a package raises while it is loaded is its own
        raise ActionError(
            f"the action {name} ({point.value}) cannot be loaded: {error!r}; mend or uninstall "
            "its package"
        ) from error
    if not isinstance(found, TeamAction) or not isinstance(found.kind, ActionKind):
        raise ActionError(
            f"{point.value} is no action: it needs kind, act and texts (docs/actions.md)"
        )
    return found


def kinds() -> Mapping[str, ActionKind | str]:
    """What installed packages add; a text says why one cannot be used."""
    known: dict[str, ActionKind | str] = {}
    for name in _named():
        try:
            action = find(name)
        except ActionError as error:
            known[name] = str(error)
        else:
            if action is not None:
                known[name] = action.kind
    return known
