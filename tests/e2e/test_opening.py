"""The screen of the real program before its run is open: faults, questions, and the first keys."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from tests.e2e.plans import ASKS, SHIP
from tests.e2e.test_choosing import WAITS
from tests.programs import GRACE, Program

Spawn = Callable[..., "pexpect.spawn[str]"]
F9 = "\x1b[20~"
SCREEN_CLOSED = r"\x1b\[\?1049l"


@pytest.fixture
def spawn(runbook: Program) -> Iterator[Spawn]:
    """Starts the program on a terminal of its own."""
    children: list[pexpect.spawn[str]] = []

    def start(*arguments: str | Path, **environment: str) -> pexpect.spawn[str]:
        child = pexpect.spawn(
            sys.executable,
            ["-m", "runbook_tui", *map(str, arguments)],
            cwd=str(runbook.work),
            env=runbook.environment(TERM="xterm-256color", **environment),
            encoding="utf-8",
            timeout=60,
            dimensions=(40, 120),
        )
        child.delaybeforesend = None
        children.append(child)
        return child

    yield start
    for child in children:
        child.close(force=True)


def status(child: pexpect.spawn[str]) -> int | None:
    """The exit status, once it has ended."""
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus


def test_a_line_is_there_at_once_and_leaves_no_trace(runbook: Program, spawn: Spawn) -> None:
    long = runbook.work / f"{'long ' * 40}.toml"
    long.write_text(SHIP)
    for arguments, says in (
        (("run", runbook.plan(SHIP)), "runbook: opening plan.toml ..."),
        (("run", long), "runbook: opening " + "long " * 20 + "l…"),
        ((), "runbook ..."),
    ):
        child = spawn(*arguments)
        child.expect_exact("\x1b[?1049h")
        seen = child.before
        # One row, begun and taken away at its beginning, before there is a screen.
        assert seen is not None
        assert seen.strip("\x1b") == f"\r{says}\r\x1b[K"
        assert len(says) < 120
        child.expect_exact("F9 PANIC")
        child.send("q")
        assert status(child) in {0, 7}


def test_a_faulty_plan_prints_every_fault_on_the_terminal_below_and_records_nothing(
    runbook: Program, spawn: Spawn
) -> None:
    text = 'format = 1\ntitle = "T"\n[[phase]]\ntitle = "P"\nrsik = "high"\n'
    plan = runbook.plan(text + '[[phase.step]]\ntitle = "A"\nrnu = "true"\n')
    child = spawn("run", plan)
    child.expect("Runbook: plan.toml")
    child.expect(SCREEN_CLOSED)
    child.expect("plan.toml:5:1: fault: .*rsik")
    child.expect("plan.toml:8:1: fault: .*rnu")
    child.expect("2 faults")
    assert status(child) == 3
    assert not (runbook.home / "journal.db").exists()


def test_a_file_that_is_not_there_needs_no_screen(runbook: Program, spawn: Spawn) -> None:
    child = spawn("run", "missing.toml")
    assert status(child) == 3
    assert "\x1b[?1049h" not in str(child.before)
    assert "cannot be read" in str(child.before)


def test_missing_values_are_asked_on_the_terminal_and_then_the_screen_comes(
    runbook: Program, spawn: Spawn
) -> None:
    child = spawn("run", runbook.plan(ASKS))
    child.expect(SCREEN_CLOSED)
    child.expect("name: ")
    child.sendline("ada")
    child.expect("word: ")
    child.sendline("hunter2secret")
    child.expect("READY")
    child.send("q")
    child.expect("come back with: runbook resume")
    assert status(child) == 7
    started = next(event for event in runbook.events() if event["type"] == "run.started")
    assert started["data"]["parameters"]["name"] == "ada"
    assert "hunter2secret" not in str(runbook.events())


def test_a_value_given_on_resuming_reaches_the_run_on_the_screen_too(
    runbook: Program, spawn: Spawn
) -> None:
    runbook("run", runbook.plan(ASKS), "--no-tui", "-p", "name=ada", "-p", "word=abcdef")
    child = spawn("resume", "-p", "name=grace")
    child.expect("F9 PANIC: roll back")
    child.send("q")
    child.expect("come back with: runbook resume")
    given = [event["data"] for event in runbook.events() if event["type"] == "parameter.captured"]
    assert [(g["name"], g["value"], g["source"]) for g in given] == [("name", "grace", "-p")]


def test_f9_pressed_before_anything_shows_is_not_lost(runbook: Program, spawn: Spawn) -> None:
    runbook("run", runbook.plan(SHIP), "--no-tui")
    child = spawn("resume")
    child.send(F9)
    child.expect("ROLLBACK")
    child.send("\x1b")
    child.expect("F9 PANIC")
    assert "rollback.started" not in runbook.types()


def test_resumed_by_another_the_screen_makes_way_for_the_question(
    runbook: Program, spawn: Spawn
) -> None:
    runbook("run", runbook.plan(WAITS), "--no-tui")
    child = spawn("resume", "--as", GRACE)
    child.expect(SCREEN_CLOSED)
    child.expect("the lead of .* goes from Ada")
    child.expect("Lead “")
    child.sendline("n")
    child.expect("nothing was changed")
    assert status(child) == 7
    assert "lead.handed_over" not in runbook.types()
    child = spawn("resume", "--as", GRACE)
    child.expect("Lead “")
    child.sendline("y")
    child.expect("F9 PANIC: roll back")
    child.send("q")
    child.expect("come back with: runbook resume")
    assert status(child) == 7
    assert "lead.handed_over" in runbook.types()


def test_the_screen_says_that_the_newest_of_several_runs_was_taken(
    runbook: Program, spawn: Spawn
) -> None:
    plan = runbook.plan(WAITS)
    for _ in range(2):
        runbook("run", plan, "--no-tui")
    child = spawn("resume")
    child.expect("took the newest open run of 2; `runbook runs` lists them")
    child.send("q")
    assert status(child) == 7


def test_left_before_the_run_is_open_it_says_so(runbook: Program, spawn: Spawn) -> None:
    many = "".join(f'[[phase.step]]\ntitle = "S{n}"\nrun = "true"\n' for n in range(20_000))
    child = spawn("run", runbook.plan(f'format = 1\ntitle = "T"\n[[phase]]\ntitle = "P"\n{many}'))
    child.expect("Runbook: plan.toml")
    child.send("q")
    child.expect("nothing was recorded or started")
    assert status(child) == 7
    assert not (runbook.home / "journal.db").exists()
