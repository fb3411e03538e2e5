"""Past runs say how long the next one takes, and what the plan should say."""

from __future__ import annotations

import re

from tests.programs import Program

PLAN = """\
format = 1
title = "Ship"
[[phase]]
id = "one"
title = "One"
ends = "3h"
rollback_within = "10m"
[[phase.step]]
id = "build"
title = "Build"
run = "true"
undo = "true"
[[phase]]
id = "two"
title = "Two"
[[phase.step]]
id = "call"
title = "Call"
estimate = "2h"
"""


def test_after_three_runs_a_run_is_foretold_and_estimates_are_proposed(runbook: Program) -> None:
    path = runbook.plan(PLAN)
    first = runbook("run", path, "--no-tui")
    assert first.status == 7
    assert re.search(r"expected to be done by .*\(1 open step not counted", first.err)
    assert "it is safe to go on until" in first.err
    assert "“One” must be over by" in first.err
    # At the start it is said, and again where the second phase waits for a person to begin it.
    assert first.err.count("expected to be done by") == 2
    assert runbook("run", path, "--no-tui").status == 7
    third = runbook("run", path, "--no-tui")
    assert "expected to be done by" in third.err
    assert "not counted" not in third.err
    made = runbook.folder / "made.toml"
    told = runbook("convert", path, "--with-durations", "-o", made)
    assert told.status == 0
    assert re.search(r"^build: \d+ s.*\(had none; 3 past runs\)$", told.err, re.MULTILINE)
    assert "call:" not in told.err
    text = made.read_text()
    assert re.search(r'estimate = "\d+s', text)
    assert 'estimate = "2h"' in text
    assert runbook("check", made).status == 0
