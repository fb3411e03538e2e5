"""A step on several machines: real sshds, real batches, and a rollback on each of them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from runbook_tui.book.model import Check, Parameter, Step
from runbook_tui.run import requests as r
from runbook_tui.run.several import standing, status_of
from runbook_tui.run.state import Status
from runbook_tui.session.undo_script import NAME as SCRIPT
from tests.integration.command.running import alive
from tests.integration.session.far import Make, number_in
from tests.integration.session.scene import ask, book, refused, rolled_back
from tests.sshd import Sshd
from tests.waiting import until

HOSTS = ("far", "other", "third")


def deploy(run: str, **fields: object) -> Step:
    """A step on three names of the other machine."""
    given = {"id": "d", "title": "Deploy", "run": run, "hosts": HOSTS, **fields}
    return Step(**given)  # type: ignore[arg-type]


WHERE = "h=${RUNBOOK_STEP#d.}; "
"""The machines of the tests are one: each knows its name by the step's id."""


def test_it_runs_on_all_at_once_and_is_taken_back_on_each_newest_first(
    sshd: Sshd, scene: Make, tmp_path: Path
) -> None:
    step = deploy(
        # No one can end before all have begun.
        WHERE + f"touch {tmp_path}/$h.on; echo $old; "
        f"until [ $(ls {tmp_path}/*.on | wc -l) = 3 ]; do sleep 0.05; done",
        before=WHERE + 'echo "old=was $h" >> "$RUNBOOK_OUTPUT"', outputs=("old",),
        undo=WHERE + f"echo $h ${{{{ old }}}} >> {tmp_path}/undone; rm {tmp_path}/$h.on",
        verify_undo=WHERE + f"test ! -e {tmp_path}/$h.on",
        checks=(Check(id="eye", title="Looks well"),
                Check(id="up", title="Up", probe=WHERE + f"test -e {tmp_path}/$h.on")),
    )  # fmt: skip
    place = scene(book(step, Step(id="b", title="B", run="true")))
    session = place.open()
    ask(session, r.StartStep(step="d"))
    until(lambda: len(standing(session.state, session.state.outline.steps["d"]).over) == 3)
    assert {f"up.{h}" for h in HOSTS} <= set(session.state.ticks)
    assert status_of(session.state, "b") is Status.PENDING
    ask(session, r.TickNode(node="eye"))
    assert status_of(session.state, "d") is Status.DONE
    hosts = [c.host for s in session.state.steps.values() for c in s.commands if c.kind == "run"]
    assert sorted(hosts) == sorted(HOSTS)
    order = sorted(HOSTS, key=lambda h: -session.state.step(f"d.{h}").started_seq)
    assert rolled_back(session) == "complete"
    undone = (tmp_path / "undone").read_text().splitlines()
    assert undone == [f"{h} was {h}" for h in order]
    assert status_of(session.state, "d") is Status.READY


def test_batches_stop_at_the_limit_and_go_on_from_there(
    sshd: Sshd, scene: Make, tmp_path: Path
) -> None:
    run = WHERE + f"echo $h >> {tmp_path}/ran; test $h != other || test -e {tmp_path}/mended"
    place = scene(book(deploy(run, batch=1)))
    session = place.open()
    ask(session, r.StartStep(step="d"))
    until(lambda: status_of(session.state, "d") is Status.FAILED, what="over the limit")
    assert (tmp_path / "ran").read_text() == "far\nother\n"
    assert session.state.step("d.third").attempt == 0
    (tmp_path / "mended").touch()
    ask(session, r.StartStep(step="d"))
    until(lambda: status_of(session.state, "d") is Status.DONE, what="done")
    assert (tmp_path / "ran").read_text() == "far\nother\nother\nthird\n"


def test_within_the_limit_it_goes_on_and_the_lost_one_is_told_apart(
    sshd: Sshd, scene: Make, tmp_path: Path
) -> None:
    run = WHERE + f"test $h != far || {{ echo $$ > {tmp_path}/pid; exec sleep 600; }}"
    place = scene(book(deploy(run, batch=1, max_failures=1)))
    session = place.open()
    ask(session, r.StartStep(step="d"))
    number_in(tmp_path / "pid")
    sshd.cut()
    until(lambda: session.state.step("d.third").status is Status.DONE, what="the last one")
    found = standing(session.state, session.state.outline.steps["d"])
    assert found.words == "2 of 3 done, 1 lost"
    assert status_of(session.state, "d") is Status.LOST


def test_a_stop_ends_it_everywhere_and_begins_no_more(
    sshd: Sshd, scene: Make, tmp_path: Path
) -> None:
    run = WHERE + f"echo $$ > {tmp_path}/$h; exec sleep 600"
    place = scene(book(deploy(run, batch=2, max_failures=3)))
    session = place.open()
    ask(session, r.StartStep(step="d"))
    pids = [number_in(tmp_path / name) for name in ("far", "other")]
    ask(session, r.StopCommands(step="d"))
    until(lambda: status_of(session.state, "d") is Status.STOPPED, what="stopped")
    assert not any(alive(pid) for pid in pids)
    assert session.state.step("d.third").attempt == 0


def test_a_rollback_ends_what_runs_there_and_begins_nothing_more(
    sshd: Sshd, scene: Make, tmp_path: Path
) -> None:
    run = WHERE + f"echo $$ > {tmp_path}/$h; exec sleep 600"
    step = deploy(run, batch=2, undo=WHERE + f"echo $h >> {tmp_path}/undone")
    session = scene(book(step)).open()
    ask(session, r.StartStep(step="d"))
    pids = [number_in(tmp_path / name) for name in ("far", "other")]
    assert rolled_back(session) == "complete"
    assert not any(alive(pid) for pid in pids)
    assert sorted((tmp_path / "undone").read_text().split()) == ["far", "other"]
    assert session.state.step("d.third").attempt == 0


def test_whoever_opens_the_run_next_begins_nothing_by_itself(
    sshd: Sshd, scene: Make, tmp_path: Path
) -> None:
    run = WHERE + f"echo $h >> {tmp_path}/ran; until test -e {tmp_path}/go; do sleep 0.05; done"
    place = scene(book(deploy(run, batch=1)))
    session = place.open()
    ask(session, r.StartStep(step="d"))
    until((tmp_path / "ran").exists, what="it runs")
    session.close()
    (tmp_path / "go").touch()
    session = place.open()
    until(lambda: session.state.step("d.far").status is Status.DONE, what="seen to its end")
    assert status_of(session.state, "d") is Status.READY
    ask(session, r.StartStep(step="d"))
    until(lambda: status_of(session.state, "d") is Status.DONE, what="done")
    assert (tmp_path / "ran").read_text() == "far\nother\nthird\n"


def test_the_script_takes_it_back_on_each(sshd: Sshd, scene: Make, tmp_path: Path) -> None:
    undo = WHERE + f"echo $h >> {tmp_path}/undone; test $h != other"
    place = scene(book(deploy("true", undo=undo, batch=1)))
    session = place.open()
    ask(session, r.StartStep(step="d"))
    until(lambda: status_of(session.state, "d") is Status.DONE, what="done")
    session.close()
    ended = subprocess.run(
        ["sh", str(place.place / SCRIPT)], env={**os.environ}, timeout=60, text=True,
        capture_output=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert (tmp_path / "undone").read_text() == "third\nother\nfar\n"
    assert "Deploy on other: failed" in ended.stdout
    assert ended.returncode == 6


@pytest.mark.parametrize("value", ["-oProxyCommand=x", ""])
def test_one_name_that_is_none_starts_it_nowhere(scene: Make, value: str) -> None:
    step = deploy("true", hosts=("far", "${{ h }}"))
    place = scene(book(step, parameters=(Parameter(name="h"),)), {"h": value})
    session = place.open()
    assert "has no host to run on" in refused(session, r.StartStep(step="d")).reason
    assert session.state.steps == {}
