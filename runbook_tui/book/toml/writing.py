"""A runbook as the tables of a TOML plan, format 1, that reads back as the same runbook.

The other way round from `nodes` and `reader`: what has its default is left out, and an
id that the title would give again.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from typing import Any

from runbook_tui.book import model as m
from runbook_tui.book.announcing import announce_tables
from runbook_tui.book.durations import write_duration
from runbook_tui.book.ids import slug
from runbook_tui.book.telling import tell_table
from runbook_tui.book.toml.nodes import commands_of
from runbook_tui.book.toml.reader import LIMITS

Table = dict[str, Any]

RENAMED = {"arguments": "with", "effect": "changes", "samples": "for", "steps": "step",
           "stages": "stage"}  # fmt: skip
"""Fields of the model that are called otherwise in a plan."""
DURATIONS = {"timeout", "undo_timeout", "within", "rollback_within", "cadence", "every",
             "respond_within"}  # fmt: skip
PLAIN = (str, int, float, bool)


def tables(runbook: m.Runbook) -> Table:
    """The plan's tables, in the order in which they are best read."""
    return _Writing(runbook).plan()


class _Writing:
    def __init__(self, runbook: m.Runbook) -> None:
        self._book = runbook
        nodes = list(_nodes(runbook))
        seen = Counter(slug(n.title) for n in nodes) + Counter(n.id for n in nodes)
        # Twice: once as its id, once as what its title makes.
        self._plain = {n.id for n in nodes if slug(n.title) == n.id and seen[n.id] == 2}
        ours = {s.id: list(commands_of(s.id, s)) for s in runbook.walk()}
        listed = [_bare(c) for c in runbook.commands]
        theirs: dict[str | None, list[m.Command]] = {}
        for command in listed:
            theirs.setdefault(command.step, []).append(command)
        self._listing = {id_ for id_, made in ours.items() if made != theirs.get(id_, [])}
        """Steps whose commands are not just what their own keys make."""
        self._told = [c for c in listed if c.step not in ours or c.step in self._listing]

    def plan(self) -> Table:
        """The whole."""
        book = self._book
        policy = _given(allowed_signers=book.allowed_signers)
        if book.undos_at_once != 1:
            policy["undos_at_once"] = book.undos_at_once
        return {
            "format": 1,
            "title": book.title,
            **({"order": "advised"} if book.advised else {}),
            **_some(criteria=[self._check(c) for c in book.criteria]),
            **_some(parameters={p.name: _parameter(p) for p in book.parameters}),
            **_some(roles={name: list(people) for name, people in book.roles.items()}),
            **_some(team={x.id: _team(x) for x in book.teams}),
            **_some(environments={x.name: _environment(x) for x in book.environments}),
            **_some(policy=policy),
            **_some(forge=_forge(book.forge)),
            **_some(phase=[self._phase(p) for p in book.phases]),
            **_some(watch=[_watch(w) for w in book.watches]),
            **_some(procedure=[self._procedure(p) for p in book.procedures]),
            **_some(threshold=[_threshold(x) for x in book.thresholds]),
            **_some(alert=[self._fields(x) for x in book.alerts]),
            **_some(section=[*map(_section, book.sections),
                             *({**_section(s), "rollback": True} for s in book.rollback_sections)]),
            **_some(contact=[self._fields(x) for x in book.contacts]),
            **_some(escalation=[self._fields(x) for x in book.escalations]),
            **_some(tell=tell_table(book.tell)),
            **_some(announce=announce_tables(book.announcements)),
            **_some(command=[self._command(c) for c in self._told]),
            **_some(approval=[self._fields(g) for g in self._approvals()]),
            **_some(takes=[{"text": e.text, "takes": _takes(e)} for e in self._takes()]),
        }  # fmt: skip

    def _phase(self, phase: m.Phase) -> Table:
        return {**self._fields(phase, "changes", "steps"),
                **_some(change=[self._change(c) for c in phase.changes]),
                **_some(step=[self._step(s) for s in phase.steps])}  # fmt: skip

    def _change(self, change: m.Change) -> Table:
        return {**self._fields(change, "steps"),
                **_some(step=[self._step(s) for s in change.steps])}  # fmt: skip

    def _step(self, step: m.Step) -> Table:
        made = self._fields(step, "steps", "hosts", "expect", "source")
        hosts = list(step.hosts)
        made |= {"host": hosts[0]} if len(hosts) == 1 else _some(hosts=hosts)
        if step.expect != m.Expect():
            exits = list(step.expect.exits)
            made["expect"] = {"exit": exits[0] if len(exits) == 1 else exits,
                              **_given(output=step.expect.output)}  # fmt: skip
        if step.id in self._listing:
            made["parts"] = list(step.parts)
        return {**made, **_some(step=[self._step(s) for s in step.steps])}

    def _procedure(self, procedure: m.Procedure) -> Table:
        made = self._fields(procedure, "stages")
        stages = []
        for stage in procedure.stages:
            table = self._fields(stage, "steps", "from_minute", "to_minute")
            if stage.from_minute is not None and stage.to_minute is not None:
                table["window"] = _window(stage.from_minute, stage.to_minute)
            stages.append({**table, **_some(steps=[self._check(s) for s in stage.steps])})
        return {**made, **_some(stage=stages)}

    def _check(self, box: m.Check | m.StageStep) -> Table | str:
        """A box, as a text where there is no more to say."""
        made = self._fields(box)
        return box.title if set(made) == {"title"} else made

    def _command(self, command: m.Command) -> Table:
        made = self._fields(command)
        made.setdefault("language", command.language)
        return made

    def _fields(self, item: Any, *others: str) -> Table:
        """The fields of a value that say something, but for these others."""
        found: Table = {}
        for field in dataclasses.fields(item):
            value = getattr(item, field.name)
            if field.name in {"line", "source", *others} or _is_default(field, value):
                continue
            if field.name == "id" and value in self._plain:
                continue
            found[RENAMED.get(field.name, field.name)] = self._value(field.name, value)
        return found

    def _value(self, name: str, value: Any) -> Any:
        if name in DURATIONS:
            return write_duration(value)
        if isinstance(value, m.Estimate):
            return _takes(value)
        if isinstance(value, m.Risk):
            return value.value
        if isinstance(value, m.Gate):
            return self._fields(value)
        if isinstance(value, tuple):
            return [self._check(v) if isinstance(v, m.Check) else v for v in value]
        return dict(value) if not isinstance(value, PLAIN) else value

    def _approvals(self) -> Iterator[m.GateStatement]:
        """Those of nodes where they are not just what the gate's roles make."""
        said: dict[str | None, list[m.GateStatement]] = {}
        for statement in self._book.gates:
            said.setdefault(statement.before, []).append(statement)
        gates = {n.id: getattr(n, "gate", None) for n in _nodes(self._book)}
        for node, statements in said.items():
            gate = gates.get(node or "")
            if [s.approver for s in statements] != list(gate.roles if gate else ()):
                yield from statements

    def _takes(self) -> Iterator[m.Estimate]:
        """Estimates that are not those of the steps."""
        made = Counter(
            (e.minimum, e.maximum, e.line) for s in self._book.walk() if (e := s.estimate)
        )
        for said in self._book.estimates:
            key = (said.minimum, said.maximum, said.line)
            if made[key] > 0:
                made[key] -= 1
            else:
                yield said


def _nodes(book: m.Runbook) -> Iterator[Any]:
    """All that has an id, with the steps of stages."""
    for phase in book.phases:
        yield phase
        yield from phase.criteria
        for change in phase.changes:
            yield change
            yield from change.criteria
    for step in book.walk():
        yield step
        yield from step.checks
    yield from book.criteria
    yield from book.watches
    for procedure in book.procedures:
        yield procedure
        for stage in procedure.stages:
            yield stage
            yield from stage.steps


def _bare(command: m.Command) -> m.Command:
    return dataclasses.replace(command, line=0, source="")


def _is_default(field: dataclasses.Field[Any], value: Any) -> bool:
    if field.default_factory is not dataclasses.MISSING:
        return bool(value == field.default_factory())
    return field.default is not dataclasses.MISSING and bool(value == field.default)


def _some(**values: Any) -> Table:
    """Those that hold something."""
    return {name: value for name, value in values.items() if value}


def _given(**values: Any) -> Table:
    """Those that are there."""
    return {name: value for name, value in values.items() if value is not None}


def _takes(estimate: m.Estimate) -> str:
    least, most = write_duration(estimate.minimum), write_duration(estimate.maximum)
    return least if least == most else f"{least}-{most}"


def _window(start: float, end: float) -> str:
    """In minutes, or seconds where they are not whole."""
    if start.is_integer() and end.is_integer():
        return f"{start:.0f}-{end:.0f}m"
    return f"{round(start * 60)}-{round(end * 60)}s"


def _parameter(p: m.Parameter) -> Table:
    secret: Any = None
    if p.secret is not None:
        held = _given(env=p.secret.env, file=p.secret.file, command=p.secret.command)
        secret = held or True
    return {
        **_some(description=p.description),
        **_given(default=p.default, pattern=p.pattern, secret=secret, placeholder=p.placeholder),
        **_some(choices=list(p.choices)),
        **({} if p.declared else {"ask": "when-needed"}),
    }


def _team(team: m.Team) -> Table:
    return {**_some(people=list(team.people)), **_given(effort=team.effort, rate=team.rate)}


def _forge(forge: m.Forge | None) -> Table:
    if forge is None:
        return {}
    made = {"github": forge.github, "every": write_duration(forge.every)}
    return {**made, **_some(logins=dict(forge.logins))}


def _environment(x: m.Environment) -> Table:
    return _some(values=dict(x.values), colour=x.colour, production=x.production)


def _watch(watch: m.Watch) -> Table:
    probe = _given(run=watch.probe.run, http=watch.probe.http, prometheus=watch.probe.prometheus)
    headers = _some(headers=dict(watch.probe.headers))
    return {
        "id": watch.id,
        "title": watch.title,
        **{name: value if isinstance(value, str) else {**value, **headers}
           for name, value in probe.items()},
        **_seconds(every=watch.every, timeout=watch.timeout),
        **_given(below=watch.below, above=watch.above, equal=watch.equal),
        "for": watch.samples,
        **_given(clears_above=watch.clears_above, clears_below=watch.clears_below,
                 clears_for=watch.clears_for, failure_limit=watch.failure_limit),
        **({"error_limit": watch.error_limit} if watch.error_limit != 3 else {}),
        **({"unreadable": watch.unreadable} if watch.unreadable != "unknown" else {}),
        "severity": watch.severity,
        **_seconds(respond_within=watch.respond_within),
        "on_breach": watch.on_breach,
        **({} if watch.notify else {"notify": False}),
        **_some(target=watch.target),
        **_some(applies_to=list(watch.applies_to), dashboard=watch.dashboard, unit=watch.unit),
    }  # fmt: skip


def _seconds(**given: float | None) -> Table:
    return {key: write_duration(value) for key, value in given.items() if value is not None}


def _threshold(x: m.Threshold) -> Table:
    limit = {LIMITS[x.op]: x.value} if x.op in LIMITS and x.value is not None else {}
    return {"name": x.name, **limit, **_some(unit=x.unit, group=x.group),
            **_given(current=x.current)}  # fmt: skip


def _section(section: m.Section) -> Table:
    return {"title": section.title, **_some(text=section.text)}
