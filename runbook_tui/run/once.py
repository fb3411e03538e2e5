"""What follows from a state alone is worked out once for it: the clock changes none of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from runbook_tui.run.state import RunState

P = ParamSpec("P")
T = TypeVar("T")


def of_state(work: Callable[Concatenate[RunState, P], T]) -> Callable[Concatenate[RunState, P], T]:
    """The work done once for each state and what else it is given, as long as that is the newest.

    It may be asked from several threads.
    """
    last: tuple[RunState, object, T] | None = None

    def look(state: RunState, /, *args: P.args, **kwargs: P.kwargs) -> T:
        nonlocal last
        known, given = last, (args, kwargs)
        if known is None or known[0] is not state or known[1] != given:
            known = last = (state, given, work(state, *args, **kwargs))
        return known[2]

    return look
