"""Phases, changes, steps and boxes of a TOML plan, with the place of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from runbook_tui.book import model as m
from runbook_tui.book.amending import Node, Replaced, amended
from runbook_tui.book.files import Files
from runbook_tui.book.findings import Finding
from runbook_tui.book.ids import Ids
from runbook_tui.book.places import Place
from runbook_tui.book.toml import schema as t
from runbook_tui.book.toml.ids import GivenIds
from runbook_tui.book.toml.outside import Outside
from runbook_tui.book.toml.positions import Path, Position, nearest

LONGEST_LINE = 400
N = TypeVar("N", bound=Node)

UNKNOWN = "?"
"""Stands for a key of a table that nobody could make sense of."""


class Nodes:
    """Makes nodes of tables; a table with the id of a node that is there already amends it.

    What belongs to the whole plan gathers in ``commands``, ``gates``, ``estimates`` and
    ``findings``, and in ``replaced`` what no longer does.
    """

    def __init__(
        self,
        where: Mapping[Path, Position],
        text: str,
        files: Files,
        outside: Outside,
        gaps: Iterable[Path] = (),
    ) -> None:
        self._where = where
        self._gone = frozenset(gaps)
        self._gaps: dict[Path, set[str]] = {}
        for gap in self._gone:
            for end, key in enumerate(gap):
                self._gaps.setdefault(gap[:end], set()).add(str(key))
        self._lines = text.split("\n")
        self._files = files
        self._outside = outside
        self._there = outside.known_nodes()
        self._ids = Ids()
        self.replaced = Replaced()
        self.commands: list[m.Command] = []
        self.gates: list[m.GateStatement] = []
        self.estimates: list[m.Estimate] = []
        self.findings: list[Finding] = []

    def phases(self, plan: t.PlanTable) -> list[m.Phase]:
        """The plan's own phases; takes the ids of everything in it first."""
        sure = not (self._files.lost.ids or self._files.lost.boxes)
        GivenIds(self._ids, self._there, self.fault, sure=sure).take(plan, self._outside.ids)
        return [self._phase(p, n) for n, p in enumerate(plan.phase)]

    def line(self, path: Path) -> int:
        """The line of a table or key."""
        return nearest(self._where, path)[0]

    def place(self, path: Path) -> Place:
        """The place of a table or key."""
        return Place(*nearest(self._where, path), self._files.source)

    def fault(self, path: Path, message: str, hint: str = "") -> None:
        """Something is wrong with a table or key."""
        self._files.fault(self.place(path), message, hint)

    def lost(self, path: Path, *keys: str) -> bool:
        """Whether a table, or one of these keys of it, could not be read."""
        whole = any(path[:end] in self._gone for end in range(1, len(path) + 1))
        return whole or not self._gaps.get(path, set()).isdisjoint(keys)

    def note_lost(self, path: Path, item: m.Placed) -> None:
        """Remember what of a table could not be read, for the rules."""
        for key in self._gaps.get(path, ()):
            self._files.places.lose(item.source or self._files.source, item.line, key)

    def base(self, id_: str | None, kind: type[N]) -> N | None:
        """The node that a table with that id amends."""
        there = self._there.get(id_ or "")
        return there.node if there and isinstance(there.node, kind) else None

    def node(self, table: t.Table, path: Path, base: N | None, node: N) -> N:
        """The node that a table makes, or makes of the one that is there; its keys' places."""
        keys = table.model_fields_set
        at = base or node
        self.note_lost(path, at)
        source = self._files.source

        def locate(key: str) -> Place:
            return Place(*nearest(self._where, (*path, key.rstrip("_"))), source)

        self._files.places.put(at.source or source, at.line, keys, locate)
        if base is None:
            return node
        self.replaced.note(base, keys)
        for key in ("gate", "signoff"):
            old = getattr(base, key, None)
            if key in keys and old is not None:
                place = self.place((*path, key))
                source = f" of {old.source}" if old.source else ""
                self.findings.append(
                    Finding(code=f"{key}-replaced", line=place.line, column=place.column,
                            message=f"the {key} of “{base.title}” takes the place of the one in "
                            f"line {old.line}{source}")
                )  # fmt: skip
        return amended(base, node, keys)

    def id(self, given: str | None, title: str) -> str:
        """The id that is given, else one of the title."""
        return given or self._ids.make(title)

    def _phase(self, p: t.PhaseTable, number: int) -> m.Phase:
        path: Path = ("phase", number)
        id_ = self._outside.ids.get(number) or self.id(p.id, p.title)
        base = self.base(id_, m.Phase)
        if base is not None and number in self._outside.parts:
            base = _filled(base, self._outside.parts[number][0].phases[0])
        phase = m.Phase(
            id=id_,
            title=p.title,
            line=self.line(path),
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
        return self.node(p, path, base, phase)

    def _change(self, c: t.ChangeTable, path: Path) -> m.Change:
        id_ = self.id(c.id, c.title)
        change = m.Change(
            id=id_,
            title=c.title,
            line=self.line(path),
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
        return self.node(c, path, self.base(c.id, m.Change), change)

    def _step(self, s: t.StepTable, path: Path) -> m.Step:
        id_ = self.id(s.id, s.title)
        if "parts" not in s.model_fields_set:
            self.commands += commands_of(id_, s, lambda key: self.line((*path, key)))
        step = m.Step(
            id=id_,
            title=s.title,
            line=self.line(path),
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
            undo_ready=s.undo_ready,
            undo_timeout=s.undo_timeout,
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
            batch=s.batch,
            max_failures=s.max_failures,
            effort=s.effort,
            evidence=tuple(s.evidence),
            parts=tuple(s.parts),
        )
        return self.node(s, path, self.base(s.id, m.Step), step)

    def _gate(
        self, g: t.GateTable | None, path: Path, node: str, before: bool = True
    ) -> m.Gate | None:
        if g is None:
            return None
        line = self.line(path)
        if before:
            self.gates += [m.GateStatement(line=line, approver=r, before=node) for r in g.roles]
        return m.Gate(roles=tuple(g.roles), count=g.count, four_eyes=g.four_eyes, signed=g.signed,
                      within=g.within, github=g.github, line=line)  # fmt: skip

    def criteria(self, plan: t.PlanTable) -> tuple[m.Check, ...]:
        """Criteria of the whole plan."""
        return self._checks(plan.criteria, ("criteria",))

    def _checks(self, checks: t.Checks, path: Path) -> tuple[m.Check, ...]:
        found = []
        for number, check in enumerate(checks):
            line = self.line((*path, number))
            if isinstance(check, str):
                found.append(m.Check(id=self._ids.make(check), title=check, line=line))
            else:
                id_ = self.id(check.id, check.title)
                box = m.Check(id=id_, title=check.title, line=line, probe=check.probe,
                              required=check.required)  # fmt: skip
                found.append(self.node(check, (*path, number), self.base(check.id, m.Check), box))
        return tuple(found)

    def _estimate(
        self, takes: tuple[float, float] | None, path: Path, count: bool = True
    ) -> m.Estimate | None:
        if takes is None:
            return None
        line = self.line(path)
        text = self._lines[line - 1][:LONGEST_LINE].strip() if line <= len(self._lines) else ""
        found = m.Estimate(minimum=takes[0], maximum=takes[1], line=line, text=text)
        if count:
            self.estimates.append(found)
        return found


TEXTS = {"before": False, "run": False, "undo": True, "verify_undo": True, "undo_ready": True}
"""Keys of a step that are commands, and whether they belong to the way back."""


def commands_of(
    id_: str, step: t.StepTable | m.Step, line: Callable[[str], int] = lambda key: 0
) -> Iterator[m.Command]:
    """The commands that a step's own keys make; ``line`` is that of a key."""
    for key, rollback in TEXTS.items():
        text = getattr(step, key)
        if text is not None:
            yield m.Command(
                id=f"{id_}.{key}", language="bash", text=text, rollback=rollback, step=id_,
                line=line(key),
            )  # fmt: skip


def _expect(e: t.ExpectTable | None) -> m.Expect:
    if e is None:
        return m.Expect()
    exits = (0,) if e.exit is None else (e.exit,) if isinstance(e.exit, int) else tuple(e.exit)
    return m.Expect(exits=exits, output=e.output)


def _filled(base: m.Phase, part: m.Phase) -> m.Phase:
    """A phase of the plan that is extended, with what it includes now behind its own."""
    if base is part:
        return base
    return replace(
        base,
        criteria=(*base.criteria, *part.criteria),
        changes=(*base.changes, *part.changes),
        steps=(*base.steps, *part.steps),
    )
