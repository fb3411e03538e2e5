"""What a plan must not say, beyond its shape; and what is worth a remark."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping

from runbook_tui.book.actions import ACTIONS
from runbook_tui.book.findings import Fault, Finding
from runbook_tui.book.model import Change, Gate, Phase, Runbook, Step
from runbook_tui.book.parameters import MARK, reserved


def broken_rules(runbook: Runbook, text: str) -> list[Fault]:
    """Every fault of a runbook that has the right shape."""
    steps = list(runbook.walk())
    faults: list[Fault] = []
    if not steps:
        faults.append(
            Fault(message="nothing to do: the plan has no steps", hint="add [[phase.step]]")
        )
    faults += _needs(runbook)
    faults += _roles(runbook)
    faults += _parameters(runbook)
    for step in steps:
        faults += _step(step)
    faults += _values(runbook, text)
    return faults


def _needs(runbook: Runbook) -> Iterator[Fault]:
    lines = {s.id: s.line for s in runbook.walk()} | {p.id: p.line for p in runbook.phases}
    wanted: dict[str, tuple[str, ...]] = {}
    items: list[Phase | Step] = [*runbook.phases, *runbook.walk()]
    for item in items:
        for need in item.needs or ():
            if need not in lines:
                yield Fault(message=f"“{item.id}” needs “{need}”, which is not there",
                            line=item.line)  # fmt: skip
        wanted[item.id] = tuple(n for n in item.needs or () if n in lines)
    for procedure in runbook.procedures:
        known = set(lines) | {c.id for p in runbook.phases for c in p.changes}
        for name in procedure.applies_to:
            if name not in known:
                yield Fault(message=f"“{procedure.title}” applies to “{name}”, which is not there",
                            line=procedure.line)  # fmt: skip
    cycle = _cycle(wanted)
    if cycle:
        chain = " → ".join(cycle)
        yield Fault(message=f"a cycle in needs: {chain}", line=lines[cycle[0]])


def _cycle(wanted: Mapping[str, tuple[str, ...]]) -> list[str]:
    """One cycle, from its first id back to it; empty where there is none."""
    done: set[str] = set()
    for start in wanted:
        path: list[str] = []
        stack: list[tuple[str, Iterator[str]]] = [(start, iter(wanted[start]))]
        while stack:
            name, rest = stack[-1]
            if len(path) < len(stack):
                path.append(name)
            nxt = next(rest, None)
            if nxt is None:
                done.add(name)
                stack.pop()
                path.pop()
            elif nxt in path:
                return [*path[path.index(nxt) :], nxt]
            elif nxt not in done:
                stack.append((nxt, iter(wanted[nxt])))
    return []


def _gates(runbook: Runbook) -> Iterator[tuple[Gate, int]]:
    for phase in runbook.phases:
        items: list[Phase | Change | Step] = [phase, *phase.changes, *phase.walk()]
        for item in items:
            for gate in (item.gate, item.signoff):
                if gate is not None:
                    yield gate, gate.line or item.line


def _roles(runbook: Runbook) -> Iterator[Fault]:
    known = {*runbook.roles, "lead"}
    for gate, line in _gates(runbook):
        for role in gate.roles:
            if role not in known:
                yield Fault(message=f"the role “{role}” is not listed", line=line,
                            hint=f'add {role} = ["Name <mail>"] to [roles]')  # fmt: skip
        if gate.signed and runbook.allowed_signers is None:
            yield Fault(message="a signed sign-off needs [policy] allowed_signers", line=line)
    for step in runbook.walk():
        if step.role is not None and step.role not in known:
            yield Fault(message=f"the role “{step.role}” is not listed", line=step.line)


def _parameters(runbook: Runbook) -> Iterator[Fault]:
    for p in runbook.parameters:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", p.name):
            yield Fault(message=f"“{p.name}” is no name of a parameter", line=p.line,
                        hint="use letters, digits and “_”")  # fmt: skip
        elif reserved(p.name):
            yield Fault(message=f"no parameter may be called {p.name}", line=p.line,
                        hint="commands rely on the real one")  # fmt: skip
        if p.default is not None and p.choices and p.default not in p.choices:
            yield Fault(message=f"the default of {p.name} is none of its choices", line=p.line)
        if p.pattern is not None:
            yield from _pattern(p.pattern, p.default, p.name, p.line)


def _pattern(pattern: str, default: str | None, name: str, line: int) -> Iterator[Fault]:
    try:
        found = re.compile(pattern)
    except re.error as error:
        yield Fault(message=f"the pattern of {name} is no regular expression: {error}", line=line)
        return
    if default is not None and not found.fullmatch(default):
        yield Fault(message=f"the default of {name} does not match its pattern", line=line)


def _step(step: Step) -> Iterator[Fault]:
    if step.run is not None and step.action is not None:
        yield Fault(message=f"“{step.title}” has both run and action", line=step.line)
    if step.action is not None:
        yield from _action(step)
    elif step.arguments:
        yield Fault(message=f"“{step.title}” has “with” but no action", line=step.line)
    if step.expect.output is not None:
        try:
            re.compile(step.expect.output)
        except re.error as error:
            yield Fault(message=f"what “{step.title}” expects is no regular expression: {error}",
                        line=step.line)  # fmt: skip
    for name in step.outputs:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) or reserved(name):
            yield Fault(message=f"“{name}” is no name of an output", line=step.line)


def _action(step: Step) -> Iterator[Fault]:
    known = ACTIONS.get(step.action or "")
    if known is None:
        yield Fault(message=f"there is no action “{step.action}”", line=step.line,
                    hint="there is " + ", ".join(ACTIONS))  # fmt: skip
        return
    for name in known.required:
        if name not in step.arguments:
            yield Fault(message=f"{step.action} needs with.{name}", line=step.line)
    for name in step.arguments:
        if name not in (*known.required, *known.optional):
            names = ", ".join((*known.required, *known.optional))
            yield Fault(message=f"{step.action} takes no “{name}”", line=step.line,
                        hint=f"it takes {names}")  # fmt: skip


def _outputs(step: Step) -> set[str]:
    known = ACTIONS.get(step.action or "")
    return {*step.outputs, *(known.outputs if known else ())}


def _values(runbook: Runbook, text: str) -> Iterator[Fault]:
    """Names that a command uses must be known where it stands."""
    known = {p.name for p in runbook.parameters}
    lines = text.splitlines()
    for phase in runbook.phases:
        for step in phase.walk():
            own = known | _outputs(step)
            after_before = known | (set(step.outputs) if step.before else set())
            texts = [(step.before, known), (step.run, after_before), (step.cwd, known),
                     (step.undo, own), (step.verify_undo, own), (step.ready, own),
                     *((v, known) for v in step.env.values()),
                     *((v, known) for v in step.arguments.values()),
                     *((c.probe, own) for c in step.checks)]  # fmt: skip
            for command, names in texts:
                yield from _unknown(command, names, step, lines)
            known |= _outputs(step)


def _unknown(command: str | None, names: set[str], step: Step, lines: list[str]) -> Iterator[Fault]:
    for match in MARK.finditer(command or ""):
        if match.group(1) in names:
            continue
        line, column = _find(lines, match.group(0), step.line)
        yield Fault(
            message=f"“{match.group(1)}” is no parameter and no output of an earlier step",
            line=line, column=column,
        )  # fmt: skip


def _find(lines: list[str], text: str, start: int) -> tuple[int, int]:
    """Where a text stands at or after a line."""
    for number in range(max(start, 1), len(lines) + 1):
        column = lines[number - 1].find(text)
        if column >= 0:
            return number, column + 1
    return start, 1


def noticed(runbook: Runbook) -> Runbook:
    """The runbook with its findings, and with the lines where parameters are used."""
    findings = list(runbook.findings)
    for step in runbook.walk():
        findings += _remarks(step)
    parameters = tuple(
        dataclasses.replace(p, lines=_used(runbook, p.name)) for p in runbook.parameters
    )
    return dataclasses.replace(runbook, findings=tuple(findings), parameters=parameters)


def _used(runbook: Runbook, name: str) -> tuple[int, ...]:
    use = re.compile(r"\$\{\{\s*" + re.escape(name) + r"\s*\}\}|\$\{?" + re.escape(name) + r"\b")
    return tuple(dict.fromkeys(c.line for c in runbook.commands if use.search(c.text)))


def _remarks(step: Step) -> Iterator[Finding]:
    does = step.run is not None
    if does and step.effect and step.undo is None and step.irreversible is None:
        yield Finding(
            code="no-undo", line=step.line,
            message=f"“{step.title}” has an effect and no undo; say undo, irreversible or "
            "changes = false",
        )  # fmt: skip
    late = {m.group(1) for m in MARK.finditer(step.undo or "")} & set(step.outputs)
    if late and step.before is None:
        yield Finding(
            code="late-undo", line=step.line,
            message=f"the undo of “{step.title}” needs {', '.join(sorted(late))}, which only the "
            "step itself puts out; put it out in “before”",
        )  # fmt: skip
