"""`runbook check` as a person reads it: the dangerous first, each with where and what to do."""

from __future__ import annotations

import json

from tests.programs import Program

PLAN = (
    "# Mill\n\n1. Turn\n\n   ```bash\n   ./turn --at production\n   tail -f log\n   ```\n\n"
    "   Rollback: `./turn --at staging --back`\n\n[a](#nowhere)\n"
)


def test_the_dangerous_come_first_and_the_status_stays_good(runbook: Program) -> None:
    path = runbook.plan(PLAN, "plan.md")
    ended = runbook("check", path)
    assert ended.status == 0
    assert "read: 1 phase, 1 step (1 with a command, 1 with an undo)\n" in ended.err
    lines = ended.out.splitlines()
    assert lines[0].startswith(f"{path}:10:1: high: this takes back in staging, and line 6 changes")
    assert lines[0].endswith("(see line 6) [rollback-elsewhere]")
    assert [line.split(": ")[1] for line in lines[:-1]] == ["high", "medium", "low"]
    assert lines[-1] == "no faults, 3 findings"
    found = json.loads(runbook("check", path, "--json").out)["findings"]
    assert [(f["code"], f["line"], f["related_line"]) for f in found] == [
        ("rollback-elsewhere", 10, 6), ("never-ends", 7, None), ("dead-link", 12, None),
    ]  # fmt: skip


def test_a_run_does_not_wait_for_them(runbook: Program) -> None:
    path = runbook.plan(PLAN.replace("tail -f log", "true").replace("./turn", "echo"), "plan.md")
    assert runbook("run", path, "--no-tui", "--yes").status == 0
