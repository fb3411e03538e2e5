"""What is called ready can run: folders that are there, checks that have an answer."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from runbook_tui.book.model import Step
from runbook_tui.command.folder import supervisor as supervisor_of
from runbook_tui.run import requests as r
from runbook_tui.run.rollback import plan, without
from runbook_tui.session.session import Session
from runbook_tui.tui.views.chosen_undo import command
from runbook_tui.tui.views.head import readiness
from tests.integration.session.scene import Scene, ask, book, rolled_back, run_step
from tests.integration.session.test_rollback import Told, emergency_of
from tests.waiting import until

Make = Callable[..., Scene]


def light(session: Session) -> str:
    return "".join(text for text, _ in readiness(session.state, session.absent))


def test_an_undo_whose_folder_is_gone_is_not_ready_and_is_again_once_it_is_back(
    scene: Make,
) -> None:
    place = scene(book(
        Step(id="a", title="A", run="true", undo="touch undone", cwd="there"),
        Step(id="b", title="B", run="true", undo="true"),
    ))  # fmt: skip
    (place.work / "there").mkdir()
    session = place.open()
    heard = Event()
    run_step(session, "a")
    run_step(session, "b")
    assert light(session).startswith("↶ 2 ready")
    session.listen(lambda _: heard.set())
    (place.work / "there").rmdir()
    until(lambda: "1 ready, 1 not (1 folder gone)" in light(session))
    until(heard.is_set, what="whoever looks is told")
    ask(session, r.OpenRollback())
    items = without(plan(session.state, "run", ""), session.absent).items
    assert [(i.step, i.ready, i.why) for i in items] == [
        ("b", True, ""), ("a", False, "its folder is gone"),
    ]  # fmt: skip
    shown = "".join(text for line in command(items[1], 200, 6) for text, _ in line)
    assert f"{place.work / 'there'} is not there" in shown
    assert "touch undone" in shown
    (place.work / "there").mkdir()
    ask(session, r.OpenRollback())
    assert light(session).startswith("↶ 2 ready")
    assert rolled_back(session) == "complete"
    assert (place.work / "there" / "undone").exists()


def test_an_undo_that_brings_the_folder_back_lets_the_next_one_act_there(scene: Make) -> None:
    place = scene(book(
        Step(id="a", title="A", run="true", undo="touch undone", cwd="there"),
        Step(id="b", title="B", run="mv there away", undo="mv away there"),
    ))  # fmt: skip
    (place.work / "there").mkdir()
    session = place.open()
    run_step(session, "a")
    run_step(session, "b")
    assert rolled_back(session) == "complete"
    assert (place.work / "there" / "undone").exists()


def test_an_undo_in_a_folder_that_is_gone_fails_and_says_so(scene: Make) -> None:
    step = Step(id="a", title="A", run="true", undo="true", cwd="there")
    place = scene(book(step))
    (place.work / "there").mkdir()
    session = place.open()
    run_step(session, "a")
    shutil.rmtree(place.work / "there")
    assert rolled_back(session) == "incomplete"
    assert f"{place.work / 'there'}: No such file" in session.state.step("a").undo_reason


CHECK = "echo x >> asked; test $(wc -l < asked) -gt {lost} || sleep 600; test -e undone"


def kill_checks(commands: Path, asked: Path, count: int) -> None:
    """Kill the supervisors of so many checks, each once it has begun."""
    killed: set[Path] = set()
    for number in range(1, count + 1):
        until(lambda n=number: asked.exists() and len(asked.read_text().split()) >= n)  # type: ignore[misc]
        until(lambda n=number: len([*commands.glob("*verify_undo*")]) >= n)  # type: ignore[misc]
        folder = next(f for f in commands.glob("*verify_undo*") if f not in killed)
        until(lambda f=folder: supervisor_of(f) is not None)  # type: ignore[misc]
        os.kill(supervisor_of(folder) or 0, signal.SIGKILL)
        killed.add(folder)


@pytest.mark.parametrize(("lost", "result"), [(1, "complete"), (2, "incomplete")])
@pytest.mark.parametrize("journal", [True, False], ids=["session", "emergency"])
def test_a_check_that_was_lost_is_asked_once_more_and_the_undo_is_not_repeated(
    scene: Make, lost: int, result: str, journal: bool
) -> None:
    step = Step(id="a", title="A", run="true", undo="echo x >> undone",
                verify_undo=CHECK.format(lost=lost))  # fmt: skip
    place = scene(book(step))
    session = place.open()
    run_step(session, "a")
    asked = place.work / "asked"
    told = Told()
    if journal:
        ask(session, r.StartRollback(scope="run", attended=False))
        kill_checks(place.place / "commands", asked, lost)
        until(lambda: bool(session.state.rollback and session.state.rollback.finished))
        assert session.state.rollback
        assert session.state.rollback.result == result
        reason = session.state.step("a").undo_reason
    else:
        session.close()
        rescue = Thread(target=emergency_of(place, told).run)
        rescue.start()
        kill_checks(place.folder / "emergency", asked, lost)
        rescue.join()
        reason = told.lines[-1]
    assert (place.work / "undone").read_text() == "x\n"
    assert ("the check after it was lost" in reason) == (result == "incomplete")
    assert len(asked.read_text().split()) == 2
