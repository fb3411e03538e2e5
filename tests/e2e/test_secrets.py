"""A secret that a command puts out, while nobody is there to clean up after it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.on_disk import files_holding
from tests.programs import Program, wait_for_output
from tests.waiting import until

WORD = "open-sesame-17"
PLAN = '''\
format = 1
title = "Secret"
[parameters.token]
secret = { file = "../token" }
[[phase]]
title = "One"
[[phase.step]]
id = "a"
title = "A"
outputs = ["url", "leak"]
changes = false
run = """
echo url=https://example.com >> "$RUNBOOK_OUTPUT"
echo "leak=https://$token@example.com" >> "$RUNBOOK_OUTPUT"
echo "coded=$(printf %s "$token" | base64)" >> "$RUNBOOK_OUTPUT"
echo is out
until test -e go; do sleep 0.02; done
"""
'''


def holding(home: Path) -> list[Path]:
    """Files that lie on the disk and hold the secret, as it is or coded."""
    return files_holding(home, WORD, "b3Blbi1zZXNhbWUtMTc")


def ends(home: Path) -> list[Path]:
    """What supervisors have said of the ends of commands."""
    return [*home.glob("runs/*/commands/*/exit.json")]


def test_with_the_program_dead_no_secret_is_on_disk_and_the_next_one_says_why(
    runbook: Program,
) -> None:
    (runbook.work.parent / "token").write_text(WORD)
    child = runbook.start("run", runbook.plan(PLAN), "--no-tui")
    wait_for_output(runbook, "is out")
    runbook.kill(child)
    assert holding(runbook.home) == []
    (runbook.work / "go").touch()
    until(lambda: ends(runbook.home), what="the end of the command")
    assert holding(runbook.home) == []
    kept = json.loads((ends(runbook.home)[0].parent / "output.json").read_text())
    assert kept["values"]["url"] == "https://example.com"
    assert "***" in kept["values"]["leak"]
    ended = runbook("resume", "--no-tui")
    assert ended.status == 1
    assert "its output “leak” cannot be used: it holds a secret" in ended.out + ended.err
    assert holding(runbook.home) == []
