"""Votes on their way to the lead's machine: written down here first, then sent, and kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import suppress

from runbook_tui.run.votes import NoVote, Vote, read_vote
from runbook_tui.session.answering import Answer
from runbook_tui.session.ports.clock import Clock
from runbook_tui.share.answers import Cast
from runbook_tui.share.asking import Ballot
from runbook_tui.share.commits import Author, Batch
from runbook_tui.share.git import shown
from runbook_tui.share.own import OwnRef
from runbook_tui.share.refs import Layout
from runbook_tui.share.repository import Repository


class OwnVotes:
    """What is asked for from here. ``ask`` may be called by any thread, the rest by one.

    ``who`` is by what these votes are known.
    """

    def __init__(
        self, repository: Repository, layout: Layout, author: Author, who: str, clock: Clock
    ) -> None:
        self._ref = OwnRef(repository, layout, author, who)
        self._run = layout.run
        self._who = who
        self._remote = shown(repository.remote)
        self._clock = clock
        self._asked: deque[tuple[Ballot, Future[Answer]]] = deque()
        self._signed: dict[str, Vote] = {}
        self.wrong = ""
        """What is amiss with them on the remote, in words; empty where nothing."""

    @property
    def asked(self) -> int:
        """How many are not written down yet."""
        return len(self._asked)

    @property
    def pending(self) -> bool:
        """Whether something that was written down is not known to be on the remote."""
        return self._ref.pending

    def ask(self, ballot: Ballot, future: Future[Answer]) -> None:
        """Have it sent; ``future`` waits for what becomes of it."""
        self._asked.append((ballot, future))

    def load(self, refs: Mapping[str, str]) -> None:
        """Go on from what an earlier program has written down; raises `GitTrouble`."""
        self._ref.load(refs)
        self._signed = {vote.signature: vote for vote in self._given()}

    def _given(self) -> Iterator[Vote]:
        for line in self._ref.lines():
            with suppress(NoVote):
                yield read_vote(line.decode())

    def write_down(self) -> Iterator[Cast]:
        """Keep what was asked since, one after the other, and give who waits for it: whatever
        ends, it is sent some time. Raises `GitTrouble` and OSError."""
        while self._asked:
            ballot, future = self._asked[0]
            vote = ballot.vote(self._who, self._ref.number + 1)
            # In one place a key gives one signature: a second vote with it would be a replay.
            known = self._signed.get(vote.signature) if vote.signature else None
            if known is None:
                self._add(vote)
            # Only now: where there was no room for it, it is written down the next time.
            self._asked.popleft()
            yield Cast(ballot=ballot, vote=known or vote, future=future)

    def _add(self, vote: Vote) -> None:
        line = vote.encode().encode()
        batch = Batch(run=self._run, first=vote.number, who=self._who, lines=(line,))
        self._ref.add(batch, int(self._clock.now()))
        self._signed[vote.signature] = vote

    def look(self, there: Mapping[str, str]) -> None:
        """Whether what was sent is among the refs on the remote; else it is sent again."""
        tip = there.get(self._ref.there, "")
        wrong = ""
        if self._ref.is_empty and tip:
            self._ref.adopt(tip, lambda _: "")
        elif self._ref.look(tip) in {"other", "set back", "gone"}:
            wrong = f"your votes on {self._remote} are not what was sent from here"
        self.wrong = wrong

    def send(self) -> bool:
        """Push all that is not known to have arrived; whether there was anything. Raises
        `GitTrouble`, and then it may have arrived all the same."""
        if not self._ref.pending:
            return False
        self._ref.send()
        return True
