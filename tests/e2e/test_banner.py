"""The first press of the panic key is answered before the screen behind it is drawn."""

from __future__ import annotations

import sys

import pexpect
import pyte

from tests.programs import Program

PLAN = """\
format = 1
title = "Harbour"
[[phase]]
title = "Harbour"
[[phase.step]]
title = "First"
run = "true"
undo = "true"
"""
F9 = "\x1b[20~"


def test_the_press_is_heard_at_once_and_the_screen_takes_its_place(runbook: Program) -> None:
    child = pexpect.spawn(
        sys.executable, ["-m", "runbook_tui", "run", str(runbook.plan(PLAN))],
        cwd=str(runbook.work), env=runbook.environment(TERM="xterm-256color"),
        encoding="utf-8", timeout=60, dimensions=(24, 80),
    )  # fmt: skip
    screen = pyte.Screen(80, 24)
    stream = pyte.Stream(screen)

    def see(text: str) -> None:
        child.expect_exact(text)
        stream.feed(f"{child.before}{child.after}")

    see("READY")
    child.send(F9)
    see("nothing is started")
    assert screen.display[0].startswith(" ROLLBACK  opening")
    see("nothing to roll back here")
    child.sendcontrol("[")
    assert not any("nothing is started" in row for row in screen.display)
    child.close(force=True)
