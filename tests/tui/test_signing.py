"""Sign-offs on the screen: which one is meant, who is asked, and that a no is seen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input

from runbook_tui.book.model import Check, Gate, Phase, Runbook, Step
from runbook_tui.command.runner import HelperRunner
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.journal.signatures import SshSignatures
from runbook_tui.run import requests as r
from runbook_tui.run.order import gate_open
from runbook_tui.run.state import Status
from runbook_tui.session.ports.signatures import Key
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.dialogs.ask import AskSignoff, AskText
from runbook_tui.tui.views import signing
from tests.fakes.history import ADA, GRACE, LINUS, History
from tests.fakes.plans import two_phases
from tests.fakes.still import StillSession, StillTerminals
from tests.integration.session.scene import Scene, ask, run_step
from tests.keys import Keys
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]


def gated(*, gate: Gate | None = None, signoff: Gate | None = None) -> Runbook:
    """One step that asks for a sign-off, in a phase behind a gate."""
    step = Step(id="d", title="Deploy", run="true", undo="true", signoff=signoff)
    return Runbook(
        title="G",
        roles={"cto": ("Grace <grace@example.com>",), "qa": ("*",)},
        phases=(Phase(id="core", title="Core", gate=gate, steps=(step,)),),
    )


BOTH = gated(gate=Gate(roles=("cto",)), signoff=Gate(roles=("qa",), four_eyes=True))


def test_the_gate_around_a_step_is_meant_before_the_step_s_own_sign_off() -> None:
    state = History(BOTH).state
    found = signing.awaited(state, "d")
    assert found is not None
    assert (found.node.id, found.is_gate) == ("core", True)
    assert signing.question(state, found) == "Sign off the gate of phase “Core”"


def test_with_the_gate_open_the_step_is_meant_and_named_in_full() -> None:
    history = History(BOTH)
    history.ask(r.SignNode(node="core", role="cto"), GRACE)
    found = signing.awaited(history.state, "d")
    assert found is not None
    assert (found.node.id, found.is_gate) == ("d", False)
    assert signing.question(history.state, found) == "Sign off step “Deploy” of phase “Core”"


def test_nothing_is_meant_where_nothing_holds_the_node() -> None:
    history = History(two_phases())
    assert signing.awaited(history.state, "merge") is None


async def test_s_on_a_blocked_step_asks_for_the_gate(scene: Make) -> None:
    session = scene(BOTH).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.chosen_step == "d")  # type: ignore[attr-defined]
        await pilot.press("s")
        await until(pilot, lambda: "the gate of phase “Core”" in text_of(app))
        assert "asks for cto" in text_of(app)


@pytest.mark.parametrize(
    ("gate", "expected"),
    [
        (Gate(roles=("qa",)), ADA.identity),
        (Gate(roles=("qa",), four_eyes=True), ""),
        (Gate(roles=("cto",)), ""),
    ],
)
async def test_the_form_is_filled_only_with_whoever_may_sign(gate: Gate, expected: str) -> None:
    app = RunbookApp(StillSession(History(gated(gate=gate)).state), StillTerminals())  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.chosen_step == "d")  # type: ignore[attr-defined]
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, AskSignoff))
        assert app.screen.query_one("#name", Input).value == expected


@pytest.mark.parametrize("size", [(80, 24), (60, 16)])
async def test_what_decides_is_in_sight_however_much_is_asked_for(size: tuple[int, int]) -> None:
    plan = gated(gate=Gate(roles=("cto", "qa", "sre"), four_eyes=True, signed=True))
    many = tuple(f"Somebody {n} <somebody-{n}@example.com>" for n in range(9))
    plan = replace(plan, roles={**plan.roles, "cto": many, "sre": ("Last <last@example.com>",)})
    app = RunbookApp(StillSession(History(plan).state), StillTerminals())  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.screen.chosen_step == "d")  # type: ignore[attr-defined]
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, AskSignoff))
        words = ("Sign off the gate", "Approve", "Reject", "Leave", "comment (required to reject)")
        await until(pilot, lambda: all(word in text_of(app) for word in words))
        await pilot.press("tab", "tab", *["down"] * 30)
        await until(pilot, lambda: "last@example.com" in text_of(app))
        assert all(word in text_of(app) for word in words[1:])


async def test_nobody_signs_without_a_name(scene: Make) -> None:
    session = scene(gated(gate=Gate(roles=("qa",), four_eyes=True))).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.chosen_step == "d")  # type: ignore[attr-defined]
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, AskSignoff))
        await pilot.click("#approve")
        await until(pilot, lambda: "who signs?" in text_of(app))
        assert not session.state.signoffs


async def test_a_rejection_is_seen_in_the_message_the_list_and_the_card(scene: Make) -> None:
    place = scene(gated(signoff=Gate(roles=("qa",))))
    session = place.open()
    run_step(session, "d", Status.WAITING)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.screen.chosen_step == "d")  # type: ignore[attr-defined]
        ask(place.open(leads=False, actor=LINUS),
            r.SignNode(node="d", role="qa", approve=False, comment="smells of smoke"))  # fmt: skip
        await until(pilot, lambda: "“Deploy”: rejected by Linus" in text_of(app))
        rows = text_of(app).splitlines()
        assert any("Deploy" in row and "rejected by Linus" in row for row in rows[:4])
        card = "\n".join(row.partition("▕")[2] for row in rows)
        assert "rejected by Linus" in card
        assert "smells of smoke" in card


async def test_a_signed_gate_is_signed_with_a_key_beside_the_screen(
    scene: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key waits, as one that wants to be touched does, and the screen goes on meanwhile."""
    keys = Keys(tmp_path / "keys")
    gate = Gate(roles=("cto",), signed=True)
    place = scene(gated(gate=gate), signers=keys.allowed("grace"))
    session = place.open()
    touched = threading.Event()

    class Touched(SshSignatures):
        def sign(self, text: str, purpose: str, key: Key) -> str:
            assert touched.wait(60)
            return super().sign(text, purpose, key)

    monkeypatch.setenv("RUNBOOK_KEY", keys.file("grace"))
    session.signatures = Touched(HelperRunner())
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: app.screen.chosen_step == "d")  # type: ignore[attr-defined]
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, AskSignoff))
        await until(pilot, lambda: "signed with an ssh key" in text_of(app))
        app.screen.query_one("#name", Input).value = GRACE.identity
        await pilot.click("#approve")
        await until(pilot, lambda: "signing with the key" in text_of(app))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press("escape")
        assert not session.state.signoffs
        touched.set()
        await until(pilot, lambda: gate_open(session.state, "core"))
        await until(pilot, lambda: "signing with" not in text_of(app))
    assert session.state.signoffs[0].signature


async def test_a_key_that_does_not_count_is_named_on_the_screen(
    scene: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = Keys(tmp_path / "keys")
    place = scene(gated(gate=Gate(roles=("cto",), signed=True)), signers=keys.allowed("grace"))
    session = place.open()
    monkeypatch.setenv("RUNBOOK_KEY", keys.file("eve"))
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.screen.chosen_step == "d")  # type: ignore[attr-defined]
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, AskSignoff))
        app.screen.query_one("#name", Input).value = GRACE.identity
        await pilot.click("#approve")
        await until(pilot, lambda: "is not among the allowed signers" in app.said)
    assert not session.state.signoffs


async def test_a_rejected_gate_says_so_in_its_row() -> None:
    history = History(two_phases())
    history.ask(r.SignNode(node="two", role="cto", approve=False, comment="not today"), GRACE)
    app = RunbookApp(StillSession(history.state), StillTerminals())  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await until(
            pilot,
            lambda: any(
                "Core" in row and "rejected by Grace" in row for row in text_of(app).splitlines()
            ),
        )


async def test_a_criterion_that_holds_a_phase_open_is_named() -> None:
    phases = (
        Phase(id="one", title="One", criteria=(Check(id="calm", title="Nothing is red"),),
              steps=(Step(id="a", title="A", run="true", undo="true"),)),
        Phase(id="two", title="Two", steps=(Step(id="b", title="B", run="true", undo="true"),)),
    )  # fmt: skip
    history = History(Runbook(title="C", phases=phases))
    history.ran("a")
    assert signing.what_holds(history.state, "one") == ("criterion “Nothing is red”",)
    refusal = history.ask(r.StartStep(step="b"))
    assert isinstance(refusal, r.Refusal)
    assert "criterion “Nothing is red”" in refusal.reason
