"""Looking at a command's output: its size, scrolling, searching, and what is pasted into it."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from runbook_tui.book.model import Step
from runbook_tui.command.folder import terminal_size
from runbook_tui.command.terminal import LogTerminal, LogTerminals
from runbook_tui.run.state import Status
from runbook_tui.session.ports.terminals import Terminals
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.screens.rollback import RollbackScreen
from runbook_tui.tui.widgets import pane as pane_module
from runbook_tui.tui.widgets.keystrokes import pasted
from runbook_tui.tui.widgets.pane import Pane
from tests.integration.session.scene import Scene, book
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]
SIZES = [(60, 16), (80, 24), (80, 40), (110, 28), (120, 40)]
COUNT = Step(id="a", title="Count", run="seq 3000; until test -e go; do sleep 0.02; done",
             undo="true", interactive=True)  # fmt: skip


class Slow(LogTerminals):
    """Real terminals whose searches go on until somebody lets them."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.free = threading.Event()
        self.stopped = threading.Event()

    def open(self, folder: Path) -> LogTerminal:
        return SlowTerminal(folder, self)


class SlowTerminal(LogTerminal):
    def __init__(self, folder: Path, slow: Slow) -> None:
        super().__init__(folder)
        self._slow = slow

    def find(self, text: str, before: int | None, stop: Callable[[], bool]) -> int | None:
        self._slow.begun.set()
        while not self._slow.free.wait(0.01):
            if stop():
                self._slow.stopped.set()
                return None
        return super().find(text, before, stop)


@asynccontextmanager
async def looking(
    scene: Make, size: tuple[int, int], terminals: Terminals | None = None, step: Step = COUNT
) -> AsyncIterator[tuple[Pilot[int], RunbookApp]]:
    """A pane that is looked at, while its command runs."""
    app = RunbookApp(scene(book(step)).open(), terminals or LogTerminals())
    async with app.run_test(size=size) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: main(app).output.command is not None)
        await pilot.press("tab")
        await until(pilot, lambda: "3000" in seen(app) and is_as_large_as_looked_at(app))
        yield pilot, app


def main(app: RunbookApp) -> MainScreen:
    assert isinstance(app.screen, MainScreen)
    return app.screen


def pane(app: RunbookApp) -> Pane:
    return main(app).output.pane


def is_as_large_as_looked_at(app: RunbookApp) -> bool:
    """Whether the pane has the room that it gets when it is looked at, and shows that much."""
    room, known = pane(app).content_region, pane(app).sampler._asked
    return pane(app).has_focus and bool(known) and known[2] == (room.height, room.width)


def seen(app: RunbookApp) -> list[str]:
    """The lines of the pane as they stand on the screen."""
    region = pane(app).content_region
    rows = text_of(app).splitlines()[region.y : region.bottom]
    return [row[region.x : region.right].rstrip() for row in rows]


def numbers(last: int, count: int) -> list[str]:
    return [str(number) for number in range(last - count + 1, last + 1)]


@pytest.mark.parametrize("size", SIZES)
async def test_a_pane_is_filled_and_its_command_knows_its_size(
    scene: Make, size: tuple[int, int]
) -> None:
    async with looking(scene, size) as (pilot, app):
        least = size[1] - 10 if size[1] < 40 else 18
        folder = Path(pane(app).folder)
        for key in ("", "z", "z"):
            if key:
                await pilot.press(key)
            await until(pilot, lambda: pane(app).size.height >= least)
            await until(pilot, lambda: seen(app) == numbers(3000, pane(app).size.height))
            await until(
                pilot,
                lambda: terminal_size(folder) == (pane(app).size.height, pane(app).size.width),
            )


async def test_a_pane_that_grows_with_the_terminal_is_filled(scene: Make) -> None:
    async with looking(scene, (80, 24)) as (pilot, app):
        for size in ((120, 40), (110, 28), (60, 16)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda size=size: app.size == size)  # type: ignore[misc]
            await until(pilot, lambda: seen(app) == numbers(3000, pane(app).size.height))


async def test_a_command_is_told_its_last_size_once(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with looking(scene, (80, 24)) as (pilot, app):
        folder = Path(pane(app).folder)
        await until(pilot, lambda: terminal_size(folder)[0] == pane(app).size.height)
        # On a busy machine one size comes long after the other.
        monkeypatch.setattr(pane_module, "SETTLED", 1.0)
        told: list[tuple[int, int]] = []
        monkeypatch.setattr(
            app.session.keyboard, "resize", lambda _, rows, cols: told.append((rows, cols))
        )
        for width in range(81, 96):
            await pilot.resize_terminal(width, 24)
        await until(pilot, lambda: app.size.width == 95 and told)
        await until(pilot, lambda: told[-1][1] == pane(app).size.width)
        assert len(told) < 8


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_pages_follow_one_another_and_the_head_says_where(
    scene: Make, size: tuple[int, int]
) -> None:
    async with looking(scene, size) as (pilot, app):
        high = pane(app).size.height
        assert "End follows" not in text_of(app)
        await pilot.press("pageup")
        await until(pilot, lambda: seen(app) == numbers(3000 - high + 1, high))
        first = 3000 - 2 * high + 2
        await until(pilot, lambda: f"line {first:,} of 3,000 · End follows" in text_of(app))
        await pilot.press("pageup", "pageup", "k", "pagedown", "j")
        await until(pilot, lambda: seen(app) == numbers(3000 - 2 * (high - 1), high))
        await pilot.press("home")
        await until(pilot, lambda: seen(app) == numbers(high, high))
        await until(pilot, lambda: "line 1 of 3,000" in text_of(app))
        await pilot.press("G")
        await until(pilot, lambda: seen(app) == numbers(3000, high))
        await until(pilot, lambda: "End follows" not in text_of(app))
        await pilot.press("g")
        await until(pilot, lambda: seen(app) == numbers(high, high))


async def test_the_bottom_is_followed_again_when_it_is_reached(scene: Make) -> None:
    async with looking(scene, (80, 24)) as (pilot, app):
        await pilot.press("pageup")
        await until(pilot, lambda: pane(app).place)
        await pilot.press("pagedown")
        await until(pilot, lambda: seen(app)[-1] == "3000" and not pane(app).place)


async def test_paging_up_from_wrapped_lines_leaves_none_out(scene: Make) -> None:
    step = Step(id="a", title="A", undo="true",
                run="for i in $(seq 100 160); do printf '%03d%0300d\\n' $i 0; done; echo 3000;"
                    " exec sleep 60")  # fmt: skip
    async with looking(scene, (80, 24), step=step) as (pilot, app):
        found: set[str] = set()
        while "100" not in found:
            found |= {row[:3] for row in seen(app)}
            before = seen(app)
            await pilot.press("pageup")
            await until(pilot, lambda before=before: seen(app) != before)  # type: ignore[misc]
            found |= {row[:3] for row in seen(app)}
        assert {str(number) for number in range(100, 161)} <= found


async def test_two_quick_steps_up_do_not_lead_back_to_the_end(scene: Make) -> None:
    step = Step(id="a", title="A", undo="true",
                run="for i in $(seq 100 160); do printf '%03d%0300d\\n' $i 0; done; echo 3000;"
                    " exec sleep 60")  # fmt: skip
    async with looking(scene, (80, 24), step=step) as (pilot, app):
        pane(app).scroll_lines(-1)
        pane(app).scroll_lines(-1)
        await until(pilot, lambda: pane(app).place)


async def test_output_that_fits_is_not_scrolled(scene: Make) -> None:
    step = Step(id="a", title="A", run="echo 2999; echo 3000; exec sleep 60", undo="true")
    async with looking(scene, (80, 24), step=step) as (pilot, app):
        await pilot.press("pageup", "k", "home")
        await until(pilot, lambda: pane(app).place is None)
        assert seen(app)[:2] == ["2999", "3000"]


async def test_the_panic_key_works_while_a_search_runs(scene: Make) -> None:
    slow = Slow()
    async with looking(scene, (80, 24), slow) as (pilot, app):
        await pilot.press("slash", *"nosuchtext", "enter")
        await until(pilot, slow.begun.is_set)
        await until(pilot, lambda: "searching “nosuchtext”…" in text_of(app))
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        assert not slow.stopped.is_set()
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        slow.free.set()
        await until(pilot, lambda: "“nosuchtext” is not in the output" in text_of(app))


async def test_escape_stops_a_search_and_so_does_another(scene: Make) -> None:
    slow = Slow()
    async with looking(scene, (80, 24), slow) as (pilot, app):
        await pilot.press("slash", *"2", "enter")
        await until(pilot, lambda: "searching “2”" in text_of(app))
        await pilot.press("escape")
        await until(pilot, slow.stopped.is_set)
        assert "searching" not in text_of(app)
        assert pane(app).has_focus
        slow.stopped.clear()
        await pilot.press("slash", *"25", "enter")
        await until(pilot, lambda: "searching “25”" in text_of(app))
        await pilot.press("slash", *"777", "enter")
        await until(pilot, slow.stopped.is_set)
        await until(pilot, lambda: "searching “777”" in text_of(app))
        slow.free.set()
        await until(pilot, lambda: "2777" in seen(app))


async def test_the_newest_match_comes_first_then_the_ones_above(scene: Make) -> None:
    async with looking(scene, (80, 24)) as (pilot, app):
        await pilot.press("slash", *"500", "enter")
        await until(pilot, lambda: "2500" in seen(app))
        for wanted in ("1500", "500"):
            await pilot.press("slash", "enter")
            await until(pilot, lambda wanted=wanted: wanted in seen(app))  # type: ignore[misc]
        await pilot.press("slash", "enter")
        await until(pilot, lambda: "2500" in seen(app))
        assert "the newest again" in text_of(app)


async def test_enter_on_an_empty_search_asks_for_words_and_searches_nothing(scene: Make) -> None:
    async with looking(scene, (80, 24)) as (pilot, app):
        await pilot.press("slash", "enter")
        await until(pilot, lambda: "it needs an answer" in text_of(app))
        await pilot.press("space", "enter")
        assert "Find in the output" in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: "Find in the output" not in text_of(app))
        assert main(app).output.pane.searched == ""
        assert "not found" not in text_of(app)


async def test_zoom_without_output_says_so_and_changes_nothing(scene: Make) -> None:
    app = RunbookApp(scene(book(COUNT)).open(), LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "READY Count" in text_of(app))
        await pilot.press("z")
        await until(pilot, lambda: "there is no output to look at yet" in text_of(app))
        assert "READY Count" in text_of(app)


async def test_zoom_gives_the_keys_to_what_is_seen(scene: Make) -> None:
    async with looking(scene, (80, 24)) as (pilot, app):
        await pilot.press("tab", "z")
        await until(pilot, lambda: pane(app).has_focus)
        chosen = main(app).chosen
        await pilot.press("k", "k")
        await until(pilot, lambda: pane(app).place)
        assert main(app).chosen == chosen
        await pilot.press("escape")
        await until(pilot, lambda: main(app).rows.has_focus)


async def test_a_large_paste_into_a_command_keeps_the_screen_awake(scene: Make) -> None:
    step = Step(id="a", title="A", interactive=True, undo="true",
                run="stty raw -echo; echo 3000; head -c 900000 | wc -c")  # fmt: skip
    async with looking(scene, (80, 24), step=step) as (pilot, app):
        await pilot.press("i")
        await until(pilot, lambda: pane(app).typing)
        app.post_message(events.Paste("x" * 950_000))
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        await until(pilot, lambda: app.session.state.step("a").status is Status.DONE)


@pytest.mark.parametrize("text", ["one\ntwo\r\nthree", "x" * (1 << 20)])
async def test_a_paste_into_a_question_becomes_one_line(scene: Make, text: str) -> None:
    app = RunbookApp(scene(book(COUNT)).open(), LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await until(pilot, lambda: bool(app.screen.query(Input)))
        app.post_message(events.Paste(text))
        await until(pilot, lambda: app.screen.query_one(Input).value)
        value = app.screen.query_one(Input).value
        assert value == ("one two three" if "\n" in text else "x" * 2000)


def test_what_is_pasted_cannot_end_its_brackets() -> None:
    assert pasted("a\x1b[201~\nrm", brackets=True) == b"\x1b[200~a\rrm\x1b[201~"


@pytest.mark.parametrize(("mode", "received"), [
    ("", "one.two."), (r"printf '\033[?2004h';", "E[200~one.two.E[201~"),
])  # fmt: skip
async def test_a_paste_has_brackets_only_for_a_program_that_asked_for_them(
    scene: Make, mode: str, received: str
) -> None:
    shown = f"head -c {len(received)} | tr '\\033\\r' 'E.'"
    step = Step(id="a", title="A", interactive=True, undo="true",
                run=f"stty raw -echo; {mode} echo 3000; {shown}")  # fmt: skip
    async with looking(scene, (80, 24), step=step) as (pilot, app):
        await pilot.press("i")
        await until(pilot, lambda: pane(app).typing)
        app.post_message(events.Paste("one\ntwo\r\n"))
        await until(pilot, lambda: received in text_of(app))


@pytest.mark.parametrize(("mode", "received"), [
    ("", "E[AE[1;5C"), (r"printf '\033[?1h';", "EOAE[1;5C"),
])  # fmt: skip
async def test_cursor_keys_are_those_that_the_program_asked_for(
    scene: Make, mode: str, received: str
) -> None:
    shown = f"head -c {len(received)} | tr '\\033' E"
    step = Step(id="a", title="A", interactive=True, undo="true",
                run=f"stty raw -echo; {mode} echo 3000; {shown}")  # fmt: skip
    async with looking(scene, (80, 24), step=step) as (pilot, app):
        await pilot.press("i")
        await until(pilot, lambda: pane(app).typing)
        await pilot.press("up", "ctrl+right")
        await until(pilot, lambda: received in text_of(app))


def cursor(app: RunbookApp) -> list[tuple[int, int, str]]:
    """Row, column and character of what stands out in the pane."""
    region = pane(app).content_region
    found = []
    for y, strip in enumerate(app.screen._compositor.render_strips()[region.y : region.bottom]):
        x = -region.x
        for segment in strip:
            if segment.style and segment.style.reverse:
                found.append((y, x, segment.text))
            x += segment.cell_length
    return found


@pytest.mark.parametrize(("prompt", "at"), [
    ("printf 'Password: '", (1, 10)),
    ("printf '\\033[3;5H漢字\\033[3;6H'", (2, 4)),
    ("printf '\\033[?25l'", None),
])  # fmt: skip
async def test_the_cursor_is_seen_while_one_types_and_where_the_program_shows_it(
    scene: Make, prompt: str, at: tuple[int, int] | None
) -> None:
    step = Step(id="a", title="A", interactive=True, undo="true",
                run=f"echo 3000; {prompt}; read -rs x; echo accepted; sleep 60")  # fmt: skip
    async with looking(scene, (80, 24), step=step) as (pilot, app):
        assert not cursor(app)
        await pilot.press("i")
        await until(pilot, lambda: pane(app).typing)
        if at is not None:
            await until(pilot, lambda: [spot[:2] for spot in cursor(app)] == [at])
        await pilot.press("x")
        assert not any("x" in row for row in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: any("accepted" in row for row in seen(app)))
        if at is None:
            assert not cursor(app)
        await pilot.press("ctrl+right_square_bracket")
        await until(pilot, lambda: not cursor(app))


async def test_every_key_goes_to_the_command_but_the_panic_keys(scene: Make) -> None:
    keys = {"ctrl+c": 3, "ctrl+p": 16, "ctrl+q": 17, "ctrl+l": 12, "ctrl+z": 26, "tab": 9,
            "escape": 27, "b": 98, "e": 101, "v": 118, "question_mark": 63}  # fmt: skip
    step = Step(id="a", title="A", interactive=True, undo="true",
                run=f"stty raw -echo; echo 3000; head -c {len(keys)} | od -An -v -t u1 -w1 |"
                    " tr -s ' \\n' .; sleep 60")  # fmt: skip
    async with looking(scene, (80, 24), step=step) as (pilot, app):
        await pilot.press("i")
        await until(pilot, lambda: pane(app).typing)
        await pilot.press(*keys)
        sent = f".{'.'.join(map(str, keys.values()))}."
        await until(pilot, lambda: sent in text_of(app))
        for key in ("f9", "ctrl+backslash"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, MainScreen))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_an_editor_is_shown_as_it_has_drawn_itself(
    scene: Make, size: tuple[int, int]
) -> None:
    step = Step(id="a", title="Edit", undo="true", interactive=True,
                run="seq 3000 > f; vim -u NONE -N -i NONE +3000 -c 'set nu' f")  # fmt: skip
    place = scene(book(step))
    app = RunbookApp(place.open(), LogTerminals())
    async with app.run_test(size=size) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: main(app).output.command is not None)
        await pilot.press("i")
        await until(pilot, lambda: "TYPING" in text_of(app))
        folder = Path(pane(app).folder)
        await until(
            pilot, lambda: terminal_size(folder) == (pane(app).size.height, pane(app).size.width)
        )
        await until(pilot, lambda: any(row.endswith("3000 3000") for row in seen(app)))
        await pilot.press("g", "g", "l", "j", "down", "l")
        high = pane(app).size.height
        rows = [f"{n:4} {n}" for n in range(1, high)]
        await until(pilot, lambda: seen(app)[:-1] == rows)
        await until(pilot, lambda: [spot[:2] for spot in cursor(app)] == [(2, 5)])
        await pilot.press("i", "x", "escape", "colon", "x", "enter")
        await until(pilot, lambda: app.session.state.step("a").status is Status.DONE)
    assert (place.work / "f").read_text().splitlines()[:4] == ["1", "2", "x3", "4"]
