"""Alarms of a run that only stands there: told to whom the plan and the settings say, once."""

from __future__ import annotations

import signal

import pytest

from tests.integration.tell.server import address
from tests.programs import GRACE, Program, wait_for_output
from tests.waiting import until

PLAN = """\
format = 1
title = "Late"
[roles]
qa = ["Grace <grace@example.com>"]
[[escalation]]
topic = "late"
ladder = ["Lead", "CTO"]
within = "1s"
[tell]
command = "cat >> told; echo $RUNBOOK_TO >> whom"
[[phase]]
title = "Before"
[[phase.step]]
title = "Say it"
run = "echo it is $OPS_CHAT"
[[phase]]
id = "core"
title = "Core"
gate = { roles = ["qa"], within = "1s" }
[[phase.step]]
title = "By hand"
"""


def test_a_gate_that_waits_too_long_is_told_by_plan_and_settings_until_it_is_seen_to(
    runbook: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(runbook.folder / "config"))
    config = runbook.folder / "config" / "runbook" / "config.toml"
    config.parent.mkdir(parents=True)
    with address() as server:
        monkeypatch.setenv("OPS_CHAT", server.url.replace("http:", "json:"))
        config.write_text(
            f'[[tell.webhook]]\nurl = "{server.url}"\n'
            '[[tell.apprise]]\nname = "ops"\nurl = { env = "OPS_CHAT" }\n', encoding="utf-8"
        )  # fmt: skip
        assert runbook("run", runbook.plan(PLAN), "--no-tui").status == 7
        run = runbook.run_id()
        child = runbook.start("resume", run, "--no-tui", "--watch")
        wait_for_output(runbook, "ALARM: the gate of “Core” was not approved within 1 s")
        until(lambda: runbook.types().count("told") == 6, 60.0, what="both rungs, three ways")
        assert (runbook.work / "whom").read_text() == "Lead\nCTO\n"
        told = [posted for posted in server.posted if "to" in posted]
        assert [posted["to"] for posted in told] == ["Lead", "CTO"]
        assert len(server.posted) == 4
        assert any(posted.get("title") == "Runbook: Late" for posted in server.posted)
        assert runbook("ack", run, "core", "--as", GRACE).status == 0
        assert runbook("ack", run).status == 0
        assert runbook.kill(child, signal.SIGINT) == 7
    assert "alarm.acknowledged" in runbook.types()
    assert "Lead told of alarm" in runbook("log", run).out
    assert "PRIVATE-TOKEN" not in runbook("log", run, "--json").out
    logs = [path.read_text() for path in runbook.home.glob("runs/*/commands/*/log*")]
    assert any("it is ***" in log for log in logs)
    assert not any("PRIVATE-TOKEN" in log for log in logs)
