"""The first example of the page on the format, carried out: gate, value, probe, undo, check."""

from __future__ import annotations

import re
from pathlib import Path

from tests.programs import GRACE, Program

PAGE = (Path(__file__).parents[2] / "docs" / "format.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_it_ships_waits_for_people_and_is_brought_back(runbook: Program) -> None:
    plan = runbook.plan(EXAMPLES[0])
    deployed = runbook.work / "deployed"
    deployed.write_text("v2.3\n")
    assert runbook("run", plan, "--no-tui", "-p", "version=2.4").status == 2
    assert runbook("run", plan, "--no-tui", "-p", "version=v2.4").status == 7
    assert deployed.read_text() == "v2.3\n"
    run = runbook.run_id()
    assert runbook("sign", run, "core", "--role", "cto").status == 4
    assert runbook("sign", run, "core", "--role", "cto", "--as", GRACE).status == 0
    assert runbook("resume", run, "--no-tui").status == 7
    assert deployed.read_text() == "v2.4\n"
    for node in ("pipeline-is-green", "golden-path-answers-within-2-s"):
        assert runbook("tick", run, node).status == 0, node
    assert runbook("resume", run, "--no-tui").status == 0
    back = runbook("rollback", run, "--yes")
    assert back.status == 5, back.out + back.err
    assert deployed.read_text() == "v2.3\n"
