"""A step on several machines without a screen: run, failed within and over the limit, taken back.

Also what a person is told of an undo that acts elsewhere.
"""

from __future__ import annotations

from tests.programs import Program
from tests.sshd import Sshd

PLAN = """\
format = 1
title = "Roll out"
[[phase]]
title = "P"
[[phase.step]]
id = "d"
title = "Deploy"
hosts = ["far", "other", "third"]
batch = 1
max_failures = LIMIT
run = 'h=${RUNBOOK_STEP#d.}; echo $h >> RAN; test $h != far || test -e MENDED'
undo = 'echo ${RUNBOOK_STEP#d.} >> UNDONE'
verify_undo = 'test -s UNDONE'
[[phase.step]]
id = "b"
title = "After"
run = "true"
changes = false
"""


def reaching(sshd: Sshd) -> dict[str, str]:
    """What leads to the machines; a rollback takes it from the record."""
    return {"RUNBOOK_SSH": sshd.ssh}


def plan(runbook: Program, limit: int) -> str:
    text = PLAN.replace("LIMIT", str(limit))
    for name in ("RAN", "MENDED", "UNDONE"):
        text = text.replace(name, str(runbook.work / name.lower()))
    return text


def test_it_stops_at_the_limit_and_is_gone_on_with(runbook: Program, sshd: Sshd) -> None:
    ran = runbook(
        "run", runbook.plan(plan(runbook, 0)), "--no-tui", environment={"RUNBOOK_SSH": sshd.ssh}
    )
    assert ran.status == 1, ran
    assert "“Deploy” failed: 0 of 3 done, 1 failed" in ran.err
    assert "“Deploy on far” failed: its command ended with exit status 1" in ran.err
    assert (runbook.work / "ran").read_text() == "far\n"
    (runbook.work / "mended").touch()
    again = runbook("resume", "--no-tui", environment=reaching(sshd))
    assert again.status == 0, again
    assert (runbook.work / "ran").read_text() == "far\nfar\nother\nthird\n"


def test_within_the_limit_it_goes_on_and_ends_with_what_failed(
    runbook: Program, sshd: Sshd
) -> None:
    ran = runbook(
        "run", runbook.plan(plan(runbook, 1)), "--no-tui", environment={"RUNBOOK_SSH": sshd.ssh}
    )
    assert ran.status == 1, ran
    assert "“Deploy” failed: 2 of 3 done, 1 failed" in ran.err
    assert (runbook.work / "ran").read_text() == "far\nother\nthird\n"
    listed = runbook("rollback", "--plan")
    assert listed.status == 0, listed
    assert "Deploy on third  [ready" in listed.out
    assert not (runbook.work / "undone").exists()
    back = runbook("rollback", "--yes")
    assert back.status == 5, back
    assert (runbook.work / "undone").read_text() == "third\nother\nfar\n"
    assert runbook("verify").status == 0


def test_the_plan_is_shown_as_it_was_written(runbook: Program) -> None:
    shown = runbook("check", runbook.plan(plan(runbook, 1)))
    assert shown.status == 0
    assert "not-acted-on" not in shown.out
    listed = runbook("show", runbook.plan(plan(runbook, 1)))
    assert "on far, other, third, 1 at a time, 1 may fail" in listed.out
    assert "Deploy on far" not in listed.out


def test_what_was_lost_on_one_of_them_is_not_run_again_without_a_yes(
    runbook: Program, sshd: Sshd
) -> None:
    breaks = (
        'p=$$; while [ "$(cat /proc/$p/comm)" != sshd ]; do p=$(ps -o ppid= -p $p | tr -d " ");'
        " done; kill -9 $p; sleep 60"
    )
    text = plan(runbook, 2)
    run = text.partition("run = '")[2].partition("'")[0]
    ran = f"echo ${{RUNBOOK_STEP#d.}} >> {runbook.work}/ran; "
    text = text.replace(run, f"{ran}case $RUNBOOK_STEP in *far) {breaks};; *other) exit 1;; esac")
    first = runbook("run", runbook.plan(text), "--no-tui", environment=reaching(sshd))
    assert first.status == 1, first
    assert "1 of 3 done, 1 failed, 1 lost" in first.err
    again = runbook("resume", "--no-tui", environment=reaching(sshd))
    assert again.status == 7, again
    assert "waits for a yes: its exit status is unknown; run “Deploy on far” again?" in again.err
    assert (runbook.work / "ran").read_text() == "far\nother\nthird\n"


def test_what_ssh_says_is_told_once_with_the_output_and_once_with_the_failure(
    runbook: Program,
) -> None:
    text = plan(runbook, 0).replace('"far", "other", "third"', '"nowhere.invalid", "b.invalid"')
    ran = runbook("run", runbook.plan(text), "--no-tui")
    assert ran.status == 1, ran
    said = "Could not resolve hostname nowhere.invalid"
    assert ran.out.count(said) == 2
    assert ran.err.count(said) == 1
    assert "nothing was run on nowhere.invalid; check the name" in ran.out
