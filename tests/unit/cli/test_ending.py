"""The process ends with its status, whatever threads are about, and what has to be done is done."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import atexit, sys, threading, time
from runbook_tui.cli.ending import end
go = threading.Event()
threading.Thread(target=go.wait, daemon=True).start()
def work():
    go.wait(0.2)
    print("kept")
threading.Thread(target=work).start()
atexit.register(lambda: print("tidied"))
print("said", end="")
sys.stderr.write("told")
end(7)
"""


def test_what_has_to_end_ends_and_what_only_waits_keeps_nobody() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 7
    assert done.stdout == "saidkept\ntidied\n"
    assert done.stderr == "told"
