"""Following a run as lines of text, without a part in it: until it ends, or one has seen enough."""

from __future__ import annotations

import threading

from runbook_tui.cli import exits, say
from runbook_tui.cli.beside import followed_up
from runbook_tui.cli.leaving import told_to_leave
from runbook_tui.cli.narrating import Narrator
from runbook_tui.cli.sharing import Teller
from runbook_tui.run.rollback_state import RollbackState
from runbook_tui.run.state import RunState
from runbook_tui.run.summary import summary
from runbook_tui.session.ports.journal import Journal
from runbook_tui.session.session import Session

POLL = 0.1


def follow(session: Session, journal: Journal) -> int:
    """Tell what happens until the run is over (0) or rolled back (5, 6); a signal leaves (7)."""
    found = session.state
    narrator = Narrator(journal, found, found.seq, logs=session.elsewhere is None)
    teller = Teller(session)
    say.err(f"looking on at {found.run}: {found.runbook.title}; Ctrl+C leaves it")
    news = threading.Event()
    stop = session.listen(lambda _: news.set())
    led = True
    try:
        with told_to_leave() as leave:
            while True:
                state = session.state
                narrator.tell()
                teller.tell()
                ended = _ended(state, found.rollback)
                if ended is not None:
                    return ended
                if leave.is_set():
                    over = session.sharing
                    way = f" --share {over.remote}" if over is not None else ""
                    say.err(f"left; come back with: runbook join{way} {state.run} --no-tui")
                    return exits.WAITING
                led = _mind_lead(session, led)
                news.wait(POLL)
                news.clear()
    finally:
        stop()


def _ended(state: RunState, before: RollbackState | None) -> int | None:
    """The exit status of a run that has come to its end; None while it goes on."""
    if state.finished is not None:
        say.out(f"{summary(state)}: {state.runbook.title}", colour="green", bold=True)
        return exits.DONE
    now = state.rollback
    if now is None or now.finished is None or (before and before.finished == now.finished):
        return None
    for line in followed_up(state):
        say.err(line)
    return exits.ROLLED_BACK if now.result == "complete" else exits.INCOMPLETE


def _mind_lead(session: Session, led: bool) -> bool:
    """Say when nobody leads any more, and when somebody does again."""
    now = not session.leaderless
    if led and not now:
        say.err(f"nobody leads now: runbook resume {session.run} takes over")
    if now and not led:
        say.err("the run is led again")
    return now
