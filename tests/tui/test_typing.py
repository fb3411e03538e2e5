"""Typing into a command: while it lasts, when it is ended, and when the command ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from textual import events
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Static

from runbook_tui.book.model import Step
from runbook_tui.command.terminal import LogTerminal, LogTerminals
from runbook_tui.run.state import Status
from runbook_tui.session.ports.terminals import TerminalView
from runbook_tui.session.session import Session
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.at_once import paint
from runbook_tui.tui.dialogs.ask import AskText
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.screens.rollback import RollbackScreen
from runbook_tui.tui.widgets import keystrokes, pacing
from tests.integration.session.scene import Scene, book
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]
SIZES = [(80, 24), (120, 40)]
ASK = Step(id="a", title="Ask", run="read x; echo got:$x", undo="true", interactive=True)
NEXT = Step(id="b", title="Next", run="touch started", undo="true")


@asynccontextmanager
async def typing(
    scene: Make, size: tuple[int, int]
) -> AsyncIterator[tuple[Pilot[int], RunbookApp, Session]]:
    """A step that is typed into, with another step after it."""
    session = scene(book(ASK, NEXT)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=size) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: session.state.step("a").running_command())
        await until(pilot, lambda: main(app).output.pane.folder)
        await pilot.press("i")
        await until(pilot, lambda: "TYPING" in text_of(app))
        yield pilot, app, session


def main(app: RunbookApp) -> MainScreen:
    assert isinstance(app.screen, MainScreen)
    return app.screen


@pytest.mark.parametrize("size", SIZES)
async def test_typing_ends_with_the_command_and_keys_on_their_way_start_nothing(
    scene: Make, size: tuple[int, int]
) -> None:
    async with typing(scene, size) as (pilot, app, session):
        await pilot.press("q", "enter")
        await until(pilot, lambda: "command ended (exit 0); keys are" in text_of(app))
        ended = main(app).stray._heard - keystrokes.PAUSE
        # A busy screen deals with keys when it can: when they came is what counts.
        await until(pilot, lambda: not main(app).stray.expected)
        for number, key in enumerate(("enter", "enter", "s", "q")):
            typed = events.Key(key, key if len(key) == 1 else None)
            typed.time = ended - 0.1 + number * 0.01
            app.post_message(typed)
        assert "TYPING" not in text_of(app)
        assert main(app).rows.has_focus
        await until(pilot, lambda: monotonic() > ended + 2 * keystrokes.PAUSE)
        # Keys keep their order: once this one has had its effect, the others have had theirs.
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        assert session.state.step("b").status is Status.PENDING
        assert len(app.screen_stack) == 3
        assert app.is_running


async def test_after_a_moment_the_keys_work_again(scene: Make) -> None:
    async with typing(scene, (80, 24)) as (pilot, app, session):
        await pilot.press("x", "enter")
        await until(pilot, lambda: "keys are Runbook's again" in text_of(app))
        await until(pilot, lambda: not main(app).stray.expected)
        await until(pilot, lambda: main(app).chosen_step == "b")
        await pilot.press("enter")
        await until(pilot, lambda: session.state.step("b").status is Status.DONE)


async def test_the_panic_key_works_among_keys_on_their_way(scene: Make) -> None:
    async with typing(scene, (80, 24)) as (pilot, app, _session):
        await pilot.press("x", "enter")
        await until(pilot, lambda: "keys are Runbook's again" in text_of(app))
        await pilot.press("enter", "f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_shown_says_when_typing_was_ended_by_its_key(
    scene: Make, size: tuple[int, int]
) -> None:
    async with typing(scene, size) as (pilot, app, session):
        await pilot.press("ctrl+right_square_bracket")
        await until(pilot, lambda: "TYPING" not in text_of(app))
        assert "end typing" not in text_of(app)
        await pilot.press("q", "enter")
        await pilot.pause()
        assert session.state.step("a").status is Status.RUNNING


async def test_enter_in_a_pane_that_is_only_looked_at_starts_nothing(scene: Make) -> None:
    session = scene(book(Step(id="a", title="A", run="echo a", undo="true"), NEXT)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: main(app).chosen_step == "b")
        await pilot.press("up", "tab", "enter")
        await until(pilot, lambda: "Enter starts steps from the list" in text_of(app))
        assert session.state.step("b").status is Status.PENDING


@pytest.mark.parametrize("told", [True, False])
async def test_what_a_key_puts_out_is_looked_for_at_once(
    scene: Make, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    """The pane would not look again in this test by itself; nor often, where it is told."""
    async with typing(scene, (80, 24)) as (pilot, app, _):
        if not told:
            monkeypatch.setattr(LogTerminal, "listen", lambda _: -1)
        monkeypatch.setattr(pacing, "SAMPLES_A_SECOND", 0.001)
        monkeypatch.setattr(pacing, "ANSWERS", 60.0)
        looks = [0]
        view = LogTerminal.view

        def counted(*asked: Any, **more: Any) -> TerminalView:
            looks[0] += 1
            return view(*asked, **more)

        monkeypatch.setattr(LogTerminal, "view", counted)
        main(app).output.pane.sampler.listen(to_output=told)
        await pilot.press("o", "i", "l")
        await until(pilot, lambda: "oil" in text_of(app))
        assert 1 <= looks[0] <= 20


def said(drawn: list[object], text: str) -> LayoutUpdate | None:
    """What was drawn by itself and says this."""
    for update in drawn:
        if not isinstance(update, LayoutUpdate):
            continue
        if any(text in part.text for row in update.strips for strip in row for part in strip):
            return update
    return None


def standing(app: RunbookApp, region: Region) -> list[list[tuple[str, object]]]:
    """What all widgets together make of a part of the screen."""
    lines = app.screen._compositor.render_strips()[region.y : region.bottom]
    return [styled(line.crop(region.x, region.right)) for line in lines]


def styled(strip: Strip) -> list[tuple[str, object]]:
    return [(character, style) for text, style, _ in strip for character in text]


async def test_an_echo_is_drawn_as_the_next_frame_would_draw_it(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written out before that frame, row by row, with its cursor; and nothing else is."""
    monkeypatch.setattr(pacing, "ANSWERS", 60.0)
    async with typing(scene, (80, 24)) as (pilot, app, _):
        drawn: list[object] = []
        monkeypatch.setattr(app, "_display", lambda _, update: drawn.append(update))
        for typed in ("o", "ö", "日", "x"):
            drawn.clear()
            await pilot.press(typed)
            says = partial(said, drawn, typed)
            await until(pilot, says)
            found = says()
            assert isinstance(found, LayoutUpdate)
            assert found.region.height == 1
            lines = [Strip.join(list(line)) for line in found.strips]
            assert [styled(line) for line in lines] == standing(app, found.region)


async def test_an_echo_is_left_to_the_next_frame_where_something_may_lie_over_it(
    scene: Make,
) -> None:
    async with typing(scene, (80, 24)) as (pilot, app, _):
        pane = main(app).output.pane
        assert paint(pane, [0])
        over = Static("over it", id="over")
        over.styles.overlay = "screen"
        over.styles.offset = (0, -6)
        await app.screen.mount(over)
        await until(pilot, lambda: over.region.overlaps(pane.region))
        assert not paint(pane, [0])
        await over.remove()
        await until(pilot, lambda: paint(pane, [0]))
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        assert not paint(pane, [0])


async def test_keys_typed_in_one_burst_reach_the_command_in_their_order(scene: Make) -> None:
    text = "".join(f"{number}," for number in range(60))
    async with typing(scene, (80, 24)) as (pilot, app, session):
        for character in f"{text}\r":
            key = "enter" if character == "\r" else character
            app.post_message(events.Key(key, character))
        await until(pilot, lambda: session.state.step("a").status is Status.DONE)
        output = LogTerminals().open(Path(session.state.step("a").commands[-1].folder))
        rows = output.view(20, 400).rows
        assert f"got:{text}" in ["".join(span.text for span in row) for row in rows]


async def test_a_command_that_reads_no_keys_is_not_typed_into_and_its_log_stays_its_own(
    scene: Make,
) -> None:
    deaf = Step(id="a", title="Deaf", run="echo begun; while test ! -e go; do sleep 0.05; done",
                undo="true")  # fmt: skip
    place = scene(book(deaf))
    session = place.open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "begun" in text_of(app))
        await pilot.press("i")
        await until(pilot, lambda: "this command reads no keys" in text_of(app))
        assert "interactive = true" in " ".join(text_of(app).split())
        assert "TYPING" not in text_of(app)
        await pilot.press("q", "q")
        (place.work / "go").touch()
        await until(pilot, lambda: session.state.step("a").status is Status.DONE)
    (record,) = session.state.step("a").commands
    assert place.commands.tail(Path(record.folder)) == b"begun\r\n"


@pytest.mark.parametrize("asks", ["read -rs x </dev/tty", "read -r x </proc/self/fd/2"])
async def test_one_that_asks_by_its_terminal_gets_the_answer_though_it_is_not_interactive(
    scene: Make, asks: str
) -> None:
    step = Step(id="a", title="Ask", run=f'echo -n "word: "; {asks}; echo "got:$x"', undo="true")
    session = scene(book(step)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "word:" in text_of(app))
        record = session.state.step("a").running_command()
        assert record
        await until(pilot, lambda: app.terminals.reads(Path(record.folder)))
        await pilot.press("i")
        await until(pilot, lambda: "TYPING" in text_of(app))
        await pilot.press("o", "k", "enter")
        await until(pilot, lambda: "got:ok" in text_of(app))


async def test_once_what_was_asked_is_answered_no_key_gets_into_the_log_or_starts_anything(
    scene: Make,
) -> None:
    step = Step(id="a", title="Ask", undo="true",
                run='echo -n "word: "; read -rs x </dev/tty; echo "got:$x"; '
                    "while test ! -e go; do sleep 0.05; done")  # fmt: skip
    place = scene(book(step, NEXT))
    session = place.open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "word:" in text_of(app))
        record = session.state.step("a").running_command()
        assert record
        await until(pilot, lambda: app.terminals.reads(Path(record.folder)))
        await pilot.press("i", "o", "k", "enter")
        await until(pilot, lambda: "got:ok" in text_of(app))
        await until(pilot, lambda: not app.terminals.reads(Path(record.folder)))
        await pilot.press("x", "q", "x")
        await until(pilot, lambda: "reads no more keys" in text_of(app))
        assert isinstance(app.screen, MainScreen)
        assert "TYPING" not in text_of(app)
        (place.work / "go").touch()
        await until(pilot, lambda: session.state.step("a").status is Status.DONE)
    log = place.commands.tail(Path(record.folder))
    assert log.replace(b"\r\n", b"\n") == b"word: got:ok\n"
