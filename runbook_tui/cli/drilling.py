"""``runbook demo --drill``: failures in the sandbox, and how long it takes until all is back."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from runbook_tui.cli import exits, say
from runbook_tui.demo.drill import Round, chosen, play
from runbook_tui.demo.failures import Failure


def drill(rounds: int, seed: int, *, keep: bool) -> int:
    """Play so many rounds; 0 only if every one ended healthy."""
    rng = random.Random(seed)
    say.err(f"drill: {rounds} round{'' if rounds == 1 else 's'}, --seed {seed} repeats them")
    found = [_round(number, chosen(rng), keep=keep) for number in range(1, rounds + 1)]
    good = [result for result in found if result.healthy]
    say.out(
        f"{len(good)} of {len(found)} rounds ended healthy,"
        f" {sum(result.complete for result in found)} rollbacks complete"
        + (f"; {_times(good)}" if good else ""),
        colour="green" if len(good) == len(found) else "red",
        bold=True,
    )
    return exits.DONE if len(good) == len(found) else exits.STEP_FAILED


def _round(number: int, failure: Failure, *, keep: bool) -> Round:
    folder = Path(tempfile.mkdtemp(prefix="runbook-drill-"))
    result = play(folder, failure)
    how = "complete" if result.complete else f"rollback ended with {result.status}"
    words = f"healthy after {say.length(result.seconds)}, {how}"
    if not result.healthy:
        words = f"NOT HEALTHY: {'; '.join(result.wrong)} ({how})"
    say.out(f"{number:>3}  {failure.words}: {words}", colour="green" if result.healthy else "red")
    if keep or not result.healthy:
        say.err(f"     its sandbox is kept: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return result


def _times(good: Sequence[Round]) -> str:
    took = sorted(result.seconds for result in good)
    half = len(took) // 2
    median = (took[half] + took[-half - 1]) / 2
    return f"time to recovery: median {say.length(median)}, worst {say.length(took[-1])}"
