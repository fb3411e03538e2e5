"""Any text is read or refused, soon, and nothing is carried out by reading it."""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.listing import listing
from runbook_tui.book.reader import decode, read
from runbook_tui.book.shown import shown
from tests.unit.book.test_markdown_any_text import TEXTS

ROOT = Path(__file__).resolve().parents[2]
SLOW = 100
"""How many times the median of its kind a text may take."""
MADE_UP, CHANGED = "made up", "changed"
HANGS = 60
"""Seconds of the clock after which a text is given up."""
ACTS = frozenset({
    "subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn",
    "pty.spawn", "socket.connect", "socket.bind", "os.kill", "os.remove", "os.rename", "os.mkdir",
})  # fmt: skip
"""What Python tells of that no reader does."""
BITS = (
    "```\n", "---\n", "+++\n", "{", "<!--", "-->", "|", "\t", "\r", "- [ ] ", "1. ", "**",
    "<details>", "`", "\x00", "\x0b", "\u2028", "\ufeff", "> ", "# ", "$X ", "<<E\n",
)  # fmt: skip


class Reading:
    """Reads texts, and remembers how long each took and what went wrong."""

    def __init__(self) -> None:
        self.times: dict[str, list[tuple[float, str, bytes]]] = {MADE_UP: [], CHANGED: []}
        self.faults: list[str] = []
        self._now = ""
        sys.addaudithook(self._hears)
        signal.signal(signal.SIGALRM, self._too_late)

    def read(self, data: bytes, kind: str, what: str) -> None:
        """Read one text, and remember it."""
        self.times[kind].append((self._seconds(data, what), what, data))

    def _seconds(self, data: bytes, what: str) -> float:
        """Read one text as ``show`` does; how long that took."""
        name = "plan.toml" if what.endswith(".toml") else "plan.md"
        self._now = what
        signal.alarm(HANGS)
        began = time.process_time()
        try:
            book = read(decode(data, name), name)
            json.dumps(shown(book))
            list(listing(book))
        except PlanFaults as refused:
            if not refused.faults:
                self.faults.append(f"{what}: refused without a reason")
        except Exception as error:  # noqa: BLE001  Whatever it is, it is what is looked for.
            self.faults.append(f"{what}: {error!r}")
        finally:
            signal.alarm(0)
            self._now = ""
        return time.process_time() - began

    def ended(self) -> list[str]:
        """What went wrong in all, slow texts too."""
        for times in self.times.values():
            median = statistics.median(took for took, _, _ in times)
            for took, what, data in times:
                # Something else may have been in the way: the quicker of two tries counts.
                if took > SLOW * median and (again := self._seconds(data, what)) > SLOW * median:
                    self.faults.append(f"{what}: {again:.2f} s, {again / median:.0f} times")
        return self.faults

    def told(self) -> str:
        """How many texts were read, and how long they took."""
        parts = []
        for kind, times in self.times.items():
            median = statistics.median(took for took, _, _ in times) * 1000
            slowest, what, _ = max(times)
            parts.append(f"{len(times)} {kind}, median {median:.1f} ms, slowest "
                         f"{slowest * 1000:.0f} ms ({what})")  # fmt: skip
        return "; ".join(parts)

    def _hears(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._now and event in ACTS:
            self.faults.append(f"{self._now}: {event} {arguments!r:.200}")

    def _too_late(self, number: int, frame: object) -> None:
        raise TimeoutError(f"not read after {HANGS} s")


def documents() -> list[tuple[str, bytes]]:
    """The plans that are changed: those of ``RUNBOOK_CORPUS``, and those that ship."""
    folders = [Path(os.environ["RUNBOOK_CORPUS"])] if os.environ.get("RUNBOOK_CORPUS") else []
    files = [p for folder in (*folders, ROOT / "runbooks", ROOT / "docs") for p in folder.iterdir()]
    return [
        (p.name, p.read_bytes())
        for p in sorted(files)
        if p.suffix in {".md", ".toml", ".runbook", ".erb"} and p.name != "expected.toml"
    ]


def changed(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """A document as no author left it: cut, mixed up, with bytes and marks that are others."""
    how = chance.randrange(7)
    if how == 0:
        return data[: chance.randrange(len(data) + 1)]
    if how == 1:
        return data[chance.randrange(len(data) + 1) :]
    if how == 2:
        flipped = bytearray(data)
        for _ in range(chance.randint(1, 30)):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        return bytes(flipped)
    if how == 3:
        return data[: chance.randrange(len(data))] + other[chance.randrange(len(other)) :]
    lines = data.split(b"\n")
    for _ in range(chance.randint(1, 20)):
        one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
        if how == 4:
            lines[one], lines[two] = lines[two], lines[one]
        elif how == 5:
            lines[one] = lines[one] + lines[two]
        else:
            place = chance.randrange(len(lines[one]) + 1)
            bit = chance.choice(BITS).encode()
            lines[one] = lines[one][:place] + bit + lines[one][place:]
    return b"\n".join(lines)


def read_all(rounds: int, progress: Callable[[str], None]) -> tuple[str, list[str]]:
    """So many made-up documents, and as many changed ones; what was done, and what went wrong."""
    reading = Reading()

    @settings(max_examples=rounds, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(TEXTS)
    def made_up(text: str) -> None:
        reading.read(text.encode("utf-8", "surrogatepass"), MADE_UP, f"made up {text[:60]!r}")

    made_up()
    progress(f"{rounds} made up")
    originals = documents()
    for number in range(rounds):
        chance = random.Random(number)
        name, data = chance.choice(originals)
        _, other = chance.choice(originals)
        reading.read(changed(data, other, chance), CHANGED, f"change {number} of {name}")
    return reading.told(), reading.ended()
