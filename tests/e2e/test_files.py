"""A plan of several files: its faults where they stand, and a run that needs none of the files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.programs import GRACE, Program

BASE = """\
# Move the database

## Phase 1: Prepare

1. **Announce**
   ```bash
   echo moving to <TARGET> | tee announced.txt
   ```

## Phase 2: Move

1. **Copy**
   ```bash
   echo copied > copied.txt
   ```
"""
PLAN = """\
format = 1
extends = "base/plan.md"
[parameters.TARGET]
default = "eu"
[roles]
cto = ["Grace <grace@example.com>"]
[[phase]]
id = "phase-1-prepare"
[[phase.step]]
id = "announce"
undo = "rm announced.txt"
[[phase]]
id = "phase-2-move"
gate = { roles = ["cto"] }
[[phase.step]]
id = "copy"
undo = "rm copied.txt"
verify_undo = "test ! -e copied.txt"
[[phase]]
id = "smoke"
include = "parts/smoke.toml"
needs = ["phase-2-move"]
"""
SMOKE = """\
format = 1
title = "Smoke test"
[parameters.TARGET]
default = "eu"
[[phase]]
title = "All"
[[phase.step]]
id = "ping"
title = "Ping"
run = "echo pinging ${{ TARGET }}"
changes = false
[[phase.step]]
title = "Hear"
needs = ["ping"]
changes = false
"""


@pytest.fixture
def plan(runbook: Program) -> Path:
    """A plan that extends one and includes another."""
    for folder in ("base", "parts"):
        (runbook.work / folder).mkdir()
    runbook.plan(BASE, "base/plan.md")
    runbook.plan(SMOKE, "parts/smoke.toml")
    return runbook.plan(PLAN)


def test_a_run_goes_on_and_back_when_the_files_are_gone(runbook: Program, plan: Path) -> None:
    started = runbook("run", "plan.toml", "--no-tui")
    assert started.status == 7, started.err
    assert "moving to eu" in started.out
    run = runbook.run_id()
    first = runbook.events()[0]["data"]
    assert first["plan"] == PLAN
    assert first["includes"] == {"base/plan.md": BASE, "parts/smoke.toml": SMOKE}

    plan.unlink()
    shutil.rmtree(runbook.work / "base")
    shutil.rmtree(runbook.work / "parts")
    assert runbook("sign", run, "phase-2-move", "--role", "cto", "--as", GRACE).status == 0
    resumed = runbook("resume", "--no-tui", "-p", "TARGET=eu")
    assert resumed.status == 7, resumed.err
    assert "pinging eu" in resumed.out
    assert f"runbook tick {run} smoke.hear" in resumed.err
    # What helps reads the kept reading, or the copy where that is gone too.
    (runbook.home / "runs" / run / "reading.json").unlink()
    assert runbook("tick", run, "smoke.hear").status == 0
    assert "smoke.hear" in runbook("log", run, "--json").out
    assert runbook("resume", "--no-tui").status == 0
    assert runbook("rollback", run, "--scope", "run", "--yes").status == 5
    assert not (runbook.work / "copied.txt").exists()
    assert runbook("verify").status == 0


def test_another_file_is_another_plan(runbook: Program, plan: Path) -> None:
    runbook("run", plan, "--no-tui")
    runbook.plan(SMOKE + 'text = "changed"\n', "parts/smoke.toml")
    second = runbook("run", plan, "--no-tui")
    assert "another run of this plan is open" not in second.err
    digests = {run["digest"] for run in json.loads(runbook("runs", "--json").out)}
    assert len(digests) == 2


def test_check_names_the_file_of_each_fault(runbook: Program, plan: Path) -> None:
    runbook.plan(SMOKE.replace('needs = ["ping"]', 'needs = ["pong"]'), "parts/smoke.toml")
    runbook.plan(PLAN + "when = \"TARGET == 'eu' and stage\"\n")
    for name in (str(plan), "plan.toml"):
        part = Path(name).parent / "parts/smoke.toml"
        lines = runbook("check", name).out.splitlines()
        assert lines == [
            f"{name}:23:28: fault: “stage” is no parameter and no output of an earlier step",
            f"{part}:14:1: fault: “smoke.hear” needs “smoke.pong”, which is not there",
            "2 faults",
        ]
    found = json.loads(runbook("check", "plan.toml", "--json").out)["faults"]
    assert [(f["source"], f["line"]) for f in found] == [
        ("plan.toml", 23), ("parts/smoke.toml", 14),
    ]  # fmt: skip


def test_check_says_which_file_is_missing_and_who_names_it(runbook: Program, plan: Path) -> None:
    (runbook.work / "parts" / "smoke.toml").unlink()
    runbook.plan("a: 1", "parts/x.yaml")
    ended = runbook("check", "plan.toml")
    assert ended.status == 3
    assert ended.out.splitlines() == [
        "plan.toml:21:1: fault: “parts/smoke.toml” cannot be read: No such file or directory",
        "1 fault",
    ]
    for name, reason in (
        ("parts", "this is a folder, not a plan"),
        ("parts/x.yaml", "this is YAML"),
    ):
        runbook.plan(PLAN.replace("parts/smoke.toml", name))
        assert f"“{name}” cannot be read: {reason}" in runbook("check", "plan.toml").out
    assert runbook("run", "plan.toml", "--no-tui").status == 3


def test_show_says_where_everything_stands(runbook: Program, plan: Path) -> None:
    found = json.loads(runbook("show", "plan.toml", "--json").out)
    assert [(p["id"], p["source"], p["line"]) for p in found["phases"]] == [
        ("phase-1-prepare", "base/plan.md", 3), ("phase-2-move", "base/plan.md", 10),
        ("smoke", "plan.toml", 19),
    ]  # fmt: skip
    assert [(t["id"], t["source"], t["line"]) for t in found["ticks"]] == [
        ("announce", "base/plan.md", 5), ("copy", "base/plan.md", 12),
        ("smoke.ping", "parts/smoke.toml", 7), ("smoke.hear", "parts/smoke.toml", 12),
    ]  # fmt: skip
    assert "Smoke test" in runbook("show", "plan.toml").out


def test_an_overlay_is_written_once_and_runs_as_the_plan(runbook: Program) -> None:
    plan = runbook.plan(BASE, "move.md")
    made = runbook("annotate", plan)
    over = plan.with_suffix(".toml")
    assert (made.status, made.out) == (0, f"{over} is there\n")
    assert f"runbook check {over}" in made.err
    assert runbook("show", over).out.split("\n")[1:] == runbook("show", plan).out.split("\n")[1:]
    over.write_text(over.read_text().replace('id = "copy"', 'id = "copy"\nundo = "rm copied.txt"'))
    kept = over.read_text()
    again = runbook("annotate", plan)
    assert again.status == 2
    assert "is there already; nothing was changed" in again.err
    assert over.read_text() == kept
    assert runbook("annotate", plan, "-o", runbook.folder / "over.md").status == 2
    plan.write_text(BASE.replace("**Copy**", "**Copy everything**"))
    checked = runbook("check", over)
    assert checked.status == 3
    assert "“copy” (“Copy”) is not in the plan" in checked.out + checked.err
    assert 'id = "copy-everything"' in checked.out + checked.err
