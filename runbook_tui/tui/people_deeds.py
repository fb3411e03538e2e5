"""What a person can do about other people: gates that wait too long, hands, the lead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.screen import Screen

from runbook_tui.run.deadlines import GATE, SIGN_OFF, pending
from runbook_tui.run.hands_up import own
from runbook_tui.run.order import gate_open
from runbook_tui.run.requests import AskAnew, HandOver, LowerHand, OverrideGate, RaiseHand
from runbook_tui.run.state import RunState
from runbook_tui.run.times import said
from runbook_tui.session.presence import Here
from runbook_tui.session.sharing import everybody
from runbook_tui.tui.dialogs.ask import AskText, Confirm
from runbook_tui.tui.dialogs.page import Page
from runbook_tui.tui.leaving import Wanted
from runbook_tui.tui.screens.deeds import NodeScreen
from runbook_tui.tui.views import guest, people_news

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


def commands(app: RunbookApp, screen: Screen[object]) -> Iterator[SystemCommand]:
    """What is offered about the node that is chosen on the screen."""
    yield SystemCommand(
        "Who is here", "who looks at this run, and whose hand is up", lambda: _who(app)
    )
    yield from _about_the_lead(app)
    if isinstance(screen, NodeScreen):
        yield SystemCommand(
            "Ask anew for a sign-off", "its time begins again; the lead's, with a reason",
            lambda: _ask_anew(app, screen.chosen),
        )  # fmt: skip
        yield SystemCommand(
            "Override the gate", "opens it without its sign-offs; the lead's, with a reason",
            lambda: _override(app, screen.chosen),
        )  # fmt: skip


def _ask_anew(app: RunbookApp, chosen: str) -> None:
    state = app.session.state
    node = limited(state, chosen)
    if not node:
        app.say("nothing that holds this waits for a decision with a time")
        return
    title = state.outline[node].title
    app.with_text(
        f"Why is a decision on “{title}” asked for again?",
        lambda reason: app.ask(AskAnew(node=node, reason=reason)),
    )


def _override(app: RunbookApp, chosen: str) -> None:
    state = app.session.state
    shut = [h for h in _around(state, chosen) if not gate_open(state, h)]
    if not shut:
        app.say("no gate around this is shut")
        return
    title = state.outline[shut[0]].title
    app.with_text(
        f"Why is the gate of “{title}” opened without its sign-offs? It is shown red in the report",
        lambda reason: app.ask(OverrideGate(node=shut[0], reason=reason)),
    )


def _around(state: RunState, chosen: str) -> list[str]:
    return state.outline.holders(chosen) if chosen in state.outline else []


def limited(state: RunState, chosen: str) -> str:
    """The node, from the outermost around the chosen one, whose decision has a time; "" if none."""
    for holder in _around(state, chosen):
        if any(pending(state, holder, kind) is not None for kind in (GATE, SIGN_OFF)):
            return holder
    return ""


# -- hands, presence and the lead ------------------------------------------------------------------


def hand(app: RunbookApp, chosen: str) -> None:
    """Raise a hand about a node; where one is up that this person may lower, lower it."""
    state, me = app.session.state, app.session.actor
    mine = own(state, me)
    if mine is not None:
        app.ask(LowerHand(), then=lambda: app.say("your hand is down"))
        return
    leads = state.lead is not None and state.lead.key == me.key
    if leads and state.hands_up:
        raised = state.hands_up[0]
        question = f"{people_news.words(state, raised)}\n\nLower it?"
        request = LowerHand(raised=raised.seq)
        app.push_screen(Confirm(question), lambda yes: app.ask(request) if yes else None)
        return

    def answered(text: str | None) -> None:
        if text is not None:
            request = RaiseHand(text=text, node=chosen)
            app.ask(request, then=lambda: app.say("your hand is up; h lowers it"))

    question = "Raise your hand: what is it about? Everybody sees it; it holds nothing up"
    app.push_screen(AskText(question, empty=True), answered)


def mind_people(app: RunbookApp, before: tuple[Here, ...]) -> tuple[Here, ...]:
    """Say who came and who left since it was looked last; returns who is here."""
    now = everybody(app.session.presence, app.session.sharing)
    urgent = app.said and app.said_tone in {"bad", "warn"}
    if now is not before and before and not urgent:
        for text, tone in people_news.came_and_went(before, now, app.session.actor):
            app.say(text, tone)
    return now


def mind_lead(app: RunbookApp, *, leaderless: bool) -> bool:
    """Say once that nobody leads any more, and what takes over; ``leaderless``: it was so when it
    was looked last. Returns whether it is so now."""
    now = app.session.leaderless
    if now and not leaderless:
        app.say(guest.nobody_leads(app.session.state, app.session.actor), "bad")
    return now


def _who(app: RunbookApp) -> None:
    people = everybody(app.session.presence, app.session.sharing)
    now = app.now()
    times = [said(one.since, now) for one in people]
    app.push_screen(Page("\n".join(people_news.page(app.session.state, people, times))))


def _about_the_lead(app: RunbookApp) -> Iterator[SystemCommand]:
    session = app.session
    if session.state.finished is not None or session.elsewhere is not None:
        return  # A run is led on the machine that has it.
    if session.guest is not None:
        return  # And from a terminal.
    if session.leads:
        yield SystemCommand(
            "Hand the lead over", "to somebody else, with a note", lambda: _hand_over(app)
        )
        return
    lead = session.state.lead
    yours = lead is not None and lead.key == session.actor.key
    if session.leaderless and yours:
        yield SystemCommand("Lead the run", "it is yours to lead", lambda: _lead(app, ""))
    else:
        yield SystemCommand(
            "Take the lead over", "from whoever leads, with a reason", lambda: _take_over(app)
        )


def _hand_over(app: RunbookApp) -> None:
    others = [one.actor for one in app.session.presence.here]
    known = [actor.identity for actor in others if actor.key != app.session.actor.key]

    def named(to: str) -> None:
        app.with_text(
            "What do they have to know? It is recorded",
            lambda note: app.ask(HandOver(to=to, note=note)),
        )

    here = f" (here: {', '.join(known)})" if known else ""
    app.with_text(f"Who leads from now on? Name <mail>{here}", named, value=(known or [""])[0])


def _take_over(app: RunbookApp) -> None:
    lead = app.session.state.lead
    name = lead.name if lead is not None else "whoever leads"
    app.with_text(
        f"Why do you take the lead over from {name}? They can start nothing from then on",
        lambda reason: _lead(app, reason),
    )


def _lead(app: RunbookApp, reason: str) -> None:
    """Leave this screen for one that leads."""
    app.wanted = Wanted(app.session.run, reason)
    app.exit()
