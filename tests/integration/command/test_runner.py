"""Helpers end: by themselves, at their limit, or when they put out too much."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from runbook_tui.command.runner import HelperRunner
from tests.waiting import until


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
