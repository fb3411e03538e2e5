"""``runbook prune``: room is made, and the record of what happened stays whole."""

from __future__ import annotations

import json
import sys

import pexpect
import pytest

from tests.programs import Program

PLAN = """\
format = 1
title = "Old"
[[phase]]
title = "P"
[[phase.step]]
id = "greet"
title = "Greet"
run = "echo hello"
undo = "echo good bye"
"""


@pytest.fixture
def run(runbook: Program) -> str:
    """A run that is over, and nothing to roll back is recent."""
    assert runbook("run", runbook.plan(PLAN), "--no-tui").status == 0
    return runbook.run_id()


def logs(runbook: Program, run: str) -> list[str]:
    found = (runbook.home / "runs" / run / "commands").glob("*/log.*")
    return sorted(path.parent.name for path in found)


def test_output_goes_and_events_digests_and_every_check_stay(runbook: Program, run: str) -> None:
    before = runbook.events()
    runbook("export", run, "-o", "before.tar.gz")
    asked = runbook("prune", "--older-than", "0s")
    assert asked.status == 7
    assert f"{run}  " in asked.out
    assert "1 log, 6 bytes" in asked.out.replace("7 bytes", "6 bytes")
    assert logs(runbook, run) == ["greet.1-run"]
    assert runbook.events() == before

    done = runbook("prune", "--older-than", "0s", "--yes")
    assert done.status == 0
    assert logs(runbook, run) == []
    after = runbook.events()
    assert after[:-1] == before
    assert after[-1]["type"] == "output.pruned"
    assert after[-1]["data"]["logs"] == 1

    verified = runbook("verify", run)
    assert verified.status == 0
    assert "1 log removed by Ada" in verified.err
    assert runbook("verify", run, "--anchor", before[-1]["hash"]).status == 0
    report = runbook("report", run)
    assert report.status == 0
    assert "its output is not kept any more" in report.out
    assert before[-3]["data"].get("digest", "") in report.out
    assert runbook("export", run, "-o", "after.tar.gz").status == 0
    archived = runbook("verify", "after.tar.gz")
    assert (archived.status, "1 log removed by Ada" in archived.err) == (0, True)
    assert runbook("verify", "before.tar.gz").status == 0
    assert runbook("prune", "--older-than", "0s", "--yes").status == 0
    assert len(runbook.events()) == len(after)


def test_a_young_run_and_an_open_one_are_kept(runbook: Program, run: str) -> None:
    young = runbook("prune", "--older-than", "90d", "--yes")
    assert (young.status, logs(runbook, run)) == (0, ["greet.1-run"])
    runbook("run", runbook.plan(PLAN.replace("echo hello", "echo no; exit 1")), "--no-tui")
    failed = runbook.run_id()
    ended = runbook("prune", "--older-than", "0s", "--yes")
    assert ended.status == 0
    assert f"{failed} is kept: it is open" in ended.err
    assert logs(runbook, failed) == ["greet.1-run"]
    assert logs(runbook, run) == []


def test_a_run_whose_record_does_not_hold_keeps_its_evidence(runbook: Program, run: str) -> None:
    log = runbook.home / "runs" / run / "commands" / "greet.1-run" / "log.head"
    log.write_text("changed")
    ended = runbook("prune", "--older-than", "0s", "--yes")
    assert ended.status == 8
    assert "its record does NOT hold" in ended.err
    assert log.read_text() == "changed"


def test_a_log_that_is_there_after_a_prune_must_be_the_one_it_was(
    runbook: Program, run: str
) -> None:
    assert runbook("prune", "--older-than", "0s", "--yes").status == 0
    log = runbook.home / "runs" / run / "commands" / "greet.1-run" / "log.head"
    log.write_text("never happened, and longer\n")
    assert runbook("verify", run).status == 8


def test_room_that_is_made_does_not_make_an_old_run_a_recent_one(
    runbook: Program, run: str
) -> None:
    body = json.loads(runbook("runs", "--json").out)[0]
    assert runbook("prune", "--older-than", "0s", "--yes").status == 0
    after = json.loads(runbook("runs", "--json").out)[0]
    assert {**after, "events": 0, "head": ""} == {**body, "events": 0, "head": ""}


def test_a_person_is_asked_and_no_removes_nothing(runbook: Program, run: str) -> None:
    child = pexpect.spawn(
        sys.executable, ["-m", "runbook_tui", "prune", "--older-than", "0s"],
        cwd=str(runbook.work), env=runbook.environment(TERM="dumb"), encoding="utf-8", timeout=60,
    )  # fmt: skip
    child.expect("Remove this output")
    child.sendline("n")
    child.expect("nothing was removed")
    child.wait()
    assert child.exitstatus == 7
    assert logs(runbook, run) == ["greet.1-run"]


@pytest.mark.parametrize("age", ["", "soon", "-1d"])
def test_an_age_that_is_none_is_wrong_usage(runbook: Program, age: str) -> None:
    ended = runbook("prune", "--older-than", age, "--yes")
    assert (ended.status, "is no duration" in ended.err) == (2, True)
