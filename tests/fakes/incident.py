"""A plan with all that stands beside a rollback, and a run of it that went wrong."""

from __future__ import annotations

from runbook_tui.book.model import (
    Contact,
    Escalation,
    Phase,
    Procedure,
    Runbook,
    Stage,
    StageStep,
    Step,
)
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from tests.fakes.history import History


def stage(id_: str, title: str, window: tuple[float, float] | None, *steps: str) -> Stage:
    """A stage with its window in minutes, and steps by their titles."""
    return Stage(
        id=id_, title=title,
        from_minute=window[0] if window else None, to_minute=window[1] if window else None,
        steps=tuple(StageStep(id=f"{id_}-{n}", title=t) for n, t in enumerate(steps, 1)),
    )  # fmt: skip


BACK = Procedure(
    id="core-back", title="Core rollback", applies_to=("core",),
    stages=(
        stage("emergency", "Emergency actions", (0, 2), "Flip the switch", "Tell the executives"),
        stage("validation", "Critical validation", (2, 10), "Golden path is back", "Look at money"),
        stage("incident", "Incident management", (10, 30), "Hold the review"),
    ),
)  # fmt: skip
RECOVERY = (
    Procedure(
        id="hour", title="First hour", kind="recovery",
        stages=(stage("stable", "Stabilize", (0, 60), "All services run", "Customers get in"),),
    ),
    Procedure(
        id="week", title="First week", kind="recovery", applies_to=("core",),
        stages=(stage("better", "Improve the process", (0, 10080)),),
    ),
)  # fmt: skip
CONTACTS = (
    Contact(role="Deployment", who="Lead DevOps engineer"),
    Contact(role="Director", who="Dana +49 30 1234"),
)
LADDERS = (
    Escalation(topic="Technical", ladder=("Lead", "Director", "CTO"), within=600.0),
    Escalation(topic="Customers", ladder=("Lead", "Success"), within=300.0),
)


def plan() -> Runbook:
    """Two phases; the second has a rollback procedure and a recovery of its own."""
    return Runbook(
        title="Ship it",
        phases=(
            Phase(id="one", title="Foundation", steps=(Step(id="docs", title="Docs", run="true"),)),
            Phase(
                id="core", title="Core", rollback_within=300.0,
                steps=(
                    Step(id="merge", title="Merge", run="git merge", undo="git revert"),
                    Step(id="deploy", title="Deploy", run="./deploy", undo="./deploy back"),
                ),
            ),
        ),
        procedures=(BACK, *RECOVERY),
        contacts=CONTACTS,
        escalations=LADDERS,
    )  # fmt: skip


def gone_wrong() -> History:
    """Both steps of the second phase have run."""
    history = History(plan())
    history.ran("merge")
    history.ran("deploy")
    return history


def begun(history: History | None = None) -> History:
    """Its rollback was opened and started."""
    history = history or gone_wrong()
    history.ask(r.OpenRollback())
    history.ask(r.StartRollback(scope="phase", node="core"))
    return history


def finish(history: History, result: str = "complete") -> History:
    """The rollback that runs comes to its end, with everything taken back or nothing."""
    rollback = history.state.rollback
    assert rollback is not None
    outcome = "done" if result == "complete" else "failed"
    for step in rollback.steps:
        history.add(e.UndoStarted(), step)
        history.add(e.UndoFinished(result=outcome, exit=0), step)
    left = () if result == "complete" else ("Deploy", "Merge")
    history.add(e.RollbackFinished(result=result, remaining=left, seconds=6.0))
    return history
