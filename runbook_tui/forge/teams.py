"""Actions and probes of a team's own, as Python entry points; docs/actions.md says how.

This is what a team's package imports: `ActionKind`, `ActionError`, `say`, `put_out`, `quoted`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol, runtime_checkable

from runbook_tui.book.actions import ActionKind
from runbook_tui.forge.action import ActionFailed as ActionError
from runbook_tui.forge.action import put_out, say
from runbook_tui.forge.undo import quoted

__all__ = ["ActionError", "ActionKind", "TeamAction", "find", "kinds", "probe", "put_out", "quoted",
           "say"]  # fmt: skip

GROUP = "runbook_tui.actions"
PROBES = "runbook_tui.probes"
Probe = Callable[[Mapping[str, str]], float | bool]


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
    found = _loaded("action", point)
    if not isinstance(found, TeamAction) or not isinstance(found.kind, ActionKind):
        raise ActionError(f"{point.value} is no action: it needs kind, act and texts")
    return found


def probe(name: str) -> Probe:
    """The team's probe of that name; raises `ActionError` where there is none that can be used."""
    points = {point.name: point for point in entry_points(group=PROBES)}
    if name not in points:
        there = ", ".join(sorted(points)) or "none: no installed package brings one"
        raise ActionError(f"there is no probe “{name}”; there is {there}")
    found = _loaded("probe", points[name])
    if not callable(found):
        raise ActionError(f"{points[name].value} is no probe: it must be a function")
    return found  # type: ignore[no-any-return]


def _loaded(what: str, point: EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as error:  # what a package raises while it is loaded is its own
        raise ActionError(
            f"the {what} {point.name} ({point.value}) cannot be loaded: {error!r}; mend or "
            "uninstall its package"
        ) from error


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
