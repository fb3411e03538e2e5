"""Votes from other machines: what enters the record is exactly what was given on what was shown."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.model import Gate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor, Event
from runbook_tui.run.order import gate_open
from runbook_tui.run.requests import Decision, Refusal
from runbook_tui.run.signing import content_digest
from runbook_tui.run.votes import (
    CastVote,
    NoVote,
    Overtaken,
    Vote,
    Weighed,
    decide_share,
    due_text,
    read_vote,
    refusal_id,
    refused_for,
    weigh,
)
from tests.fakes.history import ADA, GRACE, LINUS, History

WHO = "grace-1234abcd-1"
PLAN = Runbook(
    title="Voted on",
    roles={"cto": ("Grace <grace@example.com>",), "qa": ("*",)},
    phases=(
        Phase(id="core", title="Core", gate=Gate(roles=("cto",), four_eyes=True), steps=(
            Step(id="d", title="Deploy", run="true", undo="true"),)),
        Phase(id="end", title="End", gate=Gate(roles=("cto",), signed=True), steps=(
            Step(id="f", title="Finish", run="true", undo="true"),)),
    ),
)  # fmt: skip


class Place:
    """A run, and votes on it as they would be found in a ref."""

    def __init__(self) -> None:
        self.history = History(PLAN)
        self.history.state = dataclasses.replace(
            self.history.state,
            begun=dataclasses.replace(self.history.state.begun, allowed_signers="keys"),  # type: ignore[type-var]
        )
        self.good = ""

    def vote(self, node: str = "core", **other: object) -> Vote:
        state = self.history.state
        fields: dict[str, object] = {
            "run": state.run, "who": WHO, "number": 1, "actor": GRACE, "seq": state.seq,
            "head": state.head, "deed": "sign", "node": node, "role": "cto", "on": "gate",
            "digest": content_digest(state, node),
        }  # fmt: skip
        return Vote(**{**fields, **other})  # type: ignore[arg-type]

    def signed(self, **other: object) -> Vote:
        """One with a signature that is good for exactly what it says."""
        plain = self.vote("end", signature="s", **other)
        self.good = due_text(self.history.state, plain)
        return plain

    def weigh(self, vote: Vote, ref: str = WHO) -> Weighed:
        events = self.history.events
        return weigh(
            self.history.state, vote, ref,
            recorded=lambda id_: next((ev for ev in events if ev.id == id_), None),
            placed=lambda seq: events[seq - 1] if 0 < seq <= len(events) else None,
            good=lambda due, given: "" if (due, given.signature) == (self.good, "s") else "no",
        )  # fmt: skip

    def cast(self, vote: Vote) -> Decision | Refusal:
        due = due_text(self.history.state, vote) if vote.signature else ""
        return decide_share(self.history.state, CastVote(vote=vote, due=due), vote.actor)

    def enter(self, vote: Vote) -> Event:
        decision = self.cast(vote)
        assert isinstance(decision, Decision), decision
        made = [self.history.add(payload, step, vote.actor) for payload, step in decision.events]
        first = dataclasses.replace(made[0], id=vote.id)
        self.history.events[first.seq - 1] = first
        return first


@pytest.fixture
def place() -> Place:
    return Place()


def test_a_vote_on_what_was_shown_becomes_an_ordinary_sign_off(place: Place) -> None:
    vote = place.vote(comment="go")
    assert place.weigh(vote) == Weighed(take=True)
    given_ = place.enter(vote)
    assert isinstance(given_.payload, e.SignoffGiven)
    assert (given_.payload.comment, given_.actor) == ("go", GRACE)
    assert gate_open(place.history.state, "core")
    # Found once more, it is known and does nothing.
    assert place.weigh(vote) == Weighed()


def test_a_signature_is_good_in_its_place_alone(place: Place) -> None:
    vote = place.signed()
    assert place.weigh(vote) == Weighed(take=True)
    place.history.add(e.NoteAdded(text="meanwhile"))
    assert place.weigh(vote) == Weighed(overtaken=True)
    assert isinstance(place.cast(vote), Overtaken)
    assert refused_for(place.cast(vote)) == Weighed(overtaken=True)  # type: ignore[arg-type]


def test_what_was_decided_on_other_content_does_not_count(place: Place) -> None:
    place.enter(place.vote())
    vote = place.vote("d", deed="tick", role="", on="", number=2)
    place.history.ran("d")
    assert place.weigh(vote) == Weighed(take=True)
    answer = place.cast(vote)
    assert isinstance(answer, Refusal)
    assert "is not what was shown to Grace any more" in refused_for(answer).reason


@pytest.mark.parametrize(("change", "said"), [
    ({"run": "20260101-beef"}, "moved here"),
    ({"who": "linus-1234abcd-1"}, "repeated"),
    ({"head": "f" * 64}, "another history"),
    ({"seq": 99}, "which the run does not have"),
    ({"signature": "wrong"}, "wrongly signed"),
    ({"node": "core", "signature": "s"}, "wrongly signed"),
    ({"approve": False, "comment": "no", "signature": "s"}, "wrongly signed"),
    ({"actor": LINUS, "signature": "s"}, "wrongly signed"),
    ({"deed": "note", "signature": "s"}, "nothing is signed"),
])  # fmt: skip
def test_what_was_tampered_with_raises_an_alarm(
    place: Place, change: dict[str, object], said: str
) -> None:
    vote = dataclasses.replace(place.signed(), **change)  # type: ignore[arg-type]
    found = place.weigh(vote)
    assert found.alarm
    assert not found.take
    assert said in found.reason


def test_a_signature_that_is_used_again_raises_an_alarm(place: Place) -> None:
    vote = place.signed()
    place.enter(vote)
    again = dataclasses.replace(vote, number=2)
    assert place.weigh(again).alarm
    assert "repeated" in place.weigh(again).reason
    other = dataclasses.replace(vote, comment="and more")
    assert "says something else" in place.weigh(other).reason


def test_a_gate_that_asks_for_a_signature_takes_no_vote_without_one(place: Place) -> None:
    answer = place.cast(place.vote("end"))
    assert isinstance(answer, Refusal)
    assert refused_for(answer) == Weighed(
        reason="it has no signature, and the plan asks for one", alarm=True
    )
    assert not gate_open(place.history.state, "end")


def test_the_plans_rules_hold_as_they_do_on_the_leads_machine(place: Place) -> None:
    ada = place.cast(place.vote(actor=ADA))
    linus = place.cast(place.vote(actor=LINUS))
    assert isinstance(ada, Refusal)
    assert isinstance(linus, Refusal)
    assert "does not hold the role cto" in linus.reason
    assert not refused_for(linus).alarm


def test_what_was_refused_once_stays_refused(place: Place) -> None:
    vote = place.vote(actor=LINUS)
    told = place.history.add(e.VoteRefused(vote=vote.id, reason="no"))
    place.history.events[-1] = dataclasses.replace(told, id=refusal_id(vote.id))
    assert place.weigh(vote) == Weighed()


text = st.text(max_size=30)
name = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)
actor = st.builds(Actor, name=name, email=st.sampled_from(["", "a@example.com"]), user=text,
                  host=text)  # fmt: skip
place_of = {"run": name, "who": name, "number": st.integers(1), "actor": actor,
            "seq": st.integers(1), "head": text, "node": text}  # fmt: skip
votes = st.one_of(
    st.builds(Vote, deed=st.just("sign"), role=text, approve=st.booleans(), comment=text, on=text,
              digest=text, signature=text, **place_of),
    st.builds(Vote, deed=st.just("tick"), off=st.booleans(), override=st.booleans(), digest=text,
              **place_of),
    st.builds(Vote, deed=st.just("note"), text=text, **place_of),
    st.builds(Vote, deed=st.just("raise"), text=text, **place_of),
    st.builds(Vote, deed=st.just("lower"), raised=st.integers(0), **place_of),
)  # fmt: skip


@given(votes)
def test_a_vote_is_read_as_it_was_written(vote: Vote) -> None:
    line = vote.encode()
    line.encode()
    assert "\n" not in line
    assert read_vote(line) == vote


@given(votes, st.data())
def test_nothing_else_is_a_vote(vote: Vote, data: st.DataObject) -> None:
    values = json.loads(vote.encode())
    key = data.draw(st.sampled_from(sorted(values)))
    odd: object = data.draw(
        st.one_of(st.none(), st.booleans(), st.floats(), st.just([]), st.just({}))
    )
    if odd == values[key]:
        return
    spoilt = [
        json.dumps({**values, key: odd}, sort_keys=True, separators=(",", ":")),
        json.dumps({**values, "more": 1}, sort_keys=True, separators=(",", ":")),
        json.dumps(values),
        vote.encode()[:-1],
        f"{vote.encode()} ",
    ]
    for line in spoilt:
        with pytest.raises(NoVote):
            read_vote(line)


@given(st.data())
def test_whatever_is_changed_in_a_signed_vote_it_is_not_taken(data: st.DataObject) -> None:
    """No field of it can be another and still count."""
    place = Place()
    vote = place.signed()
    change = data.draw(st.fixed_dictionaries({}, optional={
        "role": st.sampled_from(["cto", "qa"]), "comment": text,
        "on": st.sampled_from(["gate", "sign-off"]), "digest": text,
        "node": st.sampled_from(["core", "end", "d", "f"]), "approve": st.booleans(),
        "actor": st.sampled_from([ADA, GRACE, LINUS]), "seq": st.integers(1, 3), "head": text,
        "who": st.sampled_from([WHO, "x"]), "number": st.integers(1, 3),
    }))  # fmt: skip
    other = dataclasses.replace(vote, **change)  # type: ignore[arg-type]
    found = place.weigh(other)
    same = dataclasses.replace(other, number=vote.number) == vote
    assert found.take == same
    assert found.alarm != same


def test_a_vote_without_a_place_for_its_signature_is_a_plain_request(place: Place) -> None:
    tick = place.vote("d", deed="tick", off=True, override=True)
    assert tick.request() == r.TickNode(node="d", off=True, override=True)
    assert place.vote(deed="note", text="x").request() == r.AddNote(text="x", node="core")


def test_who_decides_otherwise_than_before_has_signed_that_it_takes_the_place_of_that(
    place: Place,
) -> None:
    no = e.SignoffGiven(node="end", role="cto", decision="rejected", comment="no", kind="gate",
                        signature="old")  # fmt: skip
    seq = place.history.add(no, None, GRACE).seq
    vote = place.signed()
    answer = decide_share(
        place.history.state, CastVote(vote=vote, due=due_text(place.history.state, vote)), GRACE
    )
    assert isinstance(answer, Decision), answer
    given = answer.events[0][0]
    assert isinstance(given, e.SignoffGiven)
    assert given.instead == seq
    # One that was signed before that decision was void is no forgery.
    place.good = due_text(place.history.state, vote, first=True)
    assert place.weigh(vote).take
