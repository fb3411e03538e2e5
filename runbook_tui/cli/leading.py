"""Opening a run as its lead, and going on with it on the screen or as lines."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.leaving import say_left
from runbook_tui.cli.values import Values
from runbook_tui.run.events import Actor
from runbook_tui.run.state import RunState
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

    session = wiring.open_session(run, who, leads=True)
    found = session.state
    begun = found.seq if after is None else after
    if not session.open(resume=resume):
        raise led_by(run, session.leader())
    others = other_runs(run)
    try:
        if no_tui:
            for line in others:
                say.err(line)
            return _lines(session, values, yes=yes, found=found, after=begun)
        for name, value in values.secret.items():
            session.give_secret(name, value)
        status = on_screen(session, others)
        say_left(session.state, "resume")
        return status
    finally:
        session.close()


def _lines(session: Session, values: Values, *, yes: bool, found: RunState, after: int) -> int:
    from contextlib import closing

    from runbook_tui import wiring
    from runbook_tui.cli.asking import Answers
    from runbook_tui.cli.lines import Lines

    say.outlive_readers()
    answers = Answers(yes=yes, may_ask=say.interactive() and not yes, values=values)
    with closing(wiring.journal(reading=True)) as journal:
        lines = Lines(session, journal, answers, found, after)
        answers.hand_over(session)
        return lines.walk()


def on_screen(session: Session, said: Sequence[str] = ()) -> int:
    """The screen on an open session; returns its exit status."""
    from runbook_tui import wiring
    from runbook_tui.cli.standing_in import Deputy
    from runbook_tui.tui.app import RunbookApp

    deputy = Deputy(session)
    try:
        status = RunbookApp(session, wiring.terminals(), said="; ".join(said)).run()
    finally:
        deputy.dismiss()
    return status if isinstance(status, int) else exits.DONE


def led_by(run: str, holder: str) -> Ended:
    """Somebody else leads this run."""
    return Ended(
        exits.REFUSED,
        f"run {run} is led by {holder or 'somebody else'} now",
        f"take part with `runbook join {run}`, or wait until they leave",
    )


def other_runs(run: str) -> list[str]:
    """Other open runs of the same plan, a line each; they are allowed, but nobody forgets them."""
    from runbook_tui.cli.choosing import glances
    from runbook_tui.cli.opening import reading

    with reading() as journal:
        digest = next(entry.digest for entry in journal.runs() if entry.run == run)
        others = [g for g in glances(journal) if g.entry.digest == digest and g.entry.run != run]
    return [
        f"another run of this plan is open: {other.entry.run} ({other.lead})"
        for other in others
        if other.word in {"open", "running"}
    ]
