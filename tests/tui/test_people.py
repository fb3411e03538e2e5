"""Several people on one run: who is here, whose hand is up, who leads from now on."""

from __future__ import annotations

from collections.abc import Callable

from runbook_tui.book.model import Step
from runbook_tui.run import requests as r
from runbook_tui.session.presence import Here
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.dialogs.ask import AskText, Confirm
from runbook_tui.tui.views import people_news
from tests.fakes.history import GRACE
from tests.fakes.still import StillTerminals
from tests.integration.session.scene import Scene, ask, book, refused
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]
STEPS = (Step(id="a", title="Alpha", run="true", undo="true"), Step(id="b", title="Beta"))


async def test_who_is_here_and_whose_hand_is_up_is_on_the_screen(scene: Make) -> None:
    made = scene(book(*STEPS))
    lead, beside = made.open(), made.open(leads=False, actor=GRACE)
    lead.presence.enter(lead.actor, "leads")
    app = RunbookApp(lead, StillTerminals())
    async with app.run_test(size=(120, 30)) as pilot:
        beside.presence.enter(beside.actor, "looks on")
        await until(pilot, lambda: "here: you, Grace" in text_of(app))
        ask(beside, r.AddNote(text="look at the queue", node="a"))
        await until(pilot, lambda: "Grace notes on “Alpha”: look at the queue" in text_of(app))
        ask(beside, r.RaiseHand(text="wait", node="a"))
        await until(pilot, lambda: "hand up: Grace" in text_of(app))
        assert "Grace raises a hand about “Alpha”: wait; h answers" in app.said
        await pilot.press("ctrl+p", *"who is here", "enter")
        await until(pilot, lambda: "Grace <grace@example.com>  looks on since" in text_of(app))
        await pilot.press("escape", "h")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: not lead.state.hands_up)
        beside.presence.leave()
        await until(pilot, lambda: "Grace has left" in app.said)
        await until(pilot, lambda: "here:" not in text_of(app))


async def test_h_raises_a_hand_and_lowers_it_again(scene: Make) -> None:
    made = scene(book(*STEPS))
    made.open()
    beside = made.open(leads=False, actor=GRACE)
    app = RunbookApp(beside, StillTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press(*"wait", "enter")
        await until(pilot, lambda: beside.state.hands_up)
        (hand,) = beside.state.hands_up
        assert (hand.by, hand.text, hand.node) == (GRACE, "wait", "a")
        await pilot.press("h")
        await until(pilot, lambda: not beside.state.hands_up)


async def test_the_lead_is_given_on_and_the_screen_is_a_guest_s_at_once(scene: Make) -> None:
    made = scene(book(*STEPS))
    lead, beside = made.open(), made.open(leads=False, actor=GRACE)
    beside.presence.enter(beside.actor, "looks on")
    app = RunbookApp(lead, StillTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(lead.presence.here) == 1)
        await pilot.press("ctrl+p", *"hand the", "enter")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        # Who is here stands there already.
        await until(pilot, lambda: GRACE.identity in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "What do they have to know?" in text_of(app))
        await pilot.press(*"good night", "enter")
        await until(pilot, lambda: "Grace leads from here on: good night" in app.said)
        assert "you start no step any more" in app.said
        await until(pilot, lambda: "you: Ada" in text_of(app))
        await until(pilot, lambda: "Enter run" not in text_of(app))
        assert "only the lead may start a step" in refused(lead, r.StartStep(step="a")).reason
        assert app.wanted is None


async def test_a_guest_takes_the_lead_over_with_a_reason(scene: Make) -> None:
    made = scene(book(*STEPS))
    made.open()
    beside = made.open(leads=False, actor=GRACE)
    app = RunbookApp(beside, StillTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p", *"take the lead", "enter")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press("enter", *"she sleeps", "enter")
        await until(pilot, lambda: app.wanted is not None)
    assert app.wanted is not None
    assert (app.wanted.run, app.wanted.reason) == (made.run, "she sleeps")


def test_names_are_shortened_where_there_are_many() -> None:
    people = tuple(Here(name=f"P{n}") for n in range(6))
    assert people_news.here(people, GRACE, 200) == "here: you, P0, P1, P2 and 3 more"
    assert people_news.here(people, GRACE, 80) == "7 here"
    assert people_news.here((), GRACE, 80) == ""
