"""Stages, calls, severity and the follow-up of a rollback, without a screen and across programs."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.e2e.terminals import Terminal, starts
from tests.programs import GRACE, Program, wait_for_output
from tests.waiting import until

PLAN = """\
format = 1
title = "Ship it"
[[phase]]
id = "core"
title = "Core"
[[phase.step]]
id = "deploy"
title = "Deploy"
run = "touch deployed"
undo = "rm deployed"
verify_undo = "test ! -e deployed"
[[procedure]]
id = "back"
title = "Core rollback"
applies_to = ["core"]
[[procedure.stage]]
id = "emergency"
title = "Emergency actions"
window = "0-2m"
steps = [{ id = "tell", title = "Tell them" }, { id = "well", title = "Is it well?", run = "true" }]
[[procedure]]
id = "recovery"
title = "The day after"
kind = "recovery"
[[procedure.stage]]
id = "stable"
title = "Stabilize"
window = "0-1h"
steps = ["All services run"]
[[procedure.stage]]
id = "learn"
title = "Learn"
window = "0-7d"
[[contact]]
role = "CTO"
who = "Grace, +1 555"
[[escalation]]
topic = "technical"
ladder = ["Lead", "CTO"]
within = "30m"
"""


def wrong(runbook: Program) -> str:
    """A run that has deployed."""
    assert runbook("run", runbook.plan(PLAN), "--no-tui").status == 0
    return runbook.run_id()


def of_type(runbook: Program, type_: str) -> list[dict[str, object]]:
    return [event for event in runbook.events() if event["type"] == type_]


def test_the_list_shows_stages_people_with_their_time_and_what_comes_after(
    runbook: Program,
) -> None:
    wrong(runbook)
    shown = runbook("rollback", "--plan")
    assert shown.status == 0
    for words in (
        "☐ 0–2 min  Emergency actions  (emergency)", "☐ Tell them  (tell)",
        "☐ Grace, +1 555 (CTO)  (call.cto)", "☐ Lead (technical)  (call.technical.1)",
        "☐ CTO = Grace, +1 555 (technical)  (call.technical.2)  after 30 m",
        "afterwards: The day after", "0–1 h  Stabilize", "0–7 d  Learn",
    ):  # fmt: skip
        assert words in shown.out, words
    # Before a start it is short: whom to call first, and where the rest stands.
    asked = runbook("rollback")
    assert asked.status == 7
    assert "call Grace, +1 555 (CTO)" in asked.out
    assert "afterwards" not in asked.out


def test_severity_is_recorded_with_the_rollback_and_only_with_it(runbook: Program) -> None:
    wrong(runbook)
    assert runbook("rollback", "--plan", "--sev", "2").status == 2
    assert runbook("rollback", "--sev", "4", "--yes").status == 2
    assert runbook("rollback", "--sev", "2").status == 7
    assert of_type(runbook, "severity.set") == []
    assert (runbook.work / "deployed").exists()
    ended = runbook("rollback", "--sev", "2", "--yes")
    assert ended.status == 5
    assert "SEV 2, says Ada" in ended.out
    (said,) = of_type(runbook, "severity.set")
    assert said["data"] == {"level": 2}
    assert said["actor"]["name"] == "Ada"  # type: ignore[index]
    assert "SEV 2, says Ada" in runbook("log").out


def test_without_a_screen_too_it_is_said_what_is_overdue(runbook: Program) -> None:
    slow = PLAN.replace('undo = "rm deployed"', 'undo = "until test -e go; do sleep 0.1; done"')
    slow = slow.replace('verify_undo = "test ! -e deployed"\n', "").replace('"0-2m"', '"0-1s"')
    runbook("run", runbook.plan(slow), "--no-tui")
    child = runbook.start("rollback", "--yes")
    wait_for_output(runbook, "OVERDUE: “Emergency actions”, 0 of 2 done  (emergency)")
    (runbook.work / "go").touch()
    assert child.wait(timeout=60) == 5
    assert runbook.output().count("OVERDUE: “Emergency") == 1


def test_severity_is_kept_where_the_journal_is_away(runbook: Program) -> None:
    wrong(runbook)
    database = runbook.home / "journal.db"
    database.rename(runbook.home / "kept.db")
    database.mkdir()
    ended = runbook("rollback", "--yes", "--sev", "1")
    assert ended.status == 5, ended
    database.rmdir()
    (runbook.home / "kept.db").rename(database)
    assert runbook("tick", runbook.run_id(), "call.cto").status == 0
    (said,) = of_type(runbook, "severity.set")
    assert said["data"] == {"level": 1}


def test_the_follow_up_makes_nothing_incomplete_and_is_ticked_from_anywhere(
    runbook: Program,
) -> None:
    run = wrong(runbook)
    ended = runbook("rollback", "--yes")
    assert ended.status == 5
    assert ended.out.splitlines()[-1].startswith("ROLLED BACK")
    assert "follow-up: 0 of 4 done" in ended.out
    assert "☐ Tell them  (tell)" in ended.out
    assert "follow-up 0/4" in runbook("runs").out
    listed = runbook("tick", run)
    assert listed.status == 2
    assert "Stabilize  (stable)" in listed.err
    for node, who in (("tell", None), ("stable", GRACE), ("call.technical.1", GRACE)):
        told = runbook("tick", run, node, environment={"RUNBOOK_AS": who} if who else None)
        assert told.status == 0, told
    listed = runbook("tick", run)
    assert "☑ 0–1 h  Stabilize  (stable)  Grace" in listed.err
    assert "called by Grace" in listed.err
    found = json.loads(runbook("runs", "--json").out)[0]["follow_up"]
    assert found["open"] == ["well", "learn"]
    assert found["of"] == 4
    # It opens again with the tick taken back, and is no step: nothing else has changed.
    assert runbook("tick", run, "stable", "--off").status == 0
    found = json.loads(runbook("runs", "--json").out)[0]["follow_up"]
    assert found["open"] == ["well", "all-services-run", "learn"]
    gone_on = runbook("resume", run, "--no-tui")
    assert gone_on.status == 0
    assert "follow-up: 1 of 4 done" in gone_on.err
    ticked = [event["data"] for event in of_type(runbook, "check.ticked")]
    assert ticked == [{"node": "tell"}, {"node": "stable"}, {"node": "call.technical.1"}]
    assert runbook("verify").status == 0


def test_deadlines_are_times_of_events_whoever_reads_them(runbook: Program) -> None:
    run = wrong(runbook)
    runbook("rollback", "--yes")
    first = json.loads(runbook("runs", "--json").out)[0]["follow_up"]["due"]
    again = runbook("runs", "--json")
    assert json.loads(again.out)[0]["follow_up"]["due"] == first
    with closing(sqlite3.connect(runbook.home / "journal.db")) as db:
        (body,) = db.execute(
            "SELECT body FROM event WHERE body LIKE '%\"rollback.started\"%'"
        ).fetchone()
    begun = json.loads(body)["at"]
    # The first window that is open is that of the procedure: two minutes from the start.
    assert first[:16] >= begun[:16]
    assert runbook("tick", run, "emergency").status == 0
    later = json.loads(runbook("runs", "--json").out)[0]["follow_up"]["due"]
    assert later > first


def test_a_step_without_an_undo_makes_it_incomplete_and_the_follow_up_opens(
    runbook: Program,
) -> None:
    plan = PLAN.replace('undo = "rm deployed"\nverify_undo = "test ! -e deployed"\n', "")
    runbook("run", runbook.plan(plan), "--no-tui")
    ended = runbook("rollback", "--yes")
    assert ended.status == 6
    assert "follow-up: 0 of 4 done" in ended.out


def test_the_page_to_print_has_all_of_it(runbook: Program) -> None:
    run = wrong(runbook)
    page = (runbook.home / "runs" / run / "rollback.txt").read_text()
    wanted = (
        "[ ] SEV 1 (the worst)   [ ] SEV 2   [ ] SEV 3", "By hand: Core rollback",
        "[ ] 0-2 min  Emergency actions", "[ ] Is it well?   $ true", "[ ] Call CTO: Grace, +1 555",
        "Escalate technical: [ ] Lead at once [ ] CTO at 30 min", "Afterwards: The day after",
        "[ ] 0-1 h  Stabilize", "[ ] 0-7 d  Learn",
    )  # fmt: skip
    places = [page.index(words) for words in wanted]
    assert places == sorted(places)


@pytest.mark.skipif(
    shutil.which("tmux") is None and not os.environ.get("CI"), reason="tmux is not here"
)
def test_another_terminal_goes_on_with_stages_calls_and_severity(terminal: Terminal) -> None:
    slow = PLAN.replace('undo = "rm deployed"', 'undo = "read x < go; rm deployed"')
    (terminal.folder / "plan.toml").write_text(slow)
    terminal.open("run", "plan.toml", size=(80, 24))
    terminal.see("Deploy")
    terminal.keys("Enter")
    until((terminal.folder / "deployed").exists)
    terminal.keys("F9")
    terminal.see("F9 again to START")
    terminal.see("SEV  1  2  3  not said")
    terminal.keys("2")
    terminal.see("ROLLBACK   SEV 2")
    until(lambda: starts(terminal))
    terminal.see("▶ stage 1 0–2 min Emergency actions")
    terminal.see("call now Lead")
    terminal.keys("Down", "Down", "Space")
    terminal.see("1 of 2 ☑")
    # The program dies; the one in the next terminal shows the same, and its ticks are Grace's.
    terminal.end()
    run = json.loads(terminal.cli("runs", "--json").stdout)[0]["run"]
    assert terminal.cli("tick", run, "call.technical.1", "--as", GRACE).returncode == 0
    terminal.open("join", run, size=(80, 24))
    terminal.see("Deploy")
    terminal.keys("F9")
    terminal.see("ROLLBACK   SEV 2")
    terminal.see("1 of 2 ☑")
    terminal.see("call now Grace, +1 555")
    terminal.see("left")
    with (terminal.folder / "go").open("w") as gate:
        gate.write("on\n")
    terminal.see("ROLLED BACK")
    terminal.keys("Escape")
    terminal.see("↶ follow-up: Core rollback")
    terminal.see("↶ follow-up: The day after")
