"""A minute of flood: what it costs in memory, and what a key press elsewhere costs meanwhile.

Against the same program with a command that puts out nothing, interleaved.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from tests.bench.terminals import Driven, python, spread, stopping

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
[[phase.step]]
id = "b"
title = "Another"
needs = []
run = "true"
undo = "true"
"""
COMMANDS = {"idle": "sleep 600", "flood": "yes \\u001b[32mflood of output\\u001b[0m"}
CURSOR = b">"
PARTS = 3
"""Times that memory is looked at: what levels off is told from what goes on growing."""
SETTLED = 5.0
"""Seconds after which all is loaded that will be."""


def main(seconds: float = 60.0) -> None:
    """Print the times of keys, the memory and their ratios."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    memory: dict[str, list[int]] = {}
    with tempfile.TemporaryDirectory() as place:
        homes = [_environment(Path(place), name) for name in COMMANDS]
        programs = {name: _open(Path(place), name) for name in COMMANDS}
        with stopping(*homes), programs["idle"], programs["flood"]:
            for program in programs.values():
                program.until(b"STEP-IS-HERE")
                program.drain(1.0)
                program.press(b"\r")
            for key in (b"j", b"k"):
                for program in programs.values():
                    _press(program, key)
            for program in programs.values():
                program.drain(SETTLED / 2)
            memory = {name: [program.memory()] for name, program in programs.items()}
            for _ in range(PARTS):
                end = time.monotonic() + seconds / PARTS
                while time.monotonic() < end:
                    for key in (b"j", b"k"):
                        for name, program in programs.items():
                            times[name].append(_press(program, key))
                for name, program in programs.items():
                    memory[name].append(program.memory())
    for name, found in times.items():
        print(f"key elsewhere, {name:<17}{spread(found)} of {len(found)}")
    print(f"  ratio at p99                  {_p99(times['flood']) / _p99(times['idle']):14.2f}")
    for name, held in memory.items():
        mebibytes = ", ".join(f"{kibibytes / 1024:.1f}" for kibibytes in held)
        print(f"memory, {name:<6} before and every {seconds / PARTS:.0f} s: {mebibytes} MiB"
              f"   ratio {held[-1] / held[0]:.2f}")  # fmt: skip


def _p99(values: list[float]) -> float:
    return sorted(values)[round((len(values) - 1) * 0.99)]


def _open(place: Path, name: str) -> Driven:
    plan = place / f"{name}.toml"
    plan.write_text(PLAN.format(command=COMMANDS[name]))
    argv = [python(), "-m", "runbook_tui", "run", str(plan)]
    return Driven(argv, _environment(place, name), (120, 40))


def _environment(place: Path, name: str) -> dict[str, str]:
    own = {"RUNBOOK_HOME": str(place / name), "TERM": "xterm-256color", "RUNBOOK_AS": "Ada"}
    return {**os.environ, **own}


def _press(program: Driven, key: bytes) -> float:
    program.drain(0.1)
    pressed = program.press(key)
    return program.until(CURSOR) - pressed
