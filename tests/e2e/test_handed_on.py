"""Blocks of a document that share what one shell would: in a run, and on the way back."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.programs import Program

PLAN = """\
# Ship

## Phase 1: Prepare

1. **Choose**
   ```bash
   mkdir -p releases
   cd releases
   export TAG="v 2"
   ```
   Rollback: `echo back in "${PWD##*/}" >> ../log; rm -f chosen`
2. **Write**
   ```bash
   echo "$TAG" > written
   ```
   Rollback: `rm written && echo "gone: $TAG" >> ../log`
"""


@pytest.fixture
def ran(runbook: Program) -> Path:
    """The folder in which the plan was carried out."""
    ended = runbook("run", runbook.plan(PLAN, "plan.md"), "--no-tui")
    assert ended.status == 0, ended.err
    assert (runbook.work / "releases" / "written").read_text() == "v 2\n"
    return runbook.work


def test_a_later_block_and_the_undos_have_variables_and_folder(runbook: Program, ran: Path) -> None:
    puts = [e["data"] for e in runbook.events() if e["type"] == "parameter.captured"]
    found = {p["name"]: p["value"] for p in puts}
    assert found == {"TAG": "v 2", "folder_after_block_1": str(ran / "releases")}
    back = runbook("rollback", runbook.run_id(), "--scope", "run", "--yes")
    assert back.status == 5, back.out + back.err
    assert not (ran / "releases" / "written").exists()
    assert (ran / "log").read_text() == "gone: v 2\nback in releases\n"
    assert runbook("verify").status == 0


def test_the_script_that_needs_no_program_acts_there_too(runbook: Program, ran: Path) -> None:
    script = runbook.home / "runs" / runbook.run_id() / "rollback.sh"
    ended = subprocess.run(["sh", str(script), "--all"], cwd="/", check=False, capture_output=True)
    assert ended.returncode == 5, ended.stdout
    assert (ran / "log").read_text() == "gone: v 2\nback in releases\n"


def test_a_block_that_fails_half_way_is_taken_back_where_it_was(runbook: Program) -> None:
    plan = PLAN.replace('export TAG="v 2"', 'export TAG="v 2"\n   false')
    assert runbook("run", runbook.plan(plan, "plan.md"), "--no-tui").status == 1
    back = runbook("rollback", runbook.run_id(), "--scope", "run", "--yes")
    assert back.status == 5, back.out + back.err
    assert (runbook.work / "log").read_text() == "back in releases\n"


def test_a_block_that_is_tried_again_begins_as_it_began(runbook: Program) -> None:
    blocks = ("export N=1", 'N=$((N+1))\n   echo "$N" >> seen\n   test -e ok', 'echo "$N" >> seen')
    steps = (f"{n}. **S{n}**\n   ```sh\n   {b}\n   ```\n" for n, b in enumerate(blocks, 1))
    plan = runbook.plan("# T\n\n" + "".join(steps), "plan.md")
    assert runbook("run", plan, "--no-tui").status == 1
    (runbook.work / "ok").touch()
    assert runbook("resume", "--no-tui").status == 0
    assert (runbook.work / "seen").read_text().split() == ["2", "2", "2"]
