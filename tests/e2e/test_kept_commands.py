"""A plan whose way back is a section of commands: they are its rollback, not an afterthought."""

from __future__ import annotations

import sys
from pathlib import Path

import pexpect

from tests.programs import Program

PLAN = """\
# Ship the lighthouse

1. Back up the lamp
   ```bash
   cp lamp lamp.bak
   ```
2. Change the lamp
   ```bash
   echo new > lamp
   ```

## Rollback

```bash
cp lamp.bak lamp
```

```bash
rm lamp.bak
```
"""


def lamp(runbook: Program) -> Path:
    return runbook.work / "lamp"


def shipped(runbook: Program) -> str:
    """A run that has put a new lamp in."""
    plan = runbook.work / "plan.md"
    plan.write_text(PLAN)
    lamp(runbook).write_text("old\n")
    assert runbook("run", plan, "--no-tui").status == 0
    assert lamp(runbook).read_text() == "new\n"
    return runbook.run_id()


def terminal(runbook: Program, *arguments: str) -> pexpect.spawn[str]:
    return pexpect.spawn(
        sys.executable, ["-m", "runbook_tui", *arguments], cwd=str(runbook.work),
        env=runbook.environment(TERM="xterm-256color"), encoding="utf-8", dimensions=(24, 80),
        timeout=60,
    )  # fmt: skip


def test_they_run_before_anybody_is_asked_whether_it_is_back_and_that_is_rolled_back(
    runbook: Program,
) -> None:
    run = shipped(runbook)
    child = terminal(runbook, "rollback", run)
    child.expect("Roll back now")
    child.sendline("y")
    for _ in range(2):
        child.expect("Run it now")
        child.sendline("y")
        child.expect("ended well")
    for title in ("Change the lamp", "Back up the lamp"):
        child.expect(f"“{title}”.*was it taken back")
        child.sendline("y")
    child.expect("ROLLED BACK")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 5
    assert lamp(runbook).read_text() == "old\n"
    assert not (runbook.work / "lamp.bak").exists()
    assert child.before is not None
    assert "Run it now" not in child.before


def test_without_a_person_it_is_incomplete_and_says_where_they_are(runbook: Program) -> None:
    run = shipped(runbook)
    left = runbook("rollback", run, "--yes")
    assert left.status == 6
    assert "the plan keeps 2 commands for this" in left.out
    assert f"offered by: runbook rollback {run}" in left.out
    assert lamp(runbook).read_text() == "new\n"
    assert "cp lamp.bak lamp" in (runbook.home / "runs" / run / "rollback.txt").read_text()
    # A person goes on where nobody could.
    child = terminal(runbook, "rollback", run)
    child.expect("Roll back now")
    child.sendline("y")
    for _ in range(2):
        child.expect("Run it now")
        child.sendline("y")
    for _ in range(2):
        child.expect("was it taken back")
        child.sendline("y")
    child.expect("ROLLED BACK")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 5
    assert lamp(runbook).read_text() == "old\n"


def test_they_are_offered_again_once_the_steps_have_run_again(runbook: Program) -> None:
    run = shipped(runbook)
    for _ in range(2):
        child = terminal(runbook, "rollback", run)
        child.expect("Roll back now")
        child.sendline("y")
        for _ in range(2):
            child.expect("Run it now")
            child.sendline("y")
        for _ in range(2):
            child.expect("was it taken back")
            child.sendline("y")
        child.expect("ROLLED BACK")
        child.expect(pexpect.EOF)
        child.close()
        assert lamp(runbook).read_text() == "old\n"
        runbook("resume", run, "--no-tui")
        assert lamp(runbook).read_text() == "new\n"
