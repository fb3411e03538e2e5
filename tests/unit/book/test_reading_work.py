"""Reading four times as much is about four times the work: counted in calls, not in time."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from runbook_tui.book.reader import read

BLOCK = "# T\n\n1. do\n   ```bash\n   {} {}\n   ```\n"
ROWS = "# T\n\n| # | Action | Command | Rollback |\n|---|---|---|---|\n"


def in_one_command(count: int) -> str:
    return BLOCK.format("deploy", " ".join(f"<name-{n}>" for n in range(count)))


def in_inner_code(count: int) -> str:
    return BLOCK.format("ssh db bash -c", f"'{' '.join(f'<name-{n}>' for n in range(count))}'")


def in_lines_of_a_document(count: int) -> str:
    return BLOCK.format("psql", "<<E\n" + "   <name> $NS\n" * count + "   E")


def of_variables(count: int) -> str:
    return BLOCK.format("deploy", " ".join(f"${{NAME_{n}}}" for n in range(count)))


def in_many_steps(count: int) -> str:
    return "# T\n\n" + "".join(
        f"{n}. do\n   ```bash\n   deploy <name-{n}>\n   ```\n" for n in range(count)
    )


def in_a_table(count: int) -> str:
    return ROWS + "".join(f"| {n} | Stop <s-{n}> | `stop <s-{n}>` | `go` |\n" for n in range(count))


def calls(text: str) -> int:
    """Calls of functions that reading a text takes."""
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        read(text, "plan.md")
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "plan",
    [in_one_command, in_inner_code, in_lines_of_a_document, of_variables, in_many_steps,
     in_a_table],
)  # fmt: skip
def test_placeholders_cost_each_the_same_however_many_there_are(
    plan: Callable[[int], str],
) -> None:
    calls(plan(3))  # What is made at the first call stays out of it.
    assert calls(plan(240)) < 5 * calls(plan(60))
