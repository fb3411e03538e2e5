"""From the call that starts a command to the first byte in its log; a bare python is the floor.

By exec, and with a supervisor that is held ready. A ratio is the median of those of the rounds.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.hosts import PAUSE, Host
from tests.bench.terminals import spread

PASS = [getattr(sys, "_base_executable", None) or sys.executable, "-I", "-S", "-E", "-c", "pass"]


def main(rounds: int = 31) -> None:
    """Print the times and their ratios."""
    times: dict[str, list[float]] = {"bare python": [], "by exec": [], "held ready": []}
    with tempfile.TemporaryDirectory() as place:
        kept = Host(Path(place) / "warm")
        for number in range(rounds):
            began = time.perf_counter()
            subprocess.run(PASS, check=True, stdin=subprocess.DEVNULL, start_new_session=True)
            times["bare python"].append(time.perf_counter() - began)
            # A host of its own has nothing in reserve.
            times["by exec"].append(_first_byte(Host(Path(place) / f"cold-{number}")))
            kept.make_ready()
            times["held ready"].append(_first_byte(kept))
    bare = times["bare python"]
    for name, found in times.items():
        print(f"spawn, {name:<16}{spread(found)}")
        if found is not bare:
            ratio = statistics.median(one / base for one, base in zip(found, bare, strict=True))
            print(f"  to bare python  {ratio:14.2f}")


def _first_byte(host: Host) -> float:
    began = time.perf_counter()
    log = host.start("echo first") / "log.head"
    while not (log.exists() and log.stat().st_size):
        time.sleep(PAUSE)
    took = time.perf_counter() - began
    host.ended(log.parent)
    return took
