"""Plans of a given size for the benchmarks."""

from __future__ import annotations

STEP = """\
[[phase.change.step]]
id = "{id}"
title = "Step {id}"
estimate = "2m"
run = "echo deploy ${{{{ version }}}} {id}"
undo = "echo back {id}"
verify_undo = "true"
checks = ["Check of {id} is green", {{ title = "{id} answers", probe = "true" }}]
"""


def plan(phases: int, changes: int, steps: int) -> str:
    """A plan in which every change has so many steps, each with checks and an undo."""
    parts = ['format = 1\ntitle = "Bench"\n[parameters.version]\ndefault = "1"\n']
    for phase in range(phases):
        parts.append(
            f'[[phase]]\nid = "p{phase}"\ntitle = "Phase {phase}"\n'
            f'criteria = ["Phase {phase} is well"]\n'
        )
        for change in range(changes):
            name = f"p{phase}-c{change}"
            parts.append(f'[[phase.change]]\nid = "{name}"\ntitle = "Change {name}"\n')
            parts += (STEP.format(id=f"{name}-s{step}") for step in range(steps))
    return "".join(parts)


SMALL = (1, 1, 10)
LARGE = (10, 10, 100)
