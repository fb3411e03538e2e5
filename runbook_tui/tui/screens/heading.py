"""The top line, the same on every screen that has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_tui.session.sharing import everybody
from runbook_tui.tui.alarming import count
from runbook_tui.tui.views import guest, head, people_news
from runbook_tui.tui.views.tone import Line

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


def heading(app: RunbookApp, width: int) -> list[Line]:
    """Where the run stands, for whoever looks on in this application."""
    session = app.session
    state = session.state
    people = everybody(session.presence, session.sharing)
    you = "" if session.leads else guest.you(state, session.actor)
    return [
        head.head(
            state,
            app.now(),
            width,
            app.trouble,
            session.absent,
            you=you,
            leaderless=session.leaderless,
            sharing=session.sharing.standing() if session.sharing is not None else None,
            alarms=count(state, app.now()),
            here=people_news.here(people, session.actor, width),
        )
    ]
