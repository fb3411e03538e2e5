"""The lead's side: what is recorded goes to the remote, what others vote comes from there.

On a thread of its own beside the session, as a look at undos is: a remote that is slow, silent or
gone holds neither keys nor steps, and nothing that needs one of its votes goes on without it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import TimeoutError as NoAnswer
from contextlib import suppress

from runbook_tui.frozen import frozen
from runbook_tui.run.events import Actor, RunShared
from runbook_tui.run.votes import TellShare
from runbook_tui.session.locks import LeadLock
from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.journal import Journal
from runbook_tui.session.ports.replica import Bodies
from runbook_tui.session.presence import Here
from runbook_tui.session.proofs import signers_of
from runbook_tui.session.session import Session
from runbook_tui.session.sharing import SharingStatus
from runbook_tui.share.ballots import Ballots, Later
from runbook_tui.share.commits import Author
from runbook_tui.share.far_people import FarPeople, lasting
from runbook_tui.share.git import GitTrouble
from runbook_tui.share.link import Link, Shut
from runbook_tui.share.pace import Pace, awaits
from runbook_tui.share.repository import Repository
from runbook_tui.share.sealing import LogSeal
from runbook_tui.share.sent_log import SentLog

LETTING_GO = 15.0
"""Seconds in which whoever shared the run before lets go: their round may wait for the remote."""
MOMENT = 1.0
"""Seconds for which whoever leaves waits for a remote that is away."""


@frozen
class Origin:
    """What reviewers have to know of the lead's machine, as `RunShared` has it."""

    program: str = ""
    version: str = ""


UNTOLD = Origin()


class Mirror:
    """Port `Sharing` of a run that is led here."""

    def __init__(
        self,
        *,
        session: Session,
        journal: Journal,
        bodies: Bodies,
        repository: Repository,
        lock: LeadLock,
        clock: Clock,
        author: Actor,
        origin: Origin = UNTOLD,
        pace: Pace | None = None,
        mono: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._lock = lock
        self._clock = clock
        self._origin = origin
        self._pace = pace or Pace()
        self._mono = mono
        self._ballots = Ballots(session, journal, repository, clock)
        self._seal = LogSeal(session.signatures, author, signers_of(session.state), clock.now)
        by = Author(name=author.name, mail=author.email)
        self._log = SentLog(session, bodies, repository, self._ballots, by, self._seal, clock)
        self._far = FarPeople(repository, "lead", by, clock, mono)
        self._link = Link(repository, clock, mono, sends=True)
        self._moved = mono()
        self._held_up: float | None = None
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._looked = threading.Event()
        self._thread = threading.Thread(target=self.go_on, name="mirror", daemon=True)

    @property
    def remote(self) -> str:
        """The remote's address, without a password in it."""
        return self._link.facts.remote

    @property
    def people(self) -> tuple[Here, ...]:
        """Who looks at the run on other machines."""
        return self._far.people

    def standing(self) -> SharingStatus:
        """How it stands now; never waits."""
        return self._link.standing(self._log.unsent)

    @property
    def left(self) -> str:
        """What the remote is not known to have, in words."""
        many = self._log.unsent
        words = f"{many} event{'' if many == 1 else 's'} not sent to {self.remote}"
        return f"{words}; `runbook resume {self._session.run} --share …` sends them" if many else ""

    def start(self) -> None:
        """Begin; what is recorded wakes it where it has become slow."""
        self._session.listen(lambda _: self._wake.set())
        self._thread.start()

    def look(self, patience: float) -> bool:
        """Wait until the remote was looked at once, or was not to be reached; false where that
        takes more than ``patience`` seconds."""
        return self._looked.wait(patience)

    def close(self) -> None:
        """Send what is left, for as long as that may take, and end."""
        self._closing.set()
        self._pace.hurry()
        self._wake.set()
        if self._thread.is_alive():
            # Nobody waits for a remote that is away.
            self._thread.join(MOMENT if self._link.facts.trouble else self._pace.last)

    # -- on the thread -----------------------------------------------------------------------------

    def go_on(self) -> None:
        """A round after the other, until it is closed; then one more."""
        try:
            while not self._closing.is_set():
                pause = self.round()
                self._looked.set()
                self.tell_people()
                self._pace.wait(pause, self._wake)
            if self._log.begun and not self._link.facts.trouble:
                # By then all is recorded that was asked for before.
                with suppress(NoAnswer):
                    self._session.started(1).result(2.0)
                self._safely(self._say_the_last)
                self._safely(self._send)
                self._far.leave(self._log.layout)
        except Shut as why:
            self._link.know(shut=str(why), alarm=str(why) if why.alarm else "")
        finally:
            self._looked.set()
            self._lock.release()

    def tell_people(self) -> None:
        """Say on the remote who is here, where that is reached."""
        if self._log.begun and not self._link.facts.trouble:
            self._far.tell(self._log.layout, self._session.presence.here)

    def round(self) -> float:
        """Look at the remote once; returns how many seconds to wait until the next time.

        Raises `Shut`, and then no longer holds the right to share the run.
        """
        there, seq = lasting(self._log.there), self._session.state.seq
        try:
            done = self._safely(self._round)
        except Shut:
            self._lock.release()
            raise
        if (there, seq) != (lasting(self._log.there), self._session.state.seq):
            self._moved = self._mono()
        return self._pace.pause(
            done=done, still=self._mono() - self._moved, awaits=awaits(self._session.state)
        )

    def _safely(self, deed: Callable[[], object]) -> bool:
        """Do it; what keeps it from being done is known then, and it is tried again."""
        try:
            return self._link.tried(deed, but=(Later,))
        except Later as why:
            self._link.know(aside=f"votes wait: {why}")
            return False

    def _round(self) -> None:
        self._alone()
        self._log.look()
        self._link.reached()
        self._link.know(aside="")
        self._far.look(self._log.there)
        self._log.hold_against()
        try:
            self._ballots.take(self._log.there)
            self._ballots.say_void(self._far.heard_of)
        finally:
            self._send()

    def _say_the_last(self) -> None:
        """Whoever leads next may be long in coming: what is void is said before the end."""
        if self._session.leads:
            self._ballots.say_void(self._far.heard_of, ending=True)

    def _alone(self) -> None:
        """Nobody else on this machine may write the order, and only who leads does.

        Whoever led before lets the lock go when they hear of it; from one who stands still it is
        taken away, and when they wake they find that.
        """
        if self._lock.put_aside:
            raise Shut("another program on this machine shares the run now")
        if not self._session.leads:
            raise Shut(
                "the run is led by somebody else now; they share it: runbook resume --share REMOTE"
            )
        if self._lock.take(self._session.actor.identity):
            return
        since = self._held_up = self._held_up if self._held_up is not None else self._mono()
        if self._mono() - since < LETTING_GO or not self._lock.seize(self._session.actor.identity):
            raise GitTrouble(
                f"another program on this machine shares the run: {self._lock.holder()}"
            )

    def _send(self) -> None:
        """Write what is new, and push all that is not known to be there, in one push."""
        held = self._log.write()
        if self._log.pending:
            self._log.push()
            self._link.know(moved=self._clock.now())
        self._tell_where()
        self._link.know(alarm=held, signed=self._seal.words)

    def _tell_where(self) -> None:
        """Record where the run is shared, unless that is known."""
        layout = self._log.layout
        said = RunShared(remote=self.remote, refs=f"{layout.prefix}/{layout.run}",
                         program=self._origin.program, version=self._origin.version)  # fmt: skip
        if self._session.state.shared != said and not self._closing.is_set():
            self._session.ask(TellShare(payload=said, id="")).result(30.0)
