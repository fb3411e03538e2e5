"""A key press with ten thousand steps against one with forty, interleaved: from byte to frame, and
the processor time of the screen's thread until all is quiet again.

Forty steps and their boxes fill the screen and more: both lists have to scroll.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.plans import LARGE, plan
from tests.bench.terminals import Driven, python, ratio, spread

SMALL = (1, 1, 40)
CURSOR = b">"
ESCAPE = b"\x1b"
SETTLE = 0.25
"""Seconds without output after which a frame is whole."""


@dataclass(frozen=True)
class Press:
    """Keys, and what they put on the screen; ``first``, which shows ``ready``, and ``then`` are
    pressed unmeasured."""

    keys: bytes
    mark: bytes
    first: bytes = b""
    ready: bytes = b""
    then: bytes = b""


KINDS = {
    "move": (Press(b"j", CURSOR), Press(b"k", CURSOR)),
    "page": (Press(b"\x1b[6~", CURSOR), Press(b"\x1b[5~", CURSOR)),
    "end and home": (Press(b"G", CURSOR), Press(b"g", CURSOR)),
    "search": (
        Press(b"s7\r", CURSOR, first=b"/", ready=b"Enter goes there"),
        Press(b"s3\r", CURSOR, first=b"/", ready=b"Enter goes there"),
    ),
    "letter": (Press(b"1", b"found", first=b"/", ready=b"Enter goes there", then=b"\x7f\x1b"),),
    "tick": (Press(b" ", "☑".encode()), Press(b" ", "☐".encode())),
    "panic": (Press(b"\x1b[20~", b"ROLLBACK", then=ESCAPE),),
}

HOME = b"g"
"""Pressed before each kind: a key that finds the cursor where it would go draws nothing."""
BEGIN = {"tick": b"gjjj"}


def main(presses: int = 7) -> None:
    """Print both and their ratio, for each kind of key."""
    times: dict[str, dict[str, list[tuple[float, float]]]] = {}
    with tempfile.TemporaryDirectory() as place:
        small, large = (_open(Path(place), size) for size in (SMALL, LARGE))
        with small, large:
            for program in (small, large):
                program.until(b"READY")
                program.drain(2.0)
            for kind, keys in KINDS.items():
                found = times.setdefault(kind, {"40": [], "10,000": []})
                for program in (small, large):
                    program.press(BEGIN.get(kind, HOME))
                    program.settle(SETTLE)
                for number in range(presses):
                    for name, program in (("40", small), ("10,000", large)):
                        found[name].append(_press(program, keys[number % len(keys)]))
    for kind, found in times.items():
        for at, what in enumerate(("key", "its processor time")):
            for name, values in found.items():
                print(f"{what}, {kind:<14}{name:>7} steps   {spread([v[at] for v in values])}")
            few, many = ([v[at] for v in found[name]] for name in ("40", "10,000"))
            print(f"  ratio of the medians           {ratio(many, few):.2f}")


def _open(place: Path, size: tuple[int, int, int]) -> Driven:
    path = place / f"{size[0]}.toml"
    path.write_text(plan(*size))
    environment = {**os.environ, "RUNBOOK_HOME": str(place / f"home-{size[0]}"),
                   "TERM": "xterm-256color", "RUNBOOK_AS": "Ada"}  # fmt: skip
    return Driven([python(), "-m", "runbook_tui", "run", str(path)], environment, (120, 40))


def _press(program: Driven, press: Press) -> tuple[float, float]:
    if press.first:
        program.press(press.first)
        program.until(press.ready)
    program.settle(SETTLE)
    before = program.spent_on_screen()
    pressed = program.press(press.keys)
    took = program.until(press.mark) - pressed
    program.settle(SETTLE)
    spent = program.spent_on_screen() - before
    if press.then:
        program.press(press.then)
        program.settle(SETTLE)
    return took, spent
