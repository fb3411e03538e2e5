"""Whoever leads no more starts nothing, though they do not know it yet; and who is here is seen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from runbook_tui.book.model import Step
from runbook_tui.run import requests as r
from runbook_tui.run.state import Status
from runbook_tui.session.locks import LeadLock
from runbook_tui.session.presence import LOOK_AGAIN, Presence
from tests.fakes.history import ADA, GRACE
from tests.integration.session.scene import Scene, ask, book, refused, run_step
from tests.programs import ROOT
from tests.waiting import until

Make = Callable[..., Scene]
WAITS = Step(id="a", title="A", before="until test -e go; do sleep 0.02; done",
             run="echo ran >> ran", undo="rm ran")  # fmt: skip
NEXT = Step(id="b", title="B", run="echo b >> b", undo="rm b")


def test_whoever_is_taken_over_from_starts_nothing_from_then_on(scene: Make) -> None:
    place = scene(book(WAITS, NEXT))
    first = place.open()
    ask(first, r.StartStep(step="a"))
    until(lambda: first.state.step("a").running_command())
    second = place.made(actor=GRACE)
    assert not second.open(resume=True)
    assert second.open(resume=True, reason="Ada does not answer", seize=True)
    until(lambda: not first.leads, what="the first hears of it")
    answer = refused(first, r.StartStep(step="b"))
    assert "Grace" in answer.reason
    # The command that runs goes on; what comes behind it is not for the first to begin.
    (place.work / "go").touch()
    until(lambda: second.state.step("a").status is Status.FAILED)
    assert not (place.work / "ran").exists()
    run_step(second, "a")
    run_step(second, "b")
    first.pause().result(60)
    assert "run.paused" not in place.types()
    assert (place.work / "ran").read_text() == "ran\n"
    assert "pid" in second.lead.lock.holder()
    assert GRACE.identity in first.lead.lock.holder()


def test_a_lead_that_is_given_on_lets_the_other_in_at_once(scene: Make) -> None:
    place = scene(book(NEXT))
    first = place.open()
    ask(first, r.HandOver(to=GRACE.identity, note="good night"))
    until(lambda: not first.leads)
    assert "Grace" in refused(first, r.StartStep(step="b")).reason
    second = place.made(actor=GRACE)
    until(lambda: second.open(resume=True))
    run_step(second, "b")
    assert place.types().count("lead.handed_over") == 1


HOLDS = """
import sys, time
from pathlib import Path
from runbook_tui.session.locks import LeadLock
assert LeadLock(Path(sys.argv[1])).take("Ada")
print("held", flush=True)
time.sleep(600)
"""


def test_a_lock_is_taken_from_a_process_that_stands_still(tmp_path: Path) -> None:
    path = tmp_path / "lead.lock"
    child = subprocess.Popen([sys.executable, "-c", HOLDS, str(path)], stdout=subprocess.PIPE,
                             env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        child.send_signal(signal.SIGSTOP)
        lock = LeadLock(path)
        assert not lock.take("Grace")
        assert lock.seize("Grace")
        other = LeadLock(path)
        assert not other.take("Linus")
        assert not other.free()
        assert "Grace" in other.holder()
        lock.release()
        assert other.take("Linus")
    finally:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


def test_who_is_here_is_seen_until_they_leave_or_die(tmp_path: Path) -> None:
    ada, grace = Presence(tmp_path), Presence(tmp_path)
    ada.enter(ADA, "leads")
    grace.enter(GRACE, "looks on")
    assert ada.look()
    assert [(one.name, one.way) for one in ada.here] == [("Ada", "leads"), ("Grace", "looks on")]
    assert not ada.look()
    grace.leave()
    assert ada.look()
    assert [one.name for one in ada.here] == ["Ada"]
    assert len(list((tmp_path / "here").iterdir())) == 1


def test_what_a_dead_process_has_left_is_nobody(tmp_path: Path) -> None:
    ada = Presence(tmp_path)
    ada.enter(ADA, "leads")
    dead, odd = tmp_path / "here" / "1-dead", tmp_path / "here" / "odd"
    dead.write_text('{"name": "Eve", "email": "", "user": "", "host": "", "way": "x", "since": 1}')
    odd.write_text("not json")
    (tmp_path / "here" / "link").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "here" / "pipe")
    ada.look()
    assert [one.name for one in ada.here] == ["Ada"]
    assert not dead.exists()
    assert LOOK_AGAIN > 0


def test_a_folder_that_takes_nothing_hides_one_and_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "here").write_text("a file in its place")
    alone = Presence(tmp_path)
    alone.enter(ADA, "leads")
    alone.look()
    assert alone.here == ()
    alone.leave()
