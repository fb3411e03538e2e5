"""What is too large to be started or recorded is refused before anything is, and blocks nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import pytest

from runbook_tui.book.model import Check, Parameter, Secret, Step
from runbook_tui.run import requests as r
from runbook_tui.run.events import CommandStarted
from runbook_tui.run.state import Status
from tests.integration.session.scene import Around, Scene, ask, book, refused, rolled_back, run_step
from tests.waiting import until

Make = Callable[..., Scene]
MIB = 1 << 20
LONG = "x" * 200_000


class InPython(Around):
    """Surroundings whose shell is none."""

    def shell(self, shell: str | None) -> tuple[str, ...]:
        return ("python3", "-c")


def test_a_long_command_and_a_long_undo_are_run_and_recorded_whole(scene: Make) -> None:
    run, undo = (f"# {LONG}\necho {word} >> trace" for word in ("run", "undo"))
    place = scene(book(Step(id="a", title="A", run=run, undo=undo, before=f"# {LONG}\ntrue",
                            verify_undo=f"# {LONG}\ngrep -q undo trace")))  # fmt: skip
    session = place.open()
    run_step(session, "a")
    assert rolled_back(session) == "complete"
    assert (place.work / "trace").read_text() == "run\nundo\n"
    texts = [e.payload.text for e in place.journal.events(place.run)
             if isinstance(e.payload, CommandStarted)]  # fmt: skip
    assert texts[1:3] == [run, undo]


def test_a_value_that_no_environment_takes_is_named_before_anything_starts(scene: Make) -> None:
    place = scene(book(Step(id="a", title="A", run="true", undo="true")), {"blob": LONG})
    session = place.open()
    answer = refused(session, r.StartStep(step="a"))
    assert answer.reason == (
        "“A” cannot start: the value of “blob” has 200000 bytes, and a command can be given 131066"
    )
    assert "file" in answer.hint
    assert place.types() == ["run.started"]


def test_a_secret_that_no_environment_takes_is_named_too(scene: Make) -> None:
    step = Step(id="a", title="A", run="echo $key", effect=False)
    key = Parameter(name="key", secret=Secret(env="NO_SUCH"))
    place = scene(book(step, parameters=(key,)))
    session = place.open()
    session.give_secret("key", LONG)
    answer = refused(session, r.StartStep(step="a"))
    assert "the value of “key” has 200000 bytes" in answer.reason
    assert LONG not in answer.reason


def test_many_values_that_are_too_much_together_are_refused(scene: Make) -> None:
    values = {f"v{n}": "x" * 100_000 for n in range(100)}
    place = scene(book(Step(id="a", title="A", run="true", undo="true")), values)
    answer = refused(place.open(), r.StartStep(step="a"))
    assert "its environment has 100" in answer.reason
    assert place.types() == ["run.started"]


def test_a_text_that_its_own_interpreter_cannot_be_given_is_refused(scene: Make) -> None:
    place = scene(book(Step(id="a", title="A", run=f"# {LONG}", shell="python3", effect=False)))
    place.around = InPython(place.around.environment)
    answer = refused(place.open(), r.StartStep(step="a"))
    assert "its text has 200002 bytes, and python3 takes 131071" in answer.reason


@pytest.mark.parametrize("part", ["run", "undo", "probe"])
def test_what_no_event_holds_is_refused_before_anything_starts(scene: Make, part: str) -> None:
    huge = "# " + "x" * (5 * MIB)
    parts: dict[str, object] = {"run": "true", "undo": "true", part: huge}
    if probe := parts.pop("probe", None):
        parts["checks"] = (Check(id="c", title="C", probe=str(probe)),)
    place = scene(book(Step(id="a", title="A", **parts)))  # type: ignore[arg-type]
    answer = refused(place.open(), r.StartStep(step="a"))
    assert "can be recorded" in answer.reason
    assert place.types() == ["run.started"]


def test_an_undo_that_grows_too_large_is_named_and_its_step_still_ends(scene: Make) -> None:
    undo = "echo " + "${{ old }} " * 100
    text = 'echo "old=$(head -c 60000 /dev/zero | tr \'\\0\' x)" >> "$RUNBOOK_OUTPUT"'
    place = scene(book(Step(id="a", title="A", outputs=("old",), run=text, undo=undo)))
    session = place.open()
    run_step(session, "a")
    armed = session.state.step("a").undo
    assert armed is not None
    assert (armed.kind, armed.reason) == ("none", "its undo is too large to be recorded")
    assert rolled_back(session) == "incomplete"


def test_what_a_person_writes_too_long_is_refused_and_is_no_trouble_of_the_journal(
    scene: Make,
) -> None:
    place = scene(book(Step(id="a", title="A", run="true", undo="true"), Step(id="b", title="B")))
    session = place.open()
    answer = refused(session, r.AddNote(text=LONG))
    assert answer.exit_code == 2
    assert answer.reason.startswith("the note is too large to be recorded: 20")
    assert refused(session, r.SkipStep(step="a", reason=LONG)).exit_code == 2
    assert refused(session, r.GiveValue(name="x", value=LONG)).exit_code == 2
    assert session.trouble == ""
    run_step(session, "a")


def test_a_long_note_during_a_rollback_does_not_keep_its_account_out_of_the_journal(
    scene: Make,
) -> None:
    place = scene(book(Step(id="a", title="A", run="true", undo="until test -e go; do sleep 0.02; "
                                                                 "done")))  # fmt: skip
    session = place.open()
    run_step(session, "a")
    ask(session, r.StartRollback(scope="run", attended=False))
    until(lambda: session.state.step("a").running_command() is not None)
    assert refused(session, r.AddNote(text=LONG)).exit_code == 2
    (place.work / "go").touch()
    until(lambda: "rollback.finished" in place.types())
    assert session.trouble == ""


def test_an_undo_is_recorded_though_the_caller_s_environment_is_too_large(scene: Make) -> None:
    place = scene(book(Step(id="a", title="A", run="true", undo="touch undone")))
    first = place.open()
    run_step(first, "a")
    first.close()
    # Control characters are six times as long in JSON: the system takes what the journal does not.
    wide: Mapping[str, str] = {f"V{n}": "\x01" * 100_000 for n in range(8)}
    place.around = dataclasses.replace(
        place.around, environment={**place.around.environment, **wide}
    )
    session = place.open(leads=False)
    assert rolled_back(session) == "complete"
    assert (place.work / "undone").exists()
    undo = [e.payload for e in place.journal.events(place.run)
            if isinstance(e.payload, CommandStarted) and e.payload.kind == "undo"]  # fmt: skip
    assert [c.environment for c in undo] == [{}]


def test_a_long_condition_leaves_its_step_out(scene: Make) -> None:
    values = " or ".join(f"x == '{n}'" for n in range(9000))
    place = scene(book(Step(id="a", title="A", run="true", effect=False, when=values),
                       Step(id="b", title="B", run="true", effect=False)), {"x": "no"})  # fmt: skip
    session = place.open()
    until(lambda: session.state.step("a").status is Status.NOT_APPLICABLE)
    assert len(session.state.step("a").reason) < 3000
