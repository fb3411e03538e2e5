"""Two people and one run, each in a process of their own: who may do what, and what is said."""

from __future__ import annotations

from tests.e2e.plans import LONG
from tests.programs import ADA, GRACE, Program, wait_for_output
from tests.waiting import until

WATCHED = (
    LONG
    + """
checks = ["It is long"]
signoff = { roles = ["qa"], four_eyes = true }
[roles]
qa = ["grace@example.com"]
"""
)


def test_while_one_leads_others_take_part_and_do_not_lead(runbook: Program) -> None:
    path = runbook.plan(WATCHED)
    lead = runbook.start("run", path, "--no-tui")
    wait_for_output(runbook, "tick 3")
    run = runbook.run_id()

    for who in (GRACE, ADA):
        second = runbook("resume", run, "--no-tui", "--as", who)
        assert second.status == 4
        assert f"run {run} is led by Ada <ada@example.com> (pid {lead.pid}) now" in second.err
        assert f"runbook join {run}" in second.err
    assert runbook("join", run, "--as", GRACE).status == 2
    skip = runbook("skip", run, "long", "--reason", "no time", "--override", "--as", GRACE)
    assert skip.status == 4
    assert "only the lead may skip a step, and that is Ada" in skip.err
    assert runbook("note", run, "long", "it takes its time", "--as", GRACE).status == 0
    assert runbook("tick", run, "it-is-long", "--as", GRACE).status == 0
    own = runbook("sign", run, "long", "--role", "qa")
    assert own.status == 4
    assert "does not hold the role qa" in own.err
    assert runbook("sign", run, "long", "--role", "qa", "--as", GRACE).status == 0

    (runbook.work / "go").touch()
    assert lead.wait(timeout=60) == 0
    kinds = runbook.types()
    assert "lead.handed_over" not in kinds
    assert kinds[-1] == "run.finished"
    assert runbook("verify").status == 0


def test_who_goes_on_after_the_lead_leads_and_has_led(runbook: Program) -> None:
    path = runbook.plan(WATCHED)
    lead = runbook.start("run", path, "--no-tui")
    wait_for_output(runbook, "tick 3")
    run = runbook.run_id()
    assert runbook("sign", run, "long", "--role", "qa", "--as", GRACE).status == 0
    runbook.kill(lead)
    next_ = runbook.start("resume", run, "--no-tui", "--as", GRACE)
    until(lambda: "lead.handed_over" in runbook.types(), what="the handover")
    skip = runbook("skip", run, "long", "--reason", "no time", "--override")
    assert skip.status == 4
    assert "that is Grace" in skip.err
    (runbook.work / "go").touch()
    assert next_.wait(timeout=60) == 7
    assert runbook("tick", run, "it-is-long").status == 0
    assert runbook.types()[-1] != "run.finished"
    assert runbook("resume", run, "--no-tui").status == 0


GATED = """
format = 1
title = "Gated"
[roles]
cto = ["grace@example.com"]
[[phase]]
id = "core"
title = "Core"
gate = { roles = ["cto"], four_eyes = true }
[[phase.step]]
id = "go"
title = "Go"
run = "echo gone"
undo = "echo back"
"""


def test_who_signed_and_then_leads_needs_an_override_on_record(runbook: Program) -> None:
    assert runbook("run", runbook.plan(GATED), "--no-tui").status == 7
    run = runbook.run_id()
    assert runbook("sign", run, "core", "--role", "cto", "--as", GRACE).status == 0
    stuck = runbook("resume", run, "--no-tui", "--as", GRACE)
    assert stuck.status == 7
    assert "gone" not in stuck.out
    assert (
        "waits for cto (was approved by Grace, who has led the run since (four eyes))" in stuck.err
    )
    again = runbook("sign", run, "core", "--role", "cto", "--as", GRACE)
    assert again.status == 4
    assert f"runbook override {run} core" in again.err
    assert runbook("override", run, "core", "--reason", "Ada is ill").status == 4
    assert runbook("override", run, "go", "--reason", "Ada is ill", "--as", GRACE).status == 2
    assert runbook("override", run, "core", "--reason", " ", "--as", GRACE).status == 2
    assert runbook("override", run, "core", "--reason", "Ada is ill", "--as", GRACE).status == 0
    done = runbook("resume", run, "--no-tui", "--as", GRACE)
    assert done.status == 0
    assert "gone" in done.out
    event = next(ev for ev in runbook.events() if ev["type"] == "gate.overridden")
    assert (event["actor"]["name"], event["data"]["reason"]) == ("Grace", "Ada is ill")
