"""The first overlay of a plan: a TOML text that names all of its nodes and adds nothing yet.

What was recognised stands in remarks, so that the plan itself stays what counts and its edits
reach the run. Reading the text gives the same runbook as reading the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import tomli_w

from runbook_tui.book import model as m
from runbook_tui.book.targets import NO_PROBE, unmeasured

HEAD = """\
What the plan does not say, to be filled in: take the “#” from a line and say what holds.
It is run in the plan's place. “id” and “titled” name what stands there already: when the plan
is edited, what only got another number is found again, and all else is told by `runbook check`.
"""


def overlay_text(runbook: m.Runbook, extends: str) -> str:
    """The text; ``extends`` is the plan's file, from the folder that the text will be in."""
    return "\n".join(_Writing(runbook, extends).lines()) + "\n"


class _Writing:
    def __init__(self, runbook: m.Runbook, extends: str) -> None:
        self._book = runbook
        self._extends = extends
        self._blocks: dict[str, list[m.Command]] = {}
        for command in runbook.commands:
            if command.step is not None:
                self._blocks.setdefault(command.step, []).append(command)

    def lines(self) -> Iterator[str]:
        book = self._book
        yield from _remark(HEAD)
        yield "format = 1"
        yield f"extends = {_value(self._extends)}"
        yield from _remark(f"title = {_value(book.title)}")
        if book.advised:
            yield from _remark("out of order is noted, as in Markdown; “required” refuses it")
            yield 'order = "advised"'
        yield from self._boxes("criteria", book.criteria)
        yield from self._parameters()
        yield from self._environments()
        if book.roles:
            yield from ("", *_remark("[roles]"))
            for name, people in book.roles.items():
                yield from _remark(f"{_key(name)} = {_value(list(people))}")
        for phase in book.phases:
            yield from self._phase(phase)
        yield from self._procedures()
        for target in unmeasured(book):
            said = f"[[watch]]\ntarget = {_value(target.name)}"
            run = 'run = "a command that puts out a number"\nevery = "30s"'
            yield from ("", *_remark(f"{NO_PROBE}\n{said}\n{run}"))
        yield from ("", *_remark('[[watch]]\ntitle = "…"\nrun = "a command that puts out a number"'
                                 '\nevery = "30s"\nbelow = 99.0'))  # fmt: skip

    def _parameters(self) -> Iterator[str]:
        for one in self._book.parameters:
            yield ""
            if one.placeholder:
                yield from _remark(f"written {one.placeholder}")
            yield f"[parameters.{_key(one.name)}]"
            if one.secret is not None or one.default is not None:
                yield from _remark("it has a source or value already")
            if not one.declared:
                yield from _remark("“first” asks for it before the run starts")
                yield 'ask = "when-needed"'
            if not one.description:
                yield from _remark('description = ""')
            yield from _remark('default = ""\npattern = ""')

    def _environments(self) -> Iterator[str]:
        """Those that the plan has, as they are; else how one is written."""
        there = self._book.environments
        if not there:
            yield from ("", *_remark("[environments.production]\nproduction = true"))
        for one in there:
            yield from ("", *_remark(f"[environments.{_key(one.name)}]"))
            values = ", ".join(f"{_key(k)} = {_value(v)}" for k, v in one.values.items())
            yield from _remark(f"values = {{ {values} }}" if values else "values = {}")
            colour = one.colour or "red"
            yield from _remark(
                f"colour = {_value(colour)}" + ("" if one.colour else ", or another")
            )
            yield from _remark(f"production = {_value(one.production)}")

    def _phase(self, phase: m.Phase) -> Iterator[str]:
        yield from ("", "[[phase]]", *_named(phase))
        yield from _remark(_gate("gate", phase.gate))
        if phase.rollback_within is None:
            yield from _remark('rollback_within = "5m"')
        yield from self._boxes("criteria", phase.criteria)
        for part in phase.parts():
            if isinstance(part, m.Step):
                yield from self._steps((part,), "phase.step")
                continue
            yield from ("", "[[phase.change]]", *_named(part))
            yield from _remark(_gate("gate", part.gate))
            yield from self._boxes("criteria", part.criteria)
            yield from self._steps(part.steps, "phase.change.step")

    def _steps(self, steps: Iterable[m.Step], name: str) -> Iterator[str]:
        for step in steps:
            yield from ("", f"[[{name}]]", *_named(step))
            yield from self._about(step)
            yield from self._boxes("checks", step.checks)
            yield from self._steps(step.steps, f"{name}.step")

    def _about(self, step: m.Step) -> Iterator[str]:
        """What is known of a step, and what is still to be said of it."""
        if step.action:
            yield from _remark(f"does {step.action}")
        elif step.run is None:
            yield from _remark('done by hand\nrun = ""')
        else:
            yield from _remark("runs:")
            yield from _remark(step.run.rstrip("\n"), indent=2)
        if step.undo is not None:
            yield from _remark("is taken back by:")
            yield from _remark(step.undo.rstrip("\n"), indent=2)
        elif step.irreversible is not None:
            yield from _remark(f"cannot be taken back: {_one_line(step.irreversible)}")
        elif not step.effect:
            yield from _remark("only looks: there is nothing to take back")
        elif step.action is None and not step.steps:
            yield from _remark('undo = ""')
            if step.run is not None:
                yield from _remark("or, where it only looks: changes = false")
        by_hand = [c for c in self._blocks.get(step.id, ()) if c.by_hand]
        for command in by_hand:
            yield from _remark(f"by hand, {command.language}:")
            yield from _remark(command.text.rstrip("\n"), indent=2)
        if step.run is not None and step.effect and step.verify_undo is None:
            yield from _remark('verify_undo = ""')
        if step.estimate is None:
            yield from _remark('estimate = "5m"')

    def _procedures(self) -> Iterator[str]:
        for procedure in self._book.procedures:
            yield from ("", "[[procedure]]", *_named(procedure))
            if procedure.applies_to:
                yield from _remark(f"applies to {', '.join(procedure.applies_to)}")
            for stage in procedure.stages:
                yield from ("", "[[procedure.stage]]", *_named(stage))
                if stage.from_minute is None:
                    yield from _remark('window = "0-5m"')
                yield from self._boxes("steps", stage.steps)

    def _boxes(self, key: str, boxes: Iterable[m.Check | m.StageStep]) -> Iterator[str]:
        tables = [f"    {{ id = {_value(b.id)}, titled = {_value(b.title)} }}," for b in boxes]
        if tables:
            what = "run" if key == "steps" else "probe"
            yield from _remark(f'each may have {what} = "…"')
            yield from (f"{key} = [", *tables, "]")


def _named(node: m.Phase | m.Change | m.Step | m.Procedure | m.Stage) -> tuple[str, str]:
    return f"id = {_value(node.id)}", f"titled = {_value(node.title)}"


def _gate(key: str, gate: m.Gate | None) -> str:
    roles = list(gate.roles) if gate else ["lead"]
    return f"{key} = {{ roles = {_value(roles)}, four_eyes = true }}"


def _remark(text: str, indent: int = 0) -> Iterator[str]:
    """Lines of a remark; what TOML has no place for in one is shown as a question mark."""
    for line in text.rstrip("\n").split("\n"):
        clean = "".join(c if c == "\t" or (c >= " " and c != "\x7f") else "?" for c in line)
        yield f"# {' ' * indent}{clean}".rstrip()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _value(value: Any) -> str:
    """A value as TOML writes it, in one line."""
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return tomli_w.dumps({"v": value}).partition(" = ")[2].rstrip("\n")


def _key(name: str) -> str:
    """A name as TOML writes it."""
    return tomli_w.dumps({name: 1}).rpartition(" = ")[0]
