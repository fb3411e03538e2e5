"""The seed's rollback on the screen: by hand first, then its blocks, with values that are asked."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.e2e.seed_world import World
from tests.e2e.terminals import Terminal, starts
from tests.e2e.test_seed_rollback import FOLDER, Seed
from tests.programs import Program
from tests.waiting import until

pytestmark = [
    pytest.mark.skipif(not FOLDER, reason="RUNBOOK_CORPUS names no folder"),
    pytest.mark.skipif(shutil.which("tmux") is None and not os.environ.get("CI"), reason="tmux"),
]


def chosen(terminal: Terminal) -> str:
    """The row with the cursor's mark."""
    rows = (line.strip("│┃ ") for line in terminal.screen.splitlines())
    return next((row for row in rows if row.startswith(">")), "")


def down_to(terminal: Terminal, text: str) -> None:
    """Move the cursor down until it stands on the row that holds ``text``."""
    for _ in range(60):
        row = chosen(terminal)
        if text in row:
            return
        terminal.keys("Down")
        until(lambda was=row: chosen(terminal) != was, what=row)  # type: ignore[misc]
    raise AssertionError(f"no row with {text}\n{terminal.screen}")


def test_its_github_block_brings_main_back(
    terminal: Terminal, runbook: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = Seed(runbook)
    world: World = seed.world
    for key, value in (("user.name", "Ada"), ("user.email", "ada@example.com")):
        world.git("config", key, value)
    monkeypatch.setenv("PATH", world.environment["PATH"])
    plan = Path("work") / "plan.md"
    assert terminal.cli("run", str(plan), "--no-tui").returncode == 7
    run = json.loads(terminal.cli("runs", "--json").stdout)[0]["run"]
    assert terminal.cli("tick", run, seed.steps[0]).returncode == 0
    values = seed.shipped()
    assert world.tree() != world.before
    terminal.open("resume", run, size=(160, 48))
    terminal.see("6 values open")
    terminal.keys("F9")
    terminal.see("F9 again to START")
    until(lambda: starts(terminal), what="the second press to start it")
    terminal.see("it waits for you")
    terminal.keys("t")
    terminal.see("ROLLED BACK")
    down_to(terminal, "needs 2 values")
    terminal.keys("o")
    for name in seed.names[:2]:
        terminal.see(f"{name} =")
        terminal.keys(values[name], "Enter")
    terminal.see("gh pr close")
    terminal.keys("y")
    terminal.see("✓ ended well")
    assert world.tree() == world.before
    assert world.subjects()[0].startswith("Revert")
    assert not world.opened
