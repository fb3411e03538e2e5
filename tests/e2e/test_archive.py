"""``runbook export`` and ``runbook verify FILE``: checked where the journal is not."""

from __future__ import annotations

import pytest

from tests.e2e.plans import SHIP
from tests.programs import Program


@pytest.fixture
def run(runbook: Program) -> str:
    """A run that failed and was rolled back."""
    assert runbook("run", runbook.plan(SHIP), "--no-tui").status == 1
    assert runbook("rollback", runbook.run_id(), "--yes").status == 5
    return runbook.run_id()


def test_an_archive_holds_on_a_machine_without_the_journal(runbook: Program, run: str) -> None:
    made = runbook("export", "-o", "run.tar.gz")
    assert made.status == 0
    head = runbook.events()[-1]["hash"]
    assert head in made.err
    elsewhere = {"RUNBOOK_HOME": str(runbook.folder / "nowhere")}
    ended = runbook("verify", "run.tar.gz", "--anchor", head, environment=elsewhere)
    assert ended.status == 0
    assert ended.out.startswith("the archive holds: ")
    assert f"{run}  {head}" in ended.out
    assert not (runbook.folder / "nowhere").exists()
    wrong = runbook("verify", "run.tar.gz", "--anchor", "0" * 64, environment=elsewhere)
    assert wrong.status == 8

    data = bytearray((runbook.work / "run.tar.gz").read_bytes())
    data[len(data) // 2] ^= 1
    (runbook.work / "changed.tar.gz").write_bytes(data)
    changed = runbook("verify", "changed.tar.gz", environment=elsewhere)
    assert (changed.status, "the archive does NOT hold" in changed.out) == (8, True)

    for command in ("run", "check", "show"):
        refused = runbook(command, "run.tar.gz", environment=elsewhere)
        assert refused.status == 3
        assert "a plan from an archive is not run" in refused.err + refused.out


def test_a_record_that_does_not_hold_is_exported_as_such(runbook: Program, run: str) -> None:
    (folder,) = (runbook.home / "runs" / run / "commands").glob("build.*-run")
    (folder / "log.head").write_text("nothing happened\n")
    made = runbook("export", run, "-o", "run.tar.gz")
    assert made.status == 8
    assert "does NOT hold" in made.err
    assert runbook("verify", "run.tar.gz").status == 8


def test_what_cannot_be_is_said_and_ends_with_2(runbook: Program) -> None:
    assert runbook("export", "-o", "run.tar.gz").status == 2
    assert not (runbook.work / "run.tar.gz").exists()
    ended = runbook("verify", "no-such.tar.gz")
    assert (ended.status, "there is no such file" in ended.err) == (2, True)
    text = runbook.plan("hello", "text.tar.gz")
    ended = runbook("verify", text)
    assert (ended.status, "is no archive" in ended.out) == (8, True)
    assert runbook("export").status == 2
