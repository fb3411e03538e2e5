"""The turns of a session's thread: what was asked is answered, what is under way carried on, and
whoever listens is told."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from runbook_tui.book.model import Watch
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor
from runbook_tui.run.requests import Refusal
from runbook_tui.run.scopes import default_scope
from runbook_tui.run.state import RunState
from runbook_tui.session.answering import Answer, Desk
from runbook_tui.session.driving import Driver
from runbook_tui.session.leading import Lead
from runbook_tui.session.lookout import Lookout
from runbook_tui.session.measuring import Measuring
from runbook_tui.session.ports.journal import JournalError, TooLarge
from runbook_tui.session.pulls import PullWatch
from runbook_tui.session.workbench import Workbench

BUSY_SECONDS = 0.03
IDLE_SECONDS = 0.5
LATE_SECONDS = 0.1
"""Seconds that a rollback's start may take before it is shown without its first undo."""


Listener = Callable[[RunState], None]


@dataclass(kw_only=True)
class _Asked:
    request: r.Request
    actor: Actor
    future: Future[Answer] = field(default_factory=Future)


class Inbox:
    """What is to be done on the session's thread, in order; anybody may put something in."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[_Asked | Callable[[], None]] = queue.Queue()

    def ask(self, request: r.Request, actor: Actor) -> Future[Answer]:
        """Have this answered."""
        asked = _Asked(request=request, actor=actor)
        self._waiting.put(asked)
        return asked.future

    def call(self, deed: Callable[[], None]) -> None:
        """Have this done."""
        self._waiting.put(deed)

    def wake(self) -> None:
        """Have the next turn taken now."""
        self.call(lambda: None)

    def next(self, seconds: float) -> _Asked | Callable[[], None] | None:
        """What comes first; None where nothing does in that time."""
        try:
            return self._waiting.get(timeout=seconds)
        except queue.Empty:
            return None


class Feed:
    """Tells of every new state, on the session's thread."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._told: RunState | None = None

    def listen(self, callback: Listener) -> Callable[[], None]:
        """Tell this one too; returns how to stop that."""
        self._listeners.append(callback)

        def stop() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return stop

    def tell(self, state: RunState) -> None:
        """Tell of a state, unless it was the last that was told of."""
        if state is self._told:
            return
        self._told = state
        for listener in tuple(self._listeners):
            listener(state)

    def again(self) -> None:
        """What is shown beside the state has changed: it is told of once more."""
        self._told = None


@dataclass(kw_only=True, eq=False)
class Turns:
    """What one session does on its thread. Without ``here`` the run is carried out on another
    machine, and on this one it is only told how it stands."""

    bench: Workbench
    actor: Actor
    inbox: Inbox
    feed: Feed
    driver: Driver
    desk: Desk
    lead: Lead
    lookout: Lookout
    pulls: PullWatch
    measuring: Measuring
    closing: threading.Event
    here: bool

    def go_on(self) -> None:
        """Take one turn after the other until the session closes."""
        busy = True
        while not self.closing.is_set():
            pause = BUSY_SECONDS if busy else IDLE_SECONDS
            work = self.inbox.next(0.0 if self.driver.in_stride else pause)
            if isinstance(work, _Asked):
                self._reply(work)
            elif work is not None:
                work()
            busy = self.here and self._carry_on()
            self._tell()
        self.measuring.finish()

    def _carry_on(self) -> bool:
        """Carry on what is under way; whether something is."""
        if self.lead.lost():
            self.measuring.step_down()
            self.feed.again()
        busy = self.driver.advance_safely()
        self.measuring.advance(self._roll_back)
        if self.bench.look_around() | self.lookout.take_in() | self.pulls.take_in():
            self.feed.again()
        return busy

    def _roll_back(self, watch: Watch) -> bool:
        """Start what a breach starts by itself; the plan and whoever started the run said so."""
        scope, node = default_scope(self.bench.state)
        request = r.StartRollback(
            scope=scope, node=node, attended=self.measuring.attended, watch=watch.id
        )
        return not isinstance(self._answer(request, self.actor), Refusal)

    def _reply(self, asked: _Asked) -> None:
        request = asked.request
        if isinstance(request, r.OpenRollback | r.StartRollback) and self.bench.state.rehearsal:
            self.lookout.look_for_rehearsal()
        try:
            answer = self._answer(request, asked.actor)
        except TooLarge as error:
            answer = Refusal(reason=str(error), hint=error.hint, exit_code=2)
        except JournalError as error:
            answer = Refusal(reason=f"the journal cannot be written: {error}", hint=error.hint,
                             exit_code=70)  # fmt: skip
        except Exception as error:  # noqa: BLE001  whoever asked is told; the session lives on
            asked.future.set_exception(error)
            return
        if isinstance(request, r.OpenRollback):
            self.lookout.hurry()
        self._tell()
        asked.future.set_result(answer)

    def _answer(self, request: r.Request, actor: Actor) -> Answer:
        if not isinstance(request, r.StartRollback):
            return self.desk.answer(request, actor)
        # The first undo comes before all drawing, unless it is long in coming.
        late = threading.Timer(LATE_SECONDS, self._tell)
        late.daemon = True
        late.start()
        try:
            return self.desk.answer(request, actor)
        finally:
            late.cancel()

    def _tell(self) -> None:
        self.feed.tell(self.bench.state)
