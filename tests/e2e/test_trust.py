"""A plan from elsewhere: it shows all that it can run, asks once, and runs nothing before."""

from __future__ import annotations

import re

from tests.e2e.terminals import Terminal
from tests.programs import Program
from tests.waiting import until

PLAN = """\
format = 1
title = "Theirs"
[parameters.token]
secret = { command = "touch asked; echo secret" }
[[phase]]
title = "P"
[[phase.step]]
title = "S"
run = "touch ran; test -n \\"$token\\""
undo = "rm ran"
"""


def test_it_runs_only_what_somebody_has_trusted(runbook: Program) -> None:
    plan = runbook.plan(PLAN)
    plan.chmod(0o666)
    ran = runbook.work / "ran"
    for words in ((), ("--yes",), ("--rehearse",)):
        asked = runbook("run", plan, "--no-tui", *words)
        assert asked.status == 7
        for line in (
            "can be written by everybody",
            "run: touch asked",
            "run: touch ran",
            "undo: rm",
        ):
            assert line in asked.err
    asked = runbook("run", plan, "--no-tui")
    found = re.search(r"digest ([0-9a-f]{64})", asked.err)
    assert found
    digest = found.group(1)
    assert f"--trust {digest[:16]}" in asked.err
    assert runbook("run", plan, "--no-tui", "--trust", "0" * 64).status == 4
    assert runbook("run", plan, "--no-tui", "--trust", digest[:8]).status == 2
    assert not ran.exists()
    assert not (runbook.work / "asked").exists()
    assert not (runbook.home / "journal.db").exists()

    assert runbook("run", plan, "--no-tui", "--yes", "--trust", digest[:16]).status == 0
    assert ran.exists()
    assert runbook("run", plan, "--no-tui").status == 0
    plan.write_text(PLAN.replace("touch ran", "touch ran other"), encoding="utf-8")
    changed = runbook("run", plan, "--no-tui", "--yes", "--trust", digest)
    assert changed.status == 4
    assert not (runbook.work / "other").exists()

    own = runbook.plan('format = 1\ntitle = "O"\n[[phase]]\ntitle = "P"\n[[phase.step]]\n'
                       'title = "By hand"\n', "own.toml")  # fmt: skip
    assert runbook("run", own, "--no-tui").status == 7
    taken = runbook("resume", runbook.run_id(), "--no-tui", "--yes", "--take-plan", plan)
    assert taken.status == 7
    assert "run: touch ran other" in taken.err
    assert "plan.changed" not in runbook.types()


def test_on_the_screen_only_a_capital_t_trusts_it(terminal: Terminal) -> None:
    (terminal.folder / "theirs.toml").write_text(PLAN, encoding="utf-8")
    (terminal.folder / "theirs.toml").chmod(0o666)
    terminal.open("run", "theirs.toml", size=(80, 24))
    terminal.see("T trust it and go on")
    terminal.see("run: touch ran")
    terminal.keys("t", "Enter", "y", "Space", "F9", "q")
    terminal.see("it was not trusted")
    assert not (terminal.folder / "asked").exists()
    terminal.end()
    terminal.open("run", "theirs.toml", size=(80, 24))
    terminal.see("T trust it and go on")
    terminal.keys("T")
    terminal.see("F9 PANIC: roll back")
    terminal.keys("Enter")
    until((terminal.folder / "ran").exists)
