"""Sign-offs that a key proves, with real keys: what opens a gate, what is refused."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from runbook_tui.book.model import Gate, Phase, Runbook, Step
from runbook_tui.command.runner import HelperRunner
from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.signatures import SshSignatures
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run import requests as r
from runbook_tui.run.events import (
    Actor,
    Draft,
    Event,
    GateOpened,
    NoteAdded,
    RunFinished,
    RunSealed,
    RunStarted,
    SignoffGiven,
    StepFinished,
    StepStarted,
)
from runbook_tui.run.order import gate_open
from runbook_tui.run.requests import Refusal
from runbook_tui.run.statement import SEAL, SIGN_OFF, statement
from runbook_tui.session.answering import Accepted, Answer
from runbook_tui.session.ports.signatures import Key
from runbook_tui.session.proofs import Examined, Examiner
from runbook_tui.session.proving import proved
from runbook_tui.session.session import Session
from tests.fakes.history import ADA, GRACE, LINUS
from tests.integration.session.scene import Scene, ask, book
from tests.keys import Keys

GATE = Gate(roles=("cto",), four_eyes=True, signed=True)
PLAN = Runbook(
    title="Signed",
    roles={"cto": ("Grace <grace@example.com>", "Linus <linus@example.com>")},
    phases=(
        Phase(id="core", title="Core", gate=GATE, steps=(
            Step(id="d", title="Deploy", run="true", undo="true",
                 signoff=Gate(roles=("cto",), signed=True)),)),
    ),
    allowed_signers="signers",
)  # fmt: skip
GATED = r.SignNode(node="core", role="cto")


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys") / "of")


@pytest.fixture
def place(tmp_path: Path, keys: Keys) -> Iterator[Scene]:
    made = Scene(tmp_path, PLAN, signers=keys.allowed("grace", "ada"))
    yield made
    made.close()


def sign(session: Session, key: str, who: Actor = GRACE, request: r.SignNode = GATED) -> Answer:
    return proved(session, request, who, key)


def looked_at(events: Sequence[Event], signers: str | None = None) -> Examined:
    """What somebody finds who has the events and the plan."""
    signatures = SshSignatures(HelperRunner())
    return Examiner(signatures=signatures, read=lambda *_: PLAN, signers=signers).examine(events)


def refusal(answer: Answer) -> str:
    assert isinstance(answer, Refusal)
    return answer.reason


def test_a_signed_gate_opens_with_a_good_signature_alone(place: Scene, keys: Keys) -> None:
    session = place.open()
    assert isinstance(session.ask(GATED, GRACE).result(60), r.SignatureNeeded)
    assert "comes first" not in refusal(session.ask(r.StartStep(step="d")).result(60))
    assert not gate_open(session.state, "core")
    assert isinstance(sign(session, keys.file("grace")), Accepted)
    assert gate_open(session.state, "core")
    ask(session, r.StartStep(step="d"))
    found = looked_at(place.journal.events(place.run))
    assert not found.problems
    assert [why.split()[2:] for why in found.good.values()] == [["of", "grace@example.com"]]


def test_each_key_that_does_not_count_is_refused_with_its_reason(place: Scene, keys: Keys) -> None:
    session = place.open()
    reasons = {
        keys.file("ada"): "is that of ada@example.com, not of grace@example.com",
        keys.file("eve"): "is not among the allowed signers for grace@example.com",
        "/nowhere/key": "there is no key /nowhere/key",
        keys.file("locked", "secret"): "has a passphrase, and nobody is asked for it here",
    }
    for key, reason in reasons.items():
        assert reason in refusal(sign(session, key))
    assert "does not hold the role" in refusal(sign(session, keys.file("ada"), ADA))
    assert place.types() == ["run.started"]


@pytest.mark.parametrize(("option", "reason"), [
    ('valid-before="20200101"', "did not count for grace@example.com then: has expired"),
    ('valid-after="21000101"', "did not count for grace@example.com then: is not yet valid"),
    ('namespaces="git"', "has signed for another purpose, or may not sign for this one"),
])  # fmt: skip
def test_a_key_counts_only_when_and_for_what_the_list_says(
    tmp_path: Path, keys: Keys, option: str, reason: str
) -> None:
    made = Scene(tmp_path, PLAN, signers=keys.allowed("grace", grace=option))
    assert reason in refusal(sign(made.open(), keys.file("grace")))
    made.close()


def test_a_sign_off_stays_good_when_its_key_has_expired_since(place: Scene, keys: Keys) -> None:
    session = place.open()
    assert isinstance(sign(session, keys.file("grace")), Accepted)
    events = place.journal.events(place.run)
    expiring = keys.allowed("grace", grace='valid-before="20990101"')
    assert looked_at(events, expiring).good
    later = [dataclasses.replace(e, at="2100-01-01T00:00:00Z") for e in events]
    assert any("has expired" in problem for problem in looked_at(later, expiring).problems)


class Back(SystemClock):
    """The clock of somebody who dates an event back."""

    def now(self) -> float:
        return 1.5e9


def test_a_key_that_has_expired_does_not_count_again_for_an_event_that_is_dated_back(
    tmp_path: Path, keys: Keys
) -> None:
    made = Scene(tmp_path, PLAN, signers=keys.allowed("grace", grace='valid-before="20200101"'))
    signatures = SshSignatures(HelperRunner())
    given = SignoffGiven(node="core", role="cto", decision="approved", kind="gate")
    head = made.journal.events(made.run)[-1].hash
    text = statement(head, made.run, 2, None, GRACE, given)
    key = signatures.key("grace@example.com", "", keys.file("grace"))
    forged = dataclasses.replace(given, signature=signatures.sign(text, SIGN_OFF, key))
    by_hand = SqliteJournal(tmp_path / "home" / "journal.db", Back())
    drafts = [Draft(payload=forged), Draft(payload=GateOpened(node="core"))]
    by_hand.append(made.run, drafts, GRACE)
    by_hand.close()
    answer = made.open().ask(r.StartStep(step="d")).result(60)
    assert "has expired" in refusal(answer)
    problems = looked_at(made.journal.events(made.run)).problems
    assert len(problems) == 1
    assert "did not count for grace@example.com then: has expired" in problems[0]
    made.close()


def test_a_key_that_an_agent_holds_signs_without_its_file(
    place: Scene, keys: Keys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    socket = tmp_path / "agent"
    words = ["ssh-agent", "-D", "-a", str(socket)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as agent:
        try:
            monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
            add = ["ssh-add", "-q", keys.file("ada"), keys.file("grace")]
            while not socket.exists():
                assert agent.poll() is None
                os.sched_yield()
            subprocess.run(add, check=True)
            signed: list[Key] = []
            answer = proved(place.open(), GATED, GRACE, say=signed.append)
        finally:
            agent.kill()
    assert isinstance(answer, Accepted)
    assert [(key.name, key.path) for key in signed] == [("grace", "")]


def test_without_any_key_at_hand_it_says_what_to_do(
    place: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    answer = sign(place.open(), "")
    assert isinstance(answer, Refusal)
    assert "no key of grace@example.com is at hand" in answer.reason
    assert "ssh-add" in answer.hint
    assert "--key FILE" in answer.hint


def test_what_was_signed_before_something_else_was_recorded_is_signed_again(
    place: Scene, keys: Keys
) -> None:
    session, other = place.open(), place.open(leads=False, actor=LINUS)

    def note(key: Key) -> None:
        ask(other, r.AddNote(text="while the key is looked for"))

    answer = proved(session, GATED, GRACE, keys.file("grace"), note)
    assert isinstance(answer, Accepted)
    assert place.types() == ["run.started", "note.added", "signoff.given", "gate.opened"]
    assert not looked_at(place.journal.events(place.run)).problems


def test_where_something_is_recorded_each_time_nothing_is_signed(place: Scene, keys: Keys) -> None:
    session = place.open()

    class Slow(SshSignatures):
        def sign(self, text: str, purpose: str, key: Key) -> str:
            signature = super().sign(text, purpose, key)
            place.journal.append(place.run, [Draft(payload=NoteAdded(text="again"))], ADA)
            return signature

    session.signatures = Slow(HelperRunner())
    answer = sign(session, keys.file("grace"))
    assert "each time something else was recorded" in refusal(answer)
    assert "signoff.given" not in place.types()


def test_an_approval_that_somebody_wrote_into_the_journal_lets_no_step_start(
    place: Scene, keys: Keys
) -> None:
    session = place.open()
    assert isinstance(sign(session, keys.file("grace")), Accepted)
    given = next(e for e in place.journal.events(place.run) if e.type == "signoff.given")
    elsewhere = place.folder / "other"
    elsewhere.mkdir()
    made = Scene(elsewhere, PLAN, signers=keys.allowed("grace", "ada"))
    forged = Draft(payload=given.payload, actor=GRACE)
    opened = Draft(payload=place.journal.events(place.run)[-1].payload)
    made.journal.append(made.run, [forged, opened], ADA)
    victim = made.open()
    assert gate_open(victim.state, "core")
    answer = victim.ask(r.StartStep(step="d")).result(60)
    assert "the signature of Grace on “Core” (event 2) does not hold" in refusal(answer)
    assert "step.started" not in made.types()
    made.close()


def test_the_end_of_a_step_that_somebody_wrote_without_its_sign_off_lets_no_step_start(
    tmp_path: Path, keys: Keys
) -> None:
    asked = Gate(roles=("cto",), signed=True)
    steps = (Step(id="a", title="A", signoff=asked), Step(id="b", title="B", needs=("a",)))
    plan = dataclasses.replace(PLAN, phases=(Phase(id="core", title="Core", steps=steps),))
    made = Scene(tmp_path, plan, signers=keys.allowed("grace"))
    made.journal.append(made.run, [
        Draft(payload=StepStarted(), step="a"),
        Draft(payload=StepFinished(result="done"), step="a"),
    ], ADA)  # fmt: skip
    session = made.open()
    answer = session.ask(r.StartStep(step="b")).result(60)
    assert "“A” comes first, and is over without its signed sign-off" in refusal(answer)
    sign_off = r.SignNode(node="a", role="cto")
    assert isinstance(sign(session, keys.file("grace"), request=sign_off), Accepted)
    ask(session, r.StartStep(step="b"))
    made.close()


def test_an_approval_without_a_signature_does_not_count(place: Scene) -> None:
    given = SignoffGiven(node="core", role="cto", decision="approved", kind="gate")
    place.journal.append(place.run, [Draft(payload=given)], GRACE)
    session = place.open()
    assert not gate_open(session.state, "core")
    assert "Grace, who has not signed with a key" in refusal(
        session.ask(r.StartStep(step="d")).result(60)
    )
    # The plan's own text is what tells an examiner whether signatures are wanted.
    begun = dataclasses.replace(_begun(place), plan="allowed_signers")
    events = [dataclasses.replace(place.journal.events(place.run)[0], payload=begun),
              *place.journal.events(place.run)[1:]]  # fmt: skip
    assert looked_at(events).problems == (
        f"run {place.run}, event 2: a sign-off on “core” without the signature that the plan wants",
    )


def _begun(place: Scene) -> RunStarted:
    begun = place.journal.events(place.run)[0].payload
    assert isinstance(begun, RunStarted)
    return begun


def test_a_run_without_allowed_signers_says_so(tmp_path: Path, keys: Keys) -> None:
    made = Scene(tmp_path, PLAN)
    session = made.open()
    assert "no allowed signers" in refusal(session.ask(GATED, GRACE).result(60))
    asked = dataclasses.replace(GATED, prove=True)
    answer = proved(session, asked, GRACE, keys.file("grace"))
    assert isinstance(answer, Refusal)
    assert answer.exit_code == 2
    made.close()


def test_the_lead_seals_a_run_that_is_over_and_nothing_else(tmp_path: Path, keys: Keys) -> None:
    made = Scene(tmp_path, book(Step(id="a", title="A")), signers=keys.allowed("ada", "grace"))
    session = made.open()
    assert "the run is open" in refusal(proved(session, r.SealRun(), ADA, keys.file("ada")))
    made.journal.append(made.run, [Draft(payload=RunFinished())], ADA)
    assert "only the lead" in refusal(proved(session, r.SealRun(), GRACE, keys.file("grace")))
    wrong = refusal(proved(session, r.SealRun(), ADA, keys.file("grace")))
    assert "is that of grace@example.com" in wrong
    assert isinstance(proved(session, r.SealRun(), ADA, keys.file("ada")), Accepted)
    events = made.journal.events(made.run)
    sealed = events[-1].payload
    assert isinstance(sealed, RunSealed)
    assert (sealed.head, sealed.events) == (events[-2].hash, len(events) - 1)
    assert looked_at(events).good.keys() == {events[-1].seq}
    assert "sealed, and nothing" in refusal(proved(session, r.SealRun(), ADA, keys.file("ada")))
    made.close()


def test_a_signature_for_something_else_is_none_of_ours(keys: Keys) -> None:
    signatures = SshSignatures(HelperRunner())
    key = signatures.key("grace@example.com", "", keys.file("grace"))
    for purpose in ("git", SEAL):
        signature = signatures.sign("text", purpose, key)
        proof = signatures.check(
            "text", signature, SIGN_OFF, "grace@example.com", keys.allowed("grace"), 2e9
        )
        assert "another purpose" in proof.problem


def test_where_ssh_keygen_is_missing_nothing_is_said_against_a_signature(
    keys: Keys, tmp_path: Path
) -> None:
    signatures = SshSignatures(HelperRunner())
    key = signatures.key("grace@example.com", "", keys.file("grace"))
    signature = signatures.sign("text", SIGN_OFF, key)
    blind = SshSignatures(HelperRunner(), environment={"PATH": str(tmp_path)})
    proof = blind.check("text", signature, SIGN_OFF, "grace@example.com", "", 2e9)
    assert proof.unknown
    assert "ssh-keygen is not there" in proof.problem
