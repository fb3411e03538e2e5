"""The message line: what was said goes when it is outdated, and is not cut where there is room."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runbook_tui.book.model import Check, Phase, Runbook, Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.state import Status
from runbook_tui.tui import messages
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.messages import Messages
from runbook_tui.tui.views.news import news
from tests.fakes.history import ADA, GRACE, History
from tests.fakes.plans import chain, two_phases
from tests.fakes.still import StillSession, StillTerminals
from tests.integration.session.scene import Scene, ask, book
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]


def test_an_outdated_message_goes_once_it_could_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    line = Messages()
    line.say("gate waits")
    now[0] += messages.READABLE + 1
    assert not line.settle()
    line.outdate()
    assert line.settle()
    assert line.text == ""


def test_any_message_is_old_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    line = Messages()
    line.say("copied")
    now[0] += messages.LONGEST + 1
    assert line.settle()


def test_trouble_stays_until_it_is_over() -> None:
    line = Messages()
    assert line.mind("the disk is full")
    line.say("copied")
    assert not line.mind("the disk is full")
    assert line.text == "copied"
    line.say("")
    assert line.mind("the disk is full")
    assert line.mind("")
    assert line.text == ""


async def test_an_accepted_act_takes_an_older_refusal_away(scene: Make) -> None:
    steps = (Step(id="a", title="A", run="true", undo="true"),
             Step(id="b", title="B", run="true", undo="true"))  # fmt: skip
    session = scene(book(*steps)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "enter")
        await until(pilot, lambda: "comes first" in text_of(app).splitlines()[-2])
        await pilot.press("up", "enter")
        await until(pilot, lambda: session.state.step("a").status is Status.DONE)
        await until(pilot, lambda: "comes first" not in text_of(app))


async def test_a_long_message_takes_two_lines_and_is_not_cut() -> None:
    app = RunbookApp(StillSession(History(two_phases()).state), StillTerminals())  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.say("word " * 24 + "end")
        await until(pilot, lambda: "end" in text_of(app))
        assert "F9 PANIC" in text_of(app)
        app.say("short")
        await until(pilot, lambda: "end" not in text_of(app))


async def test_what_goes_while_the_rollback_is_looked_at_is_gone_below_it_too(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "READABLE", 0.0)
    app = RunbookApp(
        scene(book(Step(id="a", title="Tag", run="true", undo="true"))).open(), LogTerminals()
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "READY Tag" in text_of(app))
        app.say("what was said " * 6)
        await until(pilot, lambda: "what was said" in text_of(app))
        await pilot.press("f9")
        await until(pilot, lambda: "ROLLBACK" in text_of(app))
        app.messages.outdate()
        await until(pilot, lambda: not app.said)
        await pilot.press("escape")
        await until(pilot, lambda: "READY Tag" in text_of(app))
        await until(pilot, lambda: "what was said" not in text_of(app), 10)


def test_a_start_out_of_order_is_news() -> None:
    history = History(chain(3, "markdown"))
    before = history.state
    history.ask(r.StartStep(step="s1"))
    told = news(before, history.state, ADA)
    assert ("“Step 1” was started out of order: “Step 0” is still open", "warn") in told


def test_a_background_command_that_ended_is_news_once() -> None:
    step = Step(id="a", title="Serve", run="serve", undo="true", background=True)
    history = History(book(step, Step(id="b", title="B")))
    history.add(e.StepStarted(), "a")
    history.add(e.CommandStarted(attempt=1, kind="run", text="serve", cwd="/", shell=("sh",),
                                 folder="/f"), "a")  # fmt: skip
    history.add(e.StepFinished(result="done"), "a")
    before = history.state
    history.add(e.CommandFinished(attempt=1, kind="run", folder="/f", exit=1), "a")
    told = news(before, history.state, ADA)
    assert told == [("“Serve”: its background command ended (exit 1)", "bad")]
    before = history.state
    history.add(e.NoteAdded(text="oh"))
    assert news(before, history.state, ADA) == []


def test_what_others_sign_is_news_and_one_s_own_approval_is_not() -> None:
    history = History(two_phases())
    before = history.state
    history.ask(r.SignNode(node="two", role="cto", approve=False, comment="no"), GRACE)
    ((text, tone),) = news(before, history.state, ADA)
    assert "“Core”: rejected by Grace as cto" in text
    assert tone == "bad"
    before = history.state
    history.ask(r.SignNode(node="two", role="cto"), GRACE)
    assert news(before, history.state, GRACE) == []


async def test_what_is_still_open_after_the_last_step_is_said(scene: Make) -> None:
    phase = Phase(id="p", title="P", criteria=(Check(id="calm", title="Nothing is red"),),
                  steps=(Step(id="a", title="A", run="true", undo="true"),))  # fmt: skip
    session = scene(Runbook(title="T", phases=(phase,))).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        ask(session, r.StartStep(step="a"))
        await until(pilot, lambda: "still open: criterion “Nothing is red”" in text_of(app))


def test_what_a_command_put_out_and_nobody_can_use_is_news_once() -> None:
    history = History(chain(1))
    before = history.state
    history.add(e.ParameterCaptured(name="x", value="", usable=False, reason="too long"), "s0")
    after = history.state
    ((text, tone),) = news(before, after, ADA)
    assert tone == "warn"
    assert "put out as x cannot be used: too long" in text
    history.add(e.ParameterCaptured(name="y", value="1"), "s0")
    assert news(after, history.state, ADA) == []


async def test_what_was_said_of_a_row_goes_once_one_has_moved_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(messages, "READABLE", 0.0)
    session = StillSession(History(two_phases()).state)
    app = RunbookApp(session, StillTerminals(), now=lambda: 1_700_000_000.0)  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "PANIC" in text_of(app))
        app.say("something else comes first")
        app.settle_message()
        assert "comes first" in text_of(app)
        await pilot.press("down")
        await until(pilot, lambda: not app.said)
