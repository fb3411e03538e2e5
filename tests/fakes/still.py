"""A session that stands still: a state that never changes, for pictures of the screens."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

from runbook_tui.run.events import Actor, CommandStarted, Event
from runbook_tui.run.requests import Refusal, Request
from runbook_tui.run.state import RunState
from runbook_tui.run.undo_items import NOTHING_ABSENT
from runbook_tui.session.answering import Answer
from runbook_tui.session.measuring import Measured
from runbook_tui.session.ports.terminals import Span, Style, TerminalView
from runbook_tui.session.presence import Presence
from runbook_tui.session.sharing import Sharing
from tests.fakes.history import ADA


class NoPulls:
    """No pull request is looked at."""

    def said_of(self, node: str) -> tuple[str, ...]:
        return ()


class StillLookout:
    """Nothing is looked for."""

    def keep_looking(self) -> None:
        return


class StillKeyboard:
    """What is typed reaches nobody."""

    def write(self, place: str, data: bytes) -> None:
        return

    def resize(self, place: str, rows: int, columns: int) -> None:
        return


class StillSession:
    """Shows one state and refuses everything."""

    def __init__(self, state: RunState, events: Sequence[Event] = ()) -> None:
        self.state = state
        self._events = events
        self.run = state.run
        self.actor = ADA
        self.leads = True
        self.leaderless = False
        self.guest = None
        self.trouble = ""
        self.environment: dict[str, str] = {}
        self.absent = NOTHING_ABSENT
        self.presence = Presence(Path("/proc/nowhere"))
        self.asked: list[Request] = []
        self.pulls = NoPulls()
        self.lookout = StillLookout()
        self.keyboard = StillKeyboard()
        self.sharing: Sharing | None = None
        self.elsewhere = None
        self.gauges: dict[str, Measured] = {}

    def ask(self, request: Request, actor: Actor | None = None) -> Future[Answer]:
        self.asked.append(request)
        future: Future[Answer] = Future()
        future.set_result(Refusal(reason="this picture stands still"))
        return future

    def started(self, seq: int) -> Future[CommandStarted | None]:
        payload = next((event.payload for event in self._events if event.seq == seq), None)
        future: Future[CommandStarted | None] = Future()
        future.set_result(payload if isinstance(payload, CommandStarted) else None)
        return future

    def measured(self) -> dict[str, Measured]:
        return self.gauges

    def now(self) -> float:
        return time.time()

    def prepare_rollback(self, request: Request) -> None:
        return

    def listen(self, callback: Callable[[RunState], None]) -> Callable[[], None]:
        return lambda: None

    def give_secret(self, name: str, value: str) -> None:
        return

    def pause(self) -> Future[Answer]:
        return self.ask(Request())


class StillTerminals:
    """Every command has put out the same lines."""

    def __init__(self, *lines: str) -> None:
        self._rows = tuple((Span(line, Style()),) for line in lines)

    def open(self, folder: Path) -> StillTerminals:
        return self

    def reads(self, folder: Path) -> bool:
        return False

    def changed(self) -> bool:
        return False

    def listen(self) -> int:
        return -1

    def heard(self) -> None:
        return

    def view(self, rows: int, columns: int, scroll: int | None = None) -> TerminalView:
        return TerminalView(rows=self._rows[-rows:])

    def find(self, text: str, before: int | None, stop: Callable[[], bool]) -> int | None:
        return None

    def find_error(self, after: int, stop: Callable[[], bool]) -> int | None:
        return None
