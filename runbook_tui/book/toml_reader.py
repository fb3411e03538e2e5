"""Reading TOML plans, format 1: text in, runbook out, or every fault at once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping

from pydantic import ValidationError

from runbook_tui.book import model as m
from runbook_tui.book import toml_schema as t
from runbook_tui.book.findings import Fault, PlanFaults
from runbook_tui.book.ids import VALID, Ids
from runbook_tui.book.model import Runbook
from runbook_tui.book.toml_faults import schema_faults, syntax_fault
from runbook_tui.book.toml_positions import Path, Position, nearest, positions


def read_toml(text: str, source: str, load: Callable[[str], str] | None = None) -> Runbook:
    """The runbook that a TOML plan describes; raises `PlanFaults` with all faults."""
    from runbook_tui.book.rules import broken_rules, noticed

    try:
        body = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PlanFaults(source, (syntax_fault(error, text),)) from None
    where = positions(text)
    try:
        plan = t.PlanTable.model_validate(body)
    except ValidationError as error:
        faults = schema_faults(error, where, t.PlanTable)
        raise PlanFaults(source, tuple(sorted(faults, key=lambda f: (f.line, f.column)))) from None
    reading = _Reading(where, text)
    runbook = reading.runbook(plan, source)
    faults = [*reading.faults, *broken_rules(runbook, text)]
    if faults:
        raise PlanFaults(source, tuple(sorted(faults, key=lambda f: (f.line, f.column))))
    return noticed(runbook)


class _Reading:
    """Turns tables into the model, with the line of each."""

    def __init__(self, where: Mapping[Path, Position], text: str) -> None:
        self._where = where
        self._lines = text.splitlines()
        self._ids = Ids()
        self.faults: list[Fault] = []
        self._commands: list[m.Command] = []
        self._gates: list[m.GateStatement] = []
        self._estimates: list[m.Estimate] = []

    def runbook(self, plan: t.PlanTable, source: str) -> Runbook:
        if plan.extends is not None:
            self._fault(("extends",), "“extends” is not read by this version")
        self._reserve(plan)
        phases = tuple(self._phase(p, ("phase", n)) for n, p in enumerate(plan.phase))
        return Runbook(
            title=plan.title,
            source=source,
            format="toml",
            phases=phases,
            parameters=tuple(
                self._parameter(name, p, ("parameters", name))
                for name, p in plan.parameters.items()
            ),
            roles={name: tuple(people) for name, people in plan.roles.items()},
            allowed_signers=plan.policy.allowed_signers,
            teams=tuple(
                m.Team(id=name, people=tuple(x.people), effort=x.effort,
                       rate=None if x.rate is None else float(x.rate))
                for name, x in plan.team.items()
            ),
            watches=tuple(self._watch(w, ("watch", n)) for n, w in enumerate(plan.watch)),
            procedures=tuple(
                self._procedure(p, ("procedure", n)) for n, p in enumerate(plan.procedure)
            ),
            thresholds=tuple(
                self._threshold(x, ("threshold", n)) for n, x in enumerate(plan.threshold)
            ),
            alerts=tuple(
                m.Alert(severity=a.severity, condition=a.condition, line=self._line(("alert", n)),
                        respond_within=a.respond_within)
                for n, a in enumerate(plan.alert)
            ),
            contacts=tuple(
                m.Contact(role=c.role, who=c.who, line=self._line(("contact", n)))
                for n, c in enumerate(plan.contact)
            ),
            escalations=tuple(
                m.Escalation(topic=e.topic, ladder=tuple(e.ladder), within=e.within,
                             line=self._line(("escalation", n)))
                for n, e in enumerate(plan.escalation)
            ),
            sections=tuple(
                m.Section(title=s.title, text=s.text, line=self._line(("section", n)))
                for n, s in enumerate(plan.section)
            ),
            commands=tuple(sorted(self._commands, key=lambda c: c.line)),
            gates=tuple(self._gates),
            estimates=tuple(self._estimates),
        )  # fmt: skip

    def _line(self, path: Path) -> int:
        return nearest(self._where, path)[0]

    def _fault(self, path: Path, message: str, hint: str = "") -> None:
        line, column = nearest(self._where, path)
        self.faults.append(Fault(message=message, line=line, column=column, hint=hint))

    def _reserve(self, plan: t.PlanTable) -> None:
        """Take the ids that the plan gives before any is made of a title."""
        for number, phase in enumerate(plan.phase):
            path: Path = ("phase", number)
            self._given(phase.id, path)
            self._given_checks(phase.criteria, (*path, "criteria"))
            for at, change in enumerate(phase.change):
                self._given(change.id, (*path, "change", at))
                self._given_checks(change.criteria, (*path, "change", at, "criteria"))
                self._given_steps(change.step, (*path, "change", at, "step"))
            self._given_steps(phase.step, (*path, "step"))
        for number, item in enumerate(plan.procedure):
            self._given(item.id, ("procedure", number))
        for number, watch in enumerate(plan.watch):
            self._given(watch.id, ("watch", number))

    def _given_steps(self, steps: list[t.StepTable], path: Path) -> None:
        for number, step in enumerate(steps):
            self._given(step.id, (*path, number))
            self._given_checks(step.checks, (*path, number, "checks"))
            self._given_steps(step.step, (*path, number, "step"))

    def _given_checks(self, checks: t.Checks, path: Path) -> None:
        for number, check in enumerate(checks):
            if isinstance(check, t.CheckTable):
                self._given(check.id, (*path, number))

    def _given(self, id_: str | None, path: Path) -> None:
        if id_ is None:
            return
        if not VALID.fullmatch(id_):
            self._fault((*path, "id"), f"“{id_}” is no id; use a-z, 0-9, “.”, “_” and “-”")
        elif not self._ids.take(id_):
            self._fault((*path, "id"), f"the id “{id_}” is used twice")

    def _id(self, given: str | None, title: str) -> str:
        return given or self._ids.make(title)

    def _phase(self, p: t.PhaseTable, path: Path) -> m.Phase:
        id_ = self._id(p.id, p.title)
        if p.include is not None:
            self._fault((*path, "include"), "“include” is not read by this version")
        return m.Phase(
            id=id_,
            title=p.title,
            line=self._line(path),
            text=p.text,
            risk=m.Risk(p.risk) if p.risk else None,
            gate=self._gate(p.gate, (*path, "gate"), id_),
            signoff=self._gate(p.signoff, (*path, "signoff"), id_, before=False),
            criteria=self._checks(p.criteria, (*path, "criteria")),
            changes=tuple(self._change(c, (*path, "change", n)) for n, c in enumerate(p.change)),
            steps=tuple(self._step(s, (*path, "step", n)) for n, s in enumerate(p.step)),
            needs=None if p.needs is None else tuple(p.needs),
            starts=p.starts,
            ends=p.ends,
            effort=p.effort,
            rollback_within=p.rollback_within,
            cadence=p.cadence,
            when=p.when,
        )

    def _change(self, c: t.ChangeTable, path: Path) -> m.Change:
        id_ = self._id(c.id, c.title)
        return m.Change(
            id=id_,
            title=c.title,
            line=self._line(path),
            text=c.text,
            pull_request=c.pull_request,
            risk=m.Risk(c.risk) if c.risk else None,
            status=c.status,
            priority=None if c.priority is None else str(c.priority),
            estimate=self._estimate(c.estimate, (*path, "estimate"), count=False),
            days=None if c.days is None else str(c.days),
            criteria=self._checks(c.criteria, (*path, "criteria")),
            signoff=self._gate(c.signoff, (*path, "signoff"), id_, before=False),
            gate=self._gate(c.gate, (*path, "gate"), id_),
            steps=tuple(self._step(s, (*path, "step", n)) for n, s in enumerate(c.step)),
        )

    def _step(self, s: t.StepTable, path: Path) -> m.Step:
        id_ = self._id(s.id, s.title)
        for key, rollback in (("before", False), ("run", False), ("undo", True),
                              ("verify_undo", True)):  # fmt: skip
            text = getattr(s, key)
            if text is not None:
                self._commands.append(
                    m.Command(id=f"{id_}.{key}", line=self._line((*path, key)), language="bash",
                              text=text, rollback=rollback, step=id_)
                )  # fmt: skip
        return m.Step(
            id=id_,
            title=s.title,
            line=self._line(path),
            text=s.text,
            estimate=self._estimate(s.estimate, (*path, "estimate")),
            timeout=s.timeout,
            needs=None if s.needs is None else tuple(s.needs),
            before=s.before,
            run=s.run,
            action=s.action,
            arguments=dict(s.with_),
            undo=s.undo,
            verify_undo=s.verify_undo,
            outputs=tuple(s.outputs),
            checks=self._checks(s.checks, (*path, "checks")),
            signoff=self._gate(s.signoff, (*path, "signoff"), id_, before=False),
            gate=self._gate(s.gate, (*path, "gate"), id_),
            steps=tuple(self._step(i, (*path, "step", n)) for n, i in enumerate(s.step)),
            effect=s.changes,
            irreversible=s.irreversible,
            required=s.required,
            optional=s.optional,
            role=s.role,
            cwd=s.cwd,
            env=dict(s.env),
            shell=s.shell,
            expect=_expect(s.expect),
            retries=s.retries,
            interactive=s.interactive,
            background=s.background,
            ready=s.ready,
            confirm=s.confirm,
            rehearse=s.rehearse,
            on_failure=s.on_failure,
            when=s.when,
            hosts=tuple([s.host] if s.host else s.hosts),
            effort=s.effort,
            evidence=tuple(s.evidence),
        )

    def _gate(
        self, g: t.GateTable | None, path: Path, node: str, before: bool = True
    ) -> m.Gate | None:
        if g is None:
            return None
        line = self._line(path)
        if before:
            self._gates += [m.GateStatement(line=line, approver=r, before=node) for r in g.roles]
        return m.Gate(roles=tuple(g.roles), count=g.count, four_eyes=g.four_eyes, signed=g.signed,
                      within=g.within, line=line)  # fmt: skip

    def _checks(self, checks: t.Checks, path: Path) -> tuple[m.Check, ...]:
        found = []
        for number, check in enumerate(checks):
            line = self._line((*path, number))
            if isinstance(check, str):
                found.append(m.Check(id=self._ids.make(check), title=check, line=line))
            else:
                id_ = self._id(check.id, check.title)
                found.append(m.Check(id=id_, title=check.title, line=line, probe=check.probe,
                                     required=check.required))  # fmt: skip
        return tuple(found)

    def _estimate(self, seconds: float | None, path: Path, count: bool = True) -> m.Estimate | None:
        if seconds is None:
            return None
        line = self._line(path)
        text = self._lines[line - 1].strip() if line <= len(self._lines) else ""
        found = m.Estimate(minimum=seconds, maximum=seconds, line=line, text=text)
        if count:
            self._estimates.append(found)
        return found

    def _parameter(self, name: str, p: t.ParameterTable, path: Path) -> m.Parameter:
        return m.Parameter(
            name=name,
            line=self._line(path),
            description=p.description,
            default=p.default,
            choices=tuple(p.choices),
            pattern=p.pattern,
            secret=_secret(p.secret),
            required=p.default is None and not p.secret,
        )

    def _watch(self, w: t.WatchTable, path: Path) -> m.Watch:
        if sum(x is not None for x in (w.run, w.http, w.prometheus)) != 1:
            self._fault(path, f"the watch “{w.title}” wants one of run, http, prometheus")
        return m.Watch(
            id=self._id(w.id, w.title),
            title=w.title,
            line=self._line(path),
            probe=m.Probe(run=w.run, http=w.http, prometheus=w.prometheus),
            every=w.every,
            below=None if w.below is None else float(w.below),
            above=None if w.above is None else float(w.above),
            samples=w.for_,
            severity=w.severity,
            respond_within=w.respond_within,
            on_breach=w.on_breach,
        )

    def _procedure(self, p: t.ProcedureTable, path: Path) -> m.Procedure:
        return m.Procedure(
            id=self._id(p.id, p.title),
            title=p.title,
            line=self._line(path),
            kind=p.kind,
            applies_to=tuple(p.applies_to),
            stages=tuple(self._stage(s, (*path, "stage", n)) for n, s in enumerate(p.stage)),
        )

    def _stage(self, s: t.StageTable, path: Path) -> m.Stage:
        steps = []
        for number, item in enumerate(s.steps):
            line = self._line((*path, "steps", number))
            if isinstance(item, str):
                steps.append(m.StageStep(id=self._ids.make(item), title=item, line=line))
            else:
                steps.append(m.StageStep(id=self._id(item.id, item.title), title=item.title,
                                         line=line, run=item.run))  # fmt: skip
        return m.Stage(
            id=self._id(s.id, s.title),
            title=s.title,
            line=self._line(path),
            from_minute=s.window[0] if s.window else None,
            to_minute=s.window[1] if s.window else None,
            steps=tuple(steps),
        )

    def _threshold(self, x: t.ThresholdTable, path: Path) -> m.Threshold:
        value = x.above if x.above is not None else x.below
        return m.Threshold(
            name=x.name,
            line=self._line(path),
            op=">" if x.above is not None else "<",
            value=None if value is None else float(value),
            unit=x.unit,
            current=None if x.current is None else float(x.current),
        )


def _expect(e: t.ExpectTable | None) -> m.Expect:
    if e is None:
        return m.Expect()
    exits = (0,) if e.exit is None else (e.exit,) if isinstance(e.exit, int) else tuple(e.exit)
    return m.Expect(exits=exits, output=e.output)


def _secret(s: bool | t.SecretTable | None) -> m.Secret | None:
    if not s:
        return None
    if s is True:
        return m.Secret(ask=True)
    return m.Secret(env=s.env, file=s.file, command=s.command)
