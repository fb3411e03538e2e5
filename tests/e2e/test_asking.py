"""What the program asks on a terminal, without its screen."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from tests.e2e.plans import ASKS, SHIP
from tests.on_disk import files_holding
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
            timeout=60,
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
    assert files_holding(runbook.home, "hunter2secret") == []


NEVER_MADE = """\
format = 1
title = "Never made"
[[phase]]
id = "p"
title = "P"
[[phase.step]]
id = "make"
title = "Make"
run = "true"
undo = "true"
outputs = ["old"]
[[phase.step]]
id = "use"
title = "Use"
run = 'echo "<$old>" > used'
undo = "rm used"
"""


def test_a_variable_that_no_step_has_put_out_is_asked_for_or_given(
    runbook: Program, spawn: Spawn
) -> None:
    stopped = runbook("run", runbook.plan(NEVER_MADE), "--no-tui")
    assert stopped.status == 7
    assert "“Use” needs a value for old" in stopped.err
    assert f"runbook resume {runbook.run_id()} --no-tui -p old=…" in stopped.err
    assert not (runbook.work / "used").exists()
    child = spawn("resume", "--no-tui")
    child.expect("old .*: ")
    child.sendline("41")
    assert status(child) == 0
    assert (runbook.work / "used").read_text() == "<41>\n"
    assert runbook("rollback", "--yes", "--scope", "run").status == 5
    given = runbook("resume", "--no-tui", "-p", "old=42")
    assert (given.status, (runbook.work / "used").read_text()) == (0, "<42>\n"), given


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


def test_home_shows_what_is_here_and_is_left_by_a_key(runbook: Program, spawn: Spawn) -> None:
    runbook("run", runbook.plan(SHIP), "--no-tui")
    child = spawn()
    child.expect("plan.toml")
    child.expect("F9 PANIC")
    child.send("q")
    assert status(child) == 0


STUBBORN = """\
format = 1
title = "Stubborn"
[[phase]]
id = "p"
title = "P"
[[phase.step]]
id = "a"
title = "Alpha"
run = "touch a"
undo = "rm a"
[[phase.step]]
id = "b"
title = "Beta"
run = "touch b"
undo = '''
echo one >> order
test -e cure
echo three >> order
rm b'''
"""


def stubborn(runbook: Program) -> str:
    """A run whose newest undo fails in its second line."""
    assert runbook("run", runbook.plan(STUBBORN), "--no-tui").status == 0
    return runbook.run_id()


def asked_about_beta(child: pexpect.spawn[str]) -> None:
    child.expect("“Alpha”: taken back")
    child.expect("“Beta” was not taken back: the undo ended with exit status 1")
    child.expect(r"2  test -e cure")
    child.expect("l: go on from a line, x: leave it. Which\\?: ")


def test_an_undo_that_fails_is_asked_about_in_words(runbook: Program, spawn: Spawn) -> None:
    run = stubborn(runbook)
    child = spawn("rollback", run)
    child.expect(r"\[y/N\]: ")
    child.sendline("y")
    asked_about_beta(child)
    child.sendline("r")
    child.expect("“Beta”: failed")
    child.expect("Which\\?: ")
    child.sendline("l")
    child.expect(r"From which line\? \(2, 3, 4\): ")
    child.sendline("3")
    child.expect("2  rm b")
    child.expect(r"This runs now\? \[y/N\]: ")
    child.sendline("y")
    child.expect("ROLLED BACK")
    assert status(child) == 5
    assert (runbook.work / "order").read_text().split() == ["one", "one", "three"]
    assert "undo.amended" in runbook.types()


def test_a_failed_undo_is_edited_in_the_editor(runbook: Program, spawn: Spawn) -> None:
    run = stubborn(runbook)
    editor = runbook.work / "editor"
    # An editor is known to have saved by the time of the file.
    editor.write_text('#!/bin/sh\nsed -i /cure/d "$1" && touch -d tomorrow "$1"\n')
    editor.chmod(0o755)
    child = spawn("rollback", run, EDITOR=str(editor), VISUAL="")
    child.expect(r"\[y/N\]: ")
    child.sendline("y")
    asked_about_beta(child)
    child.sendline("e")
    child.expect("Why is it changed")
    child.sendline("no cure needed")
    child.expect("ROLLED BACK")
    assert status(child) == 5
    assert "edited: no cure needed" in runbook("log", run).out


def test_after_a_kill_another_goes_on_where_it_waited(runbook: Program, spawn: Spawn) -> None:
    run = stubborn(runbook)
    first = spawn("rollback", run)
    first.expect(r"\[y/N\]: ")
    first.sendline("y")
    asked_about_beta(first)
    first.kill(signal.SIGKILL)
    first.expect(pexpect.EOF)
    second = spawn("rollback", run)
    asked_about_beta(second)
    second.sendline("x")
    second.expect("Why does it stay")
    second.sendline("it is gone anyway")
    second.expect("INCOMPLETE")
    assert status(second) == 6


def test_after_a_kill_it_ends_without_a_person(runbook: Program, spawn: Spawn) -> None:
    run = stubborn(runbook)
    first = spawn("rollback", run)
    first.expect(r"\[y/N\]: ")
    first.sendline("y")
    asked_about_beta(first)
    first.kill(signal.SIGKILL)
    first.expect(pexpect.EOF)
    ended = runbook("rollback", run, "--yes")
    assert ended.status == 6
    assert "“Beta”: failed" in ended.out
    assert not (runbook.work / "a").exists()
