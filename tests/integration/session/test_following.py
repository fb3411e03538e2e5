"""A session that follows its journal: what that costs while nothing happens, and what it hears."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from runbook_tui.book.model import Step
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run import requests as r
from runbook_tui.run.events import Event
from tests.integration.session.scene import Scene, ask, book
from tests.waiting import until


class Counted:
    """A journal that knows how often it was looked at, and how many events were read from it."""

    def __init__(self, journal: SqliteJournal) -> None:
        self._journal = journal
        self.looks = 0
        self.read = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._journal, name)

    def wait(self, run: str, after: int, timeout: float) -> bool:
        self.looks += 1
        return self._journal.wait(run, after, timeout)

    def events(self, run: str, after: int = 0, most: int = -1) -> list[Event]:
        found = self._journal.events(run, after, most)
        self.read += len(found)
        return found


def test_while_nothing_happens_no_event_is_read_however_large_the_last_one_is(
    scene: Callable[..., Scene],
) -> None:
    place = scene(book(Step(id="a", title="A", run="true", undo="true")))
    real, counted = place.journal, Counted(place.journal)
    place.journal = cast(SqliteJournal, counted)
    session = place.open()
    place.journal = real
    until(lambda: counted.looks > 2, what="it follows")
    looks, read = counted.looks, counted.read
    until(lambda: counted.looks > looks + 4, what="it was looked at again and again")
    assert counted.read == read
    ask(place.open(leads=False), r.AddNote(text="hello", node="a"))
    until(lambda: session.state.notes, what="what another one has written is heard of")
    assert counted.read > read
