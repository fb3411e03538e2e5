"""An undo of several texts, begun by a rollback that died: each is run once, and none is hidden."""

from __future__ import annotations

import subprocess

import pytest

from tests.programs import Program
from tests.waiting import until

PLAN = """\
format = 1
title = "Twice"
[[phase]]
title = "One"
[[phase.step]]
id = "a"
title = "A"
before = 'echo x >> tries; echo "old=$(wc -l < tries)" >> "$RUNBOOK_OUTPUT"'
outputs = ["old"]
run = "test -e go"
undo = '''
printf 'undo-${{ old }}\tö\\n' >> undone; test "${{ old }}" = 1 || exit SECOND
until test -e free; do sleep 0.02; done'''
"""


def twice(runbook: Program, second: int) -> None:
    """A step that ran twice: the undo of the second attempt is tried first and ends so."""
    plan = runbook.plan(PLAN.replace("SECOND", str(second)))
    assert runbook("run", plan, "--no-tui").status == 1
    (runbook.work / "go").touch()
    assert runbook("resume", "--no-tui").status == 0


def tried(runbook: Program) -> list[str]:
    file = runbook.work / "undone"
    return [line.split()[0] for line in file.read_text().splitlines()] if file.exists() else []


def without_journal(runbook: Program) -> None:
    for part in runbook.home.glob("journal.db*"):
        part.unlink()


def script(runbook: Program) -> list[str]:
    [path] = runbook.home.glob("runs/*/rollback.sh")
    return ["sh", str(path)]


def go_on(runbook: Program, how: str) -> int:
    """Take it over, by the program or by the script."""
    if how == "program":
        return runbook("rollback", "--yes").status
    done = subprocess.run(
        script(runbook), cwd=runbook.work, env=runbook.environment(), capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.returncode


@pytest.mark.parametrize("how", ["program", "script"])
@pytest.mark.parametrize(("second", "status"), [(0, 5), (3, 6)])
def test_after_a_rollback_that_died_in_an_earlier_text(
    runbook: Program, how: str, second: int, status: int
) -> None:
    twice(runbook, second)
    first = runbook.start("rollback", "--yes")
    until(lambda: "undo-1" in tried(runbook))
    runbook.kill(first)
    without_journal(runbook)
    (runbook.work / "free").touch()
    assert go_on(runbook, how) == status
    assert tried(runbook) == ["undo-2", "undo-1"]


@pytest.mark.parametrize("how", ["program", "script"])
@pytest.mark.parametrize("before", ["program", "script"])
def test_after_one_without_the_journal_that_died_in_an_earlier_text(
    runbook: Program, before: str, how: str
) -> None:
    twice(runbook, 3)
    without_journal(runbook)
    if before == "program":
        first = runbook.start("rollback", "--yes")
    else:
        first = subprocess.Popen(
            script(runbook), cwd=runbook.work, env=runbook.environment(), text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        runbook.adopt(first)
    until(lambda: "undo-1" in tried(runbook))
    runbook.kill(first)
    (runbook.work / "free").touch()
    assert go_on(runbook, how) == 6
    assert tried(runbook) == ["undo-2", "undo-1"]
