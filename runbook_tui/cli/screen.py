"""The screen, from its first frame to the last word on the terminal below it."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from runbook_tui.cli import exits, say
from runbook_tui.cli.at_once import at_once
from runbook_tui.cli.exits import Ended

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_tui.session.session import Session
    from runbook_tui.tui.app import RunbookApp
    from runbook_tui.tui.leaving import Wanted
    from runbook_tui.tui.opening import Opened, Opening


def is_terminal() -> bool:
    """Whether a person can look at a screen here and press keys."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def need_terminal() -> None:
    """Refuse to open a screen where there is none, before anything is recorded."""
    if not is_terminal():
        raise Ended(
            exits.USAGE, "there is no terminal here", "say --no-tui to work as lines of text"
        )


def opened(session: Session, said: str = "") -> Opened:
    """An open session for the screen; a rollback that is started there goes on without it."""
    from runbook_tui import wiring
    from runbook_tui.cli.standing_in import Deputy
    from runbook_tui.tui.opening import Opened

    gone = Deputy(session).dismiss
    way = "leads" if session.leads else "looks on"
    session.presence.enter(session.actor, way if session.guest is None else "in a browser")
    terminals = wiring.terminals() if session.elsewhere is None else wiring.no_terminals()
    return Opened(session=session, terminals=terminals, said=said, gone=gone)


def _served(opening: Opening) -> RunbookApp:
    """The application for somebody in a browser; redrawn by whoever serves it, with SIGUSR1."""
    from runbook_tui.tui.app import RunbookApp
    from runbook_tui.tui.hangup import end_with_terminal

    end_with_terminal()
    # Until there is something to be drawn again; by itself it would end the program.
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    # The leader of a session has the first terminal that it opens for its own: the kernel tells
    # it of another size, and of the end.
    os.close(os.open(os.ttyname(sys.stdin.fileno()), os.O_RDWR))
    app = RunbookApp(opening)
    app.served = True
    return app


def _here(opening: Opening) -> RunbookApp:
    """The application on this terminal, on which something stands at once."""
    with at_once(f"runbook: opening {opening.name} ..."):
        from runbook_tui import wiring
        from runbook_tui.tui.app import RunbookApp
        from runbook_tui.tui.hangup import end_with_terminal

        end_with_terminal()
        return RunbookApp(opening, preferences=wiring.preferences(), seen=wiring.seen_hints())


def show(
    opening: Opening, verb: str, lead: Callable[[Wanted], int] | None = None, *,
    first: str = "", served: bool = False,
) -> int:  # fmt: skip
    """Open a run on the screen and stay until the person leaves; returns the exit status.

    ``verb`` is the command that comes back to it; ``lead`` opens the run again for a person who
    wants to lead it; ``first``: what the screen begins with, as in `begin_with`; ``served``: it is
    for somebody in a browser, who has no settings here. Raises what kept it from being opened,
    once the screen has closed.
    """
    app = _served(opening) if served else _here(opening)
    app.begin_with(first)
    status = app.run()
    shown = opening.end()
    if shown is None:
        say.err("left before the run was open; nothing was recorded or started")
        return exits.WAITING
    from runbook_tui.cli.leaving import say_left
    from runbook_tui.cli.sharing import end
    from runbook_tui.cli.tracing import leave_traces

    shown.gone()
    if app.wanted is not None and lead is not None:
        end(shown.session)
        shown.session.close()
        return lead(app.wanted)
    try:
        say_left(shown.session.state, verb, here=shown.session.elsewhere is None)
        return status if isinstance(status, int) else exits.DONE
    finally:
        end(shown.session)
        shown.session.close()
        if shown.session.elsewhere is None:
            leave_traces(shown.session.state)
