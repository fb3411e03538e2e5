"""``python -m tests.bench [NAME…]``: ratios of the program against baselines taken in the same run.

All parts, or those that are named. Each says at first about how long it takes, and is ended where
it takes three times as long; then the exit status is 1.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from tests.bench import (
    bench_drain,
    bench_durations,
    bench_echo,
    bench_emulator,
    bench_executed,
    bench_flood,
    bench_frames,
    bench_journal,
    bench_keys,
    bench_opening,
    bench_outlook,
    bench_panic,
    bench_reading,
    bench_record,
    bench_share,
    bench_spawn,
    bench_start,
    bench_stop,
    bench_watches,
)


@dataclass(frozen=True)
class Part:
    """``seconds``: what it takes on two cores that have nothing else to do."""

    what: str
    seconds: int
    run: Callable[[], None]


PARTS = {
    "start": Part("the first frame, and the checklist", 40, bench_start.main),
    "keys": Part("keys with ten thousand steps", 90, bench_keys.main),
    "spawn": Part("a command's first byte", 20, bench_spawn.main),
    "drain": Part("draining a terminal, and a log's disk", 30, bench_drain.main),
    "echo": Part("a typed key and its echo", 40, bench_echo.main),
    "panic": Part("the panic key under floods", 60, bench_panic.main),
    "undo": Part("the second press and the first undo", 25, bench_panic.undo),
    "executed": Part("the rollback screen after ten thousand steps", 90, bench_executed.main),
    "flood": Part("a minute of flood: memory, keys elsewhere", 75, bench_flood.main),
    "frames": Part("one view of a pane", 10, bench_frames.main),
    "emulator": Part("terminal emulators", 10, bench_emulator.main),
    "journal": Part("durable events", 40, bench_journal.main),
    "record": Part("following, opening and verifying the record", 60, bench_record.main),
    "reading": Part("reading Markdown plans", 100, bench_reading.main),
    "opening": Part("opening a long run", 20, bench_opening.main),
    "outlook": Part("the outlook on conflicts of 50 pull requests", 40, bench_outlook.main),
    "watches": Part("a hundred watches a second, and a breach", 115, bench_watches.main),
    "durations": Part("a step's past durations", 15, bench_durations.main),
    "share": Part("sharing a run over a git remote", 90, bench_share.main),
    "stop": Part("stopping whole trees", 20, bench_stop.main),
}
PATIENCE = 3


def main() -> None:
    """Run what was asked for."""
    names = sys.argv[1:] or list(PARTS)
    if unknown := [name for name in names if name not in PARTS]:
        print(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}", file=sys.stderr)
        sys.exit(2)
    about = sum(PARTS[name].seconds for name in names)
    print(f"{len(names)} parts, about {about / 60:.0f} min; load {_load()}")
    if broken := [name for name in names if not _ran(name, PARTS[name])]:
        print(f"not to be had: {', '.join(broken)}", file=sys.stderr)
        sys.exit(1)


def _ran(name: str, part: Part) -> bool:
    print(f"\n== {name}: {part.what}; about {part.seconds} s, load {_load()}", flush=True)
    began = time.monotonic()
    signal.signal(signal.SIGALRM, _too_late)
    signal.alarm(part.seconds * PATIENCE)
    try:
        part.run()
    except Exception:  # noqa: BLE001  Whatever it is, it is shown, and the others go on.
        traceback.print_exc()
        return False
    finally:
        signal.alarm(0)
        print(f"-- {name}: {time.monotonic() - began:.0f} s", flush=True)
    return True


class Late(Exception):
    """A part takes too long; the others go on."""


def _too_late(number: int, frame: object) -> None:
    raise Late


def _load() -> str:
    return " ".join(f"{load:.1f}" for load in os.getloadavg())


if __name__ == "__main__":
    main()
