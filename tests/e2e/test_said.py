"""What the command line says when something does not go through, or is over."""

from __future__ import annotations

import signal

from tests.e2e.plans import LONG, SHIP
from tests.programs import GRACE, Program, wait_for_output

CHECKED = """\
format = 1
title = "Checked"
[[phase]]
title = "One"
[[phase.step]]
id = "turn"
title = "Turn the key"
checks = ["It is locked", "It is dark"]
[[phase.step]]
id = "deploy"
title = "Deploy"
needs = []
run = "true"
changes = false
checks = [{ id = "up", title = "It is up", probe = "test -e up" }]
"""


def test_what_is_required_is_left_out_with_override_and_the_refusal_says_so(
    runbook: Program,
) -> None:
    runbook("run", runbook.plan(SHIP), "--no-tui")
    refused = runbook("skip", runbook.run_id(), "call", "--reason", "no time")
    assert refused.status == 4
    assert "--override" in refused.err


def test_sign_without_a_role_or_with_a_wrong_node_lists_what_waits(runbook: Program) -> None:
    runbook("run", runbook.plan(SHIP), "--no-tui")
    run = runbook.run_id()
    line = f"runbook sign {run} two --role cto"
    for arguments in (("two",), (), ("nowhere", "--role", "cto")):
        refused = runbook("sign", run, *arguments, "--as", GRACE)
        assert refused.status == 2, arguments
        assert line in refused.err, arguments
    other = runbook("sign", run, "two", "--role", "qa", "--as", GRACE)
    assert other.status == 4
    assert line in other.err
    assert "signoff.given" not in runbook.types()


def test_a_mistyped_anchor_is_wrong_usage(runbook: Program) -> None:
    runbook("run", runbook.plan(SHIP), "--no-tui")
    refused = runbook("verify", "--anchor", "abc")
    assert refused.status == 2
    assert "is no hash" in refused.err
    assert "does NOT hold" not in refused.out
    assert runbook("verify", "--anchor", "0" * 64).status == 8


def test_a_tick_says_what_its_step_still_waits_for(runbook: Program) -> None:
    runbook("run", runbook.plan(CHECKED), "--no-tui")
    run = runbook.run_id()
    hands = runbook("tick", run, "turn")
    assert hands.status == 0
    assert "“Turn the key” waits for 2 checks" in hands.err
    assert f"runbook tick {run} it-is-dark" in hands.err
    assert "1 check" in runbook("tick", run, "it-is-dark").err
    last = runbook("tick", run, "it-is-locked")
    assert last.status == 0
    assert "waits" not in last.err


def test_a_check_is_ticked_against_its_probe_only_with_override(runbook: Program) -> None:
    runbook("run", runbook.plan(CHECKED), "--no-tui")
    run = runbook.run_id()
    refused = runbook("tick", run, "up")
    assert refused.status == 4
    assert "--override" in refused.err
    assert runbook("tick", run, "up", "--override").status == 2
    assert runbook("tick", run, "up", "--override", "--reason", "it is old").status == 0
    (note,) = [e["data"]["text"] for e in runbook.events() if e["type"] == "note.added"]
    assert note.startswith("ticked against it (the probe of “")
    assert note.endswith("says otherwise: exit status 1): it is old")


def test_ctrl_c_leaves_the_command_running_and_says_how_to_go_on(runbook: Program) -> None:
    child = runbook.start("run", runbook.plan(LONG), "--no-tui")
    wait_for_output(runbook, "tick 3")
    assert runbook.kill(child, signal.SIGINT) == 7
    run = runbook.run_id()
    said = runbook.output()
    assert "still running: “Long”; it goes on" in said
    for words in ("resume {} --no-tui", "stop {}", "rollback {}"):
        assert f"runbook {words.format(run)}" in said
    (runbook.work / "go").touch()
    assert runbook("resume", "--no-tui").status == 0
    assert runbook.types().count("command.started") == 2


def test_the_end_of_a_run_is_summed_up(runbook: Program) -> None:
    (runbook.work / "go").touch()
    done = runbook("run", runbook.plan(LONG), "--no-tui")
    assert done.status == 0
    assert "2 steps done" in done.out.splitlines()[-1]
