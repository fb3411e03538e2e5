"""What a plan must not say, beyond its shape; and what is worth a remark."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from runbook_tui.book.actions import (
    CANCELS,
    action_kind,
    has_undo,
    no_action,
    only_looks,
)
from runbook_tui.book.announcing import announcement_faults, announcement_findings
from runbook_tui.book.cycles import cycles
from runbook_tui.book.environment_rules import environment_faults
from runbook_tui.book.findings import Fault, Finding
from runbook_tui.book.host_rules import on_hosts
from runbook_tui.book.inner_code import secrets_in_code, values_in_code
from runbook_tui.book.literals import MARK
from runbook_tui.book.lost import Lost
from runbook_tui.book.model import (
    Announcement,
    Change,
    Gate,
    Parameter,
    Phase,
    Procedure,
    Runbook,
    Step,
    Watch,
)
from runbook_tui.book.not_acted_on import not_acted_on
from runbook_tui.book.order import needs
from runbook_tui.book.parameters import IN_A_FILE, reserved, too_long
from runbook_tui.book.places import Place, Places
from runbook_tui.book.value_rules import value_faults
from runbook_tui.book.watch_rules import watch_faults, watch_findings

NO_COMMAND = frozenset({"none", "n/a", "na", "no", "nothing", "null", "-", "manual", "by hand",
                        "tbd", "todo", "not possible", "not needed", "none needed"})  # fmt: skip
"""What people write for an undo that there is not."""
SIGNERS = "allowed_signers"
NAME = r"[A-Za-z_][A-Za-z0-9_]*"


def broken_rules(runbook: Runbook, places: Places, lost: Lost) -> list[Fault]:
    """Every fault in what a runbook says.

    What it does not say because it could not be read is none: ``lost`` and ``places`` know.
    """
    steps = list(runbook.walk())
    faults: list[Fault] = []
    if not steps and not lost.steps:
        faults.append(
            Fault(message="nothing to do: the plan has no steps", hint="add [[phase.step]]")
        )
    faults += _needs(runbook, places, lost)
    faults += _roles(runbook, places, lost)
    faults += _parameters(runbook, places)
    for step in steps:
        faults += _step(step, places)
    faults += on_hosts(runbook, places)
    faults += environment_faults(runbook, places, lost)
    faults += watch_faults(runbook, places, lost)
    faults += announcement_faults(runbook, places, lost)
    faults += (f for name, f in value_faults(runbook, places) if not (name and lost.value(name)))
    faults += (inner.fault() for inner in secrets_in_code(runbook, places))
    return faults


def _needs(runbook: Runbook, places: Places, lost: Lost) -> Iterator[Fault]:
    items: dict[str, Phase | Step] = {p.id: p for p in runbook.phases}
    items |= {s.id: s for s in runbook.walk()}
    for item in items.values():
        for need in item.needs or ():
            if need not in items and not lost.id(need):
                yield places.of(item, "needs").fault(
                    f"“{item.id}” needs “{need}”, which is not there"
                )
    known = set(items) | {c.id for p in runbook.phases for c in p.changes}
    applied: list[Procedure | Watch | Announcement] = [
        *runbook.procedures, *runbook.watches, *runbook.announcements,
    ]  # fmt: skip
    for one in applied:
        for name in one.applies_to:
            if name not in known and not lost.id(name):
                message = f"“{one.title}” applies to “{name}”, which is not there"
                yield places.of(one, "applies_to").fault(message)
    yield from _blocks(runbook, lost)
    yield from _cycles(runbook, items, places, lost)


def _blocks(runbook: Runbook, lost: Lost) -> Iterator[Fault]:
    """A block of commands has an id of its own, and its step is there."""
    steps = Counter(s.id for s in runbook.walk())
    stages = {s.id for p in runbook.procedures for s in p.stages}
    blocks = Counter(c.id for c in runbook.commands)
    for command in runbook.commands:
        place = Place(max(command.line, 1), 1, command.source)
        # Of a step whose own id is used twice that is said at the step.
        if blocks[command.id] > 1 and steps[command.step or ""] < 2:
            yield place.fault(f"the id “{command.id}” is used twice")
            blocks[command.id] = 1
        step = command.step
        if step is not None and step not in steps and step not in stages and not lost.id(step):
            yield place.fault(f"“{command.id}” is of “{step}”, which is not there")


def _cycles(
    runbook: Runbook, items: Mapping[str, Phase | Step], places: Places, lost: Lost
) -> Iterator[Fault]:
    """Rings of needs. Where the plan is silent its order counts, unless not all of it is known."""
    count = Counter([*(p.id for p in runbook.phases), *(s.id for s in runbook.walk())])
    single = {id_ for id_, number in count.items() if number == 1}
    sure = not (lost.ids or lost.steps or lost.misplaced) and len(single) == len(items)
    wanted = needs(runbook) if sure else {i.id: i.needs or () for i in items.values()}
    known = {id_: [n for n in wanted[id_] if n in single] for id_ in items if id_ in single}
    for cycle in cycles(known):
        first = next(n for n, id_ in enumerate(cycle) if items[id_].needs is not None)
        ring = [*cycle[first:-1], *cycle[:first], cycle[first]]
        silent = [id_ for id_ in ring if items[id_].needs is None]
        hint = f"“{silent[0]}” needs the step before it; say needs = [] there" if silent else ""
        message = f"a cycle in needs: {' → '.join(ring)}"
        yield places.of(items[ring[0]], "needs").fault(message, hint)


def _gates(runbook: Runbook, places: Places) -> Iterator[tuple[Gate, Place]]:
    for phase in runbook.phases:
        items: list[Phase | Change | Step] = [phase, *phase.changes, *phase.walk()]
        for item in items:
            for gate, key in ((item.gate, "gate"), (item.signoff, "signoff")):
                if gate is not None:
                    yield gate, places.of(item, key)


def _roles(runbook: Runbook, places: Places, lost: Lost) -> Iterator[Fault]:
    known = {*runbook.roles, "lead"}
    for gate, place in _gates(runbook, places):
        for role in gate.roles:
            if role not in known and not lost.role(role):
                yield place.fault(
                    f"the role “{role}” is not listed", f'add {role} = ["Name <mail>"] to [roles]'
                )
        unsigned = runbook.allowed_signers is None and not lost.signers
        nowhere = runbook.forge is None and not lost.forge and "forge" not in lost.names
        if gate.github and nowhere:
            yield place.fault(
                "an approval at GitHub counts only with [forge] github",
                'add github = "OWNER/NAME" and logins to [forge]',
            )
        if gate.signed and unsigned and SIGNERS not in lost.names:
            yield place.fault("a signed sign-off needs [policy] allowed_signers")
    for step in runbook.walk():
        if step.role is not None and step.role not in known and not lost.role(step.role):
            yield places.of(step, "role").fault(f"the role “{step.role}” is not listed")


def _parameters(runbook: Runbook, places: Places) -> Iterator[Fault]:
    for p in runbook.parameters:
        if not p.declared:
            continue  # A placeholder of Markdown has the name that people gave it.
        place = Place(max(p.line, 1), 1, p.source)
        if not re.fullmatch(NAME, p.name) and (p.secret or not p.placeholder):
            yield place.fault(
                f"“{p.name}” is no name of a parameter", "use letters, digits and “_”"
            )
        elif reserved(p.name):
            yield place.fault(f"no parameter may be called {p.name}", reserved(p.name))
        partly = places.lost(p, "choices")
        if p.default is not None and p.choices and p.default not in p.choices and not partly:
            yield place.fault(f"the default of {p.name} is none of its choices")
        if wrong := too_long(p.name, p.default or ""):
            yield place.fault(wrong, IN_A_FILE)
        if p.pattern is not None:
            yield from _pattern(p.pattern, p.default, p.name, place)


def _pattern(pattern: str, default: str | None, name: str, place: Place) -> Iterator[Fault]:
    try:
        found = re.compile(pattern)
    except re.error as error:
        yield place.fault(f"the pattern of {name} is no regular expression: {error}")
        return
    if default is not None and not found.fullmatch(default):
        yield place.fault(f"the default of {name} does not match its pattern")


def _step(step: Step, places: Places) -> Iterator[Fault]:
    if step.run is not None and step.action is not None:
        yield places.of(step, "action").fault(f"“{step.title or step.id}” has both run and action")
    if step.action is not None:
        yield from _action(step, places)
    elif step.arguments and not places.lost(step, "action"):
        yield places.of(step, "with_").fault(f"“{step.title or step.id}” has “with” but no action")
    if step.expect.output is not None:
        try:
            re.compile(step.expect.output)
        except re.error as error:
            message = f"what “{step.title or step.id}” expects is no regular expression: {error}"
            yield places.of(step, "expect").fault(message)
    for name in step.outputs:
        if not re.fullmatch(NAME, name) or reserved(name):
            yield places.of(step, "outputs").fault(
                f"“{name}” is no name of an output", reserved(name)
            )


def _action(step: Step, places: Places) -> Iterator[Fault]:
    known = action_kind(step.action or "")
    if known is None:
        yield places.of(step, "action").fault(*no_action(step.action or ""))
        return
    for name in known.required:
        if name not in step.arguments and not places.lost(step, "with"):
            yield places.of(step, "action").fault(f"{step.action} needs with.{name}")
    if step.arguments.get("on_undo", CANCELS) != CANCELS:
        yield places.of(step, "with_").fault(
            f"{step.action} can be undone by “{CANCELS}” alone",
            f'say on_undo = "{CANCELS}", or give an undo of your own',
        )
    for name in step.arguments:
        if name not in (*known.required, *known.optional):
            names = ", ".join((*known.required, *known.optional))
            yield places.of(step, "with_").fault(
                f"{step.action} takes no “{name}”", f"it takes {names}"
            )


def noticed(runbook: Runbook, places: Places) -> Runbook:
    """The runbook with its findings, and with the lines where parameters are used."""
    from runbook_tui.book.sense import sense
    from runbook_tui.book.sense.said import of_model

    findings = list(runbook.findings)
    for step in runbook.walk():
        findings += _remarks(step)
    findings += not_acted_on(runbook)
    findings += watch_findings(runbook)
    findings += announcement_findings(runbook)
    findings += sense(runbook, of_model(runbook))
    known = {(f.code, f.source, f.line) for f in findings}
    for inner in (i.finding() for i in values_in_code(runbook, places)):
        if (inner.code, inner.source, inner.line) not in known:
            findings.append(inner)  # That of a Markdown base knows its line better.
    parameters = tuple(
        dataclasses.replace(p, lines=tuple(dict.fromkeys((*p.lines, *_used(runbook, p)))))
        for p in runbook.parameters
    )
    return dataclasses.replace(runbook, findings=tuple(findings), parameters=parameters)


def _used(runbook: Runbook, p: Parameter) -> Iterator[int]:
    """The lines of its uses in the file where the parameter itself stands."""
    name = re.escape(p.name)
    use = re.compile(r"\$\{\{\s*" + name + r"\s*\}\}|\$\{?" + name + r"\b")
    return (c.line for c in runbook.commands if c.source == p.source and use.search(c.text))


def without_undo(step: Step) -> Iterator[Finding]:
    """That a step has an effect and nothing takes it back, as far as the plan says."""
    does = step.run is not None or (step.action is not None and action_kind(step.action))
    if does and not (only_looks(step) or has_undo(step)) and step.irreversible is None:
        yield Finding(
            code="no-undo", line=step.line, source=step.source,
            message=f"“{step.title}” has an effect and no undo; say undo, irreversible or "
            "changes = false",
        )  # fmt: skip


def _remarks(step: Step) -> Iterator[Finding]:
    yield from without_undo(step)
    if step.undo is not None and step.undo.strip().strip(".").lower() in NO_COMMAND:
        yield Finding(
            code="undo-no-command", severity="high", line=step.line, source=step.source,
            message=f"the undo of “{step.title}” would be run as a command named"
            f" “{step.undo.strip()}”; leave it out and say irreversible = \"reason\", or"
            " changes = false where there is nothing to take back",
        )  # fmt: skip
    late = {m.group(1) for m in MARK.finditer(step.undo or "")} & set(step.outputs)
    if late and step.before is None:
        yield Finding(
            code="late-undo", line=step.line, source=step.source,
            message=f"the undo of “{step.title}” needs {', '.join(sorted(late))}, which only the "
            "step itself puts out; put it out in “before”",
        )  # fmt: skip
