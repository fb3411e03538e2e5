"""Faults in a plan's shell texts, as the real ShellCheck finds them; without it nothing is said."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from runbook_tui.book.findings import Finding
from runbook_tui.book.reader import read
from runbook_tui.command.runner import HelperRunner
from runbook_tui.session.shell_faults import shell_faults

needs_it = pytest.mark.skipif(
    shutil.which("shellcheck") is None and not os.environ.get("CI"), reason="no shellcheck here"
)


def found(text: str, name: str = "plan.md") -> tuple[Finding, ...] | None:
    """What is found in a plan's texts."""
    return shell_faults(read(text, name), HelperRunner())


PLAN = (
    "# Mill\n\n1. Turn\n\n   ```bash\n   ./turn <wheel>\n   if [ -f ./stop ]; then\n"
    "   ./stop\n   ```\n\n   Rollback: `./back 'wheel`\n\n2. Look\n\n   ```bash\n   ls\n   ```\n"
)


@needs_it
def test_faults_stand_at_their_lines_and_weigh_more_in_a_rollback() -> None:
    told = found(PLAN)
    assert told is not None
    assert {(f.code, f.severity, f.line) for f in told} == {
        ("shell", "medium", 7), ("shell", "high", 11),
    }  # fmt: skip
    assert all("ShellCheck SC" in f.message for f in told)


@needs_it
@pytest.mark.parametrize(
    "command",
    [
        "./turn <wheel> {{ speed }}", "cd mill && ./turn", "echo $unset", "cp a $HOME/b c",
        "# /mill is turned", "source ./env", "x=5", "for a in $(ls); do echo $a; done",
    ],
)  # fmt: skip
def test_values_and_what_is_a_matter_of_taste_are_no_faults(command: str) -> None:
    assert found(f"# Mill\n\n1. Turn\n\n   ```bash\n   {command}\n   ls\n   ```\n") == ()


@needs_it
def test_only_what_a_shell_runs_is_looked_at() -> None:
    text = "# Mill\n\n1. Turn\n\n## Useful\n\n```bash\nif\n```\n\n```python\nif\n```\n"
    assert found(text) == ()
    head = 'format = 1\ntitle = "M"\n[[phase]]\ntitle = "a"\n[[phase.step]]\ntitle = "b"\n'
    toml = f'{head}run = "if x:"\n'
    told = found(toml, "p.toml")
    assert told is not None
    assert [f.line for f in told] == [7]
    assert found(toml + 'shell = "python3 -c"\n', "p.toml") == ()


def test_without_the_program_nothing_is_said_but_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert found(PLAN) is None
    assert found("# Mill\n\n1. Turn by hand\n") == ()


@pytest.mark.parametrize("answer", ["exit 3", "echo no json", "echo '{}'", "echo '[]'"])
def test_a_program_that_does_not_answer_is_as_good_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    program = tmp_path / "shellcheck"
    program.write_text(f"#!/bin/sh\n{answer}\n")
    program.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    assert found(PLAN) is None
