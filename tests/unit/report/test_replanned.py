"""The report of a run whose plan was changed tells both, and what became void by it."""

from __future__ import annotations

import dataclasses

from runbook_tui.report.building import build
from runbook_tui.report.html import to_html
from runbook_tui.report.markdown import to_markdown
from runbook_tui.report.values import to_values
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from tests.fakes.history import GRACE, START, History
from tests.fakes.plans import two_phases


def test_steps_and_decisions_of_the_plan_before_are_told_by_its_words() -> None:
    old = two_phases()
    one, two = old.phases
    (docs,) = one.changes
    without = dataclasses.replace(docs, steps=docs.steps[1:])
    deploy = dataclasses.replace(two.steps[0], run="./deploy --all")
    new = dataclasses.replace(old, phases=(
        dataclasses.replace(one, changes=(without,)),
        dataclasses.replace(two, steps=(deploy, *two.steps[1:])),
    ))  # fmt: skip
    history = History(old)
    history.state = dataclasses.replace(
        history.state, reads=lambda plan: new if plan.digest == "d2" else old
    )
    history.ran("merge", e.UndoArmed(kind="nothing"))
    history.ask(r.SignNode(node="two", role="cto"), GRACE)
    history.add(
        e.PlanChanged(title="Ship it", source="/x/plan.toml", format="toml", plan="", digest="d2")
    )
    report = build(
        history.state.run, old, history.events, now=START + 99, reads=history.state.reads
    )  # fmt: skip
    (plan,) = report.plans
    assert (plan.seq, plan.digest) == (history.state.seq, "d2")
    assert "void: the sign-off of Grace as cto on “Core”" in plan.lines
    (decision,) = report.decisions
    assert decision.lapsed == "void since the plan was changed"
    # It only looked, so it is carried nowhere; what it did is still told, by its title then.
    assert [part.title for part in report.parts if part.id == "merge"] == ["Merge"]
    for text in (to_markdown(report), to_html(report)):
        assert "./deploy → ./deploy --all" in text
    assert to_values(report)["plans"][0]["digest"] == "d2"
