"""Opening a run as its lead, and going on with it on the screen or as lines."""

from __future__ import annotations

import sys

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.values import Values
from runbook_tui.run.events import Actor
from runbook_tui.session.session import Session


def need_terminal(no_tui: bool) -> None:
    """Refuse to open a screen where there is none, before anything is recorded."""
    if not no_tui and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Ended(
            exits.USAGE, "there is no terminal here", "say --no-tui to work as lines of text"
        )


def lead(
    run: str,
    who: Actor,
    values: Values,
    *,
    no_tui: bool,
    yes: bool,
    resume: bool,
    after: int | None,
) -> int:
    """Lead a run; ``after`` is the event after which to tell what happened (None: the newest)."""
    from runbook_tui import wiring

    if resume:
        refuse_led(run)
    session = wiring.open_session(run, who, leads=True, resume=resume)
    begun = session.state.seq if after is None else after
    if not session.open():
        raise led_by(run, session.leader())
    try:
        if no_tui:
            return _lines(session, values, yes=yes, after=begun)
        for name, value in values.secret.items():
            session.give_secret(name, value)
        return on_screen(session)
    finally:
        session.close()


def _lines(session: Session, values: Values, *, yes: bool, after: int) -> int:
    from contextlib import closing

    from runbook_tui import wiring
    from runbook_tui.cli.asking import Answers
    from runbook_tui.cli.lines import Lines

    say.outlive_readers()
    answers = Answers(yes=yes, may_ask=say.interactive() and not yes, values=values)
    with closing(wiring.journal(reading=True)) as journal:
        lines = Lines(session, journal, answers, after)
        answers.hand_over(session)
        return lines.walk()


def on_screen(session: Session) -> int:
    """The screen on an open session; returns its exit status."""
    from runbook_tui import wiring
    from runbook_tui.tui.app import RunbookApp

    status = RunbookApp(session, wiring.terminals()).run()
    return status if isinstance(status, int) else exits.DONE


def refuse_led(run: str) -> None:
    """Refuse to take over a run that somebody leads now; raises `Ended` (4)."""
    from runbook_tui import wiring
    from runbook_tui.session.locks import RunLock

    lock = RunLock(wiring.settings().run_folder(run) / "lead.lock")
    holder = lock.holder()
    if not lock.take(holder):
        raise led_by(run, holder)
    lock.release()


def led_by(run: str, holder: str) -> Ended:
    """Somebody else leads this run."""
    return Ended(
        exits.REFUSED,
        f"run {run} is led by {holder or 'somebody else'} now",
        f"take part with `runbook join {run}`, or wait until they leave",
    )
