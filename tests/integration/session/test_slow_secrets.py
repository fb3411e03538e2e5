"""A source of secrets that is out of reach holds up only what needs it."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from runbook_tui.book.model import Parameter, Secret, Step
from runbook_tui.run import requests as r
from runbook_tui.run.rollback import awaited
from runbook_tui.run.state import Status
from runbook_tui.session import vault as vault_of_a_session
from runbook_tui.session.vault import Vault
from tests.integration.session.scene import Around, Scene, ask, book, run_step
from tests.waiting import until

Make = Callable[..., Scene]
TOKEN = Parameter(name="token", secret=Secret(command="vault read token"))


@dataclasses.dataclass(frozen=True)
class Reached(Around):
    """Surroundings whose vault answers only once it is let."""

    answers: threading.Event = dataclasses.field(default_factory=threading.Event)

    def secret(self, source: Secret, folder: str) -> str | None:
        self.answers.wait()
        return "tok-1"


@contextmanager
def out_of_reach(place: Scene) -> Iterator[Reached]:
    around = Reached(environment=place.around.environment)
    place.around = around
    try:
        yield around
    finally:
        around.answers.set()


def shipped(scene: Make) -> Scene:
    """A run with a step that needs the token to be taken back, and one before and behind it."""
    undo = Step(id="b", title="B", run="touch b", undo='test "$token" = tok-1; rm b',
                env={"token": "${{ token }}"})  # fmt: skip
    plain = [Step(id=id_, title=id_, run=f"touch {id_}", undo=f"rm {id_}") for id_ in "ac"]
    place = scene(book(plain[0], undo, plain[1], parameters=(TOKEN,)))
    place.around = Reached(environment=place.around.environment)
    place.around.answers.set()
    session = place.open()
    for id_ in "abc":
        run_step(session, id_)
    session.close()
    return place


def test_what_does_not_need_it_is_taken_back_at_once_and_the_rest_once_it_answers(
    scene: Make,
) -> None:
    place = shipped(scene)
    with out_of_reach(place) as around:
        session = place.open(leads=False, unattended=True)
        ask(session, r.StartRollback(scope="run", attended=False))
        until(lambda: session.state.step("c").status is Status.PENDING)
        assert not (place.work / "c").exists()
        assert session.state.rolling_back
        assert (place.work / "b").exists()
        around.answers.set()
        until(lambda: not session.state.rolling_back)
        rollback = session.state.rollback
        assert rollback is not None
        assert (rollback.result, rollback.remaining) == ("complete", ())
        assert [path.name for path in place.work.iterdir()] == []


def test_with_a_person_it_waits_for_a_value_that_they_or_its_source_may_give(scene: Make) -> None:
    place = shipped(scene)
    with out_of_reach(place) as around:
        session = place.open(leads=False)
        ask(session, r.StartRollback(scope="run"))
        until(lambda: [i.step for i in awaited(session.state, session.absent.secrets)] == ["b"])
        around.answers.set()
        until(lambda: not session.state.rolling_back)
        assert session.state.rollback is not None
        assert session.state.rollback.result == "complete"


def test_the_rollback_is_shown_while_it_does_not_answer(scene: Make) -> None:
    place = shipped(scene)
    with out_of_reach(place) as around:
        session = place.open(leads=False)
        ask(session, r.OpenRollback())
        assert session.absent.secrets == ("token",)
        around.answers.set()
        until(lambda: session.absent.secrets == ())


def test_a_source_that_gives_nothing_is_not_asked_all_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vault_of_a_session, "AGAIN", 3600.0)
    asked: list[Secret] = []

    def nothing(secret: Secret) -> None:
        asked.append(secret)

    vault = Vault(nothing)
    for _ in range(20):
        vault.ask([TOKEN], needed=None)
    assert len(asked) == 1
    assert vault.values == {}


def test_what_is_made_ready_for_the_second_press_knows_what_a_person_gave(scene: Make) -> None:
    place = shipped(scene)
    with out_of_reach(place) as around:
        session = place.open(leads=False)
        session.give_secret("token", "tok-1")
        until(lambda: session.absent.secrets == ())
        bench = session._bench
        assert dataclasses.replace(bench).secret_values(()) == {"token": "tok-1"}
        request = r.StartRollback(scope="step", node="b")
        session.prepare_rollback(request)
        ask(session, request)
        until(lambda: not session.state.rolling_back)
        rollback = session.state.rollback
        assert rollback is not None
        assert (rollback.result, rollback.remaining) == ("complete", ())
        assert place.types().count("undo.started") == 1
        around.answers.set()
