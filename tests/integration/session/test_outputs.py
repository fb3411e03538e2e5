"""What a step puts out and cannot be used: recorded as such, and a declared one fails its step."""

from __future__ import annotations

import base64
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from runbook_tui.book.model import Parameter, Secret, Step
from runbook_tui.cli.words import sentence
from runbook_tui.command.output_values import place as place_of
from runbook_tui.run import requests as r
from runbook_tui.run.events import ParameterCaptured
from runbook_tui.run.state import Status
from tests.integration.command.running import supervisor_of
from tests.integration.session.scene import Scene, ask, book, rolled_back, run_step
from tests.on_disk import files_holding
from tests.waiting import until

Make = Callable[..., Scene]
TOKEN = Parameter(name="token", secret=Secret(env="NO_SUCH"))


def captured(place: Scene, name: str) -> list[ParameterCaptured]:
    """What is recorded under a name."""
    found = [event.payload for event in place.journal.events(place.run)]
    return [p for p in found if isinstance(p, ParameterCaptured) and p.name == name]


def nowhere(place: Scene, secret: str) -> bool:
    """Whether no file of the home holds the secret."""
    return files_holding(place.folder / "home", secret) == []


@pytest.mark.parametrize("coded", [False, True])
def test_a_declared_output_that_holds_a_secret_fails_its_step(scene: Make, coded: bool) -> None:
    form = '$(printf %s "$token" | base64)' if coded else "x$token"
    step = Step(
        id="a", title="A", outputs=("leak",), undo="echo ${{ leak }}",
        run=f'printf "leak=%s\\nother=%s\\n" "{form}" "{form}" >> "$RUNBOOK_OUTPUT"',
    )  # fmt: skip
    place = scene(book(step, parameters=(TOKEN,)))
    session = place.open()
    session.give_secret("token", "sesame-open")
    run_step(session, "a", Status.FAILED)
    assert session.state.step("a").reason == ("its output “leak” cannot be used: it holds a secret")
    assert session.state.step("a").outputs == {}
    assert [c.reason for c in captured(place, "other")] == ["it holds a secret"]
    assert nowhere(place, "sesame-open")
    assert nowhere(place, base64.b64encode(b"sesame-open").decode())


def test_an_undeclared_output_that_holds_a_secret_fails_nothing(scene: Make) -> None:
    step = Step(id="a", title="A", effect=False,
                run='echo "other=$token" >> "$RUNBOOK_OUTPUT"')  # fmt: skip
    place = scene(book(step, parameters=(TOKEN,)))
    session = place.open()
    session.give_secret("token", "sesame-open")
    run_step(session, "a")
    assert [(c.value, c.usable) for c in captured(place, "other")] == [("***", False)]


def test_a_declared_output_that_is_too_long_fails_its_step_and_says_why(scene: Make) -> None:
    text = 'echo "old=$(head -c 70000 /dev/zero | tr \'\\0\' x)" >> "$RUNBOOK_OUTPUT"'
    step = Step(id="a", title="A", outputs=("old",), before=text, run="touch ran",
                undo="echo ${{ old }}")  # fmt: skip
    place = scene(book(step))
    session = place.open()
    run_step(session, "a", Status.FAILED)
    why = "it has 70000 bytes, at most 65536"
    assert session.state.step("a").reason == f"its output “old” cannot be used: {why}"
    assert not (place.work / "ran").exists()
    said = [sentence(event) for event in place.journal.events(place.run)
            if event.type == "parameter.captured"]  # fmt: skip
    assert said == [f"“a”: what it put out as old cannot be used: {why}"]


def test_a_declared_output_behind_what_is_read_fails_its_step(scene: Make) -> None:
    text = '{ yes x=1 | head -c 5000000; echo; echo old=2; } >> "$RUNBOOK_OUTPUT" || true'
    place = scene(book(Step(id="a", title="A", outputs=("old",), run=text, effect=False)))
    session = place.open()
    run_step(session, "a", Status.FAILED)
    assert "“old” cannot be used: only its first 4 MiB" in session.state.step("a").reason


def test_the_last_value_counts_and_a_second_try_begins_anew(scene: Make) -> None:
    text = """
    echo "sha=$token" >> "$RUNBOOK_OUTPUT"
    test -e tried && echo sha=abc >> "$RUNBOOK_OUTPUT"
    touch tried
    """
    place = scene(book(Step(id="a", title="A", outputs=("sha",), run=text, effect=False,
                            shell="bash -c"), parameters=(TOKEN,)))  # fmt: skip
    session = place.open()
    session.give_secret("token", "sesame-open")
    run_step(session, "a", Status.FAILED)
    run_step(session, "a")
    assert session.state.step("a").outputs == {"sha": "abc"}


def test_values_reach_the_undo_though_the_supervisor_was_killed(scene: Make) -> None:
    text = """
    trap '' HUP
    echo first=1 >> "$RUNBOOK_OUTPUT"
    until test -e go; do sleep 0.02; done
    echo second=2 >> "$RUNBOOK_OUTPUT"
    echo stray=$token >> "$RUNBOOK_OUTPUT"
    touch written
    """
    step = Step(id="a", title="A", outputs=("first", "second"), run=text,
                undo="echo ${{ first }} ${{ second }} > undone")  # fmt: skip
    place = scene(book(step, parameters=(TOKEN,)))
    session = place.open()
    session.give_secret("token", "sesame-open")
    ask(session, r.StartStep(step="a"))
    until(lambda: session.state.step("a").outputs.get("first") == "1")
    record = session.state.step("a").running_command()
    assert record is not None
    folder = Path(record.folder)
    own = place_of(folder)
    os.kill(supervisor_of(folder), signal.SIGKILL)
    until(lambda: place.commands.status(folder).reason)
    (place.work / "go").touch()
    until((place.work / "written").exists)
    until(lambda: session.state.step("a").status is Status.LOST)
    assert session.state.step("a").outputs == {"first": "1", "second": "2"}
    assert rolled_back(session) == "complete"
    assert (place.work / "undone").read_text() == "1 2\n"
    assert nowhere(place, "sesame-open")
    assert not own.parent.exists()
