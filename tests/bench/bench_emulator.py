"""The emulators against plain decoding."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from runbook_tui.command.avt_screen import AvtScreen
from runbook_tui.command.emulator import Emulator
from runbook_tui.command.pyte_screen import PyteScreen
from tests.bench import bench_frames
from tests.bench.bench_frames import COLUMNS, ROWS

PUT_OUT = {name: b"".join(bench_frames.PUT_OUT[name]) for name in ("lines", "painted")}
SLICE = 64 * 1024


def main(rounds: int = 7) -> None:
    """Print throughput, interleaved."""
    speeds: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, data in PUT_OUT.items():
            few = data[:SLICE]
            avt, pyte = Emulator(ROWS, COLUMNS, AvtScreen), Emulator(ROWS, COLUMNS, PyteScreen)
            for way, body, feed in (
                ("decode", data, lambda part: part.decode()),
                ("avt", data, avt.feed),
                ("pyte", few, pyte.feed),
            ):
                seconds = _time(lambda body=body, feed=feed: _feed(body, feed))  # type: ignore[misc]
                speeds.setdefault(f"{name}, {way}", []).append(len(body) / seconds / 1e6)
    for name, values in speeds.items():
        print(f"MB/s, {name:<18} {statistics.median(values):10.1f}")
    for name in ("lines", "painted"):
        ratio = statistics.median(speeds[f"{name}, avt"]) / statistics.median(
            speeds[f"{name}, pyte"]
        )
        print(f"  {name}: avt to pyte {ratio:.0f}")


def _feed(data: bytes, feed: Callable[[bytes], object]) -> None:
    for at in range(0, len(data), SLICE):
        feed(data[at : at + SLICE])


def _time(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
