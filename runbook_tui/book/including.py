"""A whole plan as the content of one phase of another: ``include``.

Its ids get the phase's id and a dot before them, so that two plans that know nothing of each
other can stand in one, and one plan twice. A plan of one phase becomes the phase. Of several
phases each becomes a step that holds its steps: the next one needs it, with its checks and its
sign-off, as a phase needs the phase before it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from runbook_tui.book.model import (
    Announcement,
    Change,
    Command,
    GateStatement,
    Phase,
    Placed,
    Procedure,
    Runbook,
    Step,
    Watch,
)

Rename = Callable[[str], str]
REFERENCES: tuple[tuple[type, str], ...] = (
    (Step, "needs"),
    (Step, "parts"),
    (Phase, "needs"),
    (Procedure, "applies_to"),
    (Watch, "applies_to"),
    (Announcement, "applies_to"),
    (GateStatement, "before"),
    (Command, "step"),
)
"""Fields that hold ids of other things."""


def included(runbook: Runbook, into: str, line: int) -> Runbook:
    """The plan as one phase with the id ``into``, which stands at ``line`` of the plan above."""
    alone = runbook.phases[0].id if len(runbook.phases) == 1 else None

    def name(id_: str) -> str:
        return into if id_ == alone else f"{into}.{id_}"

    runbook = dataclasses.replace(
        runbook,
        **{f.name: _renamed(getattr(runbook, f.name), name) for f in dataclasses.fields(runbook)},
    )
    phase = (
        runbook.phases[0]
        if alone is not None
        else Phase(id=into, title="", steps=tuple(map(_phase_step, runbook.phases)))
    )
    phase = dataclasses.replace(
        phase,
        title=runbook.title,
        line=line,
        source="",
        needs=None,
        criteria=(*phase.criteria, *runbook.criteria),
    )
    procedures = (
        p if p.applies_to else dataclasses.replace(p, applies_to=(into,))
        for p in runbook.procedures
    )
    watches = (
        w if w.applies_to else dataclasses.replace(w, applies_to=(into,)) for w in runbook.watches
    )
    announcements = (
        a if a.applies_to else dataclasses.replace(a, applies_to=(into,))
        for a in runbook.announcements
    )
    return dataclasses.replace(runbook, phases=(phase,), criteria=(), procedures=tuple(procedures),
                               watches=tuple(watches),
                               announcements=tuple(announcements))  # fmt: skip


def _renamed(value: Any, name: Rename) -> Any:
    """Everything in it with other ids, and every reference to them."""
    if isinstance(value, tuple):
        return tuple(_renamed(item, name) for item in value)
    if not isinstance(value, Placed):
        return value
    values: dict[str, Any] = {}
    for item in dataclasses.fields(value):
        found = getattr(value, item.name)
        if found is None:
            continue
        if item.name == "id" or any(
            isinstance(value, kind) and item.name == key for kind, key in REFERENCES
        ):
            new = name(found) if isinstance(found, str) else tuple(name(x) for x in found)
            values[item.name] = new
        elif isinstance(found, tuple | Placed):
            values[item.name] = _renamed(found, name)
    return dataclasses.replace(value, **values)


def _phase_step(phase: Phase) -> Step:
    return Step(
        id=phase.id,
        title=phase.title,
        line=phase.line,
        source=phase.source,
        text=phase.text,
        needs=phase.needs,
        gate=phase.gate,
        signoff=phase.signoff,
        checks=phase.criteria,
        steps=tuple(_change_step(p) if isinstance(p, Change) else p for p in phase.parts()),
        effort=phase.effort,
        when=phase.when,
    )


def _change_step(change: Change) -> Step:
    number = f" (#{change.pull_request})" if change.pull_request else ""
    return Step(
        id=change.id,
        title=change.title + number,
        line=change.line,
        source=change.source,
        text=change.text,
        estimate=change.estimate,
        gate=change.gate,
        signoff=change.signoff,
        checks=change.criteria,
        steps=change.steps,
    )
