"""Hints are said once, where they help, over nothing else; a wrong tick is taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from runbook_tui.book.model import Check, Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.preferences.model import Preferences
from runbook_tui.preferences.seen_hints import SeenHints
from runbook_tui.run import events as e
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.hinting import BEGIN, FIND, HINTS, OUTPUT, UNDO, Hints
from tests.fakes.history import History
from tests.fakes.incident import begun
from tests.fakes.plans import two_phases
from tests.fakes.still import StillSession, StillTerminals
from tests.integration.session.scene import Scene, book
from tests.tui.piloting import text_of, until
from tests.waiting import until as when

Make = Callable[..., Scene]


def app_with(path: Path, **more: object) -> RunbookApp:
    session = StillSession(History(two_phases()).state)
    return RunbookApp(
        session,  # type: ignore[arg-type]
        StillTerminals(),
        preferences=Preferences(**more),  # type: ignore[arg-type]
        seen=SeenHints(path),
    )


async def hinted(pilot: Pilot[int], app: RunbookApp) -> None:
    await until(pilot, lambda: app.said == BEGIN)


async def test_a_hint_is_said_once_in_a_life(tmp_path: Path) -> None:
    path = tmp_path / "hints.json"
    app = app_with(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await hinted(pilot, app)
        when(lambda: SeenHints(path).read() == {"begin"})
        assert app.focused is not None
        assert app.focused.id == "list"
    assert Hints(SeenHints(path)).next(History(two_phases()).state) != BEGIN


async def test_what_is_said_comes_before_a_hint_and_settings_silence_all(tmp_path: Path) -> None:
    app = app_with(tmp_path / "a", hints=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Merge" in text_of(app))
        assert app.hints is None
    app = app_with(tmp_path / "b")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.hints is not None and app.hints._seen is not None)
        app.say("something else", "warn")
        app.hint()
        assert app.said == "something else"


def hints(path: Path) -> Hints:
    found = Hints(SeenHints(path))
    when(lambda: found._seen is not None)
    return found


def test_each_comes_when_it_helps_and_there_are_four(tmp_path: Path) -> None:
    found, history = hints(tmp_path / "h"), History(two_phases())
    assert found.next(history.state) == BEGIN
    assert found.next(history.state) == ""
    history.ran("merge")
    said = [found.next(history.state), found.next(history.state)]
    assert UNDO in said
    history.ran("tag")
    said += [found.next(history.state) for _ in range(3)]
    assert {UNDO, OUTPUT, FIND} >= set(filter(None, said))
    assert len(HINTS) == 4


def test_there_is_none_during_a_rollback(tmp_path: Path) -> None:
    assert hints(tmp_path / "h").next(begun().state) == ""
    history = History(two_phases())
    history.add(e.RollbackOpened(scope="run"))
    assert hints(tmp_path / "h").next(history.state) == ""


def test_a_file_that_cannot_be_read_or_written_is_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "no" / "hints.json"
    SeenHints(path).write(frozenset({"a"}))
    assert SeenHints(path).read() == frozenset()
    odd = tmp_path / "odd"
    odd.write_bytes(b"\xff{")
    assert SeenHints(odd).read() == frozenset()


async def test_u_takes_the_last_tick_back(scene: Make) -> None:
    step = Step(id="a", title="A", checks=(
        Check(id="one", title="One"), Check(id="two", title="Two"), Check(id="three", title="3"),
    ))  # fmt: skip
    session = scene(book(step)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("u")
        await until(pilot, lambda: "ticked nothing" in text_of(app))
        await pilot.press("enter", "space")
        await until(pilot, lambda: "one" in session.state.ticks)
        await pilot.press("space")
        await until(pilot, lambda: "two" in session.state.ticks)
        await pilot.press("u")
        await until(pilot, lambda: "two" not in session.state.ticks)
        await until(pilot, lambda: "“Two” is open again" in text_of(app))
        assert "one" in session.state.ticks
