"""Following a run without a screen: what happens is told, nothing is done."""

from __future__ import annotations

import signal

from tests.e2e.test_choosing import WAITS
from tests.programs import GRACE, Program, wait_for_output


def test_it_is_followed_until_it_ends(runbook: Program) -> None:
    runbook("run", runbook.plan(WAITS), "--no-tui")
    run = runbook.run_id()
    before = len(runbook.events())
    child = runbook.start("join", run, "--no-tui", "--as", GRACE)
    wait_for_output(runbook, "looking on at")
    wait_for_output(runbook, f"nobody leads now: runbook resume {run} takes over")
    assert len(runbook.events()) == before
    for step in ("hands", "last"):
        runbook("tick", run, step)
    wait_for_output(runbook, "“Last”: done")
    assert runbook("resume", "--no-tui").status == 0
    assert child.wait(timeout=60) == 0
    assert "3 steps done" in runbook.output().splitlines()[-1]


def test_ctrl_c_leaves_it(runbook: Program) -> None:
    runbook("run", runbook.plan(WAITS), "--no-tui")
    child = runbook.start("join", "--no-tui")
    wait_for_output(runbook, "looking on at")
    assert runbook.kill(child, signal.SIGINT) == 7
    assert "come back with: runbook join" in runbook.output()


def test_a_rollback_ends_it(runbook: Program) -> None:
    runbook("run", runbook.plan(WAITS), "--no-tui")
    child = runbook.start("join", "--no-tui")
    wait_for_output(runbook, "looking on at")
    assert runbook("rollback", runbook.run_id(), "--yes").status == 5
    assert child.wait(timeout=60) == 5


def test_without_a_terminal_what_works_is_said(runbook: Program) -> None:
    runbook("run", runbook.plan(WAITS), "--no-tui")
    refused = runbook("join")
    assert refused.status == 2
    assert "--no-tui" in refused.err
