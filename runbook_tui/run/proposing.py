"""Estimates that past runs propose for the steps of a plan. Pure.

An estimate is a range: at its beginning half of the past runs were done, at its end nine of ten;
both rounded up to what a person would write.
"""

from __future__ import annotations

import dataclasses
import math

from runbook_tui.book.model import Estimate, Runbook, Step
from runbook_tui.book.spreading import each_step, ids_of, is_spread
from runbook_tui.frozen import frozen
from runbook_tui.run.durations import Past, Spread

FEWEST = 3
"""Past runs below which nothing is proposed."""
GRAINS = ((60.0, 1.0), (600.0, 5.0), (3600.0, 30.0), (6 * 3600.0, 300.0), (math.inf, 900.0))
"""Below so many seconds a length is rounded up to whole multiples of so many."""


@frozen
class Proposal:
    """A step's new estimate, what the plan said before, and what it comes from."""

    step: str
    title: str
    estimate: Estimate
    before: Estimate | None
    spread: Spread


def with_proposals(runbook: Runbook, past: Past) -> tuple[Runbook, tuple[Proposal, ...]]:
    """The runbook with the estimates that past runs propose, and each that is another than before.

    A step that fewer than `FEWEST` runs know keeps what it has.
    """
    found: list[Proposal] = []

    def propose(step: Step) -> Step:
        known = _known(step, past)
        if known is None or known.runs < FEWEST:
            return step
        line = step.estimate.line if step.estimate is not None else step.line
        estimate = Estimate(
            minimum=rounded(known.median), maximum=rounded(known.p90), line=line,
            source=step.source,
        )  # fmt: skip
        was = step.estimate
        if was is not None and (was.minimum, was.maximum) == (estimate.minimum, estimate.maximum):
            return step
        found.append(
            Proposal(step=step.id, title=step.title, estimate=estimate, before=was, spread=known)
        )
        return dataclasses.replace(step, estimate=estimate)

    changed = each_step(runbook, propose)
    estimates = list(runbook.estimates)
    for one in found:
        if one.before in estimates:
            estimates.remove(one.before)
        estimates.append(one.estimate)
    return dataclasses.replace(changed, estimates=tuple(estimates)), tuple(found)


def _known(step: Step, past: Past) -> Spread | None:
    """What is known of a step; on several machines of its slowest, as often as it has batches."""
    if not is_spread(step):
        return past.steps.get(step.id)
    known = [found for id_ in ids_of(step) if (found := past.steps.get(id_)) is not None]
    if not known:
        return None
    turns = math.ceil(len(step.hosts) / (step.batch or len(step.hosts)))
    return Spread(
        median=turns * max(k.median for k in known),
        p90=turns * max(k.p90 for k in known),
        runs=min(k.runs for k in known),
    )


def rounded(seconds: float) -> float:
    """A length as a person would write it, never shorter; at least a second."""
    grain = next(grain for below, grain in GRAINS if seconds < below)
    return max(1.0, math.ceil(seconds / grain - 1e-9) * grain)
