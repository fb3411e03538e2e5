"""A rehearsal without a screen: only what the plan marks happens, and goes back."""

from __future__ import annotations

import json
import signal

from tests.programs import Program, wait_for_output

PLAN = """\
format = 1
title = "Ship"
[roles]
cto = ["Grace <grace@example.com>"]
[[phase]]
id = "one"
title = "One"
rollback_within = "1m"
[[phase.step]]
id = "real"
title = "Real"
before = 'echo "number=7" >> "$RUNBOOK_OUTPUT"'
outputs = ["number"]
run = "touch real"
undo = "echo ${{ number }} > undone; rm real"
verify_undo = "test ! -e real"
rehearse = true
[[phase.step]]
id = "merge"
title = "Merge"
before = 'touch has-before; echo "old=1" >> "$RUNBOOK_OUTPUT"'
outputs = ["old"]
run = "touch has-run"
undo = "touch has-undo; true ${{ old }}"
verify_undo = "touch has-verify"
undo_ready = "touch has-ready; exit 1"
checks = [{ title = "Probe", probe = "touch has-probe" }]
estimate = "20s"
[[phase]]
id = "two"
title = "Two"
gate = { roles = ["cto"], four_eyes = true }
[[phase.step]]
id = "stand"
title = "Stand in"
run = "touch has-stood"
undo = "cd . && rm has-stood"
rehearse = "touch dry"
"""
LACKS = """
[parameters.token]
secret = { env = "NO_SUCH_TOKEN" }
[parameters.other]
secret = { command = "touch has-fetched; echo x" }
[[phase]]
id = "three"
title = "Three"
[[phase.step]]
id = "tool"
title = "Tool"
run = "touch has-tool"
undo = "depotctl back $other"
[[phase.step]]
id = "hand"
title = "Hand"
[[phase.step]]
id = "bare"
title = "Bare"
run = "touch has-bare"
[[phase.step]]
id = "secret"
title = "Secret"
run = "touch has-secret"
undo = "echo $token"
[[phase.step]]
id = "away"
title = "Away"
cwd = "nowhere"
run = "touch has-away"
undo = "true"
[[phase.step]]
id = "far"
title = "Far"
host = "db1.invalid"
run = "touch has-far"
undo = "true"
"""


def left_behind(runbook: Program) -> set[str]:
    return {path.name for path in runbook.work.iterdir()}


def test_only_what_is_marked_runs_and_it_is_taken_back(runbook: Program) -> None:
    ended = runbook("run", runbook.plan(PLAN), "--rehearse", "--no-tui")
    assert ended.status == 0, ended
    assert left_behind(runbook) == {"plan.toml", "undone", "dry"}
    assert (runbook.work / "undone").read_text() == "7\n"
    for said in (
        "“Merge”: rehearsed, would run $", "the gate of “Two” (cto)",
        "what really ran is taken back: 1 step", "REHEARSED  2 of 2 undos would have been ready",
        "Merge  [ready once old is put out, ~20 s]", "“One”: about 20 s of 1 m",
        "left to people, and given by nobody: 1 gate, 1 box",
        "not asked: 1 of the undos' own checks",
    ):  # fmt: skip
        assert said in ended.out, said
    assert "ROLLED BACK" not in ended.out


def test_the_journal_calls_it_a_rehearsal_and_nobody_signed_or_ticked(runbook: Program) -> None:
    runbook("run", runbook.plan(PLAN), "--rehearse", "--no-tui")
    assert not {"signoff.given", "gate.opened", "gate.overridden", "check.ticked"} & set(
        runbook.types()
    )
    events = runbook.events()
    assert events[0]["data"]["rehearse"] is True
    assert events[-1]["data"]["result"] == "rehearsed"
    results = {e["step"]: e["data"] for e in events if e["type"] == "undo.finished"}
    assert {s: d["result"] for s, d in results.items()} == {
        "stand": "rehearsed", "merge": "rehearsed", "real": "done",
    }  # fmt: skip
    assert results["merge"]["reason"] == "once it has put out old"
    assert "REHEARSAL started by Ada" in runbook("log").out
    assert "rehearsal, over" in runbook("runs").out
    assert json.loads(runbook("runs", "--json").out)[0]["rehearsal"] is True
    assert runbook("verify").status == 0


def test_what_would_not_have_been_ready_is_named_with_what_was_missing(runbook: Program) -> None:
    ended = runbook("run", runbook.plan(PLAN + LACKS), "--rehearse", "--no-tui")
    assert ended.status == 6, ended
    assert left_behind(runbook) == {"plan.toml", "undone", "dry"}
    found = [n.strip() for n in ended.out.partition("REHEARSED  2 of 8")[2].splitlines()[1:]]
    assert found[0].startswith("Far: db1.invalid is not there: ")
    assert found[1:] == [
        "Away: its folder is gone",
        "Secret: needs the secret token (env NO_SUCH_TOKEN)",
        "Bare: no undo known",
        "Hand: by hand",
        "Tool: `depotctl` is not on its PATH",
    ]
    assert "not fetched: the secrets other" in ended.out


def test_a_rehearsal_is_never_the_run_that_rollback_or_stop_means(runbook: Program) -> None:
    stands = PLAN.replace("echo ${{ number }} > undone; rm real", "exit 9 ${{ number }}")
    ended = runbook("run", runbook.plan(stands), "--rehearse", "--no-tui")
    assert ended.status == 6
    assert "REALLY RAN AND STANDS: Real" in ended.out
    rehearsal = runbook.run_id()
    assert (runbook.work / "real").exists()
    refused = runbook("rollback", "--yes")
    assert refused.status == 2
    assert "only rehearsals have something to undo" in refused.err
    assert rehearsal in refused.err

    ran = runbook("run", runbook.plan(PLAN, "other.toml"), "--no-tui")
    assert ran.status == 7
    back = runbook("rollback", "--yes")
    assert back.status == 5, back
    assert (runbook.work / "has-undo").exists()
    run = next(e for e in json.loads(runbook("runs", "--json").out) if e["run"] == rehearsal)
    assert run["to_undo"] == ["real"]


def test_a_script_of_the_rollback_holds_only_what_really_ran(runbook: Program) -> None:
    stands = PLAN.replace("echo ${{ number }} > undone; rm real", "exit 9 ${{ number }}")
    runbook("run", runbook.plan(stands), "--rehearse", "--no-tui")
    file = runbook.home / "runs" / runbook.run_id() / "undo.json"
    assert [item["step"] for item in json.loads(file.read_text())["items"]] == ["real"]


def test_a_marked_step_that_fails_is_told_and_the_rest_is_gone_through(runbook: Program) -> None:
    broken = PLAN.replace('run = "touch real"', 'run = "touch real; exit 4"')
    ended = runbook("run", runbook.plan(broken), "--rehearse", "--no-tui")
    assert ended.status == 1, ended
    assert "“Real”: failed" in ended.out
    assert "REHEARSED  2 of 2" in ended.out
    assert not (runbook.work / "real").exists()


def test_faults_end_it_with_3_and_nothing_is_recorded(runbook: Program) -> None:
    bad = PLAN.replace("${{ old }}", "${{ odl }}")
    assert runbook("run", runbook.plan(bad), "--rehearse", "--no-tui").status == 3
    assert runbook.runs() == []


def test_it_is_left_and_gone_on_with_and_over_once(runbook: Program) -> None:
    slow = PLAN.replace(
        'run = "touch real"', 'run = "touch real; until test -e go; do sleep 0.05; done"'
    )
    child = runbook.start("run", runbook.plan(slow), "--rehearse", "--no-tui")
    wait_for_output(runbook, "“Real”: $")
    assert runbook.kill(child, signal.SIGTERM) == 7
    assert "rehearsal, running" in runbook("runs").out
    (runbook.work / "go").touch()
    ended = runbook("resume", "--no-tui")
    assert ended.status == 0, ended
    assert "REHEARSED  2 of 2" in ended.out
    assert not (runbook.work / "real").exists()
    events = len(runbook.events())
    again = runbook("resume", runbook.run_id(), "--no-tui")
    assert again.status == 0
    assert "this rehearsal is over" in again.err
    assert "REHEARSED  2 of 2" in again.out
    assert "step.started" not in [e["type"] for e in runbook.events()[events:]]


def test_without_a_journal_a_rehearsal_has_to_be_named_too(runbook: Program) -> None:
    stands = PLAN.replace("echo ${{ number }} > undone; rm real", "test ${{ number }}; test -e ok")
    runbook("run", runbook.plan(stands), "--rehearse", "--no-tui")
    run = runbook.run_id()
    assert (runbook.work / "real").exists()
    for path in runbook.home.glob("journal.db*"):
        path.unlink()
    (runbook.home / "journal.db").write_text("no database\n" * 500)
    (runbook.work / "ok").touch()
    refused = runbook("rollback", "--yes")
    assert refused.status == 2, refused
    assert run in refused.err
    assert "only rehearsals have something to undo" in refused.err
    (runbook.work / "real").unlink()
    assert runbook("rollback", run, "--yes").status == 5
