"""A run in which everything happened that a report tells of, with one text in every place."""

from __future__ import annotations

from runbook_tui.book.model import Check, Estimate, Gate, Phase, Probe, Runbook, Step, Team, Watch
from runbook_tui.report.building import build
from runbook_tui.report.model import Check as Verified
from runbook_tui.report.model import Report
from runbook_tui.run import events as e
from runbook_tui.run.events import Actor
from tests.fakes.history import GRACE, START, History


def plan(text: str = "Ship") -> Runbook:
    """A phase behind a gate, two steps, a check with a probe, a watch and a team."""
    return Runbook(
        title=text,
        phases=(
            Phase(
                id="core",
                title=text,
                gate=Gate(roles=("cto",)),
                effort="6h",
                starts=text,
                ends="10s",
                criteria=(Check(id="calm", title=text),),
                steps=(
                    Step(id="merge", title=text, run="merge", undo="unmerge",
                         estimate=Estimate(minimum=1.0, maximum=2.0)),
                    Step(id="deploy", title=text, run="deploy", undo="undeploy",
                         checks=(Check(id="up", title=text, probe="curl"),)),
                    Step(id="tests", title=text, run="tests", required=True),
                ),
            ),
        ),
        watches=(Watch(id="golden", title=text, probe=Probe(run="x"), below=99.0),),
        teams=(Team(id=text, people=("Ada <ada@example.com>",), effort="10h", rate=200.0),),
    )  # fmt: skip


def history(text: str = "Ship") -> History:
    """Signed, overridden, failed, tried again, breached and rolled back, in part."""
    found = History(plan(text), {"version": text})
    guest = Actor(name=text, email="", user=text, host=text)
    found.add(e.SignoffGiven(node="core", role="cto", decision="rejected", comment=text,
                             kind="gate"), actor=GRACE)  # fmt: skip
    found.add(e.GateOverridden(node="core", reason=text))
    found.ran("merge")
    found.ran("deploy", exit_=1)
    found.ran("deploy", exit_=0)
    found.add(e.StepSkipped(reason=text, override=True), "tests")
    found.add(e.NoteAdded(text=text, node="merge"), "merge", actor=guest)
    found.add(e.ParameterCaptured(name="sha", value=text), "merge")
    found.add(e.CheckTicked(node="calm"), actor=guest)
    found.add(e.WatchBreached(watch="golden", value=98.1))
    found.add(e.Told(alarm="gate core 1", rung=1, to=text, channel=text, result="failed",
                     attempts=5, reason=text))  # fmt: skip
    found.add(e.AlarmAcknowledged(alarm="gate core 1"), actor=guest)
    found.add(e.RollbackOpened(scope="phase"))
    found.add(e.RollbackStarted(scope="phase", node="core", steps=("deploy", "merge"),
                                budget=60.0), actor=GRACE)  # fmt: skip
    for step, result in (("deploy", "done"), ("merge", "failed")):
        folder = f"/runs/{step}.undo"
        found.add(e.UndoStarted(), step)
        found.add(
            e.CommandStarted(attempt=1, kind="undo", text=text or "undo", cwd="/",
                             shell=("sh", "-c"), folder=folder),
            step,
        )  # fmt: skip
        found.add(
            e.CommandFinished(attempt=1, kind="undo", folder=folder, exit=0, seconds=0.5, bytes=9,
                              digest="ab"),
            step,
        )  # fmt: skip
        found.add(e.UndoFinished(result=result, reason=text), step)
    found.add(e.RollbackFinished(result="incomplete", remaining=(text,), seconds=10.0))
    return found


def report(text: str = "Ship", lines: tuple[str, ...] | None = ("out",)) -> Report:
    """The report of that run."""
    found = history(text)
    return build(
        found.state.run,
        found.state.runbook,
        found.events,
        now=START + 3600,
        verified=Verified(events=len(found.events), logs=2, remarks=(text,)),
        lines=lambda folder: lines,
        remarks=(text,),
    )
