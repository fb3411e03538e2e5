"""Leaving: by a signal while lines are printed, and what is said once a screen has closed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from runbook_tui.cli import say
from runbook_tui.run.state import RunState
from runbook_tui.run.summary import summary

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def outliving_the_terminal() -> Iterator[None]:
    """A terminal that goes, as with the network, does not end what is done here."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


@contextmanager
def told_to_leave() -> Iterator[threading.Event]:
    """An event that is set by the first of these signals; the second one ends at once."""
    told = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        if told.is_set():
            raise KeyboardInterrupt
        told.set()

    before = {number: signal.signal(number, note) for number in SIGNALS}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def answering() -> Iterator[None]:
    """While a person is asked these signals end the question, as nothing else would."""

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def say_left(state: RunState, verb: str, *, here: bool = True) -> None:
    """After the screen: which run it was, what still runs, and how to come back to it.

    ``here``: it is carried out on this machine.
    """
    run = state.run
    if state.finished is not None and not state.rolling_back:
        say.err(f"{'rehearsal' if state.rehearsal else 'run'} {run}: {summary(state)}")
        if state.rehearsal:
            _say_rehearsed(state)
            return
        there = "" if here else "on the lead's machine, "
        say.err(f"it can still be taken back: {there}runbook rollback {run}")
        return
    running = [
        state.outline[id_].title if id_ in state.outline else id_
        for id_, step in state.steps.items()
        if any(c.running for c in step.commands)
    ]
    titles = ", ".join(f"“{title}”" for title in running)
    say.err(f"run {run}: left; " + (f"still running: {titles}" if running else "nothing runs"))
    if state.rolling_back and here:
        say.err(f"its rollback goes on; follow it, and answer what it asks: runbook rollback {run}")
    say.err(f"come back with: runbook {verb} {run}")
    if state.runbook.watches and verb == "resume":
        say.err(f"nothing is measured until then; or: runbook resume {run} --no-tui --watch")


def _say_rehearsed(state: RunState) -> None:
    """What a rehearsal has found; the screen that showed it is gone."""
    from runbook_tui.cli.rehearsal_result import rehearsed

    if state.rollback is not None and state.rollback.finished is not None:
        rehearsed(state, state.rollback)
