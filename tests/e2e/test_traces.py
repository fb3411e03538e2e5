"""Traces of a real run: into a file as it ends, out again later, to a collector, or to nobody."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.report.test_sending import collector
from tests.programs import Program

PLAN = """\
format = 1
title = "Ship"
[[phase]]
id = "one"
title = "One"
[[phase.step]]
id = "build"
title = "Build"
run = "echo $RUNBOOK_TRACES-is-set"
undo = "true"
"""


def spans(line: str) -> dict[str, str]:
    """Ids of spans by their names."""
    (scope,) = json.loads(line)["resourceSpans"][0]["scopeSpans"]
    return {span["name"]: span["spanId"] for span in scope["spans"]}


def test_a_run_leaves_its_traces_and_they_can_be_had_again(runbook: Program) -> None:
    path = runbook.plan(PLAN)
    file = runbook.folder / "traces.jsonl"
    wanted = {"RUNBOOK_TRACES": str(file)}
    assert runbook("run", path, "--no-tui", environment=wanted).status == 0
    run = runbook.run_id()
    (line,) = file.read_text().splitlines()
    assert list(spans(line)) == ["Ship", "One", "Build", "run"]
    again = runbook("report", run, "--format", "otlp")
    assert again.status == 0
    assert spans(again.out) == spans(line)
    # A rollback is an end of its own: the whole run stands in the file once more, its ids the same.
    assert runbook("rollback", run, "--yes", environment=wanted).status == 5
    first, second = file.read_text().splitlines()
    assert spans(first).items() <= spans(second).items()
    assert "rollback" in spans(second)


def test_a_collector_is_sent_to_when_asked_and_a_dead_one_changes_nothing(
    runbook: Program, tmp_path: Path
) -> None:
    path = runbook.plan(PLAN)
    with collector() as server:
        address = server.address
        ended = runbook("run", path, "--no-tui", environment={"RUNBOOK_TRACES": address})
        assert ended.status == 0
        run = runbook.run_id()
        assert runbook("report", run, "--send", address).status == 0
        assert [p for p, _, _ in server.took] == ["/v1/traces"] * 2
        assert server.took[0][2]
        assert len({body for _, _, body in server.took}) == 1
    dead = runbook("run", path, "--no-tui", environment={"RUNBOOK_TRACES": address})
    assert dead.status == 0
    assert "trace" not in dead.err
    refused = runbook("report", run, "--send", address)
    assert refused.status == 1
    assert "refused" in refused.err
    assert "--format otlp -o FILE" in refused.err
    assert runbook("report", run, "--send", "nowhere").status == 2
    # A file that cannot be written is named; the run ended as it did.
    full = runbook("run", path, "--no-tui", environment={"RUNBOOK_TRACES": str(tmp_path)})
    assert full.status == 0
    assert "were not written" in full.err
