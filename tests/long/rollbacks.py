"""Kill -9 in rollbacks, at random moments, of all that takes part: whoever takes over ends them as
an undisturbed one ends, or says what nobody can know."""

from __future__ import annotations

import random
from pathlib import Path

from tests.e2e.kills import PLAN, Round, bring_back, disturb, judge, kill, prepare
from tests.programs import Program


def rollback_dies(place: Path, seed: int) -> tuple[str, list[str]]:
    """One round: how the rollback ended at last, and what of the end is not as it must be.

    Every fourth round the run itself is killed first, half-way through a step; every third one
    is taken over by ``rollback.sh``, which ends it.
    """
    rng = random.Random(seed)
    folder = place / str(seed)
    folder.mkdir()
    program = Program(folder)
    result = Round(seed=seed)
    try:
        prepare(program.work)
        _forth(program, rng, result, die=seed % 4 == 3)
        bring_back(program, rng, rng.randint(1, 4), result, scripts=seed % 3 == 2)
        judge(program, result)
    finally:
        program.close()
    said = {0: "nothing to do", 5: "rolled back", 6: "incomplete"}
    told = said.get(result.status, str(result.status)) + (", by script" if result.by_script else "")
    return told, [f"killed {result.kills}; {result.broken}"] if result.broken else []


def _forth(program: Program, rng: random.Random, result: Round, *, die: bool) -> None:
    if not die:
        ended = program("run", program.plan(PLAN), "--no-tui")
        assert ended.status == 0, ended
        return
    lead = program.start("run", program.plan(PLAN), "--no-tui")
    result.kills.append("run-" + disturb(program, lead, rng))
    kill(lead.pid)
    lead.wait(timeout=20)
