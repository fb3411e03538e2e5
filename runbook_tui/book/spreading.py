"""A step on several machines as it is carried out: one step for each of them, in one that holds
them.

The plan is read and shown as it stands; a run is of what this makes of it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from runbook_tui.book.model import Change, Phase, Runbook, Step


def is_spread(step: Step) -> bool:
    """Whether a step is to run on several machines, or holds the steps that do."""
    return len(step.hosts) > 1


def each_step(runbook: Runbook, made: Callable[[Step], Step]) -> Runbook:
    """The runbook with what a function makes of each step; what is inside one first."""

    def step(item: Step) -> Step:
        return made(dataclasses.replace(item, steps=tuple(step(s) for s in item.steps)))

    def change(item: Change) -> Change:
        return dataclasses.replace(item, steps=tuple(step(s) for s in item.steps))

    def phase(item: Phase) -> Phase:
        return dataclasses.replace(
            item,
            changes=tuple(change(c) for c in item.changes),
            steps=tuple(step(s) for s in item.steps),
        )

    return dataclasses.replace(runbook, phases=tuple(phase(p) for p in runbook.phases))


def spread(runbook: Runbook) -> Runbook:
    """The runbook with a step for each machine of those on several; the same where it has them."""
    if not any(_to_spread(step) for step in runbook.walk()):
        return runbook
    return each_step(runbook, lambda step: _spread(step) if _to_spread(step) else step)


def _to_spread(step: Step) -> bool:
    return is_spread(step) and not step.steps


def names_of(step: Step) -> tuple[str, ...]:
    """What stands for each machine in the ids of its step and of its probes, each once."""
    found: list[str] = []
    for host in step.hosts:
        base = re.sub(r"[^a-z0-9._-]+", "-", host.lower()).strip("-._") or "host"
        name, number = base, 1
        while name in found:
            number += 1
            name = f"{base}-{number}"
        found.append(name)
    return tuple(found)


def ids_of(step: Step) -> tuple[str, ...]:
    """The ids of all that a step on several machines is carried out as, but its own."""
    probed = [check.id for check in step.checks if check.probe is not None]
    return tuple(f"{id_}.{name}" for name in names_of(step) for id_ in (step.id, *probed))


def _spread(step: Step) -> Step:
    """The step that holds one for each machine: boxes, sign-off and gate are for all of them."""
    inner = tuple(
        _on(step, host, name) for host, name in zip(step.hosts, names_of(step), strict=True)
    )
    return dataclasses.replace(
        step,
        before=None, run=None, undo=None, verify_undo=None, undo_ready=None, ready=None,
        background=False, irreversible=None, retries=0, outputs=(),
        checks=tuple(check for check in step.checks if check.probe is None),
        steps=inner,
    )  # fmt: skip


def _on(step: Step, host: str, name: str) -> Step:
    """The step on one machine: its commands, and the probes of its boxes."""
    checks = tuple(
        dataclasses.replace(check, id=f"{check.id}.{name}")
        for check in step.checks
        if check.probe is not None
    )
    return dataclasses.replace(
        step,
        id=f"{step.id}.{name}", title=f"{step.title} on {host}", text="", hosts=(host,),
        needs=None, checks=checks, gate=None, signoff=None, when=None, estimate=None,
        optional=False,
        batch=None, max_failures=0,
    )  # fmt: skip
