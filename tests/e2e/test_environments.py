"""A plan's environments: chosen, confirmed, recorded, shown."""

from __future__ import annotations

import sys

import pexpect
import pytest

from tests.programs import Program

PLAN = """\
format = 1
title = "Ship"
[parameters.url]
[parameters.extra]
default = "none"
[environments.staging]
values = { url = "http://staging" }
colour = "green"
[environments.live]
values = { url = "http://live", extra = "much" }
production = true
[[phase]]
title = "P"
[[phase.step]]
title = "Ask"
run = "echo asked $url $extra"
changes = false
"""


def test_its_values_are_taken_and_recorded(runbook: Program) -> None:
    plan = runbook.plan(PLAN)
    ended = runbook("run", plan, "--no-tui", "--env", "staging", "-p", "extra=mine")
    assert ended.status == 0, ended.err
    assert "asked http://staging mine" in ended.out
    assert "Ship, in staging" in ended.err
    begun = runbook.events()[0]["data"]
    assert begun["environment"] == "staging"
    assert begun["sources"] == {"url": "environment staging", "extra": "-p"}


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--env", "stagin"], 2, "did you mean “staging”?"),
        (["--env", "live"], 7, "a person types its name"),
        (["-p", "url=x", "--env", "live"], 7, "--env live --yes"),
        (["--env", "live", "--yes"], 0, "Ship, in live (PRODUCTION)"),
        (["--env", "live", "--rehearse"], 0, "(PRODUCTION)"),
    ],
    ids=str,
)
def test_production_is_begun_by_whoever_says_its_name(
    runbook: Program, arguments: list[str], status: int, words: str
) -> None:
    ended = runbook("run", runbook.plan(PLAN), "--no-tui", *arguments)
    assert (ended.status, words in ended.err) == (status, True), ended.err
    assert bool(runbook.runs()) == (status == 0)


def test_whoever_goes_on_is_told_where(runbook: Program) -> None:
    plan = runbook.plan(PLAN + '[[phase.step]]\ntitle = "By hand"\n')
    assert runbook("run", plan, "--no-tui", "--env", "live", "--yes").status == 7
    assert "in live (PRODUCTION)\n" in runbook("resume", "--no-tui").err


def test_a_parameter_chooses_too_and_does_not_get_round_the_question(runbook: Program) -> None:
    plan = runbook.plan(
        PLAN.replace("[parameters.url]", "[parameters.environment]\n[parameters.url]")
    )
    ended = runbook("run", plan, "--no-tui", "-p", "environment=live", "--yes")
    assert (ended.status, "a person types its name" in ended.err) == (7, True)
    both = runbook("run", plan, "--no-tui", "-p", "environment=live", "--env", "staging")
    assert (both.status, "are two environments" in both.err) == (2, True)
    good = runbook("run", plan, "--no-tui", "-p", "environment=staging")
    assert "asked http://staging none" in good.out
    assert runbook.events()[0]["data"]["environment"] == "staging"


@pytest.mark.parametrize(("typed", "status"), [("yes", 7), ("live", 0)])
def test_on_a_terminal_the_name_is_typed(runbook: Program, typed: str, status: int) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "runbook_tui", "run", str(runbook.plan(PLAN)), "--no-tui", "--env", "live"],
        env=runbook.environment(TERM="xterm-256color"), cwd=str(runbook.work),
        encoding="utf-8", timeout=60,
    )  # fmt: skip
    child.expect("PRODUCTION. Type “live” to begin")
    child.sendline(typed)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == status
