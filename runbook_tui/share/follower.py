"""A reviewer's side: the run's events come from the remote, what is asked here goes there.

Nothing is decided here. What a person signs, ticks or notes is written down, sent as a vote, and
answered once the lead's machine has entered it into the run, or has said why not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from runbook_tui.run.events import Actor, RunShared
from runbook_tui.run.requests import Request
from runbook_tui.run.state import RunState
from runbook_tui.session.answering import Answer
from runbook_tui.session.locks import RunLock
from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.journal import Journal
from runbook_tui.session.ports.replica import NotTaken, Replica
from runbook_tui.session.ports.signatures import Signatures
from runbook_tui.session.presence import Here
from runbook_tui.session.sharing import SharingStatus
from runbook_tui.share.answers import Answers
from runbook_tui.share.asking import Ballot, asked
from runbook_tui.share.commits import Author
from runbook_tui.share.far import FarClock
from runbook_tui.share.far_people import FarPeople, lasting
from runbook_tui.share.link import Link
from runbook_tui.share.merging import NOTHING, Rewritten, grown
from runbook_tui.share.own_votes import OwnVotes
from runbook_tui.share.pace import Pace, awaits
from runbook_tui.share.refs import Layout
from runbook_tui.share.repository import THERE, Repository
from runbook_tui.share.sealing import LogProof

LOG = f"{THERE}log"
SEEN = "refs/seen/log"
AT_ONCE = 0.02
"""Seconds after which a vote is sent at the latest: a person gives few of them."""
MOMENT = 0.3
"""Seconds that a session may take to hear of what came."""
FIRST = 5.0
"""Seconds that a run may take until it says where it is shared from."""


class Follower:
    """Port `Elsewhere`. ``who`` is by what the votes from here are known."""

    def __init__(
        self,
        *,
        layout: Layout,
        repository: Repository,
        replica: Replica,
        journal: Journal,
        clock: FarClock,
        here: Clock,
        author: Actor,
        who: str,
        lock: RunLock,
        signatures: Signatures | None = None,
        pace: Pace | None = None,
        mono: Callable[[], float] = time.monotonic,
    ) -> None:
        self._layout = layout
        self._repository = repository
        self._replica = replica
        self._journal = journal
        self._clock = clock
        self._here = here
        self._pace = pace or Pace()
        self._mono = mono
        by = Author(name=author.name, mail=author.email)
        self._votes = OwnVotes(repository, layout, by, who, here)
        self._far = FarPeople(repository, who, by, here, mono)
        self._me = Here(name=author.name, email=author.email, user=author.user, host=author.host,
                        since=here.now())  # fmt: skip
        self._lock = lock
        self._seen = NOTHING
        self._there: dict[str, str] = {}
        self._answers = Answers(journal, layout.run, who)
        self._unsure = False
        self._proof = LogProof(signatures)
        self._link = Link(repository, here, mono, sends=False)
        self._state: Callable[[], RunState] | None = None
        self._moved = mono()
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self.go_on, name="follower of a remote", daemon=True)

    @property
    def remote(self) -> str:
        """The remote's address, without a password in it."""
        return self._link.facts.remote

    @property
    def people(self) -> tuple[Here, ...]:
        """Who looks at the run on other machines than this."""
        return self._far.people

    def standing(self) -> SharingStatus:
        """How it stands now; never waits."""
        return self._link.standing()

    @property
    def left(self) -> str:
        """What the lead's machine has not answered, in words."""
        what = [cast.ballot.what for cast in self._answers.waiting]
        where = "is sent the next time" if self._votes.pending else "stays sent"
        return f"not answered by the lead's machine, and {where}: {', '.join(what)}" if what else ""

    def ask(self, state: RunState, request: Request, actor: Actor) -> Future[Answer]:
        """Send it as a vote, or say at once what becomes of it here; never waits."""
        future: Future[Answer] = Future()
        answer = asked(state, request, actor)
        if isinstance(answer, Ballot):
            self._votes.ask(answer, future)
            self._wake.set()
        else:
            future.set_result(answer)
        return future

    # -- opening and closing ---------------------------------------------------------------------

    def begin(self) -> None:
        """Bring what there is, before the session is opened; raises `GitTrouble`, `NotTaken` and
        `Rewritten`."""
        refs = self._repository.refs()
        self._votes.load(refs)
        if oid := refs.get(SEEN):
            line = self._repository.line(oid)
            known = grown(NOTHING, oid, line, self._layout.run)
            self._proof.look(known.batches, line[-1])
            self._seen = known.seen
        self._round_of_news(live=False)

    @property
    def shut_out(self) -> str:
        """Why the lead's machine takes no votes from here any more; empty while it does."""
        events = self._journal.events(self._layout.run)
        return next(filter(None, (self._answers.shuts(event) for event in events)), "")

    def origin(self) -> RunShared:
        """What the run says of the lead's machine; waits a moment for that where it has just
        begun."""
        until = self._mono() + FIRST
        while True:
            events = self._journal.events(self._layout.run)
            told = [e.payload for e in events if isinstance(e.payload, RunShared)]
            if told or self._mono() > until:
                return told[-1] if told else RunShared(remote=self.remote, refs="")
            self._closing.wait(self._pace.waiting)
            self._round_of_news(live=False)

    def attach(self, state: Callable[[], RunState]) -> None:
        """Answer to a session, whose state this is."""
        self._state = state
        self._answers.begin(state().seq)

    def start(self, state: Callable[[], RunState]) -> None:
        """Go on beside a session, whose state this is."""
        self.attach(state)
        self._thread.start()

    def close(self) -> None:
        """End; what was sent stays sent."""
        self._closing.set()
        self._pace.hurry()
        self._wake.set()
        if self._thread.is_alive():
            # Nobody waits for a remote that is away.
            self._thread.join(MOMENT if self._link.facts.trouble else self._pace.last)
        self._lock.release()

    # -- on the thread ---------------------------------------------------------------------------

    def go_on(self) -> None:
        """A round after the other, until it is closed; what is left is sent then."""
        while not self._closing.is_set():
            pause = self.round()
            self.tell_people()
            self._pace.wait(pause, self._wake, AT_ONCE)
        self._safely(self._write_down if self._link.facts.trouble else self._send)
        if not self._link.facts.trouble:
            self._far.leave(self._layout)
        self._answers.leave()

    def tell_people(self) -> None:
        """Say on the remote that one is here, where that is reached."""
        if not self._link.facts.trouble and not self._link.facts.shut:
            self._far.tell(self._layout, (self._me,))

    def round(self) -> float:
        """Look at the remote once; returns how many seconds to wait until the next time."""
        there = lasting(self._there)
        done = self._safely(self._round)
        if there != lasting(self._there) or self._answers.waiting:
            self._moved = self._mono()
        state = self._state() if self._state is not None else None
        waits = bool(self._answers.waiting) or (state is not None and awaits(state))
        return self._pace.pause(done=done, still=self._mono() - self._moved, awaits=waits)

    def _safely(self, deed: Callable[[], object]) -> bool:
        """Do it; what keeps it from being done is known then, and it is tried again."""
        try:
            return self._link.tried(deed, but=(Rewritten, NotTaken))
        except (Rewritten, NotTaken) as why:
            self._link.know(shut=_rewritten(self._layout, str(why)), alarm=str(why))
            return False

    def _round(self) -> None:
        if self._unsure:
            # Whether the last push has arrived is looked at before anything is pushed again.
            self._round_of_news(live=True)
            # Where the remote takes no votes from here, there may be an answer all the same.
            self._answer()
        self._unsure = True
        sent = self._send()
        self._unsure = False
        if sent:
            # There can be no answer yet, and the lead's machine is to have the remote for itself.
            self._link.reached()
            return
        self._round_of_news(live=True)
        self._answer()

    def _round_of_news(self, *, live: bool) -> None:
        if self._repository.fetch(self._layout) or not self._there:
            self._there = self._repository.refs(THERE)
        self._link.reached()
        self._far.look(self._there)
        self._votes.look(self._there)
        tip = self._there.get(LOG, "")
        if tip == self._seen.oid:
            self._know_all_is_well()
            return
        beyond = self._repository.line(tip, self._seen.oid) if tip else []
        taken = grown(self._seen, tip, beyond, self._layout.run)
        self._proof.look(taken.batches, beyond[-1])
        for batch in taken.batches:
            self._replica.take(batch.run, batch.genesis, batch.first, batch.lines)
            self._clock.heard(batch.at, live=live)
        self._repository.point(SEEN, taken.seen.oid)
        self._seen = taken.seen
        self._link.know(moved=self._here.now())
        self._know_all_is_well()

    def _know_all_is_well(self) -> None:
        """Or what is left to say of a log that is followed."""
        alarm = self._votes.wrong or self._proof.alarm
        self._link.know(shut="", alarm=alarm, signed=self._proof.words)

    # -- votes -----------------------------------------------------------------------------------

    def _send(self) -> bool:
        """Push what was asked since, and all that is not known to have arrived; whether there was
        anything."""
        self._write_down()
        return self._votes.send()

    def _write_down(self) -> None:
        """Keep what was asked since: whatever ends, it is sent some time."""
        for cast in self._votes.write_down():
            self._answers.waiting.append(cast)
        self._link.know(waiting=len(self._answers.waiting))

    def _answer(self) -> None:
        """Answer those that the run has an answer to."""
        if not self._answers.waiting or self._state is None:
            return
        self._answers.look(self._caught_up())
        self._link.know(waiting=len(self._answers.waiting))

    def _caught_up(self) -> RunState:
        """The session's state, once it has what came just now, for which it needs a moment."""
        assert self._state is not None
        until = self._mono() + MOMENT
        while (state := self._state()).seq < self._seen.number and self._mono() < until:
            self._closing.wait(0.005)
        return state


def _rewritten(layout: Layout, why: str) -> str:
    return (
        f"{layout.log} is not what it was: {why}. What stands there is not followed; ask the lead"
        " whether the remote was tampered with"
    )
