"""The panic path without a screen: the program dead, the journal away, another process."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.e2e.plans import LONG, SHIP
from tests.programs import Program, wait_for_output


def test_the_list_comes_first_and_nothing_starts_without_a_yes(runbook: Program) -> None:
    runbook("run", runbook.plan(SHIP), "--no-tui")
    before = len(runbook.events())
    shown = runbook("rollback", "--plan")
    assert shown.status == 0
    assert shown.out.index("Flaky") < shown.out.index("Build")
    asked = runbook("rollback")
    assert asked.status == 7
    assert "--yes" in asked.err
    assert len(runbook.events()) == before


def test_rollback_takes_back_newest_first_and_says_how_it_ended(runbook: Program) -> None:
    runbook("run", runbook.plan(SHIP), "--no-tui")
    ended = runbook("rollback", "--yes")
    assert ended.status == 5
    assert ended.out.index("  | unflaky") < ended.out.index("  | unbuilt")
    assert ended.out.splitlines()[-1].startswith("ROLLED BACK")
    assert not (runbook.work / "built.txt").exists()
    assert runbook("rollback", "--yes").status == 0
    assert runbook("verify").status == 0


def test_an_undo_that_fails_makes_it_incomplete_and_hides_no_other(runbook: Program) -> None:
    runbook(
        "run", runbook.plan(SHIP.replace('undo = "echo unflaky"', 'undo = "false"')), "--no-tui"
    )
    ended = runbook("rollback", "--yes")
    assert ended.status == 6
    assert "INCOMPLETE" in ended.out
    assert ended.out.splitlines()[-1].strip() == "Flaky: the undo ended with exit status 1"
    assert not (runbook.work / "built.txt").exists()


def test_what_was_done_by_hand_and_no_person_makes_it_incomplete(runbook: Program) -> None:
    plan = (
        'format = 1\ntitle = "H"\n[[phase]]\ntitle = "P"\n[[phase.step]]\nid = "h"\ntitle = "H"\n'
    )
    runbook("run", runbook.plan(plan), "--no-tui")
    runbook("tick", runbook.run_id(), "h")
    assert runbook("rollback", "--scope", "run", "--plan").status == 6
    assert runbook("rollback", "--scope", "run", "--yes").status == 6


@pytest.mark.parametrize("journal", ["alive", "dead", "folder", "garbage", "gone", "cut"])
def test_it_comes_back_while_a_command_runs_whatever_has_died(
    runbook: Program, journal: str
) -> None:
    child = runbook.start("run", runbook.plan(LONG), "--no-tui")
    wait_for_output(runbook, "tick 3")
    if journal != "alive":
        runbook.kill(child)
    database = runbook.home / "journal.db"
    kept = runbook.home / "kept.db"
    if journal == "cut":
        with closing(sqlite3.connect(database)) as db, db:
            for (guard,) in list(db.execute("SELECT name FROM sqlite_master WHERE type='trigger'")):
                db.execute(f"DROP TRIGGER {guard}")
            db.execute("DELETE FROM event WHERE seq > 1")
    if journal in {"folder", "garbage", "gone"}:
        for side in runbook.home.glob("journal.db-*"):
            shutil.copy(side, kept.with_name(side.name.replace("journal", "kept")))
            side.unlink()
        database.rename(kept)
        if journal == "folder":
            database.mkdir()
        elif journal == "garbage":
            database.write_text("garbage, and not a database\n" * 200)
    ended = runbook("rollback", "--yes")
    assert ended.status == 5, ended
    assert ended.out.splitlines()[-1].startswith("ROLLED BACK")
    assert not (runbook.work / "first.txt").exists()
    assert (runbook.work / "undone.txt").read_text() == "back\n"
    if journal == "alive":
        assert child.wait(timeout=60) == 5
    if journal in {"folder", "garbage", "gone", "cut"}:
        assert "undo file" in ended.err
        # The same again finds nothing left, and does nothing twice.
        assert runbook("rollback", "--yes").status == 0
        assert (runbook.work / "undone.txt").read_text() == "back\n"


def test_which_run_is_meant_must_be_clear(runbook: Program) -> None:
    path = runbook.plan(SHIP.replace("rm built.txt", "rm -f built.txt"))
    runbook("run", path, "--no-tui")
    other = runbook("run", path, "--no-tui")
    assert "another run of this plan is open" in other.err
    ended = runbook("rollback", "--yes")
    assert ended.status == 2
    for run in json.loads(runbook("runs", "--json").out):
        assert run["run"] in ended.err
    assert runbook("rollback", runbook.run_id(), "--yes").status == 5
    assert runbook("rollback", "--yes").status == 5


def test_a_rollback_goes_on_when_nobody_reads_it_any_more(runbook: Program) -> None:
    runbook("run", runbook.plan(SHIP), "--no-tui")
    program = f"{sys.executable} -m runbook_tui rollback --yes"
    done = subprocess.run(
        ["bash", "-c", program + " | true; echo ${PIPESTATUS[0]}"],
        cwd=runbook.work, env=runbook.environment(), capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.stdout == "5\n"
    assert not (runbook.work / "built.txt").exists()


SLOW = """\
format = 1
title = "Slow"
[[phase]]
title = "One"
[[phase.step]]
id = "a"
title = "A"
before = "echo output of before"
run = "echo output of run; touch made"
undo = "echo undoing; until test -e go; do sleep 0.05; done; rm made"
verify_undo = "test ! -e made"
"""


def test_who_takes_a_rollback_over_is_told_of_its_undos_alone(runbook: Program) -> None:
    runbook("run", runbook.plan(SLOW), "--no-tui")
    first = runbook.start("rollback", "--yes")
    wait_for_output(runbook, "| undoing")
    runbook.kill(first)
    second = runbook.start("rollback", "--yes")
    wait_for_output(runbook, "| undoing", 1)
    (runbook.work / "go").touch()
    assert second.wait(timeout=60) == 5
    told = runbook.output(1)
    assert "output of" not in told
    assert told.count("| undoing") == 1


FLOOR = """\
format = 1
title = "Floor"
[[phase]]
title = "One"
[[phase.step]]
title = "A"
run = "touch made"
undo = "rm made"
verify_undo = "test ! -e made"
[[phase.step]]
title = "Mail"
run = "true"
irreversible = "mails are sent"
"""


def test_the_list_says_what_a_floor_is_and_how_each_undo_is_verified(runbook: Program) -> None:
    runbook("run", runbook.plan(FLOOR), "--no-tui", "--yes")
    shown = runbook("rollback", "--plan")
    assert shown.status == 6
    for words in ("floor: mails are sent", "--past-floor", "test ! -e made"):
        assert words in shown.out
    past = runbook("rollback", "--yes", "--past-floor")
    assert (past.status, ": not undone: mails are sent" in past.out) == (6, True), past
    assert not (runbook.work / "made").exists()


def test_another_cluster_at_this_terminal_is_said_before_anything_starts(runbook: Program) -> None:
    plan = runbook.plan(SHIP.replace('undo = "echo unflaky"', "undo = 'echo on $KUBECONFIG'"))
    runbook("run", plan, "--no-tui", environment={"KUBECONFIG": "/there"})
    shown = runbook("rollback", "--plan", environment={"KUBECONFIG": "/here"})
    assert "! KUBECONFIG is /here here, and /there for it" in shown.out
    ended = runbook("rollback", "--yes", environment={"KUBECONFIG": "/here"})
    assert "  | on /there" in ended.out


SECRET = """\
format = 1
title = "Secret"
[parameters.token]
secret = { env = "TOKEN_OF_TEST" }
[[phase]]
title = "One"
[[phase.step]]
id = "a"
title = "A"
run = "touch made"
undo = 'test "$token" = "$(cat word)"; rm made'
"""


@pytest.mark.parametrize("journal", ["there", "gone"])
def test_an_undo_whose_secret_cannot_be_had_is_not_ready(runbook: Program, journal: str) -> None:
    known = {"TOKEN_OF_TEST": "sesame"}
    (runbook.work / "word").write_text("sesame\n")
    runbook("run", runbook.plan(SECRET), "--no-tui", environment=known)
    if journal == "gone":
        for file in runbook.home.glob("journal.db*"):
            file.unlink()
    shown = runbook("rollback", "--plan")
    assert shown.status == 6, shown
    assert "needs token" in shown.out
    assert runbook("rollback", "--plan", environment=known).status == 0
    assert runbook("rollback", "--yes").status == 6
    assert (runbook.work / "made").exists()
    assert runbook("rollback", "--yes", environment=known).status == 5
    assert not (runbook.work / "made").exists()


def test_a_name_that_is_none_does_not_keep_anybody_from_bringing_it_back(
    runbook: Program,
) -> None:
    runbook("run", runbook.plan(SHIP), "--no-tui")
    broken = {"RUNBOOK_AS": "Ada <a@b> <c@d>"}
    assert runbook("note", runbook.run_id(), "x", environment=broken).status == 2
    assert runbook("stop", environment=broken).status == 0
    ended = runbook("rollback", "--yes", environment=broken)
    assert ended.status == 5, ended
    assert "acting as the login" in ended.err


@pytest.mark.parametrize("journal", ["alive", "gone"])
def test_an_undo_whose_folder_is_gone_is_not_ready_and_the_list_says_where(
    runbook: Program, journal: str
) -> None:
    there = runbook.work / "there"
    there.mkdir()
    runbook("run", runbook.plan(SHIP.replace('id = "build"', 'id = "build"\ncwd = "there"')),
            "--no-tui")  # fmt: skip
    assert runbook("rollback", "--plan").status == 0
    shutil.rmtree(there)
    if journal == "gone":
        for file in runbook.home.glob("journal.db*"):
            file.unlink()
    shown = runbook("rollback", "--plan")
    assert shown.status == 6
    assert "its folder is gone" in shown.out
    assert str(there) in shown.out


def test_a_value_that_an_undo_waits_for_is_given_with_p(runbook: Program) -> None:
    plan = """\
# Ship

1. **Ship it**
   ```bash
   touch shipped
   ```
   Rollback: `echo <TICKET> > undone && rm shipped`
"""
    assert runbook("run", runbook.plan(plan, "plan.md"), "--no-tui").status == 0
    shown = runbook("rollback", "--plan")
    assert shown.status == 6
    assert "needs TICKET" in shown.out
    assert runbook("rollback", "--plan", "-p", "TICKET=7").status == 0
    assert runbook("rollback", "--yes", "-p", "TICKTE=7").status == 2
    assert (runbook.work / "shipped").exists()
    assert runbook("rollback", "--yes", "-p", "TICKET=7").status == 5
    assert (runbook.work / "undone").read_text() == "7\n"


def test_what_a_markdown_plan_keeps_for_a_rollback_is_named_without_a_screen(
    runbook: Program,
) -> None:
    text = "# Ship\n\n1. Do it\n\n## Rollback\n\n```bash\nrm -f shipped\n```\n"
    plan = runbook.plan(text, "plan.md")
    runbook("run", plan, "--no-tui")
    runbook("tick", runbook.run_id(), "do-it")
    shown = runbook("rollback", "--plan").out
    assert "the plan keeps “Rollback”" in shown
    assert "rm -f shipped" in shown
