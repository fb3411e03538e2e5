"""A runbook as an indented list for a terminal: everything a person would ask before a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runbook_tui.book.actions import has_undo, only_looks
from runbook_tui.book.durations import spoken
from runbook_tui.book.durations import window as between
from runbook_tui.book.model import (
    Announcement,
    Change,
    Check,
    Environment,
    Escalation,
    Gate,
    Parameter,
    Phase,
    Procedure,
    Runbook,
    Step,
    Watch,
)
from runbook_tui.book.plain_text import printable
from runbook_tui.book.targets import NO_PROBE, how, unmeasured

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
    yield from _offered(runbook)
    yield from _facts(runbook)


def _phase(phase: Phase) -> Iterator[str]:
    risk = f"{phase.risk} risk" if phase.risk else ""
    needs = f"needs {', '.join(phase.needs) or 'nothing'}" if phase.needs is not None else ""
    yield _line(0, phase.title, phase.id, [risk, needs, _asked("gate", phase.gate)])
    if phase.when:
        yield f"  when {_short(phase.when)}"
    for part in phase.parts():
        yield from _change(part) if isinstance(part, Change) else _step(part, 1)
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
    if change.signoff:
        yield f"    {_asked('sign-off', change.signoff)}"


def _step(step: Step, depth: int) -> Iterator[str]:
    yield _line(depth, step.title, step.id, _facts_of(step))
    for mark, text in (
        ("when", step.when),
        ("before $", step.before),
        ("$", step.run or step.action),
        ("done when it holds: $", step.ready),
        ("its output must match:", step.expect.output),
        ("↶", step.undo or ("brought by the action" if has_undo(step) else None)),
        ("taken back if it holds: $", step.verify_undo),
        ("asks first:", step.confirm),
        ("in a rehearsal instead: $", step.rehearsal_text),
    ):
        if text:
            yield f"{'  ' * depth}  {mark} {_short(text)}"
    if step.irreversible:
        yield f"{'  ' * depth}  ▔ cannot be taken back: {_short(step.irreversible)}"
    yield from _boxes(step.checks, depth + 1, "check")
    if step.signoff:
        yield f"{'  ' * depth}  {_asked('sign-off', step.signoff)}"
    for inner in step.steps:
        yield from _step(inner, depth + 1)


def _facts_of(step: Step) -> list[str]:
    """What binds a step and how it runs, in a few words each."""
    exits = ", ".join(map(str, step.expect.exits))
    return [
        spoken(step.estimate.maximum) if step.estimate else "",
        "by hand" if step.manual and not step.steps else "",
        "optional" if step.optional else "",
        "required" if step.required else "",
        "" if step.needs is None else f"needs {', '.join(step.needs) or 'nothing'}",
        f"on {', '.join(step.hosts)}" if step.hosts else "",
        f"{step.batch} at a time" if step.batch is not None else "",
        f"{step.max_failures} may fail" if step.max_failures else "",
        "in the background" if step.background else "",
        "typed into" if step.interactive else "",
        f"at most {spoken(step.timeout)}" if step.timeout is not None else "",
        f"tried {step.retries} more times" if step.retries else "",
        f"exit status {exits} expected" if step.expect.exits != (0,) else "",
        "only looks" if only_looks(step) else "",
        "really runs in a rehearsal" if step.rehearse is True else "",
        _asked("gate", step.gate),
    ]


def _boxes(checks: Iterable[Check], depth: int, kind: str) -> Iterator[str]:
    for check in checks:
        word = "" if kind == "check" else f"{kind}: "
        probe = f"  $ {_short(check.probe)}" if check.probe else ""
        id_ = f"  [{printable(check.id)}]"
        more = "" if check.required else "  (optional)"
        yield f"{'  ' * depth}☐ {word}{printable(check.title, WIDTH)}{id_}{more}{probe}"


def _procedure(procedure: Procedure) -> Iterator[str]:
    yield f"{procedure.kind}: {printable(procedure.title, WIDTH)}  [{printable(procedure.id)}]"
    for stage in procedure.stages:
        window = ""
        if stage.to_minute is not None:
            window = f"{between((stage.from_minute or 0) * 60, stage.to_minute * 60)}  "
        yield f"  {window}{printable(stage.title, WIDTH)}  [{printable(stage.id)}]"
        for step in stage.steps:
            command = f"  $ {_short(step.run)}" if step.run else ""
            yield f"    {printable(step.title, WIDTH)}{command}"


def _offered(runbook: Runbook) -> Iterator[str]:
    """Commands that the plan keeps outside its steps, for a rollback and for when something went
    wrong, section by section."""
    section = None
    for command in runbook.commands:
        if not (command.kept_for_rollback or command.kept_for_failure):
            continue
        if command.section != section:
            kind = "rollback" if command.kept_for_rollback else "for failures"
            yield ""
            yield f"{kind}: {printable(command.section or command.label, WIDTH)}"
            section = command.section
        yield f"  $ {_short(command.text)}"


def _facts(runbook: Runbook) -> Iterator[str]:
    bare = list(unmeasured(runbook))
    groups = {
        "values": [_value(p) for p in runbook.parameters],
        "environments": [_environment(e) for e in runbook.environments],
        "roles": [f"{name}: {', '.join(who)}" for name, who in runbook.roles.items()],
        "watches": [_watch(w) for w in runbook.watches],
        "announces": [_announcement(a) for a in runbook.announcements],
        "thresholds": [
            (f"{t.name} {t.op} {t.value:g} {t.unit}" if t.value is not None else t.name).rstrip()
            + (f" ({NO_PROBE}; {how(t)})" if t in bare else "")
            for t in runbook.thresholds
        ],
        "contacts": [f"{c.role}: {c.who}" for c in runbook.contacts],
        "escalations": [_ladder(ladder) for ladder in runbook.escalations],
    }
    for name, lines in groups.items():
        if lines:
            yield ""
            yield name
            yield from (f"  {printable(line, WIDTH)}" for line in lines)


def _environment(one: Environment) -> str:
    """As it stands on the screen: production in capitals; then the values that come with it."""
    name = f"{one.name.upper()} (production)" if one.production else one.name
    colour = f", {one.colour}" if one.colour else ""
    values = ", ".join(f"{key} = {value}" for key, value in one.values.items())
    return f"{name}{colour}" + (f": {values}" if values else "")


def _ladder(ladder: Escalation) -> str:
    rungs = f"{ladder.topic}: {' → '.join(ladder.ladder)}"
    if ladder.within is None:
        return rungs
    return f"{rungs}, {f'the next after {spoken(ladder.within)}' if ladder.within else 'at once'}"


def _watch(watch: Watch) -> str:
    sides = (("below", watch.below), ("above", watch.above), ("equal", watch.equal))
    unit = f" {watch.unit}" if watch.unit else ""
    limits = [f"{word} {value:g}{unit}" for word, value in sides if value is not None]
    often = [f"every {spoken(watch.every)}"] if watch.every is not None else []
    row = [f"{watch.samples} in a row"] if watch.samples > 1 else []
    does = [f"on a breach: {watch.on_breach}"] if watch.on_breach != "alert" else []
    said = ", ".join([f"{watch.title}  [{watch.id}]", *often, *limits, *row, *does])
    return f"{said}  {_looks_at(watch)}"


def _looks_at(watch: Watch) -> str:
    """What a watch looks at, its command or its address."""
    probe = watch.probe
    if probe.run is not None:
        return f"$ {_short(probe.run)}"
    return " ".join((probe.http or probe.prometheus or {}).values())


def _announcement(one: Announcement) -> str:
    during = f"during {', '.join(one.applies_to)}" if one.applies_to else "during the whole run"
    what = f" for {', '.join(one.matchers)}" if one.matchers else ""
    return f"{one.id}: {KINDS[one.form]}{what} at {one.url}, {during}"


KINDS = {"alertmanager": "a silence", "grafana": "an annotation", "generic": "change events",
         "cloudevents": "change events", "pagerduty": "change events"}  # fmt: skip


def _value(parameter: Parameter) -> str:
    one_of = f", one of {', '.join(parameter.choices)}" if parameter.choices else ""
    like = f", like {parameter.pattern}" if parameter.pattern else ""
    about = f": {parameter.description}" if parameter.description else ""
    if parameter.secret is not None:
        given = " (secret)"
    elif parameter.default is not None:
        given = f" = {parameter.default}"
    else:
        given = " (asked for)" if parameter.required else ""
    return f"{parameter.name}{given}{one_of}{like}{about}"


def _asked(what: str, gate: Gate | None) -> str:
    if gate is None:
        return ""
    more = [
        f"{gate.count} each" if gate.count > 1 else "",
        "four eyes" if gate.four_eyes else "",
        "signed with a key" if gate.signed else "",
        f"within {spoken(gate.within)}" if gate.within is not None else "",
        "an approval at GitHub counts" if gate.github else "",
    ]
    said = "; ".join(filter(None, more))
    return f"{what}: {', '.join(gate.roles)}" + (f" ({said})" if said else "")


def _line(depth: int, title: str, id_: str, facts: Iterable[str]) -> str:
    said = ", ".join(fact for fact in facts if fact)
    more = f"  ({printable(said, WIDTH)})" if said else ""
    return f"{'  ' * depth}{printable(title, WIDTH)}  [{printable(id_)}]{more}"


def _short(text: str) -> str:
    lines = text.strip().splitlines() or [""]
    more = f" … ({len(lines)} lines)" if len(lines) > 1 else ""
    return f"{printable(lines[0], WIDTH)}{more}"
