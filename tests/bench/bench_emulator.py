"""The emulators against plain decoding, and one frame of a pane of 200 by 50."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from runbook_tui.command.avt_screen import AvtScreen
from runbook_tui.command.emulator import Emulator
from runbook_tui.command.pyte_screen import PyteScreen
from runbook_tui.command.terminal import LogTerminals

ROWS, COLUMNS = 50, 200
LINES = b"".join(b"\x1b[3%dm%06d\x1b[0m %s\r\n" % (n % 8, n, b"word " * 36) for n in range(4000))
PAINTED = b"".join(
    b"\x1b[%d;1H\x1b[7m%5d\x1b[27m \x1b[38;5;%dm%s\x1b[39m\x1b[K"
    % (n % ROWS + 1, n, n % 256, b"word " * 36)
    for n in range(4000)
)
SLICE = 64 * 1024


def main(rounds: int) -> None:
    """Print throughput and times of a frame, interleaved."""
    speeds: dict[str, list[float]] = {}
    frames: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as place:
        for name, data in (("lines", LINES), ("painted", PAINTED)):
            folder = Path(place) / name
            folder.mkdir()
            (folder / "log.head").write_bytes(data)
        for _ in range(rounds):
            for name, data in (("lines", LINES), ("painted", PAINTED)):
                few = data[:SLICE]
                avt, pyte = Emulator(ROWS, COLUMNS, AvtScreen), Emulator(ROWS, COLUMNS, PyteScreen)
                for way, body, feed in (
                    ("decode", data, lambda part: part.decode()),
                    ("avt", data, avt.feed),
                    ("pyte", few, pyte.feed),
                ):
                    seconds = _time(lambda body=body, feed=feed: _feed(body, feed))  # type: ignore[misc]
                    speeds.setdefault(f"{name}, {way}", []).append(len(body) / seconds / 1e6)
                frames.setdefault(f"{name}, again", []).extend(_frames(Path(place) / name))
    for name, values in speeds.items():
        print(f"MB/s, {name:<18} {statistics.median(values):10.1f}")
    for name in ("lines", "painted"):
        ratio = statistics.median(speeds[f"{name}, avt"]) / statistics.median(
            speeds[f"{name}, pyte"]
        )
        print(f"  {name}: avt to pyte {ratio:.0f}")
    for name, values in frames.items():
        print(f"ms of a frame, {name:<16} {statistics.median(values) * 1000:.2f}")


def _feed(data: bytes, feed: Callable[[bytes], object]) -> None:
    for at in range(0, len(data), SLICE):
        feed(data[at : at + SLICE])


def _frames(folder: Path) -> list[float]:
    """Processor seconds of frames; each has 2 KiB more to show than the one before."""
    terminal = LogTerminals().open(folder)
    terminal.view(ROWS, COLUMNS)
    found = []
    data = (folder / "log.head").read_bytes()
    for number in range(9):
        with (folder / "log.head").open("ab") as file:
            file.write(data[number * 2048 : (number + 1) * 2048])
        began = time.thread_time()
        terminal.view(ROWS, COLUMNS)
        found.append(time.thread_time() - began)
    return found


def _time(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
