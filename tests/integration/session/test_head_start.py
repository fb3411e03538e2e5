"""A rollback whose beginning is ready: nothing before it is accepted, durable before it acts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from runbook_tui.book.model import Step
from runbook_tui.command.host import CommandHost
from runbook_tui.run import requests as r
from runbook_tui.run.events import Event
from runbook_tui.session import spare, undo_file
from runbook_tui.session.ports.commands import CommandSpec
from runbook_tui.session.ports.journal import JournalError
from runbook_tui.session.session import Session
from tests.integration.session.scene import Scene, ask, book, run_step
from tests.waiting import until

Make = Callable[..., Scene]
REQUEST = r.StartRollback(scope="run", attended=False)


class Looking(CommandHost):
    """Looks at what stands on the disk whenever an undo is about to start."""

    def __init__(self, place: Scene) -> None:
        super().__init__()
        self._place = place
        self.recorded: list[list[Event]] = []
        self.begun: list[list[str]] = []
        self.waits_for: threading.Event | None = None
        self.waited = False

    def start(self, spec: CommandSpec) -> None:
        if spec.folder.name.endswith("-undo"):
            filed = undo_file.read(self._place.place / undo_file.NAME)
            with suppress(JournalError):
                self.recorded.append(self._place.journal.events(self._place.run))
            self.begun.append([item.begun for item in filed.items if item.begun])
            self.waited = self.waits_for is not None and self.waits_for.wait(60)
        super().start(spec)


def touching(name: str) -> Step:
    return Step(
        id=name, title=name.upper(), run=f"touch {name}", undo=f"rm {name}; echo {name} >> o"
    )


def ready(scene: Make) -> tuple[Scene, Session]:
    """Two steps have run, and the rollback of both is ready."""
    place = scene(book(touching("a"), touching("b")))
    place.commands = Looking(place)
    session = place.open()
    run_step(session, "a")
    run_step(session, "b")
    ask(session, r.OpenRollback())
    session.prepare_rollback(REQUEST)
    until(lambda: len(ahead(place)) == 3, what="what is made ready is there")
    return place, session


def ahead(place: Scene) -> list[Path]:
    return list(place.place.glob(".*.ahead"))


def rolled_back(place: Scene, session: Session) -> None:
    until(lambda: session.state.rollback and session.state.rollback.finished)
    assert session.state.rollback is not None
    assert session.state.rollback.result == "complete"
    assert (place.work / "o").read_text().split() == ["b", "a"]
    assert not ahead(place)


def test_what_is_made_ready_is_not_recorded_not_started_and_not_in_its_place(scene: Make) -> None:
    place, session = ready(scene)
    before = (place.types(), undo_file.read(place.place / undo_file.NAME))
    ask(session, r.CloseRollback())
    assert place.types() == [*before[0], "rollback.closed"]
    assert undo_file.read(place.place / undo_file.NAME) == before[1]
    assert not list((place.place / "commands").glob("*-undo"))
    session.close()
    assert not ahead(place)


def test_all_of_it_is_durable_in_one_commit_before_the_first_undo_starts(scene: Make) -> None:
    place, session = ready(scene)
    answer = ask(session, REQUEST)
    assert [event.type for event in answer.events] == [
        "rollback.started", "undo.started", "command.started",
    ]  # fmt: skip
    assert isinstance(place.commands, Looking)
    last = place.commands.recorded[0][-3:]
    assert last == list(answer.events)
    assert len({event.mono for event in last}) == 1
    started = place.commands.begun[0]
    assert [Path(folder).name for folder in started] == ["b.2-undo"]
    rolled_back(place, session)


def test_what_was_recorded_meanwhile_makes_it_be_decided_anew(scene: Make) -> None:
    place, session = ready(scene)
    ask(session, r.AddNote(text="it is the cache"))
    answer = ask(session, REQUEST)
    assert [event.type for event in answer.events] == ["rollback.started"]
    rolled_back(place, session)
    assert place.types().count("undo.started") == 2


def test_another_scope_than_that_which_was_made_ready_is_what_is_rolled_back(scene: Make) -> None:
    place, session = ready(scene)
    ask(session, r.StartRollback(scope="step", node="a", attended=False))
    until(lambda: session.state.rollback and session.state.rollback.finished)
    assert (place.work / "o").read_text().split() == ["a"]
    assert not ahead(place)


def test_it_begins_without_a_journal_too(scene: Make) -> None:
    place, session = ready(scene)
    place.journal.close()
    session.ask(REQUEST).result(60)
    until(lambda: session.state.rollback and session.state.rollback.finished)
    assert (place.work / "o").read_text().split() == ["b", "a"]
    assert (place.place / spare.NAME).is_file()


def test_a_first_undo_that_is_long_in_coming_keeps_nobody_from_seeing_that_it_started(
    scene: Make,
) -> None:
    place, session = ready(scene)
    shown = threading.Event()
    session.listen(lambda state: shown.set() if state.rolling_back else None)
    assert isinstance(place.commands, Looking)
    place.commands.waits_for = shown
    ask(session, REQUEST)
    assert place.commands.waited
    rolled_back(place, session)
