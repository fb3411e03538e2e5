"""What the program says to what it cannot use: the contract's status, one line, no traceback."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.plans import ASKS, SHIP
from tests.programs import Program

HEAD = 'format = 1\ntitle = "T"\n[[phase]]\ntitle = "P"\n'
STEP = '[[phase.step]]\nid = "a"\ntitle = "A"\nrun = "true"\n'

FAULTY = {
    "no steps": 'format = 1\ntitle = "T"\n',
    "invalid TOML": 'format = 1\ntitle = "T\n',
    "unknown key": HEAD + STEP + 'rnu = "true"\n',
    "duplicate id": HEAD + STEP + STEP,
    "cycle": HEAD
    + '[[phase.step]]\nid = "a"\ntitle = "A"\nrun = "true"\nneeds = ["b"]\n'
    + '[[phase.step]]\nid = "b"\ntitle = "B"\nrun = "true"\nneeds = ["a"]\n',
    "undefined parameter": HEAD + '[[phase.step]]\ntitle = "A"\nrun = "echo ${{ nobody }}"\n',
}


@pytest.mark.parametrize("command", [("check",), ("show",), ("run", "--no-tui")])
@pytest.mark.parametrize("case", FAULTY)
def test_a_faulty_plan_ends_with_3_and_names_the_place(
    runbook: Program, case: str, command: tuple[str, ...]
) -> None:
    path = runbook.plan(FAULTY[case])
    ended = runbook(command[0], path, *command[1:])
    assert ended.status == 3
    said = ended.out + ended.err
    assert f"{path}:" in said
    assert ": fault: " in said
    assert "fault" in said.splitlines()[-1]
    assert runbook.runs() == []


@pytest.mark.parametrize("command", [("check",), ("show",), ("run", "--no-tui")])
def test_what_is_no_plan_at_all_ends_with_3(runbook: Program, command: tuple[str, ...]) -> None:
    binary = runbook.work / "binary.md"
    binary.write_bytes(b"# x\n\0\1\2")
    foreign = runbook.plan("steps: []", "plan.yaml")
    empty = runbook.plan("just text\n", "empty.md")
    for path in (runbook.work / "missing.md", runbook.work, binary, foreign, empty):
        ended = runbook(command[0], path, *command[1:])
        assert ended.status == 3, path
        assert str(path) in ended.out + ended.err


def test_wrong_values_end_with_2_before_anything_is_recorded(runbook: Program) -> None:
    path = runbook.plan(SHIP)
    for pair, hint in (("vresion=1", "did you mean “version”"), ("version=9", "one of 2.4, 2.5")):
        ended = runbook("run", path, "--no-tui", "-p", pair)
        assert ended.status == 2
        assert hint in ended.err
    assert runbook("run", path, "--no-tui", "-p", "version").status == 2
    assert runbook("run", path, "--no-tui", "--from", "flakey").status == 2
    assert runbook("run", path, "--no-tui", "--cwd", "nowhere").status == 2
    assert runbook("run", path).status == 2
    assert runbook.runs() == []


def test_missing_values_are_named_all_at_once(runbook: Program) -> None:
    path = runbook.plan(ASKS)
    ended = runbook("run", path, "--no-tui")
    assert ended.status == 3
    assert "name" in ended.err
    assert "word" in ended.err
    assert runbook("run", path, "--no-tui", "-p", "other=NO").status == 2


@pytest.mark.parametrize(
    "arguments",
    [("rn",), ("run",), ("tick",), ("sign", "x", "y"), ("log", "nope"), ("rollback", "nope"),
     ("stop", "nope"), ("verify", "nope"), ("resume", "--no-tui"), ("log",), ("run", "x", "--no"),
     ("rollback", "--scope", "all"), ("note", "x", "a", "b", "c")],
)  # fmt: skip
def test_wrong_usage_ends_with_2(runbook: Program, arguments: tuple[str, ...]) -> None:
    ended = runbook(*arguments)
    assert ended.status == 2
    assert ended.err


def test_nothing_to_do_is_no_failure(runbook: Program) -> None:
    for command in ("rollback", "stop", "runs", "verify", "doctor"):
        assert runbook(command).status == 0, command
    assert runbook().status == 0


def test_a_home_that_is_a_file_is_wrong_usage(runbook: Program) -> None:
    path = runbook.plan(SHIP)
    runbook.home.write_text("a file")
    for arguments in (("runs",), ("run", path, "--no-tui"), ("rollback",), ("log",), ("verify",)):
        ended = runbook(*arguments)
        assert ended.status == 2
        assert "not a folder" in ended.err


def test_a_journal_of_a_newer_program_is_left_alone(runbook: Program) -> None:
    path = runbook.plan(SHIP)
    runbook("run", path, "--no-tui")
    database = runbook.home / "journal.db"
    with closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA user_version = 99")
    before = database.read_bytes()
    ended = runbook("run", path, "--no-tui")
    assert ended.status == 70
    assert "newer" in ended.err
    assert database.read_bytes() == before


def test_output_that_nobody_reads_any_more_is_no_fault(runbook: Program, tmp_path: Path) -> None:
    import subprocess
    import sys

    runbook("run", runbook.plan(SHIP), "--no-tui")
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m runbook_tui log --json | head -c 1"],
        env=runbook.environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize("command", [("check",), ("show",), ("run", "--no-tui")])
def test_a_plan_that_no_run_could_keep_is_a_fault_everywhere(
    runbook: Program, command: tuple[str, ...]
) -> None:
    padding = "# " + "x" * (5 << 20) + "\n"
    whole = runbook.plan(padding + HEAD + STEP)
    taken = runbook.plan(padding[: 3 << 20] + "\n" + HEAD + STEP, "taken.toml")
    both = runbook.plan(
        padding[: 3 << 20] + "\n" + HEAD.replace("[[phase]]", '[[phase]]\ninclude = "taken.toml"'),
        "both.toml",
    )
    for path, named, size in ((whole, whole, "5.0 MiB"), (both, taken, "6.0 MiB")):
        ended = runbook(command[0], path, *command[1:])
        assert ended.status == 3
        said = ended.out + ended.err
        assert f"too large: {size}, at most 4 MiB for a plan with all it takes in" in said
        assert named.name in said
    assert runbook.runs() == []


def test_a_plan_as_large_as_may_be_runs(runbook: Program) -> None:
    text = HEAD + STEP + '# "' + "\\" * ((4 << 20) - len(HEAD + STEP) - 3)
    path = runbook.plan(text)
    assert runbook("check", path).status == 0
    ended = runbook("run", path, "--no-tui")
    assert ended.status == 0, ended.err


def test_a_default_that_no_command_can_be_given_is_a_fault(runbook: Program) -> None:
    long = f'[parameters.blob]\ndefault = "{"x" * 200_000}"\n'
    ended = runbook("check", runbook.plan(HEAD + STEP + long))
    assert ended.status == 3
    assert "the value of “blob” has 200000 bytes" in ended.out + ended.err
