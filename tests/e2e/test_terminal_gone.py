"""A terminal that goes away without a signal: nobody can see this screen, so it must not stay."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time

from tests.programs import Program

PLAN = """\
format = 1
title = "Lamp"
[[phase]]
title = "P"
[[phase.step]]
title = "Change the lamp"
run = "true"
undo = "true"
"""


def test_a_screen_whose_terminal_is_gone_leaves_the_run_to_others(runbook: Program) -> None:
    path = runbook.plan(PLAN)
    master, slave = os.openpty()
    # A session without a controlling terminal is not told of a hang-up by the system.
    child = subprocess.Popen(
        [sys.executable, "-m", "runbook_tui", "run", str(path)],
        cwd=runbook.work, env={**runbook.environment(), "TERM": "xterm-256color"},
        stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
    )  # fmt: skip
    try:
        os.close(slave)
        seen = b""
        deadline = time.monotonic() + 60
        while b"READY" not in seen:
            assert time.monotonic() < deadline, seen[-500:]
            if select.select([master], [], [], 0.5)[0]:
                seen += os.read(master, 65536)
        os.close(master)
        child.wait(timeout=60)
    finally:
        child.kill()
        child.wait()
    assert runbook("resume", "--no-tui").status == 0
