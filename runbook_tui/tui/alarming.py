"""Alarms on the screen: said once, rung or notified where a setting says so, acknowledged here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from runbook_tui.book.durations import spoken
from runbook_tui.run import tampering
from runbook_tui.run.alarms import BREACH, STAGE, Alarm, alarms, find
from runbook_tui.run.requests import Acknowledge
from runbook_tui.run.state import RunState
from runbook_tui.run.times import said
from runbook_tui.tui.dialogs.page import Page
from runbook_tui.tui.notifying import notify
from runbook_tui.tui.views.shared import tampered

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


def mind_alarms(app: RunbookApp, known: frozenset[str]) -> frozenset[str]:
    """Say what has begun to take too long since it was looked last; returns what is known now."""
    state, now = app.session.state, app.now()
    open_ = [alarm for alarm in alarms(state, now) if not alarm.acknowledged]
    new = [alarm for alarm in open_ if alarm.id not in known]
    for alarm in new:
        shown = alarm.kind == BREACH  # By its banner, which has rung.
        if not shown or any(rung.who for rung in alarm.due(now)):
            app.say(words(alarm, now), "bad")
        if app.preferences.bell and not shown:
            app.bell()
        if app.preferences.notification:
            notify(app, os.environ, f"runbook: {state.runbook.title}", alarm.words)
    return known | {alarm.id for alarm in new}


def mind_sharing(app: RunbookApp, away: str) -> str:
    """Say that the remote is not reached or used any more, or looks tampered with, and that it is
    reached again; ``away`` and what is returned: what was said of it."""
    sharing = app.session.sharing
    if sharing is None:
        return ""
    now = sharing.standing()
    said, _, alarm = away.partition("\0")
    if now.alarm and now.alarm != alarm:
        app.say(f"ALARM: {now.alarm}", "bad")
    short = now.short.partition(",")[0] if now.away else ""
    if short != said:
        app.say(now.news, "bad" if short else "dim")
    return f"{short}\0{now.alarm}"


def words(alarm: Alarm, now: float) -> str:
    """What it is about, who is to be told, and how its ladder is stopped."""
    due = [rung.who for rung in alarm.due(now) if rung.who]
    tell = f"; tell {', '.join(due)}" if due else ""
    return f"{alarm.words}{tell}; Ctrl+P “Acknowledge” if you see to it"


def count(state: RunState, now: float) -> str:
    """How many are open, for the head; of stages and breaches is said beside it how they stand."""
    found = (a for a in alarms(state, now) if a.kind not in {STAGE, BREACH})
    many = sum(not alarm.acknowledged for alarm in found)
    return f"{many} alarm{'' if many == 1 else 's'}" if many else ""


def commands(app: RunbookApp) -> Iterator[SystemCommand]:
    """What the palette offers."""
    yield SystemCommand(
        "Acknowledge the alarm", "you see to it; nobody further up is told", lambda: _ack(app)
    )
    yield SystemCommand(
        "Alarms",
        "what takes too long or is wrong elsewhere, and who is told when",
        lambda: _page(app),
    )


def _ack(app: RunbookApp) -> None:
    state = app.session.state
    found = find(state, "", app.now())
    if found is None and (remote := tampering.named(state, "")):
        more = f"; and {len(remote) - 1} more, see “Alarms” (Ctrl+P)" if len(remote) > 1 else ""
        what = tampering.in_words(next(iter(remote.values()))) + more
        for id_ in remote:
            app.ask(Acknowledge(alarm=id_), then=lambda: app.say(f"you see to it: {what}"))
        return
    if found is None:
        elsewhere = (
            "nothing is left to acknowledge; “Alarms” (Ctrl+P) tells what is wrong on the remote"
        )
        app.say(elsewhere if _elsewhere(app) else "nothing alarms anybody now")
        return
    app.ask(Acknowledge(alarm=found.id), then=lambda: app.say(f"you see to it: {found.words}"))


def _page(app: RunbookApp) -> None:
    now = app.now()
    lines = _elsewhere(app)
    for alarm in alarms(app.session.state, now):
        seen = "; somebody sees to it" if alarm.acknowledged else ""
        lines.append(f"{alarm.words} (for {spoken(now - alarm.since)}{seen})")
        for rung in alarm.rungs:
            if rung.who:
                when = "now" if rung.due <= now else f"at {said(rung.due, now)}"
                lines.append(f"    {rung.number}. {rung.who}: {when}")
    app.push_screen(Page("\n".join(lines) or "nothing alarms anybody now"))


def _elsewhere(app: RunbookApp) -> list[str]:
    sharing = app.session.sharing
    return tampered(app.session.state, sharing.standing() if sharing is not None else None)
