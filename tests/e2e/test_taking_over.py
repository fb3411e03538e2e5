"""The lead is handed over and taken over between processes, and what becomes of whoever led."""

from __future__ import annotations

import grp
import os
import pwd
import signal
from pathlib import Path

import pytest

from tests.e2e.plans import LONG
from tests.programs import GRACE, Program, wait_for_output
from tests.waiting import until

HANDS = """\
format = 1
title = "Hands"
[[phase]]
title = "P"
[[phase.step]]
title = "By hand"
"""


def test_a_lead_that_stands_still_is_taken_over_from_and_starts_nothing_when_it_wakes(
    runbook: Program,
) -> None:
    lead = runbook.start("run", runbook.plan(LONG), "--no-tui")
    wait_for_output(runbook, "tick 3")
    run = runbook.run_id()
    take = ("resume", run, "--no-tui", "--as", GRACE, "--take-over")
    assert "needs a reason" in runbook(*take).err
    lead.send_signal(signal.SIGSTOP)
    next_ = runbook.start(*take, "--reason", "Ada's laptop hangs")
    until(lambda: "run.resumed" in runbook.types(), what="the takeover")
    lead.send_signal(signal.SIGCONT)
    assert lead.wait(timeout=60) == 4
    assert "Grace has taken the lead over: Ada's laptop hangs" in runbook.output()
    (runbook.work / "go").touch()
    assert next_.wait(timeout=60) == 0
    types = runbook.types()
    assert types.count("run.paused") == 0
    assert types.count("run.finished") == 1
    handed = next(e for e in runbook.events() if e["type"] == "lead.handed_over")
    assert handed["data"]["taken"] is True
    assert runbook("verify").status == 0


def test_the_lead_is_handed_over_with_a_note(runbook: Program) -> None:
    lead = runbook.start("run", runbook.plan(LONG), "--no-tui")
    wait_for_output(runbook, "tick 3")
    run = runbook.run_id()
    give = ("handover", run, "--to", GRACE, "--note", "good night; watch the queue")
    assert runbook(*give, "--as", GRACE).status == 4
    assert runbook(*give).status == 0
    assert lead.wait(timeout=60) == 4
    assert "Grace leads from here on: good night; watch the queue" in runbook.output()
    (runbook.work / "go").touch()
    assert runbook("resume", run, "--no-tui", "--as", GRACE).status == 0
    assert "good night; watch the queue" in runbook("log", run).out


def test_a_raised_hand_is_told_and_lowered(runbook: Program) -> None:
    lead = runbook.start("run", runbook.plan(LONG), "--no-tui")
    wait_for_output(runbook, "tick 3")
    run = runbook.run_id()
    assert runbook("hand", run, "not yet", "--node", "long", "--as", GRACE).status == 0
    wait_for_output(runbook, "Grace raises a hand about")
    assert runbook("hand", run, "--down", "--as", GRACE).status == 0
    (runbook.work / "go").touch()
    assert lead.wait(timeout=60) == 0


def test_a_home_that_everybody_may_write_is_said_to_be_no_record(runbook: Program) -> None:
    assert runbook("run", runbook.plan(HANDS), "--no-tui").status in {0, 7}
    runbook.home.chmod(0o777)
    asked = runbook("doctor")
    assert asked.status == 1
    assert f"may write {runbook.home} (mode 0777)" in asked.out
    for words in (["resume", "--no-tui"], ["rollback", "--yes"]):
        assert f"chmod o-w {runbook.home}" in runbook(*words).err
    runbook.home.chmod(0o700)
    assert "may write" not in runbook("doctor").out


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to any group")
def test_doctor_makes_a_home_its_group_s_and_says_what_it_lacks(runbook: Program) -> None:
    assert runbook("run", runbook.plan(HANDS), "--no-tui").status == 7
    alone = runbook("doctor", "--shared")
    assert alone.status == 1
    assert "has the mode 0700, and 2770 is wanted" in alone.out
    assert runbook("doctor", "--shared", "--group", "no-such-group").status == 2
    # Any group with two people in it: who they are does not matter.
    primary = [user.pw_gid for user in pwd.getpwall()]
    many = (g for g in grp.getgrall() if primary.count(g.gr_gid) + len(g.gr_mem) > 1)
    shared = next(many)
    made = runbook("doctor", "--shared", "--group", shared.gr_name)
    assert made.status == 0, made.out
    assert "each of them sets RUNBOOK_HOME=" in made.out
    for path in (runbook.home, runbook.home / "runs", *(runbook.home / "runs").iterdir()):
        assert path.stat().st_mode & 0o7777 == 0o2770
        assert path.stat().st_gid == shared.gr_gid
    assert Path(runbook.home / "journal.db").stat().st_mode & 0o777 == 0o660
    assert runbook("verify").status == 0
