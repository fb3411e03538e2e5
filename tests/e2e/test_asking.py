"""What the program asks on a terminal, without its screen."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from tests.e2e.plans import ASKS, SHIP
from tests.programs import Program

Spawn = Callable[..., "pexpect.spawn[str]"]


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
            timeout=20,
            dimensions=(40, 120),
        )
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


def test_missing_values_are_asked_before_the_run_and_a_secret_is_typed_unseen(
    runbook: Program, spawn: Spawn
) -> None:
    child = spawn("run", runbook.plan(ASKS), "--no-tui")
    child.expect("name: ")
    child.sendline("ada")
    child.expect("word: ")
    child.sendline("hunter2secret")
    child.expect(r"Really\? \[y/N\]: ")
    child.sendline("y")
    child.expect("ADA ABC")
    child.expect("done in")
    assert status(child) == 0
    assert "hunter2secret" not in str(child.before)
    for path in runbook.home.rglob("*"):
        assert not path.is_file() or b"hunter2secret" not in path.read_bytes(), path


def test_no_is_no(runbook: Program, spawn: Spawn) -> None:
    child = spawn("run", runbook.plan(ASKS), "--no-tui", "-p", "name=x", "-p", "word=y")
    child.expect(r"Really\? \[y/N\]: ")
    child.sendline("n")
    assert status(child) == 7
    assert "step.started" not in runbook.types()


def test_control_c_at_a_question_leaves(runbook: Program, spawn: Spawn) -> None:
    child = spawn("run", runbook.plan(ASKS), "--no-tui", "-p", "name=x", "-p", "word=y")
    child.expect(r"Really\? \[y/N\]: ")
    child.sendintr()
    assert status(child) == 7
    assert runbook.types()[-1] == "run.paused"


def test_a_rollback_asks_once_and_for_what_was_done_by_hand(runbook: Program, spawn: Spawn) -> None:
    plan = SHIP.replace("gate = { roles", "# gate = { roles")
    (runbook.work / "good").touch()
    runbook("run", runbook.plan(plan), "--no-tui")
    run = runbook.run_id()
    runbook("tick", run, "look")
    runbook("tick", run, "it-looks-right")
    runbook("tick", run, "call")
    no = spawn("rollback")
    no.expect(r"Roll back now\? \[y/N\]: ")
    no.sendline("n")
    assert status(no) == 7
    yes = spawn("rollback", "--scope", "run")
    yes.expect(r"Roll back now\? \[y/N\]: ")
    yes.sendline("y")
    yes.expect("unbuilt")
    yes.expect("Call support.*by hand")
    yes.sendline("y")
    yes.expect("Look.*by hand")
    yes.sendline("n")
    yes.expect("Why does it stay")
    yes.sendline("nobody minds")
    yes.expect("INCOMPLETE")
    assert status(yes) == 6
    reasons = [e["data"] for e in runbook.events() if e["type"] == "undo.finished"]
    assert {"result": "stays", "reason": "nobody minds"} in reasons


def test_colour_only_on_a_terminal_and_not_where_it_is_unwanted(
    runbook: Program, spawn: Spawn
) -> None:
    path = runbook.plan(SHIP)
    coloured = spawn("run", path, "--no-tui")
    assert status(coloured) == 1
    assert "\x1b[" in str(coloured.before)
    plain = spawn("run", path, "--no-tui", NO_COLOR="1")
    assert status(plain) == 1
    assert "\x1b[" not in str(plain.before)
    assert "\x1b[" not in runbook("run", path, "--no-tui").out


def test_home_offers_by_number(runbook: Program, spawn: Spawn) -> None:
    runbook("run", runbook.plan(SHIP), "--no-tui")
    child = spawn()
    child.expect("open runs")
    child.expect("plan.toml")
    child.expect("number")
    child.sendline("0")
    assert status(child) == 0
