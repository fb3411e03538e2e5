"""What one view of a pane of 200 by 50 costs its sampling thread: processor time.

Each view has a page more to show than the one before, or a flood's share of a fifteenth of a
second. ``lines`` are coloured, ``rewritten`` is one line of progress, ``painted`` addresses the
cursor and goes through the emulator.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path

from runbook_tui.command.terminal import LogTerminals

ROWS, COLUMNS = 50, 200
PUT_OUT = {
    "plain": [b"%06d %s\r\n" % (n, b"word " * 36) for n in range(4000)],
    "lines": [b"\x1b[3%dm%06d\x1b[0m %s\r\n" % (n % 8, n, b"word " * 36) for n in range(4000)],
    "rewritten": [b"\r%5d of 4000 %s" % (n, b"#" * (n % 150)) for n in range(4000)],
    "painted": [
        b"\x1b[%d;1H\x1b[7m%5d\x1b[27m \x1b[38;5;%dm%s\x1b[39m\x1b[K"
        % (n % ROWS + 1, n, n % 256, b"word " * 36)
        for n in range(4000)
    ],
}
PAGE, FLOOD = 2 << 10, 64 << 10


def main(views: int = 150) -> None:
    """Print median and p99 of each."""
    for name, parts in PUT_OUT.items():
        for kind, more in (("", PAGE), (", flood", FLOOD)):
            found = sorted(_views(b"".join(parts), more, views))
            middle, last = statistics.median(found) * 1000, found[round((views - 1) * 0.99)] * 1000
            print(f"ms of a view, {name + kind:<18} {middle:6.2f} median {last:6.2f} p99")


def _views(data: bytes, more: int, views: int) -> list[float]:
    found = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "size.json").write_text(json.dumps({"rows": ROWS, "columns": COLUMNS, "at": 0}))
        (folder / "log.head").write_bytes(data)
        terminal = LogTerminals().open(folder)
        terminal.view(ROWS, COLUMNS)
        for number in range(views):
            at = number * more % (len(data) - more)
            with (folder / "log.head").open("ab") as file:
                file.write(data[at : at + more])
            began = time.thread_time()
            terminal.view(ROWS, COLUMNS)
            found.append(time.thread_time() - began)
    return found
