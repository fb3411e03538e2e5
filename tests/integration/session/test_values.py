"""Values on their way into commands that run: put in once, and never run themselves."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import pytest

from runbook_tui.book.model import Check, Command, Parameter, Procedure, Stage, StageStep, Step
from runbook_tui.run import requests as r
from runbook_tui.run.events import UndoArmed
from runbook_tui.run.rollback import awaited, plan
from runbook_tui.run.state import Status
from tests.fakes.history import History
from tests.integration.session.scene import Scene, ask, book, refused, rolled_back, run_step
from tests.integration.session.test_rollback import Told, emergency_of
from tests.waiting import until

Make = Callable[..., Scene]
HOSTILE = "'; touch PWN; '"
INNER = 'h="echo"; bash -c "$h \'${{ x }}\'" >> done'
X = Parameter(name="x")


def ran(place: Scene) -> str:
    """What the commands wrote down; none may have run a value."""
    assert not (place.work / "PWN").exists()
    done = place.work / "done"
    return done.read_text() if done.exists() else ""


def test_a_value_that_would_be_run_is_asked_for_again(scene: Make) -> None:
    place = scene(book(Step(id="a", title="A", run=INNER, undo="true"), parameters=(X,)),
                  {"x": HOSTILE})  # fmt: skip
    session = place.open()
    answer = refused(session, r.StartStep(step="a"))
    assert isinstance(answer, r.ValuesMissing)
    assert answer.names == ("x",)
    assert "“x” stands in bash code in line 1 of the command" in answer.reason
    assert "step.started" not in place.types()
    ask(session, r.GiveValue(name="x", value="v1.2"))
    run_step(session, "a")
    assert ran(place) == "v1.2\n"


def test_a_value_that_only_the_step_puts_out_fails_it_and_is_not_run(scene: Make) -> None:
    put_out = f'echo "x={HOSTILE}" >> "$RUNBOOK_OUTPUT"'
    place = scene(book(Step(id="a", title="A", before=put_out, run=INNER, outputs=("x",))))
    session = place.open()
    run_step(session, "a", Status.FAILED)
    assert "“x” stands in bash code in line 1" in session.state.step("a").reason
    assert ran(place) == ""


@pytest.mark.parametrize("key", ["undo", "verify_undo"])
def test_an_undo_with_such_a_value_is_not_run_with_and_without_a_journal(
    scene: Make, key: str
) -> None:
    put_out = f'echo "x={HOSTILE}" >> "$RUNBOOK_OUTPUT"'
    step = Step(id="a", title="A", run=put_out, undo="true", outputs=("x",))
    step = dataclasses.replace(step, **{key: INNER})  # type: ignore[arg-type]
    place = scene(book(step))
    session = place.open()
    run_step(session, "a")
    (item,) = plan(session.state, "run", "").items
    assert (item.ready, item.missing) == (False, ("x",))
    assert "“x” stands in bash code" in item.reason
    until(lambda: session.state.finished is not None)
    filed = json.loads((place.place / "undo.json").read_text())
    assert [i["missing"] for i in filed["items"]] == [["x"]]
    assert HOSTILE not in filed["items"][0]["text"] + filed["items"][0]["verify"]
    assert rolled_back(session) == "incomplete"
    assert ran(place) == ""


def test_a_probe_with_such_a_value_does_not_hold(scene: Make) -> None:
    put_out = f'echo "x={HOSTILE}" >> "$RUNBOOK_OUTPUT"'
    check = Check(id="c", title="C", probe=INNER)
    place = scene(book(Step(id="a", title="A", run=put_out, outputs=("x",), checks=(check,))))
    session = place.open()
    run_step(session, "a", Status.WAITING)
    until(lambda: any(c.kind == "probe" and not c.running
                      for c in session.state.step("a").commands))  # fmt: skip
    assert "c" not in session.state.ticks
    assert "“x” stands in bash code" in session.state.step("a").commands[-1].reason
    assert ran(place) == ""


def test_a_probe_of_what_its_step_has_not_put_out_does_not_hold(scene: Make) -> None:
    check = Check(id="c", title="C", probe='echo "<$x>" >> done; test -z "$x"')
    place = scene(book(Step(id="a", title="A", run="true", outputs=("x",), checks=(check,))))
    session = place.open()
    run_step(session, "a", Status.WAITING)
    until(lambda: any(c.kind == "probe" and not c.running
                      for c in session.state.step("a").commands))  # fmt: skip
    assert session.state.step("a").commands[-1].reason == "it needs a value for x"
    assert ran(place) == ""
    assert "c" not in session.state.ticks


def offering(*, staged: bool, text: str) -> dict[str, object]:
    if staged:
        step = StageStep(id="o", title="O", run=text)
        stage = Stage(id="st", title="S", steps=(step,))
        return {"procedures": (Procedure(id="pr", title="P", kind="rollback", stages=(stage,)),)}
    return {"commands": (Command(id="o", language="bash", text=text, rollback=True),)}


@pytest.mark.parametrize("staged", [True, False])
def test_a_value_is_put_into_an_offered_command_once(scene: Make, staged: bool) -> None:
    text = "printf '%s\\n' ${{ x }} <y> >> done"
    y = Parameter(name="y", placeholder="<y>", declared=False)
    place = scene(book(Step(id="a", title="A", run="true", undo="true"), parameters=(X, y),
                       **offering(staged=staged, text=text)),
                  {"x": "${{ y }} <y>", "y": "${{ x }}"})  # fmt: skip
    session = place.open()
    ask(session, r.RunOffered(command="o"))
    until(lambda: any(not c.running for c in session.state.step("o").commands))
    assert ran(place) == "${{ y }} <y>\n${{ x }}\n"


@pytest.mark.parametrize("staged", [True, False])
def test_an_offered_command_says_which_value_would_be_run(scene: Make, staged: bool) -> None:
    place = scene(book(Step(id="a", title="A", run="true", undo="true"), parameters=(X,),
                       **offering(staged=staged, text=INNER)), {"x": HOSTILE})  # fmt: skip
    answer = refused(place.open(), r.RunOffered(command="o"))
    assert "“x” stands in bash code in line 1" in answer.reason
    assert ran(place) == ""


def test_a_value_in_an_open_undo_is_never_taken_for_a_name(scene: Make) -> None:
    step = Step(
        id="a", title="A", outputs=("old", "new"), before='cat old >> "$RUNBOOK_OUTPUT"',
        run='cat new >> "$RUNBOOK_OUTPUT"', undo="printf '%s\\n' ${{ old }} ${{ new }} >> done",
        verify_undo="printf '%s\\n' ${{ old }} ${{ new }} >> done",
    )  # fmt: skip
    place = scene(book(step))
    (place.work / "old").write_text("old=${{ new }} $(touch PWN)\n")
    (place.work / "new").write_text("new=; touch PWN; ${{ old }}\n")
    session = place.open()
    run_step(session, "a")
    undo = session.state.step("a").undo
    assert undo is not None
    assert undo.missing == ()
    assert rolled_back(session) == "complete"
    assert ran(place) == "${{ new }} $(touch PWN)\n; touch PWN; ${{ old }}\n" * 2


def test_a_record_without_places_is_read_as_it_always_was() -> None:
    step = Step(id="a", title="A", run="true", undo="x ${{ x }}")
    history = History(book(step, parameters=(X,)), {"x": "a b"})
    history.ran("a", UndoArmed(kind="command", text="x ${{ x }}", missing=("x",)))
    assert plan(history.state, "run", "").items[0].text == "x 'a b'"


LATE = Step(
    id="a", title="A", outputs=("made",), run='test -e go; echo "made=it" >> "$RUNBOOK_OUTPUT"'
)
"""It fails before it has put out what its undo needs."""


@pytest.mark.parametrize("named", ["${{ made }}", "$made", '"${made}"'])
def test_what_a_step_did_not_put_out_is_asked_for_and_never_empty(scene: Make, named: str) -> None:
    place = scene(book(dataclasses.replace(LATE, undo=f"echo [{named}] >> done")))
    session = place.open()
    run_step(session, "a", Status.FAILED)
    (item,) = plan(session.state, "run", "").items
    assert (item.ready, item.missing) == (False, ("made",))
    ask(session, r.StartRollback(scope="run"))
    until(lambda: awaited(session.state))
    ask(session, r.GiveValue(name="made", value="it is", step="a"))
    until(lambda: session.state.rollback and session.state.rollback.finished)
    assert ran(place) == "[it is]\n"
    assert session.state.rollback is not None
    assert session.state.rollback.result == "complete"


def test_where_nobody_can_give_it_the_undo_is_not_run(scene: Make) -> None:
    place = scene(book(dataclasses.replace(LATE, undo="echo [$made] >> done")))
    session = place.open()
    run_step(session, "a", Status.FAILED)
    assert rolled_back(session) == "incomplete"
    assert session.state.step("a").undo_reason == "needs made"
    assert emergency_of(place, Told()).run() == (False, ("A",))
    assert ran(place) == ""


@pytest.mark.parametrize(
    "undo",
    ["made=x; echo [$made] >> done", "echo [${made:-x}] >> done",
     "read -r made <<< x; echo [$made] >> done", "for made in x; do echo [$made] >> done; done"],
)  # fmt: skip
def test_what_the_undo_sets_itself_is_not_asked_for(scene: Make, undo: str) -> None:
    place = scene(book(dataclasses.replace(LATE, undo=undo)))
    session = place.open()
    run_step(session, "a", Status.FAILED)
    assert rolled_back(session) == "complete"
    assert ran(place) == "[x]\n"
