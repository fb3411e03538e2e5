"""A silence of the real program in a real Alertmanager: it outlives no run, however that ends."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.alertmanager import Alertmanager
from tests.programs import Program, wait_for_output
from tests.waiting import until

PLAN = """\
format = 1
title = "Loud"
[[announce]]
id = "quiet"
form = "alertmanager"
url = URL
token = { env = "ALERTS_TOKEN" }
matchers = ['alertname=~"Shop.*"']
[[phase]]
title = "Core"
[[phase.step]]
id = "a"
title = "A"
run = "echo with $ALERTS_TOKEN; touch made"
undo = "rm made"
verify_undo = "test ! -e made"
[[phase.step]]
id = "b"
title = "B"
run = "echo under way; sleep 60"
undo = "true"
verify_undo = "true"
"""


@pytest.fixture(scope="module")
def alerts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alertmanager]:
    made = Alertmanager(tmp_path_factory.mktemp("alertmanager"))
    yield made
    made.close()


def test_a_lead_is_killed_and_a_rollback_from_elsewhere_closes_the_silence(
    runbook: Program, alerts: Alertmanager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALERTS_TOKEN", "hunter2-hunter2")
    plan = runbook.plan(PLAN.replace("URL", json.dumps(alerts.url)))
    shown = runbook("show", plan).out
    assert 'quiet: a silence for alertname=~"Shop.*"' in shown
    child = runbook.start("run", plan, "--no-tui")
    wait_for_output(runbook, "under way")
    wait_for_output(runbook, "silence “quiet” at 127.0.0.1:")
    run = runbook.run_id()
    until(lambda: len(alerts.active(run)) == 1, what="a silence")
    runbook.kill(child)
    assert len(alerts.active(run)) == 1
    assert runbook("rollback", run, "--yes").status == 5
    assert alerts.active(run) == []
    said = [e["data"] for e in runbook.events() if e["type"] == "announced"]
    assert [(one["deed"], one["result"]) for one in said] == [
        ("opened", "begun"), ("opened", "done"), ("closed", "done"),
    ]  # fmt: skip
    report = runbook("report", run).out
    assert "Announced elsewhere" in report
    assert "hunter2" not in report + runbook("log", run, "--json").out + runbook.output()
    logs = [path.read_text() for path in runbook.home.glob("runs/*/commands/*/log*")]
    assert any("with ***" in log for log in logs)


def test_a_run_that_ends_closes_it_before_the_program_does(
    runbook: Program, alerts: Alertmanager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALERTS_TOKEN", "hunter2-hunter2")
    text = PLAN.replace("URL", json.dumps(alerts.url)).replace("; sleep 60", "")
    assert runbook("run", runbook.plan(text), "--no-tui").status == 0
    run = runbook.run_id()
    assert alerts.active(run) == []
    assert runbook.types().count("announced") in {2, 3}
    assert runbook("verify", run).status == 0
