"""What follows from a state alone is worked out once for it: the clock changes none of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Concatenate, ParamSpec, TypeVar

from runbook_tui.run.state import RunState

P = ParamSpec("P")
Q = ParamSpec("Q")
T = TypeVar("T")
MISSING = object()
"""In place of an answer that is not known; one may be None."""
MOST = 50
"""Answers that are kept for one state; a screen asks for some scopes, and none of them twice."""
FEW = 3
"""Answers that are kept of work on objects: the head asks about the run, the rollback's screen
about a scope of it."""
Work = Callable[Concatenate[RunState, P], T]


def of_state(work: Work[P, T]) -> Work[P, T]:
    """The work done once for each state and whatever else it is given, as long as that state is
    the newest. It may be asked from several threads.
    """
    return _once(lambda state: (state,), work)


def of_parts(*parts: str | Callable[[RunState], object]) -> Callable[[Work[P, T]], Work[P, T]]:
    """The same for work that looks at nothing of a state but these parts of it, by name or by a
    function that gives one.

    A fold hands on what no event has changed, so that one who looks at the steps alone does not
    look at thousands of them again because of a note.
    """

    def of(state: RunState) -> tuple[object, ...]:
        return tuple(getattr(state, p) if isinstance(p, str) else p(state) for p in parts)

    return lambda work: _once(of, work)


def once(work: Callable[Q, T]) -> Callable[Q, T]:
    """The work done once as long as it is given the same objects, which nobody may change; what was
    asked about a few others in between, as by another screen, is not forgotten.

    They are told apart by identity: to compare thousands of undos takes as long as the work.
    """
    known: tuple[tuple[tuple[object, ...], Any], ...] = ()

    def look(*args: Q.args, **kwargs: Q.kwargs) -> T:
        nonlocal known
        now, before = (*args, *kwargs.values()), known
        for given, answer in before:
            if len(given) == len(now) and all(a is b for a, b in zip(given, now, strict=True)):
                found: T = answer
                return found
        found = work(*args, **kwargs)
        known = ((now, found), *before[: FEW - 1])
        return found

    return look


def _once(parts: Callable[[RunState], tuple[object, ...]], work: Work[P, T]) -> Work[P, T]:
    last: tuple[tuple[object, ...], dict[Hashable, Any]] = ((), {})

    def look(state: RunState, /, *args: P.args, **kwargs: P.kwargs) -> T:
        nonlocal last
        now, known = parts(state), last
        if len(known[0]) != len(now) or any(a is not b for a, b in zip(known[0], now, strict=True)):
            known = last = (now, {})
        key = (args, tuple(kwargs.items()))
        if len(known[1]) > MOST:
            known[1].clear()
        # Another thread may clear them at any moment: an answer is looked for once.
        found = known[1].get(key, MISSING)
        if found is MISSING:
            found = known[1][key] = work(state, *args, **kwargs)
        answer: T = found
        return answer

    return look
