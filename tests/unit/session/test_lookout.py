"""When a run's undos are looked at, and what is said of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from types import MappingProxyType, SimpleNamespace
from typing import Any

from runbook_tui.book.model import Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.session.lookout import AGAIN, AT_ONCE, SOON, Lookout
from runbook_tui.session.ports.durations import NoDurations
from runbook_tui.session.ports.runner import Outcome
from tests.fakes.history import History

BASH = ("bash", "-eo", "pipefail", "-c")
HERE = {"PATH": "/usr/bin:/bin"}


class Answers:
    """A runner that gives the answers of a dictionary, and counts."""

    def __init__(self, **answers: Outcome) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.environments: list[Mapping[str, str]] = []

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: str | None = None,
        environment: Mapping[str, str] | None = None,
        stdin: str = "",
        timeout: float = 10.0,
    ) -> Outcome:
        assert timeout == 5.0
        self.asked.append(argv[-1])
        self.environments.append(environment or {})
        return self.answers.get(argv[-1].split()[0], Outcome(exit=0, stdout="", stderr=""))


class Place:
    """A lookout over a history, with a clock that stands until it is moved."""

    def __init__(
        self, history: History, runner: Answers, vault: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.history = history
        self.now = 1000.0
        self.told: list[dict[str, str]] = []
        place = self

        class Bench:
            surroundings = SimpleNamespace(environment=HERE)
            clock = SimpleNamespace(mono=lambda: place.now)

            @property
            def state(self) -> Any:
                return place.history.state

        bench: Any = Bench()
        bench.vault = vault
        bench.found = lambda hindered, *_: self.told.append(dict(hindered))
        self.out = Lookout(bench, NoDurations(), runner)

    def look(self) -> None:
        self.out._look(self.history.state, AT_ONCE)
        self.out.take_in()


def ran(checks: Mapping[str, str], undo: str = "true") -> History:
    """Steps that ran, each with the check of its undo."""
    steps = tuple(Step(id=id_, title=id_.upper(), run="true", undo=undo) for id_ in checks)
    history = History(Runbook(title="T", phases=(Phase(id="p", title="P", steps=steps),)))
    for id_, check in checks.items():
        history.ran(
            id_,
            e.UndoArmed(kind="command", text=undo, cwd="/", shell=BASH, environment=HERE,
                        ready=check),
        )  # fmt: skip
    return history


def with_secret(history: History) -> History:
    """The same where KEY is a secret of the run."""
    history.state = dataclasses.replace(history.state, secrets={"KEY": "env KEY"})
    return history


NO = Outcome(exit=3, stdout="\n  the gate is shut \nmore\n", stderr="noise")


def test_a_check_is_made_once_a_minute_and_once_for_all_that_share_it() -> None:
    runner = Answers(gate=NO)
    place = Place(ran({"a": "gate x", "b": "gate x", "c": "fine"}), runner)
    place.look()
    assert sorted(runner.asked) == ["fine", "gate x"]
    assert place.told[-1] == {"a": "the gate is shut", "b": "the gate is shut"}
    place.now += AGAIN - 1
    place.look()
    assert len(runner.asked) == 2
    place.now += 1
    place.look()
    assert len(runner.asked) == 4
    place.now += SOON
    place.out.hurry()
    place.look()
    assert len(runner.asked) == 6


def test_what_has_not_changed_is_not_told_again() -> None:
    place = Place(ran({"a": "gate"}), Answers(gate=NO))
    for _ in range(5):
        place.look()
        place.now += AGAIN
    assert place.told == [{"a": "the gate is shut"}]


def test_one_that_was_red_stays_so_until_another_answer_has_come() -> None:
    runner = Answers(gate=NO)
    place = Place(ran({"a": "gate"}), runner)
    place.look()
    runner.answers.clear()
    place.now += AGAIN - 1
    place.look()
    assert place.told == [{"a": "the gate is shut"}]
    place.now += 1
    place.look()
    assert place.told == [{"a": "the gate is shut"}, {}]


def test_nothing_is_asked_while_a_rollback_runs() -> None:
    history = ran({"a": "gate"})
    runner = Answers(gate=NO)
    place = Place(history, runner)
    history.ask(r.OpenRollback())
    history.ask(r.StartRollback(scope="run", attended=True))
    assert history.state.rolling_back
    place.look()
    assert runner.asked == []


def test_a_check_that_gives_no_answer_or_no_words_is_named_as_such() -> None:
    late = Outcome(exit=None, stdout="", stderr="no answer within 5 s")
    mute = Outcome(exit=4, stdout="\n", stderr="")
    place = Place(ran({"a": "late", "b": "mute"}), Answers(late=late, mute=mute))
    place.look()
    assert place.told[-1] == {
        "a": "its check gave no answer within 5 s", "b": "its check ended with 4",
    }  # fmt: skip


def test_a_secret_is_given_to_the_check_and_masked_in_what_it_says() -> None:
    says = Outcome(exit=1, stdout="no entry for hunter2\x1b[31m", stderr="")
    runner = Answers(ask=says)
    history = with_secret(ran({"a": "ask $KEY", "b": "other"}))
    place = Place(history, runner, {"KEY": "hunter2"})
    place.look()
    why = place.told[-1]["a"]
    assert why.startswith("no entry for ***")
    assert "\x1b" not in why
    environments = zip(runner.asked, runner.environments, strict=True)
    given = {words: environment.get("KEY") for words, environment in environments}
    assert given == {"ask $KEY": "hunter2", "other": None}


def test_without_its_secret_a_check_is_not_made() -> None:
    runner = Answers(ask=NO)
    place = Place(with_secret(ran({"a": "ask $KEY"})), runner)
    place.look()
    assert runner.asked == []


def test_only_what_is_certainly_needed_is_missed() -> None:
    sure, unsure = ran({"a": ""}, "no-such-program x"), ran({"a": ""}, "no-such-program || true")
    place = Place(sure, Answers())
    place.look()
    assert place.told[-1] == {"a": "`no-such-program` is not on its PATH"}
    place = Place(unsure, Answers())
    place.look()
    assert place.told == []


def test_many_checks_are_made_a_few_at_a_time() -> None:
    runner = Answers()
    place = Place(ran({f"s{n}": f"check {n}" for n in range(40)}), runner)
    place.look()
    assert len(runner.asked) == AT_ONCE
    place.look()
    place.look()
    assert len({*runner.asked}) == 40
