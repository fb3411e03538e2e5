"""A run as spans: one tree, each inside its parent's time, the same whenever it is exported."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.report.building import build
from runbook_tui.report.model import Report
from runbook_tui.report.traces import ERROR, OK, Span, to_otlp
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from tests.fakes.history import ADA, GRACE, START, History
from tests.fakes.plans import chain, two_phases
from tests.fakes.reported import report as reported
from tests.unit.run.test_fold import requests


def spans_of(report: Report) -> list[Span]:
    request = json.loads(to_otlp(report, "1.2"))
    (resource,) = request["resourceSpans"]
    (scope,) = resource["scopeSpans"]
    assert scope["scope"] == {"name": "runbook_tui", "version": "1.2"}
    found: list[Span] = scope["spans"]
    return found


def facts(span: Span) -> dict[str, Any]:
    return {a["key"]: next(iter(a["value"].values())) for a in span["attributes"]}


def of(history: History, now: float = START + 900) -> Report:
    return build(history.state.run, history.state.runbook, history.events, now=now)


def tree(report: Report) -> list[Span]:
    """The spans, held against what a tree of spans must be."""
    spans = spans_of(report)
    by_id = {span["spanId"]: span for span in spans}
    assert len(by_id) == len(spans)
    assert len({span["traceId"] for span in spans}) == 1
    assert [span.get("parentSpanId") for span in spans].count(None) == 1
    for span in spans:
        assert len(span["traceId"]) == 32
        assert len(span["spanId"]) == 16
        assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])
        if parent := span.get("parentSpanId"):
            around = by_id[parent]
            assert spans.index(around) < spans.index(span)
            assert int(around["startTimeUnixNano"]) <= int(span["startTimeUnixNano"])
            assert int(around["endTimeUnixNano"]) >= int(span["endTimeUnixNano"])
    return spans


def test_run_phase_step_and_command_lie_in_one_another() -> None:
    history = History(two_phases())
    history.ran("merge")
    run, phase, change, step, command = tree(of(history))
    assert [s["name"] for s in (run, phase, change, step, command)] == [
        "Ship it", "Foundation", "Docs", "Merge", "run",
    ]  # fmt: skip
    assert [s["parentSpanId"] for s in (phase, change, step, command)] == [
        s["spanId"] for s in (run, phase, change, step)
    ]
    assert step["status"] == {"code": OK}
    assert facts(step)["runbook.by"] == ADA.identity
    assert step["startTimeUnixNano"] == f"{int(START) + 2}000000000"


def test_each_attempt_is_a_span_and_a_failure_says_why() -> None:
    history = History(chain(1))
    history.ran("s0", exit_=3)
    history.ran("s0")
    steps = [s for s in tree(of(history)) if "runbook.attempt" in facts(s)]
    assert [(facts(s)["runbook.attempt"], s["status"]["code"]) for s in steps] == [
        ("1", ERROR), ("2", OK),
    ]  # fmt: skip


def test_a_rollback_and_its_undos_are_spans_with_what_became_of_them() -> None:
    found = tree(reported())
    rollback = next(s for s in found if facts(s).get("runbook.kind") == "rollback")
    undos = [s for s in found if s.get("parentSpanId") == rollback["spanId"]]
    assert rollback["status"]["code"] == ERROR
    assert {facts(s)["runbook.id"]: s["status"]["code"] for s in undos} == {
        "deploy": OK, "merge": ERROR,
    }  # fmt: skip
    names = [event["name"] for event in found[0]["events"]]
    assert {"signoff", "override", "watch.breached"} <= set(names)


def test_exported_again_it_is_the_same_whatever_the_time() -> None:
    history = History(two_phases())
    history.ran("merge")
    history.add(e.RunFinished())
    assert to_otlp(of(history)) == to_otlp(of(history, START + 10**6))


def test_it_holds_no_command_s_text_and_no_output() -> None:
    history = History(chain(1))
    history.ran("s0", e.UndoArmed(kind="command", text="psql --secret-flag"))
    text = to_otlp(of(history))
    assert "secret-flag" not in text
    assert '"true"' not in text


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(requests, st.sampled_from((ADA, GRACE))), max_size=20))
def test_any_history_is_one_tree_in_time(asked: list[tuple[r.Request, e.Actor]]) -> None:
    history = History(two_phases())
    for request, actor in asked:
        history.ask(request, actor)
    tree(of(history))
