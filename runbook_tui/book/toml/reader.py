"""Reading TOML plans, format 1: text in, runbook out, or every fault at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from runbook_tui.book import merging
from runbook_tui.book import model as m
from runbook_tui.book.amending import amended, joined
from runbook_tui.book.files import Files
from runbook_tui.book.findings import Fault, PlanFaults
from runbook_tui.book.model import Runbook
from runbook_tui.book.places import Place
from runbook_tui.book.toml import schema as t
from runbook_tui.book.toml.faults import deep_fault, schema_faults
from runbook_tui.book.toml.found_again import findings, found_again, tell_lost
from runbook_tui.book.toml.mending import faultless, pruned, validated
from runbook_tui.book.toml.nodes import UNKNOWN, Nodes
from runbook_tui.book.toml.outside import Outside, taken_in
from runbook_tui.book.toml.plain_positions import plain_positions
from runbook_tui.book.toml.positions import Path, Position, nearest, positions
from runbook_tui.book.toml.spelling import Spelling
from runbook_tui.book.toml.syntax import legible
from runbook_tui.book.toml.watches import Watches
from runbook_tui.book.toml.words import with_words

ESCAPED_NUL = re.compile(r"\\u0000|\\U0{8}")
"""How a NUL gets into a text, which has the right shape and is a fault."""
LIMITS = {">": "above", ">=": "at_least", "<": "below", "<=": "at_most", "=": "exactly"}
"""How a threshold's operator is written as a key."""


def read_toml(text: str, source: str, files: Files, *, remarks: bool = True) -> Runbook:
    """The runbook that a TOML plan describes; raises `PlanFaults` with all faults.

    Without ``remarks`` the plan's sense is not looked at, only whether it can be carried out.
    """
    from runbook_tui.book.rules import broken_rules, noticed

    files.places.add("", text)
    runbook = draw_toml(text, source, files)
    if runbook is not None:
        files.faults += broken_rules(runbook, files.places, files.lost)
    if runbook is None or files.faults:
        raise PlanFaults(source, tuple(files.faults))
    return noticed(runbook, files.places) if remarks else runbook


def draw_toml(text: str, source: str, files: Files) -> Runbook | None:
    """What one file says together with those it takes in; None where nothing of it can be read.

    Faults go to ``files``, and what is missing because of them to ``files.lost``: then the runbook
    is there for the rules only. What only the whole plan can break is not looked at.
    """
    found = legible(text)
    _tell(found.faults, files)
    if found.body is None:
        return None
    # A whole parse, which takes a quarter of all the reading, only where it has to be.
    plainly = plain_positions(found.text) if not found.faults else None
    where = dict(positions(found.text) if plainly is None else plainly)
    body = found.body
    deep = pruned(body, files.lost)
    if deep is not None:
        _tell([deep_fault(nearest(where, deep))], files)
    spelling = Spelling(where=where, top=t.PlanTable, lost=files.lost)
    plain = None if ESCAPED_NUL.search(found.text) else faultless(body)
    if plain is None:
        body = spelling.spelt(body)
    outside = taken_in(body, where, files)
    again = found_again(body, outside.known_nodes())
    plain = None if again.moved or again.lost else plain
    tables = plain or validated(body, _standing(outside, files), files.lost)
    shape = [*spelling.faults, *schema_faults(tables.errors, where, spelling.guessed)]
    _tell((fault for fault in shape if fault.line not in found.lines), files)
    if tables.plan is None:
        return None
    gaps = (*tables.gaps, *((*path, UNKNOWN) for path in spelling.odd))
    nodes = Nodes(where, text, files, outside, gaps)
    tell_lost(again, nodes.fault, extends=bool(outside.runbooks))
    nodes.findings += findings(again, nodes.place)
    return _Reading(nodes, files, outside).runbook(tables.plan, source)


def added(plan: t.PlanTable, base: Runbook, where: Mapping[Path, Position]) -> Runbook:
    """What one plan says with the tables of another added; whether it can be is not looked at."""
    outside = Outside(base=base)
    files = Files("", None, lambda *_: None)
    return _Reading(Nodes(where, "", files, outside), files, outside).runbook(plan, base.source)


def _standing(outside: Outside, files: Files) -> frozenset[str] | None:
    """Ids of what is there already; None where something is, and not all its ids are known."""
    if files.incomplete or (outside.runbooks and (files.lost.ids or files.lost.boxes)):
        return None
    return frozenset(outside.known_nodes())


def _tell(faults: Iterable[Fault], files: Files) -> None:
    files.faults += (replace(fault, source=files.source) for fault in faults)


class _Reading:
    """Puts a plan together from its tables and what it takes in."""

    def __init__(self, nodes: Nodes, files: Files, outside: Outside) -> None:
        self._nodes = nodes
        self._files = files
        self._outside = outside

    def runbook(self, plan: t.PlanTable, source: str) -> Runbook:
        """The plan, added to what it takes in."""
        carried_out = self._carried_out(plan, source)
        others, lost = self._outside.runbooks, self._files.lost
        return with_words(carried_out, plan, self._nodes, others, lost)

    def _carried_out(self, plan: t.PlanTable, source: str) -> Runbook:
        """What is done, measured and taken back, with which values and by whom."""
        base, parts = self._outside.base or Runbook(title=""), self._outside.parts.values()
        others = self._outside.runbooks
        phases = self._nodes.phases(plan)
        targets = [
            *(x for o in others for x in o.thresholds),
            *(self._threshold(x, ("threshold", n)) for n, x in enumerate(plan.threshold)),
        ]
        reads = Watches(self._nodes, self._files, targets)
        watches = [reads.watch(w, ("watch", n)) for n, w in enumerate(plan.watch)]
        procedures = [self._procedure(p, ("procedure", n)) for n, p in enumerate(plan.procedure)]
        given = {name: self._parameter(name, p, base) for name, p in plan.parameters.items()}
        teams = {name: self._team(name, x, base) for name, x in plan.team.items()}
        signers = plan.policy.allowed_signers
        return Runbook(
            title=plan.title or base.title,
            source=source,
            format="toml",
            order=plan.order or base.order,
            phases=joined(base.phases, phases),
            criteria=joined(base.criteria, self._nodes.criteria(plan)),
            parameters=merging.one_parameters(
                merging.overridden(base.parameters, given),
                [part for part, _ in parts], self._files.source, self._clash,
            ),
            roles=merging.one_roles(
                {**base.roles, **{name: tuple(people) for name, people in plan.roles.items()}},
                parts, self._clash,
            ),
            allowed_signers=merging.one_signers(
                base.allowed_signers if signers is None else signers, parts, self._clash
            ),
            undos_at_once=plan.policy.undos_at_once or base.undos_at_once,
            forge=_forge(plan.forge) or base.forge,
            teams=merging.one_teams(
                ({x.id: x for x in base.teams} | teams).values(), parts, self._clash
            ),
            environments=tuple(self._environments(plan, others)),
            watches=joined((w for o in others for w in o.watches), watches),
            thresholds=tuple(targets),
            procedures=joined((p for o in others for p in o.procedures), procedures),
        )  # fmt: skip

    def _clash(self, place: Place, message: str, name: str) -> None:
        lost = self._files.lost
        if not (name in lost.unsure or lost.role(name)):
            self._files.fault(place, message, "one name means one thing in all files of a plan")

    def _parameter(self, name: str, p: t.ParameterTable, base: Runbook) -> m.Parameter:
        there = merging.meant(name, base.parameters)
        given = m.Parameter(
            name=name,
            line=self._nodes.line(("parameters", name)),
            description=p.description,
            default=p.default,
            choices=tuple(p.choices),
            pattern=p.pattern,
            secret=_secret(p.secret),
            placeholder=p.placeholder,
            declared=p.ask == "first",
        )
        self._nodes.note_lost(("parameters", name), given)
        self._keep_secret(p, ("parameters", name))
        whole = amended(there, given, p.model_fields_set) if there else given
        needed = whole.default is None and whole.secret is None
        if there and not p.model_fields_set & {"default", "secret"}:
            needed = there.required
        return replace(whole, name=name, required=needed, declared=given.declared)

    def _keep_secret(self, p: t.ParameterTable, path: Path) -> None:
        """A secret comes from one place, and a plan is none."""
        if isinstance(p.secret, t.SecretTable):
            given = sum(x is not None for x in (p.secret.env, p.secret.file, p.secret.command))
            if given != 1 and not self._nodes.lost((*path, "secret"), *t.SOURCES, UNKNOWN):
                message = f"the secret {path[-1]} wants one of {', '.join(t.SOURCES)}"
                self._nodes.fault((*path, "secret"), message)
        if p.secret and p.default is not None:
            message = f"the secret {path[-1]} has its value in the plan"
            self._nodes.fault((*path, "default"), message, "say where it comes from, no default")

    def _team(self, name: str, x: t.TeamTable, base: Runbook) -> m.Team:
        there = next((team for team in base.teams if team.id == name), m.Team(id=name))
        given = m.Team(
            id=name,
            people=tuple(x.people),
            effort=x.effort,
            rate=None if x.rate is None else float(x.rate),
        )
        return amended(there, given, x.model_fields_set)

    def _environments(
        self, plan: t.PlanTable, others: Iterable[Runbook]
    ) -> Iterator[m.Environment]:
        """Those of what the plan takes in, the first of a name, with what it says itself."""
        there: dict[str, m.Environment] = {}
        for other in others:
            for one in other.environments:
                there.setdefault(one.name, one)
        for name, x in plan.environments.items():
            line = self._nodes.line(("environments", name))
            given = m.Environment(name=name, line=line, values=dict(x.values),
                                  colour=x.colour or "", production=x.production)  # fmt: skip
            self._nodes.note_lost(("environments", name), given)
            base = there.get(name)
            there[name] = amended(base, given, x.model_fields_set) if base else given
        yield from there.values()

    def _procedure(self, p: t.ProcedureTable, path: Path) -> m.Procedure:
        procedure = m.Procedure(
            id=self._nodes.id(p.id, p.title),
            title=p.title,
            line=self._nodes.line(path),
            kind=p.kind,
            applies_to=tuple(p.applies_to),
            stages=tuple(self._stage(s, (*path, "stage", n)) for n, s in enumerate(p.stage)),
        )
        return self._nodes.node(p, path, self._nodes.base(p.id, m.Procedure), procedure)

    def _stage(self, s: t.StageTable, path: Path) -> m.Stage:
        steps = tuple(self._action(x, (*path, "steps", n)) for n, x in enumerate(s.steps))
        start, end = s.window or (None, None)
        stage = m.Stage(
            id=self._nodes.id(s.id, s.title),
            title=s.title,
            line=self._nodes.line(path),
            from_minute=start,
            to_minute=end,
            steps=steps,
        )
        return self._nodes.node(s, path, self._nodes.base(s.id, m.Stage), stage)

    def _action(self, item: str | t.StageStepTable, path: Path) -> m.StageStep:
        line = self._nodes.line(path)
        if isinstance(item, str):
            return m.StageStep(id=self._nodes.id(None, item), title=item, line=line)
        step = m.StageStep(
            id=self._nodes.id(item.id, item.title), title=item.title, line=line, run=item.run
        )
        return self._nodes.node(item, path, self._nodes.base(item.id, m.StageStep), step)

    def _threshold(self, x: t.ThresholdTable, path: Path) -> m.Threshold:
        given = {op: v for op, key in LIMITS.items() if (v := getattr(x, key)) is not None}
        op, value = next(iter(given.items()), ("<", None))
        return m.Threshold(
            name=x.name,
            line=self._nodes.line(path),
            op=op,
            value=None if value is None else float(value),
            unit=x.unit,
            current=None if x.current is None else float(x.current),
            group=x.group,
        )


def _secret(s: bool | t.SecretTable | None) -> m.Secret | None:
    if not s:
        return None
    if s is True:
        return m.Secret(ask=True)
    return m.Secret(env=s.env, file=s.file, command=s.command)


def _forge(table: t.ForgeTable | None) -> m.Forge | None:
    if table is None:
        return None
    return m.Forge(github=table.github, every=table.every, logins=dict(table.logins))
