"""The offline table: whatever is on its way, late or cut off, the record decides and nobody else.

Two machines in memory: the lead's history, the part of it that a reviewer has seen, and the votes
that have arrived. What is allowed without the remote goes on; what needs the other side waits.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.model import Check, Gate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.events import Event
from runbook_tui.run.fold import begin, fold
from runbook_tui.run.order import gate_open
from runbook_tui.run.requests import Decision, Refusal
from runbook_tui.run.state import RunState
from runbook_tui.run.votes import (
    CastVote,
    Vote,
    decide_share,
    due_text,
    refusal_id,
    refused_for,
    weigh,
)
from runbook_tui.share.asking import Ballot, asked
from tests.fakes.history import GRACE, LINUS, History

PLAN = Runbook(
    title="Apart",
    roles={"cto": ("Grace <grace@example.com>",), "qa": ("*",)},
    phases=(
        Phase(id="core", title="Core", gate=Gate(roles=("cto",), signed=True), steps=(
            Step(id="d", title="Deploy", run="true", undo="true"),)),
        Phase(id="end", title="End", needs=(), gate=Gate(roles=("qa",), four_eyes=True),
              criteria=(Check(id="fine", title="Fine"),),
              steps=(Step(id="f", title="Finish", run="true", undo="true"),)),
    ),
)  # fmt: skip
GATES = ("core", "end")


@dataclass
class Apart:
    """``seen``: how many events the reviewer has; ``votes`` those that were given there, of which
    ``arrived`` have come; ``cut``: nothing gets through."""

    history: History = field(default_factory=lambda: History(PLAN))
    seen: int = 1
    votes: list[Vote] = field(default_factory=list)
    arrived: int = 0
    cut: bool = False

    def __post_init__(self) -> None:
        begun = self.history.events[0]
        assert isinstance(begun.payload, e.RunStarted)
        known = dataclasses.replace(begun.payload, allowed_signers="keys")
        self.history.events[0] = dataclasses.replace(begun, payload=known)
        self.history.state = self.state_of(1)

    def state_of(self, many: int) -> RunState:
        """The run as the first events make it."""
        first = begin(self.history.state.run, PLAN)
        return fold(first, self.history.events[:many])

    def decide_here(self, request: r.Request) -> None:
        """The lead goes on, remote or none."""
        self.history.ask(request)

    def vote(self, request: r.Request, who: e.Actor) -> None:
        """The reviewer gives a vote, on what they have seen."""
        state = self.state_of(self.seen)
        answer = asked(state, request, who)
        if isinstance(answer, r.SignatureNeeded) and isinstance(request, r.SignNode):
            signed = f"signed by {who.name}: {answer.statement}"
            if signed in {vote.signature for vote in self.votes}:
                return  # It is sent already; that it is not sent twice is the follower's.
            request = dataclasses.replace(request, signature=signed, statement=answer.statement)
            answer = asked(state, request, who)
        if isinstance(answer, Ballot):
            self.votes.append(answer.vote("w-1", len(self.votes) + 1))

    def get_through(self, many: int) -> None:
        """Some events go there, some votes come here; or nothing, where the way is cut."""
        if not self.cut:
            self.seen = min(len(self.history.events), self.seen + many)
            for vote in self.votes[self.arrived : self.arrived + many]:
                self.arrived += 1
                self.enter(vote)

    def enter(self, vote: Vote) -> None:
        """What the lead's machine makes of a vote that it has found."""
        state, events = self.history.state, self.history.events
        found = weigh(
            state, vote, "w-1",
            recorded=lambda id_: next((ev for ev in events if ev.id == id_), None),
            placed=lambda seq: events[seq - 1] if 0 < seq <= len(events) else None,
            good=lambda due, v: "" if v.signature == f"signed by {v.actor.name}: {due}" else "bad",
        )  # fmt: skip
        if found.take:
            due = due_text(state, vote) if vote.signature else ""
            answer = decide_share(state, CastVote(vote=vote, due=due), vote.actor)
            if isinstance(answer, Decision):
                made = [self.history.add(p, step, vote.actor) for p, step in answer.events]
                self.named(made[0], vote.id)
                return
            found = refused_for(answer)
        assert not found.alarm
        if found.reason:
            told = self.history.add(e.VoteRefused(vote=vote.id, reason=found.reason))
            self.named(told, refusal_id(vote.id))

    def named(self, event: Event, id_: str) -> None:
        self.history.events[event.seq - 1] = dataclasses.replace(event, id=id_)

    def check(self) -> None:
        """Nothing is open that the record has no good decision for, here or there."""
        ids = [event.id for event in self.history.events]
        assert len(ids) == len(set(ids))
        for state, many in (
            (self.history.state, len(self.history.events)), (self.state_of(self.seen), self.seen),
        ):  # fmt: skip
            for gate in GATES:
                given_ = [
                    ev for ev in self.history.events[:many]
                    if isinstance(ev.payload, e.SignoffGiven) and ev.payload.node == gate
                    and ev.payload.decision == "approved"
                ]  # fmt: skip
                assert not gate_open(state, gate) or given_
                if gate == "core":
                    assert all(ev.actor.name in (ev.payload.signature or "") for ev in given_)  # type: ignore[attr-defined]


here = st.sampled_from([
    r.AddNote(text="x"), r.TickNode(node="fine"), r.TickNode(node="fine", off=True),
    r.StartStep(step="d"), r.StartStep(step="f"), r.SetSeverity(level=2),
    r.SignNode(node="end", role="qa"),
])  # fmt: skip
there = st.sampled_from([
    r.AddNote(text="y"), r.TickNode(node="fine"), r.SignNode(node="core", role="cto"),
    r.SignNode(node="end", role="qa"), r.RaiseHand(text="z"),
    r.SignNode(node="end", role="qa", approve=False, comment="no"),
])  # fmt: skip
acts = st.one_of(
    st.tuples(st.just("here"), here),
    st.tuples(st.just("there"), there, st.sampled_from([GRACE, LINUS])),
    st.tuples(st.just("through"), st.integers(1, 4)),
    st.tuples(st.just("cut"), st.booleans()),
)


@settings(max_examples=150)
@given(st.lists(acts, max_size=25))
def test_apart_or_not_the_record_alone_decides(deeds: list[tuple[object, ...]]) -> None:
    world = Apart()
    for kind, *rest in deeds:
        if kind == "here":
            world.decide_here(rest[0])  # type: ignore[arg-type]
        elif kind == "there":
            world.vote(rest[0], rest[1])  # type: ignore[arg-type]
        elif kind == "through":
            world.get_through(rest[0])  # type: ignore[arg-type]
        else:
            world.cut = bool(rest[0])
        world.check()
    # Once the way is free all has come through, and each vote was answered or is overtaken.
    world.cut = False
    while world.arrived < len(world.votes) or world.seen < len(world.history.events):
        world.get_through(10)
        world.check()
    answered = {event.id for event in world.history.events}
    for vote in world.votes:
        known = {vote.id, refusal_id(vote.id)} & answered
        assert len(known) == 1 or (not known and vote.signature)
    # Found again, as after a restart, nothing more comes of any of them.
    before = len(world.history.events)
    for vote in world.votes:
        world.enter(vote)
    assert len(world.history.events) == before


def test_signed_in_a_quiet_moment_a_vote_opens_the_gate() -> None:
    """The control: the world above does open gates."""
    world = Apart()
    world.vote(r.SignNode(node="core", role="cto"), GRACE)
    world.get_through(1)
    assert gate_open(world.history.state, "core")
    assert not gate_open(world.state_of(1), "core")
    assert not isinstance(world.history.ask(r.StartStep(step="d")), Refusal)
