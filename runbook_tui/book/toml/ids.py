"""The ids that a TOML plan gives: taken before any is made of a title, and each only once.

An id of the plan that it extends, or of one that it includes, names that node: it is amended, and
must stand where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from runbook_tui.book.amending import KnownNode
from runbook_tui.book.ids import VALID, Ids
from runbook_tui.book.toml import schema as t
from runbook_tui.book.toml.positions import Path

Tell = Callable[[Path, str], None]


class GivenIds:
    """Goes through a plan and takes its ids; what is wrong with one is told.

    Without ``sure`` some ids could not be read, and nobody can say what a node stands in.
    """

    def __init__(
        self, ids: Ids, there: Mapping[str, KnownNode], tell: Tell, *, sure: bool = True
    ) -> None:
        self._sure = sure
        self._ids = ids
        self._there = there
        self._tell = tell
        self._amended: set[str] = set()
        for id_ in there:
            ids.take(id_)

    def take(self, plan: t.PlanTable, including: Mapping[int, str]) -> None:
        """Take all ids of a plan; ``including`` are those of phases that include another."""
        for number, phase in enumerate(plan.phase):
            path: Path = ("phase", number)
            id_ = including.get(number, phase.id)
            self._one(id_, path, "phase", "")
            self._checks(phase.criteria, (*path, "criteria"), "criterion", id_)
            for at, change in enumerate(phase.change):
                inner: Path = (*path, "change", at)
                self._one(change.id, inner, "change", id_)
                self._checks(change.criteria, (*inner, "criteria"), "criterion", change.id)
                self._steps(change.step, (*inner, "step"), change.id)
            self._steps(phase.step, (*path, "step"), id_)
        self._checks(plan.criteria, ("criteria",), "criterion", "")
        for number, item in enumerate(plan.procedure):
            self._one(item.id, ("procedure", number), "procedure", "")
            self._stages(item, ("procedure", number, "stage"))
        for number, watch in enumerate(plan.watch):
            self._one(watch.id, ("watch", number), "watch", "")

    def _steps(self, steps: list[t.StepTable], path: Path, parent: str | None) -> None:
        for number, step in enumerate(steps):
            self._one(step.id, (*path, number), "step", parent)
            self._checks(step.checks, (*path, number, "checks"), "check", step.id)
            self._steps(step.step, (*path, number, "step"), step.id)

    def _checks(self, checks: t.Checks, path: Path, kind: str, parent: str | None) -> None:
        for number, check in enumerate(checks):
            if isinstance(check, t.CheckTable):
                self._one(check.id, (*path, number), kind, parent)

    def _stages(self, procedure: t.ProcedureTable, path: Path) -> None:
        for number, stage in enumerate(procedure.stage):
            self._one(stage.id, (*path, number), "stage", procedure.id)
            for at, step in enumerate(stage.steps):
                if isinstance(step, t.StageStepTable):
                    self._one(step.id, (*path, number, "steps", at), "stage step", stage.id)

    def _one(self, id_: str | None, path: Path, kind: str, parent: str | None) -> None:
        if id_ is None:
            return
        there = self._there.get(id_)
        place: Path = (*path, "id")
        if not VALID.fullmatch(id_):
            self._tell(place, f"“{id_}” is no id; use a-z, 0-9, “.”, “_” and “-”")
        elif there is None or id_ in self._amended:
            if not self._ids.take(id_):
                self._tell(place, f"the id “{id_}” is used twice")
        elif self._sure and (there.kind, there.parent) != (kind, parent or ""):
            self._tell(place, f"“{id_}” is a {_stands(there)}; a node stays where it is")
        else:
            self._amended.add(id_)


def _stands(there: KnownNode) -> str:
    source = f" of “{there.node.source}”" if there.node.source else ""
    return f"{there.kind}{f' in “{there.parent}”' if there.parent else ''}{source}"
