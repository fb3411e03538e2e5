"""The run's log on its remote: what of the journal stands there, and what is still to be sent."""

from __future__ import annotations

import json
import shlex

from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.replica import Bodies
from runbook_tui.session.session import Session
from runbook_tui.share.ballots import Ballots
from runbook_tui.share.commits import Author, in_batches
from runbook_tui.share.git import GitTrouble, Refused, Unreachable, shown
from runbook_tui.share.link import Shut
from runbook_tui.share.merging import Rewritten, Taken
from runbook_tui.share.own import OwnRef
from runbook_tui.share.refs import CUSTOM, FALLBACK, Layout
from runbook_tui.share.repository import THERE, Repository
from runbook_tui.share.sealing import LogSeal

MOST_BYTES = 1 << 20
"""Bytes of events in one commit."""
SHORTEST_SECRET = 6
"""Characters below which a secret's value stands in too many texts by chance."""


class SentLog:
    """Written by the lead's machine alone. Used by one thread; ``unsent`` may be read by any.

    Before its first ``look`` it is not begun: nobody knows yet under which refs the run is there.
    """

    def __init__(
        self,
        session: Session,
        bodies: Bodies,
        repository: Repository,
        ballots: Ballots,
        author: Author,
        seal: LogSeal,
        clock: Clock,
    ) -> None:
        self._session = session
        self._bodies = bodies
        self._repository = repository
        self._ballots = ballots
        self._author = author
        self._seal = seal
        self._clock = clock
        self._own: OwnRef | None = None
        self.there: dict[str, str] = {}
        """The run's refs on the remote, as they were fetched last."""

    @property
    def begun(self) -> bool:
        """Whether it is known where on the remote the run is."""
        return self._own is not None

    @property
    def layout(self) -> Layout:
        """Where on the remote the run is, once it has begun."""
        return self._log.layout

    @property
    def pending(self) -> bool:
        """Whether something that was written is not known to be on the remote."""
        return self._log.pending

    @property
    def unsent(self) -> int:
        """How many of the run's events are not known to be on the remote."""
        known = self._own.known if self._own is not None else 0
        return max(0, self._session.state.seq - known)

    @property
    def _log(self) -> OwnRef:
        assert self._own is not None
        return self._own

    # -- what stands there -----------------------------------------------------------------------

    def look(self) -> None:
        """Fetch what is there; raises `GitTrouble`."""
        if self._own is None:
            self._own = self._begin()
        if self._repository.fetch(self.layout) or not self.there:
            self.there = self._repository.refs(THERE)

    def _begin(self) -> OwnRef:
        """Make ready, and find out under which refs the run is there already."""
        self._repository.prepare()
        known = self._repository.shared().get(self._session.run)
        layout = known or Layout(prefix=CUSTOM, run=self._session.run)
        log = self._made(layout)
        try:
            self._load(log)
        except GitTrouble:
            # What is damaged here is made anew from the remote and the journal.
            self._repository.forget()
            self._load(log)
        return log

    def _made(self, layout: Layout) -> OwnRef:
        return OwnRef(self._repository, layout, self._author, sign=self._seal.sign)

    def _load(self, log: OwnRef) -> None:
        refs = self._repository.refs()
        log.load(refs)
        self._ballots.load(refs)

    def hold_against(self) -> None:
        """Whether the remote still has what was sent: where it has less, all is sent again.

        Raises `Shut` where it has something else.
        """
        log = self._log
        there = self.there.get(log.there, "")
        found = "other" if log.is_empty and there else log.look(there)
        if found == "other":
            # Whoever sent it: what is this journal's, byte by byte, can be gone on with.
            try:
                log.adopt(there, self._agrees)
            except Rewritten as why:
                new = log.is_empty
                words = str(why) if new else "its history is not the one that was sent from here"
                raise self._shut(words) from None
        if found in {"set back", "gone"}:
            what = "deleted" if found == "gone" else "set back to an earlier state"
            self._ballots.tell(
                log.layout.log, f"the log on {self._remote} was {what}; it is sent again"
            )

    def _agrees(self, taken: Taken) -> str:
        """Why a log that is there already is not this journal's own; empty where it is."""
        run = self._session.run
        lines = [line for batch in taken.batches for line in batch.lines]
        own = [kept.body for kept in self._bodies.records(run)]
        genesis = taken.batches[0].genesis if taken.batches else ""
        if genesis == self._bodies.genesis(run) and lines == own[: len(lines)]:
            return ""
        return "it is another run of that name, or another history of it"

    def _shut(self, why: str) -> Shut:
        remote = shlex.quote(self._remote)
        words = (
            f"the log on {self._remote} cannot be gone on with: {why}; nothing is sent any more."
            f" Find out who did that; then take it away (git push {remote} :{self.layout.log})"
            f" and begin again: runbook resume {self._session.run} --share {remote}"
        )
        self._ballots.tell(self.layout.log, words)
        return Shut(words, alarm=True)

    @property
    def _remote(self) -> str:
        return shown(self._repository.remote)

    # -- what is sent ----------------------------------------------------------------------------

    def write(self) -> str:
        """Put new events into commits; why those from some event on are held back."""
        log, run = self._log, self._session.run
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

    def push(self) -> None:
        """Send all that is not known to be there, in one push; raises `GitTrouble`, and then it
        may have arrived all the same."""
        log = self._log
        try:
            log.send()
        except Refused as no:
            first = not self.there.get(log.there)
            if no.ours or not first or log.layout.prefix != CUSTOM:
                raise Unreachable(f"the remote refuses the push: {no}") from None
            # Some hosts take branches only; what is in the commits says so, and is made anew.
            self._fall_back(Layout(prefix=FALLBACK, run=log.layout.run))

    def _fall_back(self, layout: Layout) -> None:
        self._repository.forget()
        log = self._made(layout)
        self._load(log)
        self._own, self.there = log, {}
        self.write()
        log.send()
