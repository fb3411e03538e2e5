"""A gate that was denied, and every way around it that there is without a screen."""

from __future__ import annotations

import pytest

from tests.programs import GRACE, Program
from tests.waiting import until

PLAN = """\
format = 1
title = "Locked"
[parameters.version]
default = "1"
[roles]
qa = ["Grace <grace@example.com>"]
[[phase]]
id = "core"
title = "Core"
gate = { roles = ["qa"], four_eyes = true, within = "1s" }
[[phase.step]]
id = "deploy"
title = "Deploy"
run = 'echo "$version" > deployed'
undo = "rm deployed"
[[phase.step]]
id = "hand"
title = "By hand"
needs = []
"""
OVERLAY = """\
format = 1
extends = "plan.toml"
[[phase]]
id = "core"
gate = { roles = ["lead"] }
"""


@pytest.fixture
def denied(runbook: Program) -> str:
    """A run whose gate nobody has approved in time; its id."""
    assert runbook("run", runbook.plan(PLAN), "--no-tui", "--yes").status == 7
    run = runbook.run_id()
    until(lambda: "denied since" in runbook("sign", run).err, what="the denial", pause=0.3)
    return run


def test_no_command_passes_a_gate_that_was_denied(runbook: Program, denied: str) -> None:
    sign = ("sign", denied, "core", "--role", "qa", "--as", GRACE)
    plan = runbook.plan(
        PLAN.replace('gate = { roles = ["qa"], four_eyes = true', "# {"), "new.toml"
    )
    overlay = runbook.plan(OVERLAY, "overlay.toml")
    attempts = {
        sign: 4,
        ("sign", denied, "core", "--role", "qa"): 4,
        ("tick", denied, "hand"): 4,
        ("tick", denied, "hand", "--override", "--as", GRACE): 4,
        ("tick", denied, "deploy"): 4,
        ("skip", denied, "deploy", "--reason", "why"): 4,
        ("skip", denied, "deploy", "--reason", "why", "--override", "--as", GRACE): 4,
        ("resume", denied, "--no-tui", "--yes"): 7,
        ("resume", denied, "--no-tui", "--yes", "-p", "version=2"): 7,
        ("resume", denied, "--no-tui", "--yes", "--take-plan", str(plan)): 4,
        ("resume", denied, "--no-tui", "--yes", "--take-plan", str(overlay)): 4,
        ("ask", denied, "core", "--reason", "again", "--as", GRACE): 4,
        ("ask", denied, "core", "--reason", "\u200b"): 2,
        ("override", denied, "core", "--reason", "mine", "--as", GRACE): 4,
        ("override", denied, "core", "--reason", " "): 2,
    }
    answers = {words: runbook(*words) for words in attempts}
    assert {words: answer.status for words, answer in answers.items()} == attempts
    assert "denied since" in answers[sign].err
    assert f"runbook ask {denied} core --reason" in answers[sign].err
    resumed = answers["resume", denied, "--no-tui", "--yes"].err
    assert "denied since" in resumed
    assert f"runbook ask {denied} core --reason" in resumed
    assert not (runbook.work / "deployed").exists()
    assert {"gate.opened", "gate.overridden", "plan.changed"}.isdisjoint(runbook.types())

    assert runbook("ask", denied, "core", "--reason", "Grace was asleep").status == 0
    assert runbook("override", denied, "core", "--reason", "it burns").status == 0
    assert runbook("resume", denied, "--no-tui").status == 7
    assert (runbook.work / "deployed").read_text() == "2\n"
    report = runbook("report", denied).out
    assert "more time was given for the gate of “Core”" in report
    assert "Grace was asleep" in report
    assert runbook("verify").status == 0


def test_a_plan_that_asks_less_is_taken_over_with_a_reason_and_shown(
    runbook: Program, denied: str
) -> None:
    overlay = runbook.plan(OVERLAY, "overlay.toml")
    take = ("resume", denied, "--no-tui", "--yes", "--take-plan", str(overlay))
    assert "asks less than the run waits for: Core" in runbook(*take).err
    assert runbook(*take, "--reason", "the reviewer is ill").status == 7
    report = runbook("report", denied).out
    assert "a plan was taken over that asks less of “Core”" in report
    assert "the reviewer is ill" in report


def test_a_value_that_is_changed_behind_an_approved_gate_shuts_it(runbook: Program) -> None:
    plan = runbook.plan(PLAN.replace(', within = "1s"', ""))
    assert runbook("run", plan, "--no-tui").status == 7
    run = runbook.run_id()
    sign = ("sign", run, "core", "--role", "qa", "--as", GRACE)
    assert runbook(*sign).status == 0
    assert runbook("resume", run, "--no-tui", "-p", "version=2").status == 7
    assert not (runbook.work / "deployed").exists()
    assert runbook(*sign).status == 0
    assert runbook("resume", run, "--no-tui", "-p", "version=2").status == 7
    assert (runbook.work / "deployed").read_text() == "2\n"


ROLE = """\
format = 1
title = "Role"
[roles]
dba = ["Grace <grace@example.com>"]
[[phase]]
id = "core"
title = "Core"
[[phase.step]]
id = "move"
title = "Move"
role = "dba"
run = "touch moved"
undo = "rm moved"
"""


def test_a_step_for_a_role_is_not_started_without_its_person(runbook: Program) -> None:
    waits = runbook("run", runbook.plan(ROLE), "--no-tui", "--yes")
    assert waits.status == 7
    run = runbook.run_id()
    assert f"runbook resume {run} --no-tui --by" in waits.err
    wrong = runbook("resume", run, "--no-tui", "--by", "Eve <eve@example.com>")
    assert wrong.status == 7
    assert not (runbook.work / "moved").exists()
    assert runbook("resume", run, "--no-tui", "--by", GRACE).status == 0
    (started,) = [event for event in runbook.events() if event["type"] == "step.started"]
    assert started["data"]["by"] == GRACE
    assert started["actor"]["name"] == "Ada"
