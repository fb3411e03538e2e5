"""Choosing part of an output and copying it, with the mouse and with keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual import events
from textual.pilot import Pilot

from runbook_tui.book.model import Step
from runbook_tui.run.state import Status
from runbook_tui.tui.app import RunbookApp
from tests.integration.session.scene import Scene
from tests.tui.piloting import text_of, until
from tests.tui.test_pane import COUNT, SIZES, looking, main, pane, seen

Make = Callable[..., Scene]
LONG = Step(id="a", title="Long", undo="true", interactive=True,
            run="printf '%0200d\\n' 7; echo 3000; read x")  # fmt: skip
TICKS = Step(
    id="a",
    title="Ticks",
    undo="true",
    interactive=True,
    run="seq 3000; read x; n=3000; while n=$((n+1)); do echo $n; sleep .01; done",
)
DRAWN = Step(id="a", title="Drawn", undo="true", interactive=True,
             run="printf '\\033[?1049h\\033[H\\033[2J3000\\033[3;3Hhere'; "
                 "read x")  # fmt: skip


async def mouse(pilot: Pilot[int], kind: type[events.MouseEvent], x: int, y: int) -> None:
    """What a terminal reports at a cell of the pane."""
    app = pilot.app
    assert isinstance(app, RunbookApp)
    region = pane(app).content_region
    at = (region.x + x, region.y + y)
    button = 0 if kind in {events.MouseScrollUp, events.MouseScrollDown} else 1
    app.post_message(kind(None, *at, 0, 0, button, False, False, False, *at))
    await pilot.pause()


async def drag(pilot: Pilot[int], start: tuple[int, int], *way: tuple[int, int]) -> None:
    await mouse(pilot, events.MouseDown, *start)
    for at in way:
        await mouse(pilot, events.MouseMove, *at)
    await mouse(pilot, events.MouseUp, *way[-1])


def reversed_text(app: RunbookApp) -> str:
    """What stands out in the pane."""
    region = pane(app).content_region
    strips = app.screen._compositor.render_strips()[region.y : region.bottom]
    parts = [s.text for strip in strips for s in strip if s.style and s.style.reverse]
    return "".join(parts)


@pytest.mark.parametrize("size", SIZES)
async def test_what_the_mouse_goes_over_is_copied_and_says_so(
    scene: Make, size: tuple[int, int]
) -> None:
    async with looking(scene, size) as (pilot, app):
        rows = seen(app)
        await drag(pilot, (1, 0), (3, 0), (1, 2))
        await until(pilot, lambda: "copied: 3 lines" in text_of(app))
        assert app.clipboard == f"{rows[0][1:]}\n{rows[1]}\n{rows[2][:2]}"
        chosen = [rows[0][1:], rows[1], rows[2][:2]]
        await until(pilot, lambda: reversed_text(app).split() == chosen)
        await until(pilot, lambda: "3 lines chosen c copies Esc drops" in text_of(app))
        assert seen(app) == rows
        await pilot.press("escape")
        await until(pilot, lambda: not reversed_text(app))
        assert pane(app).has_focus
        await until(pilot, lambda: not pane(app).place)


async def test_what_is_chosen_stays_while_one_scrolls_and_more_output_comes(scene: Make) -> None:
    async with looking(scene, (80, 24), step=TICKS) as (pilot, app):
        await pilot.press("i", "enter", "ctrl+right_square_bracket")
        await until(pilot, lambda: "3000" not in seen(app))
        await drag(pilot, (0, 1), (3, 2))
        await until(pilot, lambda: app.clipboard)
        first, second = app.clipboard.split("\n")
        assert int(second) == int(first) + 1
        await pilot.press("pageup")
        await until(pilot, lambda: first not in seen(app))
        await mouse(pilot, events.MouseScrollUp, 1, 1)
        await pilot.press("pagedown")
        await until(pilot, lambda: first in seen(app))
        assert reversed_text(app).split() == [first, second]
        await pilot.press("end")
        await until(pilot, lambda: not pane(app).place and not reversed_text(app))
        assert int(seen(app)[-1]) > int(second)


async def test_held_beyond_the_edge_it_scrolls_on(scene: Make) -> None:
    async with looking(scene, (80, 24)) as (pilot, app):
        await mouse(pilot, events.MouseDown, 3, 2)
        await mouse(pilot, events.MouseMove, 0, -2)
        await until(pilot, lambda: "2950" in seen(app))
        await mouse(pilot, events.MouseMove, 0, 0)
        await mouse(pilot, events.MouseUp, 0, 0)
        await until(pilot, lambda: app.clipboard)
        lines = app.clipboard.split("\n")
        assert [int(line) for line in lines] == list(range(int(lines[0]), int(lines[-1]) + 1))
        assert int(lines[0]) <= 2950
        assert lines[-1] == str(3000 - pane(app).size.height + 3)
        assert f"copied: {len(lines)} lines" in text_of(app)


async def test_a_wrapped_line_is_copied_as_one(scene: Make) -> None:
    async with looking(scene, (80, 24), step=LONG) as (pilot, app):
        await drag(pilot, (0, 0), (3, 3))
        await until(pilot, lambda: app.clipboard)
        assert app.clipboard == f"{7:0200d}\n3000"


async def test_a_picture_that_a_program_has_drawn_stands_still(scene: Make) -> None:
    async with looking(scene, (80, 24), step=DRAWN) as (pilot, app):
        await drag(pilot, (0, 0), (5, 2))
        await until(pilot, lambda: app.clipboard)
        assert app.clipboard == "3000\n\n  here"
        await pilot.press("escape")
        await until(pilot, lambda: not pane(app).sampler.held)


async def test_a_click_chooses_nothing_and_gives_the_pane_the_keys(scene: Make) -> None:
    async with looking(scene, (120, 40)) as (pilot, app):
        await pilot.press("escape")
        await until(pilot, lambda: main(app).rows.has_focus)
        await drag(pilot, (0, 1), (2, 1))
        await until(pilot, lambda: app.clipboard)
        await mouse(pilot, events.MouseDown, 2, 2)
        await mouse(pilot, events.MouseUp, 2, 2)
        await until(pilot, lambda: pane(app).has_focus and not reversed_text(app))
        await until(pilot, lambda: "scroll" in text_of(app).splitlines()[-1])
        assert not pane(app).place


@pytest.mark.parametrize("size", SIZES)
async def test_lines_are_chosen_and_copied_without_a_mouse(
    scene: Make, size: tuple[int, int]
) -> None:
    async with looking(scene, size) as (pilot, app):
        await pilot.press("v")
        await until(pilot, lambda: "1 line chosen" in text_of(app))
        await pilot.press("k", "up", "pageup", "c")
        await until(pilot, lambda: app.clipboard)
        count = 3 + pane(app).size.height - 1
        assert app.clipboard == "".join(f"{n}\n" for n in range(3001 - count, 3001))
        assert f"copied: {count} lines" in text_of(app)
        await pilot.press("home", "c")
        await until(pilot, lambda: app.clipboard.startswith("1\n2\n"))
        assert app.clipboard.endswith("2999\n3000\n")
        assert seen(app)[0] == "1"
        await pilot.press("v")
        await until(pilot, lambda: not reversed_text(app))


async def test_what_is_in_view_is_copied_where_nothing_was_chosen(scene: Make) -> None:
    async with looking(scene, (80, 24)) as (pilot, app):
        await pilot.press("g")
        await until(pilot, lambda: seen(app)[0] == "1")
        await pilot.press("c")
        await until(pilot, lambda: app.clipboard)
        assert app.clipboard.split() == seen(app)


async def test_one_can_choose_while_one_types_and_the_next_key_goes_to_the_command(
    scene: Make,
) -> None:
    step = Step(id="a", title="A", interactive=True, undo="true",
                run="seq 3000; read x; echo got:$x 3000; read y")  # fmt: skip
    async with looking(scene, (80, 24), step=step) as (pilot, app):
        await pilot.press("i")
        await until(pilot, lambda: pane(app).typing)
        await drag(pilot, (0, 1), (3, 1))
        await until(pilot, lambda: app.clipboard)
        assert pane(app).typing
        await pilot.press("o", "k", "enter")
        await until(pilot, lambda: "got:ok 3000" in seen(app))
        await until(pilot, lambda: not reversed_text(app) or "TYPING" in text_of(app))


async def test_lines_longer_than_the_pane_are_gone_along(scene: Make) -> None:
    step = Step(id="a", title="A", undo="true", interactive=True,
                run="seq 40; for n in 1 2 3; do seq -s '' 1000 1099; done; seq 41 3000;"
                    " read x")  # fmt: skip
    async with looking(scene, (80, 24), step=step) as (pilot, app):
        await pilot.press("slash", *"10901091", "enter")
        await until(pilot, lambda: any(row.endswith("›") for row in seen(app)))
        assert "1099" not in "".join(seen(app))
        for _ in range(20):
            await pilot.press("right")
        await until(pilot, lambda: any(row.endswith("1099") for row in seen(app)))
        assert "column 323" in text_of(app)
        await pilot.press("end")
        await until(pilot, lambda: seen(app)[-1] == "3000")


async def test_the_wheel_scrolls(scene: Make) -> None:
    async with looking(scene, (80, 24)) as (pilot, app):
        await mouse(pilot, events.MouseScrollUp, 1, 1)
        await until(pilot, lambda: seen(app)[-1] == "2997")
        assert "End follows" in text_of(app)
        await mouse(pilot, events.MouseScrollDown, 1, 1)
        await until(pilot, lambda: seen(app)[-1] == "3000" and not pane(app).place)


async def test_while_one_types_the_wheel_turns_the_pages_of_a_program_with_its_own_screen(
    scene: Make,
) -> None:
    step = Step(id="a", title="A", interactive=True, undo="true", run="seq 3000 4000 | less")
    async with looking(scene, (80, 24), step=step) as (pilot, app):
        await pilot.press("i")
        await until(pilot, lambda: pane(app).typing)
        await mouse(pilot, events.MouseScrollDown, 1, 1)
        await until(pilot, lambda: seen(app)[0] == "3003")
        await mouse(pilot, events.MouseScrollUp, 1, 1)
        await until(pilot, lambda: seen(app)[0] == "3000")
        assert not pane(app).place


async def test_the_first_error_line_is_gone_to_then_the_next(scene: Make) -> None:
    step = Step(id="a", title="A", undo="true",
                run="seq 500; echo 'error: it broke'; seq 400; echo 'fatal: and this'; seq 3000;"
                    " exit 3")  # fmt: skip
    async with looking(scene, (80, 24), step=step) as (pilot, app):
        await until(pilot, lambda: app.session.state.step("a").status is Status.FAILED)
        await pilot.press("escape", "e")
        await until(pilot, lambda: "error: it broke" in reversed_text(app))
        assert "line 501 looks like an error; e goes to the next, End follows" in text_of(app)
        assert pane(app).has_focus
        await pilot.press("e")
        await until(pilot, lambda: "fatal: and this" in reversed_text(app))
        await pilot.press("e")
        await until(pilot, lambda: "error: it broke" in reversed_text(app))
        assert "the first error again" in text_of(app)


async def test_where_nothing_looks_like_an_error_that_is_said(scene: Make) -> None:
    async with looking(scene, (80, 24), step=COUNT) as (pilot, app):
        await pilot.press("e")
        await until(pilot, lambda: "no line of the output looks like an error" in text_of(app))
        assert pane(app).place is None
