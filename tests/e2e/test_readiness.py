"""`rollback --plan` says what could not work now, how long it takes and how far back it reaches."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.programs import Program

PLAN = """\
format = 1
title = "Ship"
[[phase]]
title = "P"
rollback_within = "1m"
[[phase.step]]
id = "first"
title = "First"
run = "true"
undo = "cd . && depotctl back"
[[phase.step]]
id = "second"
title = "Second"
run = "true"
undo = "true"
undo_ready = "test -e there || { echo 'the depot is closed'; exit 1; }"
"""


def stub(folder: Path, name: str) -> str:
    folder.mkdir()
    (folder / name).write_text("#!/bin/sh\n")
    (folder / name).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def test_the_list_says_why_an_undo_could_not_work_and_how_far_back_it_reaches(
    runbook: Program,
) -> None:
    path = stub(runbook.work / "tools", "depotctl")
    ran = runbook("run", runbook.plan(PLAN), "--no-tui", environment={"PATH": path})
    assert ran.status == 0
    (runbook.work / "there").touch()
    ready = runbook("rollback", "--plan")
    assert ready.status == 0, ready.out
    assert "2 of 2 ready, about 0 s of 1 m" in ready.out
    assert "reaches back to “First”, " in ready.out
    (runbook.work / "tools" / "depotctl").unlink()
    (runbook.work / "there").unlink()
    shown = runbook("rollback", "--plan")
    assert shown.status == 6
    assert "First  [`depotctl` is not on its PATH]" in shown.out
    assert "Second  [the depot is closed]" in shown.out
    assert "0 of 2 ready" in shown.out


def test_what_takes_longer_than_it_may_is_said(runbook: Program) -> None:
    plan = PLAN.replace('"1m"', '"1s"').replace('run = "true"', 'run = "sleep 1.6"', 1)
    assert runbook("run", runbook.plan(plan), "--no-tui").status == 0
    shown = runbook("rollback", "--plan")
    assert "about 2 s of 1 s" in shown.out
    assert "it takes longer than it may" in shown.out


MERGE = """\
format = 1
title = "Merge"
[[phase]]
title = "P"
[[phase.step]]
id = "merge"
title = "Merge one"
action = "git.merge"
with = { branch = "origin/one", push = "true" }
"""


def test_a_remote_that_is_away_is_said_and_no_more_once_it_is_back(runbook: Program) -> None:
    remote = runbook.folder / "remote.git"

    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", *words],
            cwd=runbook.work, check=True, capture_output=True,
        )  # fmt: skip

    git("init", "-q", "--bare", "-b", "main", str(remote))
    git("init", "-q", "-b", "main")
    git("config", "user.name", "Ada")
    git("config", "user.email", "ada@example.com")
    git("remote", "add", "origin", str(remote))
    git("commit", "-q", "--allow-empty", "-m", "base")
    git("switch", "-q", "-c", "one")
    (runbook.work / "one").write_text("1\n")
    git("add", "one")
    git("commit", "-q", "-m", "one")
    git("push", "-q", "origin", "one", "main")
    git("switch", "-q", "main")
    ran = runbook("run", runbook.plan(MERGE), "--no-tui")
    assert ran.status == 0, ran.out + ran.err
    assert runbook("rollback", "--plan").status == 0
    remote.rename(remote.with_name("moved.git"))
    shown = runbook("rollback", "--plan")
    assert shown.status == 6
    assert "Merge one  [origin cannot be reached]" in shown.out
    remote.with_name("moved.git").rename(remote)
    assert runbook("rollback", "--plan").status == 0
    assert runbook("rollback", "--yes").status == 5


def test_what_is_done_without_a_screen_asks_no_check_and_waits_for_none(runbook: Program) -> None:
    slow = PLAN.replace("test -e there ||", "touch asked; sleep 60; test -e there ||")
    assert runbook("run", runbook.plan(slow), "--no-tui").status == 0
    run = runbook.run_id()
    assert runbook("note", run, "quick").status == 0
    assert runbook("stop", run).status == 0
    assert runbook("rollback", "--yes", "--scope", "step").status == 5
    assert not (runbook.work / "asked").exists()
