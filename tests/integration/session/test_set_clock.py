"""The clock of the machine is set while a run is open: no length and no countdown hears of it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from runbook_tui.book.model import Step
from runbook_tui.journal.clock import SystemClock
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.state import Status, elapsed
from runbook_tui.run.times import epoch
from tests.integration.session.scene import Scene, ask, book, run_step
from tests.waiting import until

Make = Callable[..., Scene]


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
def test_a_set_clock_changes_no_length_no_pause_and_no_countdown(
    scene: Make, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    off = [0.0]
    monkeypatch.setattr(SystemClock, "now", lambda self: time.time() + off[0])
    steps = (
        Step(id="a", title="A", run="true", undo="true"),
        # Its second attempt comes a second after the first, by whatever clock.
        Step(id="b", title="B", run="test -e again || { touch again; false; }", undo="true",
             retries=1),
        Step(id="c", title="C"),
        Step(id="d", title="D", run="until test -e go; do sleep 0.05; done", effect=False,
             needs=()),
    )  # fmt: skip
    place = scene(book(*steps))
    session = place.open()
    began = time.monotonic()
    ask(session, r.StartStep(step="d"))
    until(lambda: (elapsed(session.state, "d", session.now()) or 0.0) >= 0.5)
    run_step(session, "a")
    ask(session, r.StartStep(step="b"))
    until((place.work / "again").exists)
    off[0] = jump
    until(lambda: session.state.step("b").status is Status.DONE)
    ask(session, r.StartStep(step="c"))
    (place.work / "go").touch()
    until(lambda: session.state.step("d").status is Status.DONE)
    state, now = session.state, session.now()
    gone = time.monotonic() - began
    assert gone < 60
    # The clock was set while its command ran.
    assert 0.5 <= (elapsed(state, "d", now) or 0.0) <= gone + 1
    for id_ in ("a", "b", "c"):
        assert 0 <= (elapsed(state, id_, now) or 0.0) <= gone + 1
    assert 0 <= now - state.started <= gone + 1
    # And times of day are those of the clock as it is set now.
    assert abs(now - (time.time() + jump)) < 30
    ask(session, r.StartRollback(scope="run", attended=False))
    until(lambda: session.state.rollback is not None and bool(session.state.rollback.result))
    finished = [ev for ev in place.journal.events(place.run)
                if isinstance(ev.payload, e.RollbackFinished)]  # fmt: skip
    assert isinstance(finished[-1].payload, e.RollbackFinished)
    assert 0 <= finished[-1].payload.seconds <= time.monotonic() - began + 1
    # What is recorded is what the clocks said.
    first, last = place.journal.events(place.run)[0], finished[-1]
    assert abs(epoch(last.at) - epoch(first.at) - jump) < 60
    assert 0 <= last.mono - first.mono < 60
    assert first.boot == last.boot
