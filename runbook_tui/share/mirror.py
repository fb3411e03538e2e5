"""The lead's side: what is recorded goes to the remote, what others vote comes from there.

On a thread of its own beside the session, as a look at undos is: a remote that is slow, silent or
gone holds neither keys nor steps, and nothing that needs one of its votes goes on without it.
"""

from __future__ import annotations

import json
import shlex
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
from runbook_tui.session.sharing import Standing
from runbook_tui.share.ballots import Ballots, Later
from runbook_tui.share.commits import Author, in_batches
from runbook_tui.share.far_people import FarPeople, lasting
from runbook_tui.share.git import GitTrouble, Refused, Unreachable
from runbook_tui.share.link import Link
from runbook_tui.share.merging import Rewritten, Taken
from runbook_tui.share.own import OwnRef
from runbook_tui.share.pace import Pace, awaits
from runbook_tui.share.refs import CUSTOM, FALLBACK, Layout
from runbook_tui.share.repository import THERE, Repository
from runbook_tui.share.sealing import LogSeal

LETTING_GO = 15.0
"""Seconds in which whoever shared the run before lets go: their round may wait for the remote."""
MOMENT = 1.0
"""Seconds for which whoever leaves waits for a remote that is away."""
MOST_BYTES = 1 << 20
"""Bytes of events in one commit."""
SHORTEST_SECRET = 6
"""Characters below which a secret's value stands in too many texts by chance."""


@frozen
class Origin:
    """What reviewers have to know of the lead's machine, as `RunShared` has it."""

    program: str = ""
    version: str = ""


UNTOLD = Origin()


class Shut(Exception):
    """The remote is not used any more; the message says why and what to do.

    ``alarm``: what stands on it may have been tampered with.
    """

    def __init__(self, message: str, *, alarm: bool = False) -> None:
        super().__init__(message)
        self.alarm = alarm


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
        self._bodies = bodies
        self._repository = repository
        self._lock = lock
        self._clock = clock
        self._author = Author(name=author.name, mail=author.email)
        self._origin = origin
        self._pace = pace or Pace()
        self._mono = mono
        self._ballots = Ballots(session, journal, repository, clock)
        self._log: OwnRef | None = None
        self._seal = LogSeal(session.signatures, author, signers_of(session.state), clock.now)
        self._far = FarPeople(repository, "lead", self._author, clock, mono)
        self._there: dict[str, str] = {}
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

    def standing(self) -> Standing:
        """How it stands now; never waits."""
        return self._link.standing(self._unsent)

    @property
    def _unsent(self) -> int:
        known = self._log.known if self._log is not None else 0
        return max(0, self._session.state.seq - known)

    @property
    def left(self) -> str:
        """What the remote is not known to have, in words."""
        many = self._unsent
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
            if self._log is not None and not self._link.facts.trouble:
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
        if self._log is not None and not self._link.facts.trouble:
            self._far.tell(self._log.layout, self._session.presence.here)

    def round(self) -> float:
        """Look at the remote once; returns how many seconds to wait until the next time.

        Raises `Shut`, and then no longer holds the right to share the run.
        """
        there, seq = lasting(self._there), self._session.state.seq
        try:
            done = self._safely(self._round)
        except Shut:
            self._lock.release()
            raise
        if (there, seq) != (lasting(self._there), self._session.state.seq):
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
        log = self._log if self._log is not None else self._begun()
        if self._repository.fetch(log.layout) or not self._there:
            self._there = self._repository.refs(THERE)
        self._link.reached()
        self._link.know(aside="")
        self._far.look(self._there)
        self._hold_against(log)
        try:
            self._ballots.take(self._there)
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

    def _begun(self) -> OwnRef:
        """Make ready, and find out under which refs the run is there already."""
        self._repository.prepare()
        known = self._repository.shared().get(self._session.run)
        layout = known or Layout(prefix=CUSTOM, run=self._session.run)
        log = OwnRef(self._repository, layout, self._author, sign=self._seal.sign)
        try:
            self._load(log)
        except GitTrouble:
            # What is damaged here is made anew from the remote and the journal.
            self._repository.forget()
            self._load(log)
        self._log = log
        return log

    def _load(self, log: OwnRef) -> None:
        refs = self._repository.refs()
        log.load(refs)
        self._ballots.load(refs)

    # -- the log -----------------------------------------------------------------------------------

    def _hold_against(self, log: OwnRef) -> None:
        """Whether the remote still has what was sent, and nothing else."""
        there = self._there.get(log.there, "")
        found = "other" if log.is_empty and there else log.look(there)
        if found == "other":
            # Whoever sent it: what is this journal's, byte by byte, can be gone on with.
            try:
                log.adopt(there, self._agrees)
            except Rewritten as why:
                new = log.is_empty
                words = str(why) if new else "its history is not the one that was sent from here"
                raise self._shut(log, words) from None
        if found in {"set back", "gone"}:
            what = "deleted" if found == "gone" else "set back to an earlier state"
            self._ballots.tell(
                log.layout.log, f"the log on {self.remote} was {what}; it is sent again"
            )

    def _agrees(self, taken: Taken) -> str:
        """Whether a log that is there already is this journal's own."""
        run = self._session.run
        lines = [line for batch in taken.batches for line in batch.lines]
        own = [kept.body for kept in self._bodies.records(run)]
        genesis = taken.batches[0].genesis if taken.batches else ""
        if genesis == self._bodies.genesis(run) and lines == own[: len(lines)]:
            return ""
        return "it is another run of that name, or another history of it"

    def _shut(self, log: OwnRef, why: str) -> Shut:
        remote = shlex.quote(self.remote)
        words = (
            f"the log on {self.remote} cannot be gone on with: {why}; nothing is sent any more."
            f" Find out who did that; then take it away (git push {remote} :{log.layout.log})"
            f" and begin again: runbook resume {self._session.run} --share {remote}"
        )
        self._ballots.tell(log.layout.log, words)
        return Shut(words, alarm=True)

    def _send(self) -> None:
        """Write what is new, and push all that is not known to be there, in one push."""
        log = self._log
        assert log is not None
        held = self._write(log)
        if log.pending:
            self._push(log)
            self._link.know(moved=self._clock.now())
        self._tell_where(log)
        self._link.know(alarm=held, signed=self._seal.words)

    def _write(self, log: OwnRef) -> str:
        """Put new events into commits; why those from some event on are held back."""
        run = self._session.run
        kept = self._bodies.records(run, log.number)
        lines, held = [], ""
        for one in kept:
            if self._tells_secret(one.body):
                held = f"event {one.seq} holds the value of a secret: nothing from it on is sent"
                break
            lines.append(one.body)
        genesis = "" if log.number else self._bodies.genesis(run)
        at = int(self._clock.now())
        for batch in in_batches(run, log.number + 1, lines, MOST_BYTES, genesis=genesis):
            log.add(batch, at)
        return held

    def _tells_secret(self, body: bytes) -> bool:
        for value in self._session.hidden:
            if len(value) >= SHORTEST_SECRET:
                plain = json.dumps(value, ensure_ascii=False)[1:-1].encode("utf-8", "replace")
                if plain in body:
                    return True
        return False

    def _push(self, log: OwnRef) -> None:
        try:
            log.send()
        except Refused as no:
            first = not self._there.get(log.there)
            if no.ours or not first or log.layout.prefix != CUSTOM:
                raise Unreachable(f"the remote refuses the push: {no}") from None
            # Some hosts take branches only; what is in the commits says so, and is made anew.
            layout = Layout(prefix=FALLBACK, run=log.layout.run)
            self._fall_back(layout)

    def _fall_back(self, layout: Layout) -> None:
        self._repository.forget()
        log = OwnRef(self._repository, layout, self._author, sign=self._seal.sign)
        self._load(log)
        self._log, self._there = log, {}
        self._write(log)
        log.send()

    def _tell_where(self, log: OwnRef) -> None:
        """Record where the run is shared, unless that is known."""
        said = RunShared(remote=self.remote, refs=f"{log.layout.prefix}/{log.layout.run}",
                         program=self._origin.program, version=self._origin.version)  # fmt: skip
        if self._session.state.shared != said and not self._closing.is_set():
            self._session.ask(TellShare(payload=said, id="")).result(30.0)
