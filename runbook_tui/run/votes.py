"""Votes: what people on other machines ask of a run, and which of it enters the record. Pure.

A vote says whom it is from, what is asked, and on what: the last event that the person was shown,
and the digest of the content. It is never an event itself. The lead's machine, the only writer of
the order, makes an ordinary event of it, or says why not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Literal

from runbook_tui.frozen import frozen
from runbook_tui.run import requests as r
from runbook_tui.run.canonical import canonical
from runbook_tui.run.decide import decide
from runbook_tui.run.events import Actor, Event, Payload, SignoffGiven
from runbook_tui.run.people import NoIdentity, parse_identity
from runbook_tui.run.requests import Decision, Refusal, SignatureNeeded
from runbook_tui.run.signing import content_digest, decided_before
from runbook_tui.run.state import RunState
from runbook_tui.run.statement import statement

LONGEST = 64 * 1024
"""Bytes of one vote at most."""
Deed = Literal["sign", "tick", "note", "raise", "lower"]
DEEDS: Mapping[str, Deed] = {
    "sign": "sign", "tick": "tick", "note": "note", "raise": "raise", "lower": "lower",
}  # fmt: skip


Votable = r.SignNode | r.TickNode | r.AddNote | r.RaiseHand | r.LowerHand
"""What may be asked for from another machine."""


class NoVote(ValueError):
    """A text that is no vote."""


@frozen
class Vote:
    """One vote. ``number`` counts those in its ref ``who``, from 1.

    ``seq`` and ``head`` are the last event that the person was shown and its hash; ``digest`` is
    that of the content of ``node`` then. ``on`` is what a decision is about: the ``gate``, or the
    ``sign-off`` that closes the node. ``shown`` and ``heads`` (of a signed one) stand in the event
    that it becomes.
    """

    run: str
    who: str
    number: int
    actor: Actor
    seq: int
    head: str
    deed: Deed
    node: str = ""
    digest: str = ""
    role: str = ""
    approve: bool = True
    comment: str = ""
    on: str = ""
    signature: str = ""
    shown: str = ""
    heads: Mapping[str, str] = field(default_factory=dict)
    off: bool = False
    override: bool = False
    text: str = ""
    raised: int = 0

    @property
    def id(self) -> str:
        """The id of the event that it becomes, so that it enters the record once."""
        return vote_id(self.run, self.who, self.number)

    def encode(self) -> str:
        """One line of canonical JSON."""
        who = {"name": self.actor.name, "email": self.actor.email, "user": self.actor.user,
               "host": self.actor.host}  # fmt: skip
        values: dict[str, Any] = {
            "v": 1, "run": self.run, "by": self.who, "n": self.number, "actor": who,
            "seq": self.seq, "head": self.head, "do": self.deed, "node": self.node,
        }  # fmt: skip
        for name in FIELDS[self.deed]:
            if getattr(self, name) != DEFAULTS[name]:
                values[name] = getattr(self, name)
        return canonical(values)

    def request(self, due: str = "") -> Votable:
        """What it asks for; ``due`` is the text that its signature, if it has one, is over."""
        if self.deed == "sign":
            return r.SignNode(
                node=self.node, role=self.role, approve=self.approve, comment=self.comment,
                signature=self.signature, statement=due if self.signature else "",
                shown=self.shown,
            )  # fmt: skip
        if self.deed == "tick":
            return r.TickNode(node=self.node, off=self.off, override=self.override)
        if self.deed == "raise":
            return r.RaiseHand(text=self.text, node=self.node)
        if self.deed == "lower":
            return r.LowerHand(raised=self.raised)
        return r.AddNote(text=self.text, node=self.node)


FIELDS: Mapping[Deed, tuple[str, ...]] = {
    "sign": ("digest", "role", "approve", "comment", "on", "signature", "shown", "heads"),
    "tick": ("digest", "off", "override"),
    "note": ("text",),
    "raise": ("text",),
    "lower": ("raised",),
}
DEFAULTS: Mapping[str, object] = {
    "digest": "", "role": "", "approve": True, "comment": "", "on": "", "signature": "",
    "shown": "", "heads": {}, "off": False, "override": False, "text": "", "raised": 0,
}  # fmt: skip


def vote_id(run: str, who: str, number: int) -> str:
    """The id of a vote, and of the event that it becomes."""
    return f"{run}/by/{who}/{number}"


def refusal_id(vote: str) -> str:
    """The id of the event that says that it is refused."""
    return f"{vote}/refused"


def read_vote(line: str) -> Vote:
    """The vote that a line says; raises `NoVote`."""
    if len(line.encode("utf-8", "surrogatepass")) > LONGEST:
        raise NoVote(f"it is larger than {LONGEST >> 10} KiB")
    try:
        values = json.loads(line)
        if values["v"] != 1:
            raise NoVote("it is of a newer version of runbook")
        deed = DEEDS[values["do"]]
        vote = Vote(
            run=_text(values["run"]), who=_text(values["by"]), number=_number(values["n"]),
            actor=_actor(values["actor"]), seq=_number(values["seq"]), head=_text(values["head"]),
            deed=deed, node=_text(values["node"]),
            **{name: _like(DEFAULTS[name], values[name])
               for name in FIELDS[deed] if name in values},
        )  # fmt: skip
    except NoVote:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NoVote("it cannot be read") from None
    if vote.encode() != line:
        raise NoVote("it says something else than it can")
    return vote


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise NoVote("it cannot be read")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise NoVote("it cannot be read")
    return value


def _like(default: object, value: object) -> Any:
    if type(value) is not type(default):
        raise NoVote("it cannot be read")
    if isinstance(value, dict) and not all(isinstance(text, str) for text in value.values()):
        raise NoVote("it cannot be read")
    return value


def _actor(values: Mapping[str, Any]) -> Actor:
    actor = Actor(
        name=_text(values["name"]), email=_text(values["email"]),
        user=_text(values["user"]), host=_text(values["host"]),
    )  # fmt: skip
    try:
        known = parse_identity(actor.identity)
    except NoIdentity as error:
        raise NoVote(str(error)) from None
    if known != (actor.name, actor.email):
        raise NoVote("whom it is from cannot be read")
    return actor


@frozen
class CastVote(r.Request):
    """Enter a vote into the record, as the person whom it is from."""

    vote: Vote
    due: str = ""
    """The text that its signature is over."""

    @property
    def id(self) -> str:
        """The id of the event that it becomes."""
        return self.vote.id

    @property
    def inner(self) -> r.Request:
        """The same as asked for on the lead's machine."""
        return self.vote.request(self.due)


@frozen
class TellShare(r.Request):
    """Record something about the run's life on other machines, once; ``id`` is the event's."""

    payload: Payload
    id: str

    @property
    def inner(self) -> r.Request:
        """Nothing that anybody could refuse."""
        return self


ShareRequest = CastVote | TellShare


def decide_share(state: RunState, request: ShareRequest, actor: Actor) -> Decision | Refusal:
    """The events that it makes on this state, or why it makes none."""
    if isinstance(request, TellShare):
        return Decision(events=((request.payload, None),))
    if refusal := unfit(state, request.vote):
        return refusal
    return decide(state, request.inner, actor)


@frozen
class Overtaken(Refusal):
    """Something else was recorded in the place that a signature holds on to; it is made anew."""


def taken_back(state: RunState, vote: Vote) -> Refusal | None:
    """A refusal of an approval from before the same person's rejection: of that nothing was known
    where it was given, so it is not their last word, whichever is heard first."""
    if vote.deed != "sign" or not vote.approve:
        return None
    about = (vote.node, vote.role, vote.on == "gate")
    for given in reversed(state.signoffs):
        same = given.by.key == vote.actor.key and (given.node, given.role, given.for_gate) == about
        if same and given.seq > vote.seq and not given.approved:
            return Refusal(
                reason=f"{vote.actor.name} has rejected it since, in event {given.seq}",
                hint="look at it as it is now, and decide again",
            )
    return None


def unfit(state: RunState, vote: Vote) -> Refusal | None:
    """A refusal where a vote is not about the run as it stands now."""
    if (refusal := taken_back(state, vote)) is not None:
        return refusal
    if vote.signature and (state.seq, state.head) != (vote.seq, vote.head):
        return Overtaken(reason=f"event {vote.seq + 1} was recorded meanwhile")
    about = vote.deed in {"sign", "tick"} and vote.node in state.outline
    if about and vote.digest != content_digest(state, vote.node):
        return Refusal(
            reason=f"“{state.outline[vote.node].title}” is not what was shown to"
            f" {vote.actor.name} any more",
            hint="look at it as it is now, and decide again",
        )
    return None


@frozen
class Weighed:
    """What is to be done with a vote: ``take`` it, or refuse it for a ``reason``.

    Neither: it is known already, or overtaken. ``alarm`` as in `VoteRefused`.
    """

    take: bool = False
    reason: str = ""
    alarm: bool = False
    overtaken: bool = False


Recorded = Callable[[str], Event | None]
"""The run's event with an id."""
Placed = Callable[[int], Event | None]
"""The run's event with a number."""
Good = Callable[[str, Vote], str]
"""What is wrong with a vote's signature over a text; empty where nothing."""


def due_text(state: RunState, vote: Vote, *, first: bool = False) -> str:
    """What its signature has to be over: the event that it becomes in the place it was shown.

    ``first``: as if the person had not decided on it before.
    """
    before = decided_before(state, vote.node, vote.role, vote.actor, for_gate=vote.on == "gate")
    given = SignoffGiven(
        node=vote.node, role=vote.role, decision="approved" if vote.approve else "rejected",
        comment=vote.comment, signed_digest=vote.digest, kind=vote.on,
        instead=before.seq if before is not None and not first else None,
        heads=vote.heads or None, shown=vote.shown or None,
    )  # fmt: skip
    step = vote.node if vote.node in state.outline.steps else None
    return statement(vote.head, vote.run, vote.seq + 1, step, vote.actor, given)


def weigh(
    state: RunState, vote: Vote, ref: str, *, recorded: Recorded, placed: Placed, good: Good
) -> Weighed:
    """Whether a vote that was found in the ref of ``ref`` may enter the record now."""
    if vote.run != state.run:
        return _alarm(f"it was given in run {vote.run}, and moved here")
    if vote.who != ref:
        return _alarm(f"it was given in the ref of {vote.who}, and repeated in that of {ref}")
    if (known := recorded(vote.id)) is not None:
        if _is(known, vote):
            return Weighed()
        return _alarm(f"event {known.seq} has its number and says something else")
    if recorded(refusal_id(vote.id)) is not None:
        return Weighed()
    if (shown := placed(vote.seq)) is None:
        return _alarm(f"it is about event {vote.seq}, which the run does not have")
    if shown.hash != vote.head:
        return _alarm(f"it is about another event {vote.seq} than the run's: another history")
    if vote.signature:
        return _weigh_signed(state, vote, placed, good)
    return Weighed(take=True)


def _weigh_signed(state: RunState, vote: Vote, placed: Placed, good: Good) -> Weighed:
    if vote.deed != "sign":
        return _alarm("it has a signature where nothing is signed")
    # What they had decided before may have been made void since they signed.
    texts = dict.fromkeys((due_text(state, vote), due_text(state, vote, first=True)))
    if all(wrong := [good(text, vote) for text in texts]):
        return _alarm(f"wrongly signed: {wrong[0]}")
    if vote.seq >= state.seq:
        return Weighed(take=True)  # What others have recorded may not have been read yet.
    place = placed(vote.seq + 1)
    if place is not None and _signature_of(place) == vote.signature:
        return _alarm(f"its signature is that of event {place.seq}, and repeated")
    if (refusal := taken_back(state, vote)) is not None:
        return refused_for(refusal)
    return Weighed(overtaken=True)


def _alarm(reason: str) -> Weighed:
    return Weighed(reason=reason, alarm=True)


def _signature_of(event: Event) -> str:
    return (event.payload.signature or "") if isinstance(event.payload, SignoffGiven) else ""


def _is(event: Event, vote: Vote) -> bool:
    """Whether an event is what a vote has become."""
    said = event.payload
    if event.actor != vote.actor:
        return False
    if vote.deed == "sign":
        return (
            isinstance(said, SignoffGiven)
            and (said.node, said.role, said.comment) == (vote.node, vote.role, vote.comment)
            and (said.decision == "approved") == vote.approve
            and (said.signature or "") == vote.signature
        )
    return not isinstance(said, SignoffGiven)


def refused_for(answer: Refusal) -> Weighed:
    """What a refusal by the run's own rules makes of a vote."""
    if isinstance(answer, Overtaken):
        return Weighed(overtaken=True)
    if isinstance(answer, SignatureNeeded):
        return _alarm("it has no signature, and the plan asks for one")
    more = f" ({answer.hint})" if answer.hint else ""
    return Weighed(reason=f"{answer.reason}{more}")
