"""Watches without a screen: kept alive, told as lines, and what a breach may start by itself."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.fakes.answers import Answers, answer
from tests.programs import Program
from tests.waiting import until

PLAN = """\
format = 1
title = "Ship it"
[roles]
cto = ["*"]
[[phase]]
id = "core"
title = "Core"
cadence = 0.05
criteria = [{{ id = "up", title = "It is up", probe = "test -e made" }}]
[[phase.step]]
id = "make"
title = "Make"
run = "touch made"
undo = "rm made"
[[phase]]
id = "next"
title = "Next"
gate = {{ roles = ["cto"] }}
[[phase.step]]
id = "more"
title = "More"
run = "true"
undo = "true"
[[watch]]
id = "rate"
title = "Success rate"
http = {{ url = "{url}", json = "rate" }}
every = 0.1
below = 99.0
respond_within = "0s"
on_breach = "{on_breach}"
"""

RED = """\
format = 1
title = "Ship it"
[[phase]]
id = "core"
title = "Core"
cadence = 0.05
[[phase.step]]
id = "make"
title = "Make"
run = "echo once >>made"
undo = "rm made"
checks = [{ id = "up", title = "It is up", probe = "test -e up" }]
[[phase.step]]
id = "look"
title = "Look"
[[phase]]
id = "next"
title = "Next"
[[phase.step]]
id = "more"
title = "More"
run = "true"
undo = "true"
"""


@pytest.fixture
def server() -> Iterator[Answers]:
    made = Answers(answer('{"rate": 99.5}'))
    yield made
    made.close()


def plan(runbook: Program, server: Answers, on_breach: str) -> None:
    text = PLAN.format(url=server.url, on_breach=on_breach)
    (runbook.work / "plan.toml").write_text(text, encoding="utf-8")


def test_a_breach_is_a_line_and_holds_the_gate_until_it_is_overridden(
    runbook: Program, server: Answers
) -> None:
    plan(runbook, server, "block")
    first = runbook("run", "plan.toml", "--no-tui")
    assert first.status == 7
    assert "“It is up” ticked by its probe" in first.out
    run = runbook.run_id()
    child = runbook.start("resume", run, "--no-tui", "--watch")
    said = runbook.folder / "started.0"
    until(lambda: "watching 1 watch; no step is started" in said.read_text())
    server.act = answer('{"rate": 98.0}')
    until(lambda: "“Success rate” BREACHED: 98 (breached below 99)" in said.read_text())
    assert runbook("sign", run, "next", "--role", "cto", "--as", "Grace <g@x>").status == 0
    assert runbook("override", run, "rate", "--reason", "known", "--as", "Grace <g@x>").status == 4
    child.send_signal(signal.SIGTERM)
    assert child.wait(60) == 7
    assert "nothing is measured any more" in said.read_text()
    held = runbook("resume", run, "--no-tui")
    assert held.status == 7
    assert f"runbook override {run} rate --reason" in held.err
    assert runbook("override", run, "rate", "--reason", "a known wave").status == 0
    done = runbook("resume", run, "--no-tui")
    assert done.status == 0, done
    assert "watch.sampled" in runbook("log", run, "--json").out


def test_a_rollback_starts_by_itself_only_where_the_run_was_started_so(
    runbook: Program, server: Answers
) -> None:
    plan(runbook, server, "rollback")
    assert runbook("run", "plan.toml", "--no-tui", "--allow-automatic-rollback").status == 7
    child = runbook.start("resume", "--no-tui", "--watch")
    said = runbook.folder / "started.0"
    until(lambda: "watching" in said.read_text())
    server.act = answer('{"rate": 98.0}')
    assert child.wait(60) == 5, said.read_text()
    assert "started by the watch “Success rate”" in said.read_text()
    assert not (runbook.work / "made").exists()


def test_watch_is_refused_with_a_screen(runbook: Program) -> None:
    assert runbook("resume", "--watch").status == 2


def test_a_check_that_turns_red_holds_the_phase_until_it_is_overridden(runbook: Program) -> None:
    (runbook.work / "plan.toml").write_text(RED, encoding="utf-8")
    (runbook.work / "up").touch()
    first = runbook("run", "plan.toml", "--no-tui")
    assert first.status == 7, first
    run = runbook.run_id()
    (runbook.work / "up").unlink()
    child = runbook.start("resume", run, "--no-tui", "--watch")
    said = runbook.folder / "started.0"
    until(lambda: "no longer ticked, by its probe; “Make” waits for it again" in said.read_text())
    child.send_signal(signal.SIGTERM)
    assert child.wait(60) == 7
    behind = runbook("tick", run, "look")
    assert behind.status == 4
    assert "check “It is up” of “Make” is red: exit status 1" in behind.err
    held = runbook("resume", run, "--no-tui")
    assert held.status == 7
    assert f"runbook tick {run} up --override --reason" in held.err
    assert runbook("tick", run, "up").status == 4
    assert runbook("tick", run, "up", "--override", "--reason", "a known hole").status == 0
    assert runbook("tick", run, "look").status == 0
    done = runbook("resume", run, "--no-tui")
    assert done.status == 0, done
    assert (runbook.work / "made").read_text() == "once\n"


def test_a_rollback_whose_program_was_killed_is_carried_to_its_end_and_ends_the_watching(
    runbook: Program,
) -> None:
    waits = "touch begun; until test -e go; do sleep 0.05; done; rm made"
    (runbook.work / "plan.toml").write_text(RED.replace("rm made", waits), encoding="utf-8")
    (runbook.work / "up").touch()
    assert runbook("run", "plan.toml", "--no-tui").status == 7
    first = runbook.start("rollback", "--yes")
    until((runbook.work / "begun").exists)
    first.kill()
    first.wait(60)
    child = runbook.start("resume", "--no-tui", "--watch")
    said = runbook.folder / "started.1"
    until(lambda: "watching 0 watches" in said.read_text())
    (runbook.work / "go").touch()
    assert child.wait(60) == 5, said.read_text()
    assert not (runbook.work / "made").exists()
