"""An undo that fails, on the screen: what it says, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from runbook_tui.book.model import Command, Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run import requests as r
from runbook_tui.run.rollback import awaited
from runbook_tui.run.state import Status
from runbook_tui.session.session import Session
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.dialogs.ask import AskText, Confirm
from runbook_tui.tui.dialogs.edit import EditCommand
from runbook_tui.tui.screens.rollback import RollbackScreen
from tests.integration.session.scene import Scene, ask, book, run_step
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]
BLOCK = "echo one >> ../order\ntest -e cure\necho three >> ../order"


def failing(scene: Make, undo: str = "test -e cure") -> tuple[Scene, Session, RunbookApp]:
    """A run whose second step cannot be taken back as it is."""
    place = scene(
        book(
            Step(id="a", title="Alpha", run="touch a", undo="rm a"),
            Step(id="b", title="Beta", run="touch b", undo=undo),
        )
    )
    session = place.open()
    run_step(session, "a")
    run_step(session, "b")
    return place, session, RunbookApp(session, LogTerminals())


async def at_rest(pilot: Pilot[int], app: RunbookApp, session: Session) -> None:
    """The rollback is open, has started, and waits at the undo that failed."""
    await pilot.press("f9")
    await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
    ask(session, r.StartRollback(scope="run"))
    await until(pilot, lambda: "it waits for you" in text_of(app))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (80, 18)])
async def test_it_says_that_it_waits_where_and_for_what(scene: Make, size: tuple[int, int]) -> None:
    place, session, app = failing(scene)
    async with app.run_test(size=size) as pilot:
        await at_rest(pilot, app, session)
        shown = text_of(app)
        assert "1 of 2 taken back; “Beta” failed" in shown
        assert "✗ failed, asks you" in shown
        assert "INCOMPLETE" not in shown
        foot = shown.splitlines()[-2]
        for key in ("r again", "e edit", "l go on", "x it stays", "Esc back"):
            assert key in foot
        assert not (place.work / "a").exists()
        assert session.state.rolling_back


async def test_r_tries_it_again(scene: Make) -> None:
    place, session, app = failing(scene)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot, app, session)
        (place.work / "cure").touch()
        await pilot.press("r")
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))


async def test_e_edits_all_lines_and_wants_a_reason(scene: Make) -> None:
    place, session, app = failing(scene, BLOCK)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot, app, session)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, EditCommand))
        area = app.screen.query_one(TextArea)
        assert area.text == BLOCK
        await pilot.press("down", "down", "end", "enter", *"touch made", "tab", "enter")
        await until(pilot, lambda: "why is it changed?" in text_of(app))
        assert session.state.rolling_back
        assert area.text == f"{BLOCK}\ntouch made"
        area.text = area.text.replace("test -e cure\n", "")
        await pilot.press(*"no cure", "enter")
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))
        assert (place.work / "made").exists()
        assert "Beta  edited" in text_of(app)
        await until(pilot, lambda: session.state.rollback and session.state.rollback.finished)
        await pilot.press("home", "z")
        await until(pilot, lambda: "edited by Ada: no cure" in text_of(app))
        assert "in place of what the plan says" not in text_of(app)


async def test_l_shows_what_would_run_and_wants_a_yes(scene: Make) -> None:
    place, session, app = failing(scene, BLOCK)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot, app, session)
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        assert "2  test -e cure" in text_of(app)
        await pilot.press("3", "enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        shown = text_of(app)
        assert "echo three >> ../order" in shown
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        assert awaited(session.state)
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press("3", "enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))
        assert (place.folder / "order").read_text().split() == ["one", "three"]


async def test_l_says_why_it_cannot(scene: Make) -> None:
    _, session, app = failing(scene, "if true\nthen exit 4\nfi")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot, app, session)
        await pilot.press("l")
        await until(pilot, lambda: "cannot be gone on with" in text_of(app))


async def test_x_leaves_it_with_a_reason(scene: Make) -> None:
    _, session, app = failing(scene)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot, app, session)
        await pilot.press("x")
        await until(pilot, lambda: "Why does “Beta” stay?" in text_of(app))
        await pilot.press(*"later", "enter")
        await until(pilot, lambda: "INCOMPLETE" in text_of(app))
        shown = text_of(app)
        assert "remains: Beta" in shown
        assert "✗ stays" in shown


async def test_leaving_the_editing_changes_nothing(scene: Make) -> None:
    _, session, app = failing(scene)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot, app, session)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, EditCommand))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        assert awaited(session.state)[0].step == "b"
        assert session.state.step("b").amended == ()


async def test_the_keys_say_so_where_nothing_has_failed(scene: Make) -> None:
    _, _, app = failing(scene)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9", "r")
        await until(pilot, lambda: "for an undo that failed" in text_of(app))


async def test_what_waits_with_it_says_for_what(scene: Make) -> None:
    session = scene(
        book(
            Step(id="a", title="Alpha", run="true", undo="true"),
            Step(id="b", title="Beta", run="true", undo="exit 5", needs=("a",)),
        )
    ).open()
    run_step(session, "a")
    run_step(session, "b")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot, app, session)
        assert "waits for “Beta”" in text_of(app)
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press("n", "o", "enter")
        await until(pilot, lambda: "– not tried" in text_of(app))


async def test_a_long_rest_can_be_read_to_its_end_before_the_yes(scene: Make) -> None:
    undo = "\n".join(["exit 1", *(f"echo line-{n:02} of it" for n in range(40))])
    _, session, app = failing(scene, undo.replace("exit 1", "false"))
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot, app, session)
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press("2", "enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "line-39" not in text_of(app)
        assert "Yes (y)" in text_of(app)
        await pilot.press(*["down"] * 45)
        await until(pilot, lambda: "line-39" in text_of(app))


async def test_an_offered_command_that_failed_goes_on_from_a_line(scene: Make) -> None:
    block = Command(id="block", line=9, language="sh", text=BLOCK, rollback=True, label="Block")
    place = scene(book(Step(id="a", title="Alpha", run="touch a", undo="rm a"), commands=(block,)))
    session = place.open()
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: "Block" in text_of(app))
        await pilot.press("down", "o")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "l goes on from a line" in text_of(app))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press("3", "enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "goes on from line 3" in text_of(app)
        await pilot.press("y")
        await until(pilot, lambda: "ended well" in text_of(app))
    assert (place.folder / "order").read_text() == "one\nthree\n"
    texts = [record.text for record in session.state.step("block").commands]
    assert texts == [BLOCK, "echo three >> ../order"]


async def test_beside_what_failed_stands_its_own_output_not_that_of_a_later_undo(
    scene: Make,
) -> None:
    place = scene(
        book(
            Step(id="a", title="Alpha", run="true", undo="echo alpha is back"),
            Step(id="b", title="Beta", run="true", undo="echo beta is stuck; exit 4"),
        )
    )
    session = place.open()
    run_step(session, "a")
    run_step(session, "b")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot, app, session)
        await until(pilot, lambda: "┃ beta is stuck" in text_of(app))
        assert "┃ alpha is back" not in text_of(app)
        await pilot.press("down")
        await until(pilot, lambda: "┃ alpha is back" in text_of(app))
        await pilot.press("up", "x")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press(*"gone", "enter")
        await until(pilot, lambda: "INCOMPLETE" in text_of(app))
        await until(pilot, lambda: "┃ beta is stuck" in text_of(app))


async def test_it_is_so_too_where_nobody_was_asked(scene: Make) -> None:
    place = scene(
        book(
            Step(id="a", title="Alpha", run="true", undo="echo alpha is back"),
            Step(id="b", title="Beta", run="true", undo="echo beta is stuck; exit 4"),
        )
    )
    session = place.open()
    run_step(session, "a")
    run_step(session, "b")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        ask(session, r.StartRollback(scope="run", attended=False))
        await until(pilot, lambda: "INCOMPLETE" in text_of(app))
        await until(pilot, lambda: "┃ beta is stuck" in text_of(app))
        assert "┃ alpha is back" not in text_of(app)


async def test_the_keys_to_mend_it_stand_below_while_another_undo_runs(scene: Make) -> None:
    """At 80 columns: with a long undo under way nobody would know that one can go on already."""
    place = scene(book(
        Step(id="slow", title="Slow", run="true", undo="until test -e go; do sleep 0.05; done"),
        Step(id="bad", title="Bad", needs=(), run="true", undo="exit 3"),
    ))  # fmt: skip
    session = place.open()
    for id_ in ("slow", "bad"):
        run_step(session, id_)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        ask(session, r.StartRollback(scope="run", node=""))
        await until(pilot, lambda: "it runs, and asks you" in text_of(app))
        await until(pilot, lambda: session.state.step("slow").status is Status.UNDOING)
        await until(pilot, lambda: "r again  e edit  l go on  x it stays" in text_of(app))
        await pilot.press("down")
        await until(pilot, lambda: "↑↓ to 1, which failed" in text_of(app))
        await pilot.press("up", "x")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press(*"so be it", "enter")
        await until(pilot, lambda: "S stop after this undo" in text_of(app))
        (place.work / "go").touch()
        await until(pilot, lambda: "INCOMPLETE" in text_of(app))
