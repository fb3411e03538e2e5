"""A runbook as an indented list for a terminal: everything a person would ask before a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runbook_tui.book.durations import spoken
from runbook_tui.book.model import Change, Check, Gate, Parameter, Phase, Procedure, Runbook, Step
from runbook_tui.book.plain_text import printable

WIDTH = 160


def listing(runbook: Runbook) -> Iterator[str]:
    """The lines of the list."""
    yield printable(runbook.title)
    for phase in runbook.phases:
        yield ""
        yield from _phase(phase)
    yield from _boxes(runbook.criteria, 0, "criterion")
    for procedure in runbook.procedures:
        yield ""
        yield from _procedure(procedure)
    yield from _facts(runbook)


def _phase(phase: Phase) -> Iterator[str]:
    risk = f"{phase.risk} risk" if phase.risk else ""
    yield _line(0, phase.title, phase.id, [risk, _asked("gate", phase.gate)])
    for change in phase.changes:
        yield from _change(change)
    for step in phase.steps:
        yield from _step(step, 1)
    yield from _boxes(phase.criteria, 1, "criterion")
    if phase.signoff:
        yield f"  {_asked('sign-off', phase.signoff)}"


def _change(change: Change) -> Iterator[str]:
    number = f"#{change.pull_request}" if change.pull_request else ""
    risk = f"{change.risk} risk" if change.risk else ""
    yield _line(1, change.title, change.id, [number, risk, _asked("gate", change.gate)])
    for step in change.steps:
        yield from _step(step, 2)
    yield from _boxes(change.criteria, 2, "criterion")


def _step(step: Step, depth: int) -> Iterator[str]:
    estimate = spoken(step.estimate.maximum) if step.estimate else ""
    kind = "by hand" if step.manual and not step.steps else ""
    flags = ["optional" if step.optional else "", "required" if step.required else ""]
    facts = [estimate, kind, *flags, _asked("gate", step.gate)]
    yield _line(depth, step.title, step.id, facts)
    for mark, text in (("$", step.run or step.action), ("↶", step.undo)):
        if text:
            yield f"{'  ' * depth}  {mark} {_short(text)}"
    if step.irreversible:
        yield f"{'  ' * depth}  ▔ cannot be taken back: {_short(step.irreversible)}"
    yield from _boxes(step.checks, depth + 1, "check")
    if step.signoff:
        yield f"{'  ' * depth}  {_asked('sign-off', step.signoff)}"
    for inner in step.steps:
        yield from _step(inner, depth + 1)


def _boxes(checks: Iterable[Check], depth: int, kind: str) -> Iterator[str]:
    for check in checks:
        word = "" if kind == "check" else f"{kind}: "
        probe = f"  $ {_short(check.probe)}" if check.probe else ""
        yield f"{'  ' * depth}☐ {word}{printable(check.title, WIDTH)}{probe}"


def _procedure(procedure: Procedure) -> Iterator[str]:
    yield f"{procedure.kind}: {printable(procedure.title, WIDTH)}"
    for stage in procedure.stages:
        window = ""
        if stage.to_minute is not None:
            window = f"{stage.from_minute or 0:g}–{stage.to_minute:g} min  "
        yield f"  {window}{printable(stage.title, WIDTH)}"
        for step in stage.steps:
            command = f"  $ {_short(step.run)}" if step.run else ""
            yield f"    {printable(step.title, WIDTH)}{command}"


def _facts(runbook: Runbook) -> Iterator[str]:
    groups = {
        "values": [_value(p) for p in runbook.parameters],
        "roles": [f"{name}: {', '.join(who)}" for name, who in runbook.roles.items()],
        "watches": [f"{w.title}, every {spoken(w.every)}" for w in runbook.watches],
        "thresholds": [
            f"{t.name} {t.op} {t.value:g} {t.unit}".rstrip()
            for t in runbook.thresholds
            if t.value is not None
        ],
        "contacts": [f"{c.role}: {c.who}" for c in runbook.contacts],
        "escalations": [f"{x.topic}: {' → '.join(x.ladder)}" for x in runbook.escalations],
    }
    for name, lines in groups.items():
        if lines:
            yield ""
            yield name
            yield from (f"  {printable(line, WIDTH)}" for line in lines)


def _value(parameter: Parameter) -> str:
    if parameter.secret is not None:
        return f"{parameter.name} (secret)"
    if parameter.default is not None:
        return f"{parameter.name} = {parameter.default}"
    return f"{parameter.name} (asked for)" if parameter.required else parameter.name


def _asked(what: str, gate: Gate | None) -> str:
    return f"{what}: {', '.join(gate.roles)}" if gate else ""


def _line(depth: int, title: str, id_: str, facts: Iterable[str]) -> str:
    said = ", ".join(fact for fact in facts if fact)
    more = f"  ({printable(said, WIDTH)})" if said else ""
    return f"{'  ' * depth}{printable(title, WIDTH)}  [{printable(id_)}]{more}"


def _short(text: str) -> str:
    lines = text.strip().splitlines() or [""]
    more = f" … ({len(lines)} lines)" if len(lines) > 1 else ""
    return f"{printable(lines[0], WIDTH)}{more}"
