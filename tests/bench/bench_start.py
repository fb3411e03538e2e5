"""First frame of a run on screen against a minimal Textual application, interleaved."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from tests.bench.terminals import Driven, python, spread

MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Minimal(App):
    def compose(self):
        yield Static("FRAME-IS-HERE")
Minimal().run()
"""
PLAN = """\
format = 1
title = "T"
[[phase]]
title = "FRAME-IS-HERE"
[[phase.step]]
title = "A"
run = "true"
undo = "true"
"""


def main(rounds: int) -> None:
    """Print both and their ratio."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "minimal.py").write_text(MINIMAL)
        (folder / "plan.toml").write_text(PLAN)
        environment = {**os.environ, "RUNBOOK_HOME": f"{place}/home", "TERM": "xterm-256color",
                       "RUNBOOK_AS": "Ada"}  # fmt: skip
        subprocess.run(
            [python(), "-m", "runbook_tui", "run", f"{place}/plan.toml", "--no-tui", "--yes"],
            env=environment, check=False, capture_output=True,
        )  # fmt: skip
        ours, theirs = [], []
        for _ in range(rounds):
            theirs.append(_frame([python(), f"{place}/minimal.py"], environment))
            ours.append(
                _frame([python(), "-m", "runbook_tui", "run", f"{place}/plan.toml"], environment)
            )
    print(f"first frame, minimal Textual  {spread(theirs)}")
    ratio = sorted(ours)[rounds // 2] / sorted(theirs)[rounds // 2]
    print(f"first frame, runbook run      {spread(ours)}")
    print(f"  ratio of the medians        {ratio:.2f}")


def _frame(argv: list[str], environment: dict[str, str]) -> float:
    with Driven(argv, environment, (120, 40)) as program:
        return program.until(b"FRAME-IS-HERE") - program.began
