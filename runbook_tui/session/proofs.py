"""What the signatures in a run prove, and what stands in it without the one it should have."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.model import Gate, Runbook
from runbook_tui.book.spreading import spread
from runbook_tui.frozen import frozen
from runbook_tui.run import requests as r
from runbook_tui.run.counting import counted
from runbook_tui.run.events import (
    Actor,
    Event,
    PlanChanged,
    PlanCopy,
    RunSealed,
    RunStarted,
    SignoffGiven,
    StepFinished,
    StepStarted,
)
from runbook_tui.run.fold import begin, fold
from runbook_tui.run.nodes import Node
from runbook_tui.run.order import gate_open, signed
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import Reads, RunState, Status, unreadable
from runbook_tui.run.statement import SEAL, SIGN_OFF, principal, statement
from runbook_tui.run.times import epoch
from runbook_tui.run.verdicts import Signoff
from runbook_tui.session.noting import Notes, contradicted
from runbook_tui.session.opening import Reader, Readings, plan_of
from runbook_tui.session.ports.journal import Journal, JournalError
from runbook_tui.session.ports.signatures import Proof, Signatures

Signed = SignoffGiven | RunSealed
NO_SIGNERS = Proof(problem="the run has no allowed signers to check it against")


def signers_of(state: RunState) -> str:
    """Whose keys count in a run, as its start has recorded it; empty where nobody's do."""
    return (state.begun.allowed_signers or "") if state.begun else ""


def proof_of(event: Event, previous: str, at: float, signers: str, signatures: Signatures) -> Proof:
    """What the signature of one event proves; ``previous`` is the hash (hex) of the one before.

    The key has to count ``at``, in epoch seconds: the latest time in the run up to there. An event
    that is dated back would make a key count again that has expired.
    """
    said = event.payload
    assert isinstance(said, Signed)
    if not signers:
        return NO_SIGNERS
    text = statement(previous, event.run, event.seq, event.step, event.actor, said)
    purpose = SEAL if isinstance(said, RunSealed) else SIGN_OFF
    signature = said.signature or ""
    who = principal(event.actor)
    return signatures.check(text, signature, purpose, who, signers, at)


def proofs(
    events: Sequence[Event], signatures: Signatures, signers: str | None = None
) -> dict[int, Proof]:
    """What each signed event of a run proves, by its number.

    ``signers``: a list of allowed signers in place of the one that the run itself has recorded.
    """
    begun = events[0].payload if events else None
    if signers is None:
        signers = (begun.allowed_signers or "") if isinstance(begun, RunStarted) else ""
    found = {}
    latest = epoch(events[0].at) if events else 0.0
    for before, event in itertools.pairwise(events):
        latest = max(latest, epoch(event.at))
        if isinstance(event.payload, Signed) and event.payload.signature:
            found[event.seq] = proof_of(event, before.hash, latest, signers, signatures)
    return found


@frozen
class Examined:
    """``good`` names what proves a signed event, by its number; ``remarks`` what could not be
    looked at."""

    good: Mapping[int, str]
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@frozen
class Examiner:
    """Looks at all signatures of a run, and at what was written down of it outside of the journal.

    ``signers`` count in place of those that it recorded.
    """

    signatures: Signatures
    read: Reader
    signers: str | None = None
    notes: Notes | None = None

    def examine(self, events: Sequence[Event]) -> Examined:
        """What is proven, what is not and should be."""
        begun = events[0].payload if events else None
        if not isinstance(begun, RunStarted):
            return Examined(good={})
        good: dict[int, str] = {}
        problems: list[str] = []
        remarks: list[str] = []
        for number, proof in proofs(events, self.signatures, self.signers).items():
            event = next(one for one in events if one.seq == number)
            words = f"run {event.run}, event {number}: {what(event)}: {proof.problem}"
            if proof.problem:
                (remarks if proof.unknown else problems).append(words)
            else:
                good[number] = f"key {proof.key} of {principal(event.actor)}"
        if self.notes is not None:
            problems += contradicted(events, self.notes.of(events[0].run, begun))
        plans = [ev.payload for ev in events if isinstance(ev.payload, PlanCopy)]
        if any(map(asks, plans)):
            try:
                # Not what was kept of an earlier reading: whoever forges an event can forge that.
                reads = Readings(lambda p: spread(plan_of(p, self.read)))
                problems += lacking(events, reads.first(begun), reads)
            except (PlanFaults, LookupError, JournalError):
                remarks.append(
                    f"run {events[0].run}: its plan cannot be read by this version, so what it"
                    " wants signed is not known"
                )
        return Examined(good=good, problems=tuple(problems), remarks=tuple(remarks))


def what(event: Event) -> str:
    """A signed event in words."""
    if isinstance(event.payload, SignoffGiven):
        said = event.payload
        return f"the signature of {event.actor.name}, {said.role}, on “{said.node}” does not hold"
    return f"the seal of {event.actor.name} does not hold"


def asks(plan: PlanCopy) -> bool:
    """Whether a plan may ask for signatures: then it says whose count."""
    return any("allowed_signers" in text for text in (plan.plan, *plan.includes.values()))


def lacking(events: Sequence[Event], runbook: Runbook, reads: Reads = unreadable) -> Iterator[str]:
    """What stands in a run of this plan without the signature that the plan asks for then, and what
    went on behind such a gate while it was shut; ``reads`` is asked where it changes."""
    state = fold(begin(events[0].run, runbook, reads), events[:1])
    done = 1
    for at, event in enumerate(events):
        said, about = event.payload, f"run {event.run}, event {event.seq}"
        if isinstance(said, PlanChanged):
            # What is signed, and where, is another from here on.
            state, done = fold(state, events[done : at + 1]), at + 1
            if state.plan is not said:
                yield f"{about}: another plan that asks for fewer signatures; it has no effect"
        if isinstance(said, SignoffGiven) and not said.signature and _asked(state, said):
            yield f"{about}: a sign-off on “{said.node}” without the signature that the plan wants"
        if isinstance(said, StepFinished) and said.result == "done" and _closes(state, event.step):
            state, done = fold(state, events[done:at]), at
            if not signed(state, event.step or ""):
                yield f"{about}: “{event.step}” was finished without its signed sign-off"
        if not isinstance(said, StepStarted) or not (gates := _signed_gates(state, event.step)):
            continue
        state, done = fold(state, events[done:at]), at
        for holder in gates:
            if not gate_open(state, holder):
                title = state.outline[holder].title
                yield f"{about}: a step was started, and the signed gate of “{title}” was shut"


def _signed_gates(state: RunState, step: str | None) -> list[str]:
    """The nodes around a step whose gates ask for signatures; a rehearsal asks nobody."""
    if step not in state.outline.steps or state.rehearsal:
        return []
    around = ((holder, state.outline[holder].gate) for holder in state.outline.holders(step or ""))
    return [holder for holder, gate in around if gate is not None and gate.signed]


def _closes(state: RunState, step: str | None) -> bool:
    """Whether a step is over only with a signature; a rehearsal asks nobody."""
    asked = state.outline[step].signoff if step and step in state.outline.steps else None
    return asked is not None and asked.signed and not state.rehearsal


def _asked(state: RunState, said: SignoffGiven) -> bool:
    if said.node not in state.outline:
        return False
    node = state.outline[said.node]
    asked = node.signoff if said.kind == "sign-off" else node.gate
    return asked is not None and asked.signed


@dataclass(slots=True)
class Guard:
    """Lets nothing into a run, or past a gate, on a signature that is not good."""

    signatures: Signatures
    journal: Journal
    now: Callable[[], float]
    _known: dict[tuple[int, str], Proof] = field(default_factory=dict)

    def refusal(self, state: RunState, request: r.Request, actor: Actor) -> Refusal | None:
        """A refusal where the request, or what it relies on, has a signature that is not good."""
        if isinstance(request, r.SignNode | r.SealRun) and request.signature:
            return self._of_request(state, request, actor)
        if isinstance(request, r.StartStep) and request.step in state.outline.steps:
            return self._behind(state, request.step)
        return None

    def _of_request(
        self, state: RunState, request: r.SignNode | r.SealRun, actor: Actor
    ) -> Refusal | None:
        purpose = SEAL if isinstance(request, r.SealRun) else SIGN_OFF
        proof = self.signatures.check(
            request.statement, request.signature, purpose, principal(actor), signers_of(state),
            max(self.now(), state.last_at),
        )  # fmt: skip
        if not proof.problem:
            return None
        return Refusal(
            reason=f"not signed: {proof.problem}",
            hint="sign with a key that the plan's allowed signers have for this mail: --key FILE",
        )

    def _behind(self, state: RunState, step: str) -> Refusal | None:
        """A signed approval that this step relies on, or the end of a step without one, may be by
        somebody else than this program."""
        for id_ in _unsigned(state, step):
            title = state.outline[id_].title
            return Refusal(
                reason=f"“{title}” comes first, and is over without its signed sign-off",
                hint=f"look with `runbook verify {state.run}`; what closes it is"
                f" runbook sign {state.run} {id_}",
            )
        for given in _relied_on(state, step):
            proof = self._proof(state, given)
            if proof.problem:
                title = state.outline[given.node].title
                return Refusal(
                    reason=f"the signature of {given.by.name} on “{title}” (event {given.seq})"
                    f" does not hold: {proof.problem}",
                    hint=f"look with `runbook verify {state.run}`; it has to be signed again, or"
                    f" the lead overrides a gate: runbook override {state.run} {given.node}",
                )
        return None

    def _proof(self, state: RunState, given: Signoff) -> Proof:
        known = (given.seq, given.signature)
        if known not in self._known:
            events = self.journal.events(state.run, most=given.seq)
            at = max(epoch(event.at) for event in events)
            before, event = events[-2:]
            proof = proof_of(event, before.hash, at, signers_of(state), self.signatures)
            if proof.unknown:
                return proof
            self._known[known] = proof
        return self._known[known]


def is_signed(request: r.Request) -> bool:
    """Whether a request brings a signature: that holds on to its place in the journal, so nothing
    else can keep it."""
    return isinstance(request, r.SignNode | r.SealRun) and bool(request.signature)


def _relied_on(state: RunState, step: str) -> Iterator[Signoff]:
    """The signed approvals that let a step begin: of the gates around it, and of what it needs."""
    for holder in state.outline.holders(step):
        if holder not in state.overridden_gates:
            yield from _approvals(state, holder, state.outline[holder].gate, gate=True)
    for node in _needed(state, step):
        yield from _approvals(state, node.id, node.signoff, gate=False)


def _needed(state: RunState, step: str) -> Iterator[Node]:
    """All that lies in what a step, or what is around it, needs."""
    for holder in state.outline.holders(step):
        for need in state.outline[holder].needs:
            yield from state.outline.inside(need) if need in state.outline else ()


def _unsigned(state: RunState, step: str) -> Iterator[str]:
    """The steps that come first and are done without the signatures that close them."""
    for node in _needed(state, step):
        over = _closes(state, node.id) and state.step(node.id).status is Status.DONE
        if over and not signed(state, node.id):
            yield node.id


def _approvals(state: RunState, id_: str, asked: Gate | None, *, gate: bool) -> list[Signoff]:
    if asked is None or not asked.signed:
        return []
    return [given for given in counted(state, id_, gate=gate) if given.approved]
