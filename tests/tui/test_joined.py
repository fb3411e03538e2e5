"""Who takes part and does not lead sees who they are, and is offered only what they may do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runbook_tui.book.model import Phase, Probe, Runbook, Step, Watch
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run import events as e
from runbook_tui.session.guest import Guest
from runbook_tui.session.session import Session
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.screens.reading import ReadingScreen
from runbook_tui.tui.screens.watches import WatchesScreen
from runbook_tui.tui.views import card as card_view
from runbook_tui.tui.views import guest
from tests.fakes.history import ADA, GRACE, LINUS, START, History
from tests.fakes.plans import two_phases
from tests.fakes.still import StillTerminals
from tests.integration.session.scene import Scene, book, run_step
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]
STARTS = "Ada leads and starts it"


def card(history: History, id_: str) -> str:
    lines = card_view.card(history.state, id_, START + 60, 78, 8, STARTS)
    return "\n".join("".join(text for text, _ in line) for line in lines)


def test_one_is_named_with_the_roles_that_the_plan_gives_by_name() -> None:
    state = History(two_phases()).state
    assert guest.you(state, GRACE) == "you: Grace (cto)"
    assert guest.you(state, LINUS) == "you: Linus"


def test_who_starts_is_said_for_each_case() -> None:
    state = History(two_phases()).state
    assert guest.who_starts(state, GRACE, leaderless=False) == STARTS
    assert "another terminal" in guest.who_starts(state, ADA, leaderless=False)
    said = guest.who_starts(state, GRACE, leaderless=True)
    assert said == f"nobody leads now: `runbook resume {state.run}` takes over"


def test_a_card_offers_nothing_that_only_the_lead_may() -> None:
    steps = (Step(id="a", title="A", run="true"), Step(id="hand", title="H", needs=()),
             Step(id="far", title="F", run="x", hosts=("h",), interactive=True,
                  needs=()))  # fmt: skip
    history = History(Runbook(title="T", phases=(Phase(id="p", title="P", steps=steps),)))
    assert STARTS in card(history, "a")
    assert "Enter" not in card(history, "a") + card(history, "hand") + card(history, "far")
    history.add(e.StepStarted(attempt=1), "a")
    history.add(e.StepFinished(result="failed", reason="exit status 1"), "a")
    assert "try again" not in card(history, "a")
    assert "F9" in card(history, "a")


async def test_the_screen_of_a_guest(scene: Make) -> None:
    made = scene(book(Step(id="a", title="A", run="true", undo="true"),
                      roles={"cto": ("Grace <grace@example.com>",)}))  # fmt: skip
    made.open()
    app = RunbookApp(made.open(leads=False, actor=GRACE), StillTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: STARTS in text_of(app))
        rows = text_of(app).splitlines()
        assert "you: Grace (cto)" in rows[0]
        assert "run" not in rows[-1]
        assert "skip" not in rows[-1]
        for word in ("tick", "sign", "F9 PANIC"):
            assert word in rows[-1]


@pytest.mark.parametrize("key", ["t", "w"])
async def test_what_is_read_has_the_head_of_the_main_screen(scene: Make, key: str) -> None:
    made = scene(book(Step(id="a", title="A", run="true", undo="true", cwd="there"),
                      roles={"cto": ("Grace <grace@example.com>",)}))  # fmt: skip
    (made.work / "there").mkdir()
    lead = made.open()
    run_step(lead, "a")
    app = RunbookApp(made.open(leads=False, actor=GRACE), StillTerminals())
    async with app.run_test(size=(140, 30)) as pilot:
        await until(pilot, lambda: "↶ 1 ready" in text_of(app))
        (made.work / "there").rmdir()
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))
        await until(pilot, lambda: "(1 folder gone)" in text_of(app).splitlines()[0])
        assert "you: Grace (cto)" in text_of(app).splitlines()[0]
        lead.close()
        await until(pilot, lambda: "nobody leads" in text_of(app).splitlines()[0])


async def test_a_lead_who_is_gone_is_missed(scene: Make) -> None:
    made = scene(book(Step(id="a", title="A", run="true", undo="true")))
    lead: Session = made.open()
    app = RunbookApp(made.open(leads=False, actor=GRACE), LogTerminals())
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: STARTS in text_of(app))
        assert "nobody leads" not in text_of(app)
        lead.close()
        await until(pilot, lambda: f"runbook resume {made.run}" in text_of(app))
        await until(pilot, lambda: "nobody leads" in text_of(app).splitlines()[0])
        assert "takes over" in app.said


async def test_the_lead_s_screen_is_as_ever(scene: Make) -> None:
    made = scene(book(Step(id="a", title="A", run="true", undo="true")))
    app = RunbookApp(made.open(), StillTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Enter run it" in text_of(app))
        assert "you:" not in text_of(app)


async def test_in_a_browser_nothing_is_offered_that_is_of_the_machine_it_runs_on(
    scene: Make,
) -> None:
    watch = Watch(id="w", title="Rate", probe=Probe(run="true"), dashboard="http://x.example/")
    made = scene(book(Step(id="a", title="A", run="true"), watches=(watch,)))
    session = made.made(guest=Guest(actor=GRACE))
    assert session.open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        offered = {command.title for command in app.get_system_commands(app.screen)}
        assert "Note on the run" in offered
        assert not offered & {"Settings", "Changed plan", "Take the lead over", "Lead the run",
                              "Stop running commands", "Finish the run"}  # fmt: skip
        app.action_settings()
        await until(pilot, lambda: "settings are those of whoever serves" in app.said)
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, WatchesScreen))
        await pilot.press("o")
        await until(pilot, lambda: "copied: http://x.example/" in app.said)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        await pilot.press("enter")
        await until(pilot, lambda: "started by the lead" in app.said)
    assert "step.started" not in made.types()
