"""Helpers end: by themselves, at their limit, or when they put out too much."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from runbook_tui.command.lifeline import Lifeline
from runbook_tui.command.runner import HelperRunner
from runbook_tui.session.ports.runner import Outcome
from tests.waiting import until

ROOT = str(Path(__file__).parents[3])


def test_a_helper_gives_its_end_and_what_it_put_out() -> None:
    done = HelperRunner().run(["sh", "-c", "cat; echo no >&2; exit 3"], stdin="given")
    assert (done.exit, done.stdout, done.stderr) == (3, "given", "no\n")
    assert HelperRunner().run(["/no/such/helper"]).exit is None


def test_one_that_takes_too_long_is_ended_with_all_it_started() -> None:
    begun = time.monotonic()
    late = HelperRunner().run(["sh", "-c", "sleep 600 & echo $!; sleep 600"], timeout=0.3)
    assert (late.exit, late.stderr) == (None, "no answer within 0.3 s")
    assert time.monotonic() - begun < 300


def test_one_that_puts_out_without_end_is_ended() -> None:
    flood = HelperRunner().run(["yes"], timeout=60)
    assert flood.exit is None
    assert "more than 4 MiB" in flood.stderr


def test_what_has_left_its_group_and_keeps_its_output_open_holds_nobody(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    text = f"setsid sh -c 'echo $$ > {file}; exec sleep 600' & echo told"
    threads = threading.active_count()

    def ended(limit: float) -> bool:
        done = HelperRunner().run(["sh", "-c", text], timeout=limit)
        until(lambda: file.exists() and file.read_text().strip())
        until(lambda: threading.active_count() <= threads, what="no thread of ours waits for it")
        os.kill(int(file.read_text()), 9)
        file.unlink()
        return (done.exit, done.stdout) == (0, "told\n")

    # On a busy machine the first may be too little for the helper itself.
    assert any(ended(limit) for limit in (1.0, 10.0, 50.0))


HANGS = """\
sh -c 'echo $$ >>pids; trap "" TERM HUP; while :; do sleep 600; done' &
setsid sh -c 'echo $$ >left; exec sleep 600' >&- 2>&- &
until test -s pids && test -s left; do sleep 0.02; done
echo $$ >>pids
while :; do sleep 600; done
"""
STARTER = """\
import sys
from runbook_tui.command.lifeline import Lifeline
from runbook_tui.command.runner import HelperRunner
HelperRunner(Lifeline()).run(["sh", "-c", sys.argv[1]], cwd=sys.argv[2], timeout=600)
"""


def pids(folder: Path) -> list[int]:
    """The helper that hangs and its child, once both are there."""
    file = folder / "pids"
    until(lambda: file.exists() and file.read_text().count("\n") == 2)
    return [int(line) for line in file.read_text().split()]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] != b"Z"
    except OSError:
        return False


def ended_with_all_but_a_daemon(found: list[int], folder: Path) -> None:
    until(lambda: not any(lives(pid) for pid in found))
    daemon = int((folder / "left").read_text())
    assert lives(daemon)
    os.kill(daemon, 9)


def test_a_helper_that_hangs_ends_with_its_program_by_kill_9_too(tmp_path: Path) -> None:
    words = [sys.executable, "-c", STARTER, HANGS, str(tmp_path)]
    child = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": ROOT})
    found = pids(tmp_path)
    assert all(lives(pid) for pid in found)
    child.kill()
    child.wait()
    ended_with_all_but_a_daemon(found, tmp_path)


def test_a_helper_that_hangs_ends_once_nothing_is_measured_any_more(tmp_path: Path) -> None:
    lifeline = Lifeline()
    ends: list[Outcome] = []

    def run() -> None:
        words = ["sh", "-c", HANGS]
        ends.append(HelperRunner(lifeline).run(words, cwd=str(tmp_path), timeout=600))

    thread = threading.Thread(target=run)
    thread.start()
    found = pids(tmp_path)
    lifeline.close()
    thread.join()
    ended_with_all_but_a_daemon(found, tmp_path)
    # One that comes too late for that ends, too.
    late = HelperRunner(lifeline).run(["sleep", "600"], timeout=600)
    assert (late.exit, ends[0].exit) == (-9, -9)
