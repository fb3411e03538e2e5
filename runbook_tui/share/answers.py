"""What becomes of the votes that a reviewer has sent: the run answers them, or goes on."""

from __future__ import annotations

import dataclasses
from concurrent.futures import Future

from runbook_tui.frozen import frozen
from runbook_tui.run.decide import decide
from runbook_tui.run.events import Event, VoteRefused
from runbook_tui.run.requests import Refusal, SignNode
from runbook_tui.run.signing import content_digest
from runbook_tui.run.state import RunState
from runbook_tui.run.votes import Vote, refusal_id, taken_back
from runbook_tui.session.answering import Accepted, Answer
from runbook_tui.session.ports.journal import Journal
from runbook_tui.share.asking import Ballot


@frozen
class Cast:
    """A vote that was sent, and who waits for what becomes of it."""

    ballot: Ballot
    vote: Vote
    future: Future[Answer]


class Answers:
    """Votes that wait for the lead's machine. ``journal`` has what came from there."""

    def __init__(self, journal: Journal, run: str, who: str) -> None:
        self._journal = journal
        self._run = run
        self._who = who
        self._looked = 0
        self.waiting: list[Cast] = []

    def begin(self, seq: int) -> None:
        """Answers come after this event."""
        self._looked = seq

    def look(self, state: RunState) -> None:
        """Answer those that the run has an answer to."""
        events = self._journal.events(self._run, self._looked)
        shut = next(filter(None, map(self.shuts, events)), "")
        news = {event.id: event for event in events}
        left = []
        for cast in self.waiting:
            answer = self._answer_to(cast, news, state)
            if answer is None and shut:
                answer = Refusal(
                    reason=f"the lead's machine takes no votes from here any more: {shut}",
                    hint="leave, and join again: what is given then goes another way",
                )
            if answer is None:
                left.append(cast)
            elif not cast.future.done():
                cast.future.set_result(answer)
        self.waiting = left
        # What shuts it out answers all that is asked from then on.
        if not left and news and not shut:
            self._looked = max(event.seq for event in news.values())

    def shuts(self, event: Event) -> str:
        """Why nothing is taken any more from the ref of whoever asks, where an event says so."""
        said = event.payload
        if isinstance(said, VoteRefused) and said.vote == f"{self._run}/by/{self._who}":
            return said.reason
        return ""

    def leave(self) -> None:
        """Nobody waits any longer."""
        for cast in self.waiting:
            if not cast.future.done():
                cast.future.set_result(
                    Refusal(reason="left before the lead's machine has answered")
                )

    def _answer_to(self, cast: Cast, news: dict[str, Event], state: RunState) -> Answer | None:
        if (event := news.get(cast.vote.id)) is not None:
            # Whoever asked finds the state that has it.
            return Accepted(state=state, events=(event,)) if state.seq >= event.seq else None
        if (event := news.get(refusal_id(cast.vote.id))) is not None:
            assert isinstance(event.payload, VoteRefused)
            if event.payload.overtaken is not None:
                # Nobody there has waited for it any longer; here somebody can still sign anew.
                return self._overtaken(cast, state) if state.seq >= event.seq else None
            return Refusal(reason=f"the lead's machine refuses it: {event.payload.reason}")
        if cast.vote.signature and state.seq > cast.vote.seq:
            return self._overtaken(cast, state)
        return None

    def _overtaken(self, cast: Cast, state: RunState) -> Answer | None:
        """Something else stands where the signature holds on to: it can only be made anew."""
        if any(e.id == cast.vote.id for e in self._journal.events(state.run, cast.vote.seq, 1)):
            return None
        request = cast.ballot.request
        assert isinstance(request, SignNode)
        if (refusal := taken_back(state, cast.vote)) is not None:
            return refusal
        if content_digest(state, cast.vote.node) != cast.vote.digest:
            return Refusal(
                reason=f"“{state.outline[cast.vote.node].title}” is not what you were shown any"
                " more, and your decision does not count",
                hint="look at it as it is now, and decide again",
            )
        plain = dataclasses.replace(request, signature="", statement="")
        again = decide(state, plain, cast.ballot.actor)
        if isinstance(again, Refusal):
            return again
        return Refusal(reason="the run went on before your decision came there", hint="sign again")
