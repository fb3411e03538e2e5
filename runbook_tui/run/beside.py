"""What a plan has beside its nodes: boxes to tick, commands to offer, ways back by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from runbook_tui.book.literals import Literals
from runbook_tui.book.model import Runbook, Stage, StageStep
from runbook_tui.run.callees import Callee, callees


class Beside:
    """By ids that no node has; ``nodes`` are theirs."""

    def __init__(self, runbook: Runbook, nodes: Iterable[str]) -> None:
        self.offered = tuple(c for c in runbook.commands if c.kept_for_rollback)
        """What the plan's rollback sections offer, in document order."""
        self.for_failure = tuple(c for c in runbook.commands if c.kept_for_failure)
        """What it offers for when something went wrong, in document order."""
        self.literals = Literals({p.placeholder: p.name for p in runbook.parameters
                                  if p.placeholder})  # fmt: skip
        """The placeholders of the plan, as they stand in its commands."""
        self.staged = _staged(runbook)
        """Stages of procedures and their steps by id: boxes to tick."""
        taken = (*nodes, *self.staged, *(p.id for p in runbook.procedures))
        self.calls = callees(runbook, taken)
        """Whom to call when it goes wrong, by id: boxes to tick like those of procedures."""
        # In TOML an undo is a key: a step without it is passed over, whatever else is written.
        ways = (p for p in runbook.procedures if p.kind == "rollback" and runbook.advised)
        self._ways_back = tuple(ways)
        said = (c for c in runbook.commands if c.rollback and c.runnable and c.step is None)
        self._said_back = tuple(said) if runbook.advised else ()

    def box(self, id_: str) -> Stage | StageStep | Callee | None:
        """What is ticked under an id: a stage, a step in one, somebody to call."""
        return self.staged.get(id_) or self.calls.get(id_)

    def way_back_of(self, around: Sequence[str]) -> str:
        """How a person takes back a step that has no undo: the title of the procedure for it, or of
        the section that keeps commands for it; else empty. ``around``: the step and its holders."""
        for procedure in self._ways_back:
            if not procedure.applies_to or set(procedure.applies_to) & set(around):
                return procedure.title
        return next((c.section or c.label or c.id for c in self._said_back), "")


def _staged(runbook: Runbook) -> dict[str, Stage | StageStep]:
    found: dict[str, Stage | StageStep] = {}
    for procedure in runbook.procedures:
        for stage in procedure.stages:
            found[stage.id] = stage
            found.update((step.id, step) for step in stage.steps)
    return found
