"""What home tells of a run that lies in the journal."""

from __future__ import annotations

import pytest

from runbook_tui.cli.home_source import HomeSource
from tests.programs import Program

PLAN = """\
format = 1
title = "Ship"
[[phase]]
title = "One"
[[phase.step]]
title = "Tag it"
run = "exit 3"
undo = "true"
[[phase.step]]
title = "Look"
checks = ["It opens"]
"""


def test_a_step_that_failed_is_named(runbook: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    assert runbook("run", runbook.plan(PLAN), "--no-tui").status == 1
    monkeypatch.setenv("RUNBOOK_HOME", str(runbook.home))
    source = HomeSource(runbook.work)
    (row,) = source.runs()
    assert source.look(row).broken == ("“Tag it” failed",)
