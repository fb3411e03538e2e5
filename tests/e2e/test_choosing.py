"""What is said of runs that nobody named: which was taken, whose it was, what needs attention."""

from __future__ import annotations

import sys

import pexpect

from tests.programs import GRACE, Program
from tests.waiting import until

WAITS = """\
format = 1
title = "Waits"
[[phase]]
title = "One"
[[phase.step]]
id = "made"
title = "Made"
run = "touch made"
undo = "rm made"
[[phase.step]]
id = "hands"
title = "Hands"
[[phase.step]]
id = "last"
title = "Last"
"""


def test_resume_says_which_run_it_took_and_whose_it_was(runbook: Program) -> None:
    plan = runbook.plan(WAITS)
    runbook("run", plan, "--no-tui")
    first = runbook.run_id()
    runbook("run", plan, "--no-tui")
    second = runbook.run_id()
    ended = runbook("resume", "--no-tui", "--as", GRACE)
    assert ended.status == 7
    assert f"took the newest open run: {second}" in ended.err
    assert f"  {first}  open  Waits  (Ada <ada@example.com>)" in ended.err
    assert f"the lead of {second} goes from Ada <ada@example.com> to {GRACE}" in ended.err
    assert "lead.handed_over" in runbook.types()
    again = runbook("resume", second, "--no-tui", "--as", GRACE)
    assert "took" not in again.err
    assert "goes from" not in again.err


def test_on_a_terminal_a_lead_that_changes_is_asked_about(runbook: Program) -> None:
    runbook("run", runbook.plan(WAITS), "--no-tui")
    child = pexpect.spawn(
        sys.executable, ["-m", "runbook_tui", "resume", "--no-tui", "--as", GRACE],
        cwd=str(runbook.work), env=runbook.environment(TERM="xterm"), encoding="utf-8", timeout=60,
    )  # fmt: skip
    child.expect("Lead “Waits”")
    child.sendline("n")
    child.expect("nothing was changed")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 7
    assert "lead.handed_over" not in runbook.types()


def test_a_rollback_half_done_stands_first_among_the_open_runs(runbook: Program) -> None:
    slow = WAITS.replace("rm made", "until test -e back; do sleep 0.05; done; rm made")
    runbook("run", runbook.plan(slow), "--no-tui")
    run = runbook.run_id()
    for step in ("hands", "last"):
        assert runbook("tick", run, step).status == 0
    assert runbook("resume", "--no-tui").status == 0
    runbook("run", runbook.plan(WAITS), "--no-tui")
    child = runbook.start("rollback", run, "--yes")
    until(lambda: "undo.started" in runbook("log", run, "--json").out, pause=0.3)
    runbook.kill(child)
    home = runbook()
    first = home.out.splitlines()[1]
    assert run in first
    assert "rollback not finished" in first
    assert f"`runbook rollback {run}` goes on" in home.err
    assert run not in home.out.partition("past runs")[2]
    (runbook.work / "back").touch()


def test_what_there_is_to_undo_is_counted_as_on_the_screen(runbook: Program) -> None:
    runbook("run", runbook.plan(WAITS), "--no-tui")
    run = runbook.run_id()
    runbook("tick", run, "hands")
    assert "↶ 1 ready, 1 by hand" in runbook("runs").out
    assert "↶ 1 ready, 1 by hand" in runbook().out


def test_a_run_whose_reading_was_not_kept_is_listed_without_its_plan(runbook: Program) -> None:
    runbook("run", runbook.plan(WAITS), "--no-tui")
    (runbook.home / "runs" / runbook.run_id() / "reading.json").unlink()
    listed = runbook("runs")
    assert listed.status == 0
    assert "1 to undo" in listed.out
