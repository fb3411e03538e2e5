"""From the start of the process to the first frame, and to the checklist that can be used.

The first frame against a minimal Textual application; ten thousand steps against ten. Interleaved.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tests.bench.plans import LARGE, SMALL, plan
from tests.bench.terminals import Driven, python, ratio, spread

MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Minimal(App):
    def compose(self):
        yield Static("FRAME-IS-HERE")
Minimal().run()
"""
SPLASH = b"runbook: opening"
"""What stands on the terminal until the screen is there."""
FIRST = b"Runbook: "
"""What stands in the application's first frame alone."""
USABLE = b"READY"


def main(rounds: int = 5) -> None:
    """Print the times and their ratios."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "minimal.py").write_text(MINIMAL)
        (folder / "small.toml").write_text(plan(*SMALL))
        (folder / "large.toml").write_text(plan(*LARGE))
        environments = {
            name: {**os.environ, "RUNBOOK_HOME": f"{place}/{name}", "TERM": "xterm-256color",
                   "RUNBOOK_AS": "Ada"}
            for name in ("small", "large")
        }  # fmt: skip
        minimal: list[float] = []
        lines: dict[str, list[float]] = {}
        frames: dict[str, list[float]] = {}
        lists: dict[str, list[float]] = {}
        spent: dict[str, list[float]] = {}

        def measure(name: str, *arguments: str) -> None:
            size = "large" if "10,000" in name else "small"
            argv = [python(), "-m", "runbook_tui", *arguments]
            with Driven(argv, environments[size], (120, 40)) as program:
                lines.setdefault(name, []).append(program.until(SPLASH) - program.began)
                frames.setdefault(name, []).append(program.until(FIRST) - program.began)
                lists.setdefault(name, []).append(program.until(USABLE) - program.began)
                spent.setdefault(name, []).append(program.spent())

        for _ in range(rounds):
            with Driven([python(), f"{place}/minimal.py"], environments["small"], (120, 40)) as app:
                minimal.append(app.until(b"FRAME-IS-HERE") - app.began)
            measure("run, 10 steps", "run", f"{place}/small.toml")
            measure("resume, 10 steps", "resume")
            measure("run, 10,000 steps", "run", f"{place}/large.toml")
            measure("resume, 10,000 steps", "resume")
    print(f"first frame, minimal Textual     {spread(minimal)}")
    for name, values in lines.items():
        print(f"first line,  {name:<20}{spread(values)}")
        print(f"  ratio to that frame            {ratio(values, minimal):.2f}")
    for name, values in frames.items():
        print(f"first frame, {name:<20}{spread(values)}")
        print(f"  ratio to the minimal one       {ratio(values, minimal):.2f}")
    print(f"  10,000 steps to 10, run        {_large(frames, 'run'):.2f}")
    print(f"  10,000 steps to 10, resume     {_large(frames, 'resume'):.2f}")
    for name, values in lists.items():
        print(f"checklist,   {name:<20}{spread(values)}")
        print(f"  its processor time             {spread(spent[name])}")


def _large(times: dict[str, list[float]], command: str) -> float:
    return ratio(times[f"{command}, 10,000 steps"], times[f"{command}, 10 steps"])
