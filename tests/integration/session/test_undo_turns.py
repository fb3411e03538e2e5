"""Which undos are tried when some fail: whatever the needs, exactly those that may be."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.model import Step
from runbook_tui.command.kept_files import EvidenceFiles
from runbook_tui.command.shells import base_environment
from runbook_tui.journal.clock import SystemClock
from runbook_tui.run import requests as r
from runbook_tui.run import undo_order
from runbook_tui.run.decide import decide
from runbook_tui.run.events import ParameterCaptured, UndoArmed
from runbook_tui.run.requests import Decision
from runbook_tui.run.rollback import awaited
from runbook_tui.run.state import RunState
from runbook_tui.session.ports.journal import Journal
from runbook_tui.session.recorder import Pair, Recorder
from runbook_tui.session.spare import Places
from runbook_tui.session.undo_writing import Papers
from runbook_tui.session.undoing import RollbackDriver
from runbook_tui.session.workbench import Workbench
from tests.fakes.commands import HeldCommands, InstantCommands
from tests.fakes.history import ADA, History, HistoryJournal
from tests.integration.session.scene import Around, book

MOST = 7


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[Step], dict[str, bool]]:
    """Steps that need any of those before them, and how the undo of each ends."""
    count = draw(st.integers(1, MOST))
    ids = [f"s{n}" for n in range(count)]
    fails = {id_: draw(st.booleans()) for id_ in ids}
    steps = []
    for number, id_ in enumerate(ids):
        needs = tuple(sorted(draw(st.sets(st.sampled_from(ids[:number]))))) if number else ()
        policy = draw(st.sampled_from([None, "ask", "continue"]))
        undo = f"exit {int(fails[id_])} # {id_}"
        steps.append(Step(id=id_, title=id_, run="true", undo=undo, needs=needs, on_failure=policy))
    return steps, fails


class Rig:
    """The real rollback over events in memory, with commands that take no time."""

    def __init__(
        self, folder: Path, steps: list[Step], *, attended: bool, at_once: int = 1
    ) -> None:
        history = History(dataclasses.replace(book(*steps), undos_at_once=at_once))
        for step in steps:
            armed = UndoArmed(kind="command", text=step.undo or "", shell=("sh", "-c"), cwd="/")
            history.ran(step.id, armed)
        clock = SystemClock()
        self.commands = InstantCommands() if at_once == 1 else HeldCommands()
        journal = cast("Journal", HistoryJournal(history))
        places = Places(folder, history.state.run)
        self.recorder = Recorder(journal, history.state, ADA, clock, places)
        bench = Workbench(
            recorder=self.recorder, commands=self.commands, clock=clock, folder=folder,
            surroundings=Around(environment=base_environment(dict(os.environ))), places=places,
            papers=Papers(folder), files=EvidenceFiles(),
        )  # fmt: skip
        self.driver = RollbackDriver(bench)
        self.driver.attended = attended

    @property
    def state(self) -> RunState:
        return self.recorder.state

    def ask(self, request: r.Request) -> None:
        def decided(state: RunState) -> list[Pair]:
            decision = decide(state, request, ADA)
            assert isinstance(decision, Decision), decision
            return list(decision.events)

        self.recorder.record(decided)

    def go_on(self) -> None:
        """Drive it until nothing more happens by itself."""
        for _ in range(50 * MOST):
            if not self.driver.advance():
                return
        raise AssertionError("it does not come to rest")

    def tried(self) -> list[str]:
        return [spec.argv[-1].split("# ")[1] for spec in self.commands.started]

    def results(self) -> Mapping[str, str]:
        assert self.state.rollback is not None
        return self.state.rollback.results


def may_be_tried(steps: list[Step], fails: Mapping[str, bool]) -> list[str]:
    """Newest first, those that nothing needs which is still there."""
    there: set[str] = set()
    tried = []
    for step in reversed(steps):
        if any(step.id in (other.needs or ()) for other in steps if other.id in there):
            there.add(step.id)
            continue
        tried.append(step.id)
        if fails[step.id]:
            there.add(step.id)
    return tried


@settings(max_examples=60, deadline=None)
@given(plans())
def test_without_a_person_exactly_the_independent_ones_are_tried_once_in_reverse(
    made: tuple[list[Step], dict[str, bool]],
) -> None:
    steps, fails = made
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder), steps, attended=False)
        rig.ask(r.StartRollback(scope="run", attended=False))
        rig.go_on()
        expected = may_be_tried(steps, fails)
        assert rig.tried() == expected
        rollback = rig.state.rollback
        assert rollback is not None
        assert rollback.finished is not None
        untried = {step.id for step in steps} - set(expected)
        for step in steps:
            word = "failed" if fails[step.id] else "done"
            assert rig.results()[step.id] == ("not tried" if step.id in untried else word)
        assert set(rollback.remaining) == untried | {id_ for id_ in expected if fails[id_]}


@settings(max_examples=60, deadline=None)
@given(plans(), st.data())
def test_with_a_person_what_waits_goes_on_once_the_failed_one_is_left_or_mended(
    made: tuple[list[Step], dict[str, bool]], data: st.DataObject
) -> None:
    steps, fails = made
    by_id = {step.id: step for step in steps}
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder), steps, attended=True)
        rig.ask(r.StartRollback(scope="run"))
        rig.go_on()
        stays = {id_ for id_ in fails if fails[id_] and by_id[id_].on_failure == "continue"}
        while rig.state.rolling_back:
            waiting = awaited(rig.state)
            assert waiting, "it rests, and nobody is asked"
            assert all(item.asks for item in waiting)
            for step in steps:
                if step.id in rig.tried():
                    needing = [o for o in steps if step.id in (o.needs or ())]
                    assert all(o.id in rig.tried() for o in needing)
            step_id = data.draw(st.sampled_from([item.step for item in waiting]))
            if data.draw(st.booleans()):
                mended = f"exit 0 # {step_id}"
                rig.ask(r.AmendUndo(step=step_id, text=mended, reason="mended"))
            else:
                rig.ask(r.LeaveUndo(step=step_id, reason="later"))
                stays.add(step_id)
            rig.go_on()
        wrong = {id_: id_ in stays for id_ in fails}
        expected = may_be_tried(steps, wrong)
        assert set(rig.tried()) == set(expected)
        good = {id_ for id_, result in rig.results().items() if result == "done"}
        assert good == {id_ for id_ in expected if not wrong[id_]}


def waits_for(steps: list[Step]) -> dict[str, set[str]]:
    """By step, every step that it waited for before it could start."""
    found: dict[str, set[str]] = {}
    for step in steps:
        needs = set(step.needs or ())
        found[step.id] = needs.union(*(found[need] for need in needs))
    return found


@settings(max_examples=60, deadline=None)
@given(plans(), st.integers(2, 4), st.data())
def test_undos_beside_one_another_are_those_of_steps_that_did_not_wait_for_each_other(
    made: tuple[list[Step], dict[str, bool]], at_once: int, data: st.DataObject
) -> None:
    steps, _ = made
    steps = [dataclasses.replace(s, undo=f"exit 0 # {s.id}", on_failure=None) for s in steps]
    waited = waits_for(steps)
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder), steps, attended=False, at_once=at_once)
        held = rig.commands
        assert isinstance(held, HeldCommands)
        rig.ask(r.StartRollback(scope="run", attended=False))
        rig.go_on()
        while running := [s.argv[-1].split("# ")[1] for s in held.running]:
            assert len(running) <= at_once
            open_ = [s.id for s in steps if s.id not in rig.results()]
            for id_ in running:
                assert not any(id_ in waited[other] for other in open_)
            free = [i for i in open_ if not any(i in waited[other] for other in open_)]
            assert len(running) == min(at_once, len(free))
            held.end(data.draw(st.sampled_from(held.running)))
            rig.go_on()
        assert sorted(rig.tried()) == sorted(s.id for s in steps)
        assert rig.state.rollback is not None
        assert rig.state.rollback.result == "complete"


def in_order(folder: Path) -> tuple[Rig, HeldCommands]:
    """One undo has failed and waits for a person; that of the step before it runs."""
    steps = [
        Step(id="first", title="first", run="true", undo="exit 0 # first"),
        Step(id="second", title="second", run="true", undo="exit 1 # second"),
    ]
    rig = Rig(folder, steps, attended=True, at_once=2)
    held = rig.commands
    assert isinstance(held, HeldCommands)
    rig.ask(r.StartRollback(scope="run"))
    rig.go_on()
    held.end(held.running[0])
    rig.go_on()
    assert rig.tried() == ["second", "first"]
    return rig, held


def test_another_attempt_runs_beside_none_that_it_waited_for(tmp_path: Path) -> None:
    """Two undos in one place, as of two merges, would be in each other's way."""
    rig, held = in_order(tmp_path)
    rig.ask(r.RetryUndo(step="second"))
    rig.go_on()
    assert rig.tried() == ["second", "first"]
    held.end(held.running[0])
    rig.go_on()
    assert rig.tried() == ["second", "first", "second"]


def test_another_attempt_that_waits_is_not_begun_once_the_rollback_is_stopped(
    tmp_path: Path,
) -> None:
    rig, held = in_order(tmp_path)
    rig.ask(r.RetryUndo(step="second"))
    rig.go_on()
    rig.ask(r.StopRollback())
    rig.go_on()
    held.end(held.running[0])
    rig.go_on()
    assert rig.tried() == ["second", "first"]
    assert rig.results() == {"first": "done", "second": "failed"}
    assert rig.state.rollback is not None
    assert rig.state.rollback.remaining == ("second",)


def test_a_value_that_comes_late_begins_no_undo_beside_one_that_goes_on_without_it(
    tmp_path: Path,
) -> None:
    steps = [
        Step(id="first", title="first", run="true", undo="exit 0 # first"),
        Step(id="second", title="second", run="true", undo="exit 0 ${{ v }} # second"),
    ]
    rig = Rig(tmp_path, steps, attended=True, at_once=2)
    held = rig.commands
    assert isinstance(held, HeldCommands)
    rig.ask(r.StartRollback(scope="run"))
    rig.go_on()
    assert rig.tried() == ["first"]
    rig.recorder.record(lambda _: [(ParameterCaptured(name="v", value="x"), None)])
    rig.go_on()
    assert rig.tried() == ["first"]
    held.end(held.running[0])
    rig.go_on()
    assert rig.tried() == ["first", "second"]


def test_a_long_plan_is_not_walked_for_each_of_its_undos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked at many times a second while undos run."""
    walked = 0

    class Counted(dict[undo_order.Moment, set[undo_order.Moment]]):
        def get(self, *args: Any) -> Any:
            nonlocal walked
            walked += 1
            return super().get(*args)

    steps = [Step(id=f"s{n}", title=f"s{n}", run="true", undo=f"exit 0 # s{n}") for n in range(100)]
    rig = Rig(tmp_path, steps, attended=False, at_once=2)
    rig.ask(r.StartRollback(scope="run", attended=False))
    rig.go_on()
    for name in ("_after", "_before"):
        edges = Counted(getattr(undo_order, name)(rig.state))
        monkeypatch.setattr(undo_order, name, lambda _, edges=edges: edges)
    assert not rig.driver.advance()
    assert 0 < walked < 20 * len(steps)
