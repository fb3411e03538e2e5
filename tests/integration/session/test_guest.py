"""What somebody in a browser may do is held by their session, whatever their screen asks for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from runbook_tui.book.model import Gate, Parameter, Phase, Runbook, Secret, Step
from runbook_tui.command.shells import base_environment
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor, SignoffGiven
from runbook_tui.run.order import gate_open
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import Status
from runbook_tui.session.guest import REVIEWER, VIEWER, Guest
from runbook_tui.session.proving import proved
from runbook_tui.session.session import Session
from tests.fakes.history import GRACE, LINUS
from tests.integration.session.scene import Around, Scene, ask, book, refused, run_step
from tests.waiting import until

Make = Callable[..., Scene]
AT_MOST = {
    "SignNode", "TickNode", "AddNote", "RaiseHand", "LowerHand", "Acknowledge", "OpenRollback",
    "CloseRollback", "StartRollback", "StopRollback", "AnswerByHand", "SetSeverity", "RetryUndo",
    "LeaveUndo", "GiveValue",
}  # fmt: skip
"""What the page may ask for; whatever else there is, or comes, is refused until it stands here."""


def gated(*, signed: bool = False) -> Runbook:
    steps = (
        Step(id="a", title="Alpha", run="echo went", undo="echo back"),
        Step(id="hands", title="By hand"),
    )
    gate = Gate(roles=("cto", "qa"), signed=signed)
    return Runbook(
        title="Ship", roles={"cto": ("Grace <grace@example.com>",), "qa": ("*",)},
        phases=(Phase(id="p", title="Core", gate=gate, steps=steps),),
        allowed_signers="signers" if signed else None,
    )  # fmt: skip


@pytest.fixture
def let_in(scene: Make) -> Callable[..., tuple[Scene, Session, Session]]:
    """A run that Ada leads, and Grace's session on it as a browser has one."""

    def opened(runbook: Runbook, may: str = REVIEWER) -> tuple[Scene, Session, Session]:
        place = scene(runbook)
        lead = place.open()
        web = place.made(guest=Guest(actor=GRACE, may=may))
        assert web.open()
        return place, lead, web

    return opened


def everything() -> set[type[r.Request]]:
    kinds = set(r.Request.__subclasses__())
    return {kind for kind in kinds if kind.__module__ == r.__name__}


def test_every_request_is_refused_but_those_that_are_named(
    let_in: Callable[..., tuple[Scene, Session, Session]],
) -> None:
    place, _, web = let_in(gated())
    assert web.guest is not None
    before = len(place.types())
    for kind in everything():
        asked = object.__new__(kind)
        if kind.__name__ not in AT_MOST:
            said = refused(web, asked)
            assert said.exit_code == 4
            assert "terminal" in said.reason or "lead" in said.reason, kind
        looks = Guest(actor=GRACE, may=VIEWER).refusal(web.state, asked, GRACE)
        assert looks is not None
        assert looks.reason.startswith("you look on")
    assert len(place.types()) == before


def test_a_reviewer_signs_in_their_own_name_and_role_alone(
    let_in: Callable[..., tuple[Scene, Session, Session]],
) -> None:
    place, _, web = let_in(gated(), may="cto")
    qa = web.ask(r.SignNode(node="p", role="qa")).result(60)
    assert isinstance(qa, Refusal)
    assert "for the role cto, not for qa" in qa.reason
    for other in (LINUS, Actor(name="Grace", email="GRACE@example.com ", user="grace")):
        said = web.ask(r.SignNode(node="p", role="cto"), other).result(60)
        assert isinstance(said, Refusal)
        assert "acts in that name alone" in said.reason
    assert not [t for t in place.types() if t == SignoffGiven.WIRE]
    ask(web, r.SignNode(node="p", role="cto"))
    assert [t for t in place.types() if t == SignoffGiven.WIRE] == [SignoffGiven.WIRE]


def test_steps_by_hand_are_not_begun_by_a_tick_and_boxes_are_ticked(
    let_in: Callable[..., tuple[Scene, Session, Session]],
) -> None:
    _, lead, web = let_in(
        book(Step(id="hands", title="By hand", checks=()), Step(id="b", title="B", run="true"))
    )
    assert "started by the lead" in refused(web, r.TickNode(node="hands")).reason
    ask(lead, r.StartStep(step="hands"))
    until(lambda: web.state.step("hands").status is Status.RUNNING)
    ask(web, r.TickNode(node="hands"))
    assert web.state.step("hands").status is Status.DONE


def test_a_reviewer_brings_it_back_and_types_into_nothing(
    let_in: Callable[..., tuple[Scene, Session, Session]],
) -> None:
    steps = (
        Step(id="a", title="Alpha", run="touch it", undo="rm it"),
        Step(id="t", title="Talk", run="read line; echo $line > got", interactive=True,
             undo="rm -f got"),
    )  # fmt: skip
    place, lead, web = let_in(book(*steps))
    run_step(lead, "a")
    ask(lead, r.StartStep(step="t"))
    until(lambda: any(c.running for c in web.state.step("t").commands))
    folder = web.state.step("t").commands[-1].folder
    web.keyboard.write(folder, b"rm -rf /\n")
    web.keyboard.resize(folder, 3, 3)
    lead.keyboard.write(folder, b"fine\n")
    until(lambda: lead.state.step("t").status is Status.DONE)
    assert (place.work / "got").read_text() == "fine\n"
    ask(web, r.OpenRollback())
    amended = refused(web, r.AmendUndo(step="a", text="touch evil", reason="x"))
    assert "from a terminal" in amended.reason
    ask(web, r.StartRollback(scope="run"))
    until(lambda: bool(web.state.rollback and web.state.rollback.finished))
    assert web.state.rollback is not None
    assert web.state.rollback.result == "complete"
    assert not (place.work / "it").exists()


def test_what_undos_need_is_lent_when_the_rollback_is_looked_at(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = Parameter(name="token", secret=Secret(env="DEPLOY_TOKEN"))
    step = Step(id="a", title="Alpha", run="true", undo='test "$token" = ours')
    place = scene(book(step, parameters=(secret,)))
    monkeypatch.setenv("DEPLOY_TOKEN", "ours")
    monkeypatch.setenv("NOBODYS_TOKEN", "withheld")
    place.around = Around(environment=base_environment(dict(os.environ)))
    run_step(place.open(), "a")
    monkeypatch.delenv("DEPLOY_TOKEN")
    asked: list[frozenset[str]] = []

    def lend(names: frozenset[str]) -> Around | None:
        asked.append(names)
        if len(asked) == 1:
            return None  # The server does not answer: it is asked again.
        monkeypatch.setenv("DEPLOY_TOKEN", "ours")
        return Around(environment=base_environment(dict(os.environ)))

    web = place.made(guest=Guest(actor=GRACE, lend=lend))
    assert web.open()
    assert not asked
    ask(web, r.OpenRollback())
    assert {"DEPLOY_TOKEN", "NOBODYS_TOKEN", "SSH_AUTH_SOCK", "KUBECONFIG"} <= asked[0]
    assert "token" in web.absent.secrets
    ask(web, r.OpenRollback())
    assert not web.absent.secrets
    ask(web, r.StartRollback(scope="run"))
    until(lambda: bool(web.state.rollback and web.state.rollback.finished))
    assert web.state.rollback is not None
    assert web.state.rollback.result == "complete"
    assert len(asked) == 2
    viewer = place.made(guest=Guest(actor=LINUS, may=VIEWER, lend=lend))
    assert viewer.open()
    refused(viewer, r.OpenRollback())
    assert len(asked) == 2


def test_a_reviewer_gives_the_values_that_undos_lack_and_no_others(scene: Make) -> None:
    step = Step(id="a", title="Alpha", run="echo ${{ tag }}", undo="echo ${{ why }} > why")
    place = scene(
        book(step, parameters=(Parameter(name="tag"), Parameter(name="why"))), values={"tag": "v1"}
    )
    run_step(place.open(), "a")
    web = place.made(guest=Guest(actor=GRACE))
    assert web.open()
    assert "given by the lead" in refused(web, r.GiveValue(name="why", value="x")).reason
    ask(web, r.StartRollback(scope="run"))
    # While it waits for one value, no other of the plan is theirs to give.
    for name in ("tag", "other"):
        assert "given by the lead" in refused(web, r.GiveValue(name=name, value="evil")).reason
    ask(web, r.GiveValue(name="why", value="; true", step="a"))
    until(lambda: bool(web.state.rollback and web.state.rollback.finished))
    assert (place.work / "why").read_text() == "; true\n"
    assert web.state.values["tag"] == "v1"


def test_a_gate_that_wants_a_key_says_where_to_sign(tmp_path: Path) -> None:
    place = Scene(tmp_path, gated(signed=True), signers="grace@example.com ssh-ed25519 AAAA\n")
    try:
        web = place.made(guest=Guest(actor=GRACE))
        assert web.open()
        said = proved(web, r.SignNode(node="p", role="cto"), GRACE)
        assert isinstance(said, Refusal)
        assert "your own ssh key" in said.reason
        assert "sign --text" in said.hint
        assert not gate_open(web.state, "p")
    finally:
        place.close()
