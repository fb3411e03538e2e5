"""What is asked on a machine where the run is only followed: said no to, or made a vote. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from runbook_tui.book.plain_text import printable
from runbook_tui.frozen import frozen
from runbook_tui.run import requests as r
from runbook_tui.run.decide import decide
from runbook_tui.run.events import Actor, SignoffGiven
from runbook_tui.run.pulls import heads
from runbook_tui.run.requests import Refusal
from runbook_tui.run.signing import content_digest
from runbook_tui.run.state import RunState
from runbook_tui.run.votes import LONGEST, Votable, Vote
from runbook_tui.session.answering import Accepted, Pause

NOT_FROM_HERE: Mapping[type[r.Request], str] = {
    r.StartStep: "a step runs on the lead's machine",
    r.ProbeAgain: "a probe runs on the lead's machine",
    r.StartRollback: "a rollback acts on the lead's machine",
    r.StopRollback: "the rollback runs on the lead's machine",
    r.StopCommands: "what runs is on the lead's machine",
    r.RunOffered: "a command runs on the lead's machine",
    r.RetryUndo: "an undo runs on the lead's machine",
    r.AmendUndo: "an undo runs on the lead's machine",
    r.ContinueUndo: "an undo runs on the lead's machine",
}
ROLLBACK = frozenset({r.StartRollback, r.StopRollback, r.RetryUndo, r.AmendUndo, r.ContinueUndo})


@frozen
class Ballot:
    """What a person here wants, on the state that they were shown; `vote` gives it its place."""

    request: Votable
    state: RunState
    actor: Actor
    on: str = ""
    digest: str = ""

    @property
    def what(self) -> str:
        """What it is, in a few words."""
        q = self.request
        if isinstance(q, r.SignNode):
            return f"{'approval' if q.approve else 'rejection'} of {q.node}"
        if isinstance(q, r.TickNode):
            return f"tick of {q.node}"
        return "a note" if isinstance(q, r.AddNote) else "a hand"

    def vote(self, who: str, number: int) -> Vote:
        """The vote that it becomes."""
        q, state = self.request, self.state
        node = "" if isinstance(q, r.LowerHand) else q.node
        place = Vote(run=state.run, who=who, number=number, actor=self.actor, seq=state.seq,
                     head=state.head, deed="note", node=node)  # fmt: skip
        return _FILLED[type(q)](place, q, self)


def asked(state: RunState, request: r.Request, actor: Actor) -> Ballot | Accepted | Refusal:
    """What becomes of a request here; a `Ballot` where it is to be sent."""
    if isinstance(request, r.OpenRollback | r.CloseRollback | Pause):
        return Accepted(state=state)  # Somebody looks; that is no act in the run.
    if not isinstance(request, Votable):
        return _not_from_here(state, request)
    decision = decide(state, request, actor)
    if isinstance(decision, Refusal):
        return decision
    given = next((p for p, _ in decision.events if isinstance(p, SignoffGiven)), None)
    digest = ""
    if isinstance(request, r.SignNode | r.TickNode) and request.node in state.outline:
        digest = content_digest(state, request.node)
    ballot = Ballot(request=request, state=state, actor=actor, digest=digest,
                    on=given.kind if given is not None else "")  # fmt: skip
    size = len(ballot.vote("w" * 80, 10**9).encode().encode("utf-8", "surrogatepass"))
    if size > LONGEST:
        return Refusal(
            reason=f"it is too long to be sent: {size} bytes, at most {LONGEST}",
            hint="shorten the text; what is long belongs in a file that it can name",
            exit_code=2,
        )
    return ballot


def _not_from_here(state: RunState, request: r.Request) -> Refusal:
    kind = type(request)
    why = NOT_FROM_HERE.get(kind, "that is done on the lead's machine")
    lead = state.lead
    where = f", {printable(lead.host, 60)}" if lead is not None and lead.host else ""
    who = printable(lead.name, 40) if lead is not None else "the lead"
    how = f"there: runbook rollback {state.run}; " if kind in ROLLBACK else ""
    return Refusal(
        reason=f"{why}{where}, and cannot be done from here",
        hint=f"call {who}; {how}from here you may sign, tick, note and raise a hand",
    )


def _sign(place: Vote, q: r.Request, ballot: Ballot) -> Vote:
    assert isinstance(q, r.SignNode)
    state = ballot.state
    return dataclasses.replace(
        place, deed="sign", role=q.role, approve=q.approve, comment=q.comment, on=ballot.on,
        digest=ballot.digest, signature=q.signature, shown=q.shown,
        heads=(heads(state, q.node) or {}) if q.signature else {},
    )  # fmt: skip


def _tick(place: Vote, q: r.Request, ballot: Ballot) -> Vote:
    assert isinstance(q, r.TickNode)
    return dataclasses.replace(
        place, deed="tick", off=q.off, override=q.override, digest=ballot.digest
    )


def _note(place: Vote, q: r.Request, ballot: Ballot) -> Vote:
    assert isinstance(q, r.AddNote)
    return dataclasses.replace(place, text=q.text)


def _raise(place: Vote, q: r.Request, ballot: Ballot) -> Vote:
    assert isinstance(q, r.RaiseHand)
    return dataclasses.replace(place, deed="raise", text=q.text)


def _lower(place: Vote, q: r.Request, ballot: Ballot) -> Vote:
    assert isinstance(q, r.LowerHand)
    return dataclasses.replace(place, deed="lower", raised=q.raised)


_FILLED: Mapping[type[r.Request], Callable[[Vote, r.Request, Ballot], Vote]] = {
    r.SignNode: _sign,
    r.TickNode: _tick,
    r.AddNote: _note,
    r.RaiseHand: _raise,
    r.LowerHand: _lower,
}
