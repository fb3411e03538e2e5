"""Votes from other machines, brought before the run: taken, or refused and said why."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import TimeoutError as NoAnswer

from runbook_tui.run.events import Event, VoteRefused
from runbook_tui.run.requests import Refusal
from runbook_tui.run.statement import SIGN_OFF, principal
from runbook_tui.run.void_votes import voided
from runbook_tui.run.votes import (
    CastVote,
    NoVote,
    TellShare,
    Vote,
    Weighed,
    due_text,
    read_vote,
    refusal_id,
    refused_for,
    vote_id,
    weigh,
)
from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.journal import Journal
from runbook_tui.session.proofs import NO_SIGNERS, signers_of
from runbook_tui.session.session import Session
from runbook_tui.share.git import GitTrouble
from runbook_tui.share.merging import NOTHING, Rewritten, Seen, Taken, grown
from runbook_tui.share.overtaken import Overtaken
from runbook_tui.share.refs import WHO
from runbook_tui.share.repository import Repository

BY = "refs/there/by/"
SEEN = "refs/seen/by/"
SHUT = "refs/shut/by/"
PATIENCE = 30.0
"""Seconds that the session may take to answer."""
MOST_VOICES = 200
"""Refs that votes are read from."""
MOST_REFUSED = 40
"""Votes of one ref that are refused and said; whoever goes on is not listened to any more."""
MOST_TRIES = 5
"""Looks in a row at which one of them cannot be read."""
MOST_BYTES = 32 << 20
"""Bytes of one ref that are read at once."""


class Later(Exception):
    """It cannot be told now; nothing is lost, and it is tried again."""


class Ballots:
    """Reads the votes in the refs of others. Used by one thread."""

    def __init__(
        self, session: Session, journal: Journal, repository: Repository, clock: Clock
    ) -> None:
        self._session = session
        self._journal = journal
        self._repository = repository
        self._clock = clock
        self._seen: dict[str, Seen] = {}
        self._shut: set[str] = set()
        self._refused: dict[str, int] = {}
        self._unread: dict[str, int] = {}
        self._ids: dict[str, int] = {}
        self._read = 0
        self._overtaken = Overtaken(clock.mono)

    def load(self, refs: Mapping[str, str]) -> None:
        """Go on from where an earlier program was."""
        self._shut = {name.removeprefix(SHUT) for name in refs if name.startswith(SHUT)}
        for name, oid in refs.items():
            who = name.removeprefix(SEEN)
            if name.startswith(SEEN) and who not in self._shut:
                line = self._repository.line(oid, most=MOST_BYTES)
                try:
                    taken = grown(NOTHING, oid, line, self._session.run, who)
                except Rewritten:
                    continue  # It was not ours to begin with: read anew, and found out.
                self._seen[who] = taken.seen
                self._go_on_waiting(taken)

    def take(self, there: Mapping[str, str]) -> bool:
        """Take all that is new in the refs that were fetched; whether there was anything.

        Raises `Later` and `GitTrouble`; what was not taken then is taken the next time.
        """
        voices = {name.removeprefix(BY): oid for name, oid in there.items() if name.startswith(BY)}
        for who in self._seen.keys() - voices.keys():
            voices[who] = ""
        found = False
        # Those that were heard before come first: a crowd of new refs takes nobody's place.
        order = sorted(voices, key=lambda who: (who not in self._seen, who))
        for number, who in enumerate(order):
            tip = voices[who]
            if who in self._shut or tip == self._seen.get(who, NOTHING).oid:
                continue
            if number >= MOST_VOICES or not WHO.fullmatch(who):
                self._shut_out(who, tip, "it is one ref too many, or named as none is")
                continue
            found = True
            self._of_one(who, tip)
        return found

    def say_void(self, heard: Callable[[str], bool], *, ending: bool = False) -> None:
        """Say of signed votes that came too late that they are void, once nobody signs them anew;
        after each look at the remote. ``heard`` and ``ending`` as in `Overtaken.void`."""
        for vote in self._overtaken.void(self._session.state, heard, ending=ending):
            self._ask(TellShare(payload=voided(vote), id=refusal_id(vote.id)))

    def _go_on_waiting(self, taken: Taken) -> None:
        """An earlier program may have ended before it said so."""
        for batch in taken.batches:
            for text in batch.lines:
                try:
                    vote = read_vote(text.decode("utf-8", "replace"))
                except NoVote:
                    continue
                self._overtaken.followed(vote)
                answered = self._recorded(vote.id) or self._recorded(refusal_id(vote.id))
                if vote.signature and answered is None:
                    self._overtaken.wait(vote, kept=True)

    def tell(self, where: str, reason: str) -> None:
        """Record that something looks tampered with, once for each reason."""
        told = hashlib.sha256(f"{where}\0{reason}".encode("utf-8", "replace")).hexdigest()[:16]
        said = VoteRefused(vote=where, reason=reason, alarm=True)
        self._ask(TellShare(payload=said, id=f"{self._session.run}/alarm/{told}"))

    def _of_one(self, who: str, tip: str) -> None:
        seen = self._seen.get(who, NOTHING)
        try:
            line = self._repository.line(tip, seen.oid, MOST_BYTES) if tip else []
            taken = grown(seen, tip, line, self._session.run, who)
        except Rewritten as error:
            self._shut_out(who, tip, f"the votes of {who} are not what they were: {error}")
            return
        except GitTrouble as error:
            # One ref that cannot be read keeps nobody else from voting.
            self._unread[who] = self._unread.get(who, 0) + 1
            if self._unread[who] >= MOST_TRIES:
                self._shut_out(who, tip, f"the votes of {who} cannot be read: {error}")
            return
        self._unread.pop(who, None)
        for batch in taken.batches:
            for number, text in enumerate(batch.lines, batch.first):
                self._one(who, number, text.decode("utf-8", "replace"))
                if self._refused.get(who, 0) > MOST_REFUSED:
                    self._shut_out(who, tip, f"too many votes of {who} had to be refused")
                    return
        self._seen[who] = taken.seen
        self._repository.point(f"{SEEN}{who}", taken.seen.oid)

    def _shut_out(self, who: str, tip: str, reason: str) -> None:
        self.tell(
            f"{self._session.run}/by/{who}", f"{reason}; nothing is taken from there any more"
        )
        self._shut.add(who)
        if oid := tip or self._seen.get(who, NOTHING).oid:
            self._repository.point(f"{SHUT}{who}", oid)

    def _one(self, who: str, number: int, text: str) -> None:
        id_ = vote_id(self._session.run, who, number)
        try:
            vote = read_vote(text)
        except NoVote as error:
            self._refuse(who, id_, Weighed(reason=f"it is no vote: {error}", alarm=True), None)
            return
        if vote.number != number:
            found = Weighed(reason=f"it says that it is number {vote.number}", alarm=True)
        else:
            found = weigh(
                self._session.state, vote, who, recorded=self._recorded, placed=self._placed,
                good=self._wrong,
            )  # fmt: skip
        if found.take:
            due = due_text(self._session.state, vote) if vote.signature else ""
            answer = self._ask(CastVote(vote=vote, due=due), vote)
            found = refused_for(answer) if answer is not None else Weighed()
        self._overtaken.followed(vote)
        if found.overtaken:
            self._overtaken.wait(vote)
        if found.reason:
            self._refuse(who, id_, found, vote)

    def _refuse(self, who: str, id_: str, found: Weighed, vote: Vote | None) -> None:
        self._refused[who] = self._refused.get(who, 0) + 1
        said = VoteRefused(
            vote=id_, reason=found.reason, alarm=found.alarm, node=vote.node if vote else "",
            name=vote.actor.name if vote else "", email=vote.actor.email if vote else "",
        )  # fmt: skip
        self._ask(TellShare(payload=said, id=refusal_id(id_)))

    def _ask(self, request: CastVote | TellShare, vote: Vote | None = None) -> Refusal | None:
        """Ask the session; a refusal by the run's rules, None where it is done."""
        try:
            answer = self._session.ask(request, vote.actor if vote else None).result(PATIENCE)
        except NoAnswer:
            raise Later("the session does not answer") from None
        if not isinstance(answer, Refusal):
            return None
        # What the record cannot take now is no fault of the vote's.
        if answer.exit_code in {2, 4, 0, 7}:
            return answer
        raise Later(answer.reason)

    # -- what the run has ------------------------------------------------------------------------

    def _recorded(self, id_: str) -> Event | None:
        for event in self._journal.events(self._session.run, self._read):
            self._read = event.seq
            if "/by/" in event.id:
                self._ids[event.id] = event.seq
        return self._placed(self._ids[id_]) if id_ in self._ids else None

    def _placed(self, seq: int) -> Event | None:
        found = self._journal.events(self._session.run, seq - 1, 1)
        return found[0] if found and found[0].seq == seq else None

    def _wrong(self, due: str, vote: Vote) -> str:
        state = self._session.state
        signers = signers_of(state)
        if not signers:
            return NO_SIGNERS.problem
        at = max(self._clock.now(), state.last_at)
        proof = self._session.signatures.check(
            due, vote.signature, SIGN_OFF, principal(vote.actor), signers, at
        )
        if proof.unknown:
            raise Later(proof.problem)
        return proof.problem
