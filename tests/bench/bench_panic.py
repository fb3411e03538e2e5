"""The panic key under a flood of output against the same program idle, interleaved.

Measured from the key's byte written to ROLLBACK put out.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from tests.bench.terminals import Driven, python, spread

PLAN = """\
format = 1
title = "T"
[[phase]]
title = "P"
[[phase.step]]
id = "a"
title = "STEP-IS-HERE"
run = "{command}"
undo = "true"
"""
F9 = b"\x1b[20~"
ESCAPE = b"\x1b"


def main(presses: int) -> None:
    """Print both and their ratio."""
    with tempfile.TemporaryDirectory() as place:
        idle = _open(Path(place), "idle", "sleep 600")
        flood = _open(Path(place), "flood", "yes \\u001b[32mflood of output\\u001b[0m")
        with idle, flood:
            for program in (idle, flood):
                program.until(b"STEP-IS-HERE")
                program.press(b"\r")
                program.drain(2.0)
            times: dict[str, list[float]] = {"idle": [], "flood": []}
            for _ in range(presses):
                times["idle"].append(_press(idle))
                times["flood"].append(_press(flood))
        for name in times:
            # A command outlives its viewer: what was started here is ended here.
            subprocess.run(
                [python(), "-m", "runbook_tui", "stop"], env=_environment(Path(place), name),
                check=True, capture_output=True,
            )  # fmt: skip
    for name, values in times.items():
        print(f"panic key, {name:<19}{spread(values)}")
    ratio = sorted(times["flood"])[presses // 2] / sorted(times["idle"])[presses // 2]
    print(f"  ratio of the medians        {ratio:.2f}")


def _open(place: Path, name: str, command: str) -> Driven:
    plan = place / f"{name}.toml"
    plan.write_text(PLAN.format(command=command))
    argv = [python(), "-m", "runbook_tui", "run", str(plan)]
    return Driven(argv, _environment(place, name), (120, 40))


def _environment(place: Path, name: str) -> dict[str, str]:
    own = {"RUNBOOK_HOME": str(place / name), "TERM": "xterm-256color", "RUNBOOK_AS": "Ada"}
    return {**os.environ, **own}


def _press(program: Driven) -> float:
    pressed = program.press(F9)
    took = program.until(b"ROLLBACK") - pressed
    program.drain(0.15)
    program.press(ESCAPE)
    program.drain(0.25)
    return took
