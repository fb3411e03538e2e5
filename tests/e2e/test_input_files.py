"""What is named as a plan and is none ends with 3; what stands in one never acts on a terminal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.programs import Program

COMMANDS = (("check",), ("show",), ("run", "--no-tui"))
PLAN = "# Plan\n\n1. **Look**\n   ```bash\n   ls\n   ```\n"
TOML = (
    'format = 1\ntitle = "T"\n[[phase]]\ntitle = "P"\n[[phase.step]]\ntitle = "A"\nrun = "true"\n'
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_is_no_file_is_refused_at_once(runbook: Program, command: tuple[str, ...]) -> None:
    pipe = runbook.work / "pipe.toml"
    os.mkfifo(pipe)
    # Somebody holds it open and writes nothing.
    held = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    device = runbook.work / "zero.toml"
    device.symlink_to("/dev/zero")
    try:
        for path, what in ((pipe, "a pipe"), (device, "a device"), ("/dev/zero", "a device"),
                           ("/dev/tty", "a device"), ("/dev/stdin", "a device")):  # fmt: skip
            ended = runbook(command[0], path, *command[1:])
            assert ended.status == 3
            assert (ended.out + ended.err).splitlines() == [
                f"{path}:1:1: fault: this is {what}, not a plan (a plan is read from a file)",
                "1 fault",
            ]
    finally:
        os.close(held)


def test_another_format_is_refused_in_one_line(runbook: Program) -> None:
    path = runbook.plan("a: 1", "plan.yaml")
    for command in COMMANDS:
        ended = runbook(command[0], path, *command[1:])
        assert ended.status == 3
        assert (ended.out + ended.err).splitlines() == [
            (
                f"{path}:1:1: fault: this is YAML, and only Markdown and TOML plans are read "
                "(write the steps in Markdown)"
            ),
            "1 fault",
        ]


def test_standard_input_is_no_plan(runbook: Program) -> None:
    ended = runbook("check", "-")
    assert ended.status == 3
    assert "a plan is read from a file: save it and name that" in ended.out


def raw(runbook: Program, name: bytes) -> str:
    return os.fsdecode(os.fsencode(runbook.work) + b"/" + name)


def test_a_name_never_reaches_the_terminal_raw(runbook: Program) -> None:
    names = (b"a\nfake.md:1:1: fault.md", b"\x1b]0;x\x07.md", b"\xff\xfe.md", b"\xc2\x9b31m.md",
             b"\xe2\x80\xaedm.nalp")  # fmt: skip
    for name in names:
        ended = runbook("check", raw(runbook, name))
        assert ended.status == 3, ended.err
        assert not set(ended.out) & set("\x1b\x07\x9b\u202e")
        assert len(ended.out.splitlines()) == 2


@pytest.mark.parametrize("name", [b"a\nfake\x1b]0;x\x07\xe2\x80\xae.md", b"\xff\xfe.md"])
def test_a_plan_of_any_name_can_be_run(runbook: Program, name: bytes) -> None:
    Path(raw(runbook, name)).write_text(PLAN)
    for arguments in (("show", raw(runbook, name)), ("run", raw(runbook, name), "--no-tui"),
                      ("log",), ("verify",)):  # fmt: skip
        ended = runbook(*arguments)
        assert ended.status == 0, ended.err
        said = ended.out + ended.err
        assert not set(said) & set("\x1b\x07\x9b\u202e")
        assert "\nfake" not in said


ODD = "a\\u001b]0;x\\u0007 \\u009b31m \\u202e \\u2066 \\u2028 \\r b"


def test_control_characters_of_a_plan_are_shown_safely(runbook: Program) -> None:
    path = runbook.plan(
        f'format = 1\ntitle = "{ODD}"\n[roles]\nqa = ["{ODD} <x@y>"]\n'
        f'[parameters.v]\ndefault = "{ODD}"\ndescription = "{ODD}"\n'
        f'[[phase]]\ntitle = "{ODD}"\ntext = "{ODD}"\ncriteria = ["{ODD}"]\n'
        f'[[phase.step]]\nid = "a"\ntitle = "{ODD}"\ntext = "{ODD}"\nrun = "true # {ODD}"\n'
        f'confirm = "{ODD}"\nirreversible = "{ODD}"\nchecks = ["{ODD}"]\n'
        f'[[section]]\ntitle = "{ODD}"\n[[contact]]\nrole = "{ODD}"\nwho = "{ODD}"\n'
        f'[[procedure]]\ntitle = "{ODD}"\n[[procedure.stage]]\ntitle = "{ODD}"\nsteps = ["{ODD}"]\n'
    )
    said = ""
    for arguments in (("check", path), ("show", path), ("show", path, "--json"),
                      ("run", path, "--no-tui", "--yes"), ("log",), ("log", "--json"),
                      ("rollback", "--plan"), ("resume", "--no-tui")):  # fmt: skip
        ended = runbook(*arguments)
        assert ended.status in {0, 4, 6, 7}, (arguments, ended.err)
        said += ended.out + ended.err
    assert "␛" in said
    assert not set(said) & set("\x1b\x07\x9b\u202e\u2066\u2028\r")


def test_a_nul_in_a_plan_is_a_fault(runbook: Program) -> None:
    path = runbook.plan(TOML.replace('"A"', '"A\\u0000B"') + 'env = { X = "\\u0000" }\n')
    assert runbook("check", path).out.splitlines() == [
        f"{path}:6:1: fault: a NUL character (\\u0000) cannot be in a plan (take it out)",
        f"{path}:8:9: fault: a NUL character (\\u0000) cannot be in a plan (take it out)",
        "2 faults",
    ]


def test_a_plan_that_is_nested_too_deeply_is_a_fault(runbook: Program) -> None:
    deep = "".join(f"[[phase{'.step' * n}]]\ntitle = 'S'\n" for n in range(1, 501))
    lists = "x = " + "[" * 500 + "]" * 500 + "\n"
    for text, said in (
        (TOML + deep, "fault: this is nested too deeply; at most 32 steps in one another"),
        (lists + TOML, "nested too deeply"),
        (TOML + "with = " + "{ a = " * 500 + "1" + " }" * 500 + "\n", "nested too deeply"),
    ):
        ended = runbook("check", runbook.plan(text))
        assert ended.status == 3
        assert said in ended.out
