"""What a command gets, and from where, stands in the record; secrets by their source alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runbook_tui.book.model import Parameter, Secret, Step
from runbook_tui.command.shells import base_environment
from runbook_tui.run import requests as r
from runbook_tui.run.events import CommandStarted
from tests.integration.session.scene import Around, Scene, ask, book, rolled_back, run_step

Make = Callable[..., Scene]
ALL = "env -0 | tr '\\0' '\\n' >> seen"


def started(place: Scene, kind: str, step: str = "a") -> CommandStarted:
    """The record of the last command of a kind."""
    events = reversed(place.journal.events(place.run))
    return next(
        event.payload
        for event in events
        if isinstance(event.payload, CommandStarted)
        and (event.payload.kind, event.step) == (kind, step)
    )


def test_each_variable_has_its_source_and_no_secret_its_value(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_OF_WORD", "open-sesame")
    made = Step(id="m", title="M", run='echo "made=4f2c" >>"$RUNBOOK_OUTPUT"', outputs=("made",))
    step = Step(id="a", title="A", run=ALL, env={"MODE": "dry"}, undo=ALL)
    parameters = (
        Parameter(name="version"),
        Parameter(name="word", secret=Secret(env="SOURCE_OF_WORD")),
        Parameter(name="late"),
    )
    place = scene(book(made, step, parameters=parameters), {"version": "2.4"},
                  sources={"version": "-p"})  # fmt: skip
    inherited = {
        "HOME": "/home/ada", "DATABASE": "postgres://ada:hunter2@db/shop",
        "MYSQL_PWD": "hunter3", "NOTED": "its word is open-sesame.", "PLACE": "here",
    }  # fmt: skip
    place.around = Around(environment=base_environment({"PATH": "/usr/bin:/bin", **inherited}))
    session = place.open()
    run_step(session, "m")
    ask(session, r.GiveValue(name="late", value="9"))
    run_step(session, "a")
    record = started(place, "run")
    assert {name: record.sources.get(name) for name in (
        "version", "made", "late", "MODE", "word", "RUNBOOK_STEP", "RUNBOOK_OUTPUT", "GIT_EDITOR",
        "TERM", "PLACE", "PATH",
    )} == {
        "version": "-p", "made": "output of m", "late": "asked", "MODE": "env",
        "word": "secret: env SOURCE_OF_WORD", "RUNBOOK_STEP": "runbook",
        "RUNBOOK_OUTPUT": "runbook", "GIT_EDITOR": "runbook", "TERM": "runbook",
        "PLACE": None, "PATH": None,
    }  # fmt: skip
    assert record.withheld == ("DATABASE", "MYSQL_PWD", "NOTED")
    # What it really had is what was written down, what was withheld and what was named.
    seen = dict(line.split("=", 1) for line in (place.work / "seen").read_text().splitlines())
    told = {**record.environment, **{n: seen[n] for n in (*record.withheld, "word")}}
    by_shell = ("_", "PWD", "SHLVL", "OLDPWD", "RUNBOOK_OUTPUT")
    assert {n: v for n, v in seen.items() if n not in by_shell} == told
    kept = "".join(event.hash + repr(event) for event in place.journal.events(place.run))
    filed = (place.place / "undo.json").read_text() + (place.place / "rollback.sh").read_text()
    for secret in ("open-sesame", "hunter2", "hunter3"):
        assert secret not in kept + filed


def test_an_undo_says_what_only_the_terminal_that_rolls_back_has_given(scene: Make) -> None:
    place = scene(book(Step(id="a", title="A", run="true", undo="true")))
    session = place.open()
    run_step(session, "a")
    session.close()
    there = {**place.around.environment, "ONLY_HERE": "1", "HOME": "/elsewhere"}
    place.around = Around(environment=there)
    again = place.open(leads=False)
    assert rolled_back(again) == "complete"
    record = started(place, "undo")
    assert record.sources["ONLY_HERE"] == "terminal of the rollback"
    assert "HOME" not in record.sources
    assert record.environment["HOME"] != "/elsewhere"


def test_an_undo_has_the_run_s_own_values_whatever_their_names_smell_of(scene: Make) -> None:
    undo = 'test "$author" = Ada && test "$KEY_AUTH" = plain && echo "$author" >back'
    place = scene(
        book(
            Step(id="a", title="A", run="true", undo=undo, env={"KEY_AUTH": "plain"}),
            parameters=(Parameter(name="author"),),
        ),
        {"author": "Ada"},
    )
    session = place.open()
    run_step(session, "a")
    assert rolled_back(session) == "complete"
    assert (place.work / "back").read_text() == "Ada\n"
