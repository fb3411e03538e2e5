"""Kill -9 at random moments, of whatever takes part; then it is brought back all the same."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.e2e.kills import PLAN, Round, bring_back, disturb, judge, kill, prepare
from tests.programs import Program

ROUNDS = 150 if os.environ.get("RUNBOOK_LONG") else 3


def told(result: Round) -> str:
    """A round in a line, enough to play it again."""
    how = f"exit {result.status}, remaining {result.remaining}"
    return f"round {result.seed}: killed {result.kills}; {how}; {result.broken}"


@pytest.mark.timeout(ROUNDS * 120)
def test_a_rollback_that_is_killed_again_and_again_ends_as_an_undisturbed_one(
    tmp_path: Path,
) -> None:
    """Each undo once, or what is unknown is named."""
    for seed in range(ROUNDS):
        rng = random.Random(seed)
        program = place(tmp_path / f"back-{seed}")
        assert program("run", program.plan(PLAN), "--no-tui").status == 0
        end(program, rng, rng.randint(1, 4), Round(seed=seed))


@pytest.mark.timeout(ROUNDS * 120)
def test_a_run_that_is_killed_is_brought_back_as_far_as_it_went(tmp_path: Path) -> None:
    """What took effect is undone or named, what never began is not."""
    for seed in range(ROUNDS):
        rng = random.Random(1000 + seed)
        program = place(tmp_path / f"forth-{seed}")
        lead = program.start("run", program.plan(PLAN), "--no-tui")
        result = Round(seed=1000 + seed, kills=[disturb(program, lead, rng)])
        kill(lead.pid)
        lead.wait(timeout=60)
        end(program, rng, rng.randint(0, 1), result)


def place(folder: Path) -> Program:
    """A home and a repository of its own."""
    folder.mkdir()
    program = Program(folder)
    prepare(program.work)
    return program


def end(program: Program, rng: random.Random, kills: int, result: Round) -> None:
    """Bring it back, and hold the end against what it must be."""
    try:
        bring_back(program, rng, kills, result)
        judge(program, result)
    finally:
        program.close()
    assert not result.broken, told(result)
