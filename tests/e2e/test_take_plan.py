"""``runbook resume --take-plan FILE``: the plan changes under a run, without a screen."""

from __future__ import annotations

from tests.e2e.test_imports import SLOW
from tests.programs import GRACE, Program

PLAN = """\
format = 1
title = "Ship"
[roles]
qa = ["*"]
[[phase]]
id = "p"
title = "Phase"
[[phase.step]]
id = "build"
title = "Build"
run = "touch built"
undo = "rm built; touch unbuilt"
[[phase.step]]
id = "ship"
title = "Ship it"
run = "exit 1"
undo = "rm -f shipped"
signoff = { roles = ["qa"] }
"""
OTHER = PLAN.replace("exit 1", "touch shipped").replace("touch unbuilt", "exit 9")


def test_it_is_shown_refused_and_taken_over_and_help_needs_no_parser(runbook: Program) -> None:
    plan = runbook.plan(PLAN)
    assert runbook("run", plan, "--no-tui").status == 1
    run = runbook.run_id()
    plan.write_text(OTHER)

    went_on = runbook("resume", "--no-tui")
    assert went_on.status == 1
    assert "has changed: 2 steps changed" in went_on.err
    assert f"runbook resume {run} --take-plan" in went_on.err
    assert not (runbook.work / "shipped").exists()

    plan.write_text(OTHER + "nonsense\n")
    recorded = len(runbook.events())
    assert runbook("resume", "--no-tui", "--take-plan", plan, "--yes").status == 3
    plan.write_text(OTHER)
    asked = runbook("resume", "--no-tui", "--take-plan", plan)
    assert asked.status == 7
    assert "command: exit 1 → touch shipped" in asked.err
    assert "“Build” ran; its undo stays the one that was recorded" in asked.err
    assert len(runbook.events()) == recorded

    taken = runbook("resume", "--no-tui", "--take-plan", plan, "--yes")
    assert taken.status == 7, taken.err
    assert (runbook.work / "shipped").exists()
    assert "plan.changed" in [event["type"] for event in runbook.events()]
    assert "goes on with another plan: Ship" in runbook("log").out
    report = runbook("report").out
    assert "## Another plan" in report
    assert runbook("verify").status == 0
    assert runbook("export", "-o", "run.tar.gz").status == 0
    assert runbook("verify", "run.tar.gz").status == 0
    signed = runbook("sign", run, "ship", "--role", "qa", "--as", GRACE)
    assert signed.status == 0, signed.err

    back = runbook("rollback", run, "--yes", flags=("-X", "importtime"))
    assert back.status == 5, back.err[-2000:]
    loaded = {
        line.rpartition("|")[2].strip().partition(".")[0]
        for line in back.err.splitlines()
        if line.startswith("import time:")
    }
    assert not loaded & set(SLOW)
    assert (runbook.work / "unbuilt").exists()
    assert not (runbook.work / "shipped").exists()
