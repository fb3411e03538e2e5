"""A lead whose run is rolled back without the journal meanwhile starts nothing beside it."""

from __future__ import annotations

import fcntl
import os
import subprocess
import threading
from collections.abc import Callable

import pytest

from runbook_tui.book.model import Step
from runbook_tui.run import requests as r
from runbook_tui.run.state import Status
from runbook_tui.session import locks
from tests.integration.session.scene import Scene, ask, book, refused, run_step
from tests.waiting import until

Make = Callable[..., Scene]
A = Step(id="a", title="Alpha", run="touch a", undo="rm a")
B = Step(id="b", title="Beta", run="touch b", undo="rm b")


def taken_back(place: Scene) -> None:
    """Everything is rolled back by the script."""
    script = ["sh", str(place.place / "rollback.sh")]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.returncode == 5, done


def test_no_step_starts_while_a_script_rolls_back(scene: Make) -> None:
    place = scene(book(A, B))
    lead = place.open()
    run_step(lead, "a")
    with (place.place / "rollback.lock").open("a+") as lock:
        # As the script holds it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        lock.write("me, by rollback.sh (pid 1)")
        lock.flush()
        answer = refused(lead, r.StartStep(step="b"))
        assert answer.reason == "me, by rollback.sh (pid 1) rolls it back"
    own = place.place / "rollback.sh.lock"
    own.mkdir()  # As it does where there is no flock.
    (own / "pid").write_text(f"{os.getpid()}\n")
    answer = refused(lead, r.StartStep(step="b"))
    assert answer.reason == f"rollback.sh (pid {os.getpid()}) rolls it back"
    (own / "pid").unlink()
    run_step(lead, "b")


def test_what_a_script_took_back_is_known_before_the_next_step_starts(scene: Make) -> None:
    place = scene(book(A, B))
    lead = place.open()
    run_step(lead, "a")
    taken_back(place)
    assert "Alpha" in refused(lead, r.StartStep(step="b")).reason
    assert lead.state.step("a").status is Status.PENDING
    assert place.types()[-2:] == ["rollback.finished", "note.added"]
    run_step(lead, "a")
    run_step(lead, "b")


def test_a_step_that_a_script_took_back_is_not_tried_again(scene: Make) -> None:
    tries = Step(id="a", title="Alpha", run="echo >> tried; exit 1", undo="rm tried", retries=9)
    place = scene(book(tries))
    lead = place.open()
    ask(lead, r.StartStep(step="a"))
    until(lambda: any(c.exit == 1 for c in lead.state.step("a").commands))
    taken_back(place)
    until(lambda: lead.state.step("a").status is Status.PENDING)
    kinds = [c.kind for c in lead.state.step("a").commands]
    assert kinds == [*["run"] * (len(kinds) - 1), "undo"]
    assert not (place.work / "tried").exists()


def test_who_lets_go_a_moment_after_the_recorded_end_holds_up_no_step(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "TURN", 60.0)  # However busy the machine is.
    place = scene(book(A, B))
    lead = place.open()
    run_step(lead, "a")
    ask(lead, r.StartRollback(scope="run", node=""))
    until(lambda: lead.state.rollback is not None and lead.state.rollback.finished is not None)
    lock = (place.place / "rollback.lock").open("a")
    fcntl.flock(lock, fcntl.LOCK_EX)  # Waits until the lead has let it go itself.
    going = threading.Timer(0.1, lock.close)
    going.start()
    ask(lead, r.StartStep(step="a"))
    assert lock.closed
    going.join()
    until(lambda: lead.state.step("a").status is Status.DONE)
