"""A hundred watches once a second: the processor's time, a key press, and how soon a breach shows.

The same plan is driven with and without them, on a screen, interleaved.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from runbook_tui.book.model import Probe, Step, Watch
from tests.bench.plans import plan
from tests.bench.terminals import Driven, python, spread
from tests.fakes.answers import Answers, answer
from tests.integration.session.scene import Scene, book
from tests.prometheus import Prometheus
from tests.waiting import until

WATCHES = 100
IDLE = 20.0
"""Seconds for which the processor's time is counted."""
PRESSES = 400
BREACHES = 10
EVERY = 1.0
SETTLE = 0.05
BODY = '{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"99.5"]}]}}'
WATCH = """\
[[watch]]
id = "w{number}"
title = "Watch {number}"
prometheus = {{ url = "{url}", query = "rate{number}" }}
every = "1s"
below = 99.0
"""


def main() -> None:
    """Print all three."""
    server = Answers(answer(BODY))
    with tempfile.TemporaryDirectory() as place:
        without, with_ = _open(Path(place), "without", ""), _open(
            Path(place), "with", "".join(WATCH.format(number=n, url=server.url)
                                         for n in range(WATCHES))
        )  # fmt: skip
        with without, with_:
            for program in (without, with_):
                program.until(b"READY")
                program.drain(3.0)
            _idle(without, with_, server)
            _keys(without, with_)
    server.close()
    with tempfile.TemporaryDirectory() as place:
        _breaches(Path(place))


def _open(place: Path, name: str, watches: str) -> Driven:
    path = place / f"{name}.toml"
    path.write_text(plan(1, 1, 40) + watches, encoding="utf-8")
    environment = {**os.environ, "RUNBOOK_HOME": str(place / f"home-{name}"),
                   "TERM": "xterm-256color", "RUNBOOK_AS": "Ada"}  # fmt: skip
    return Driven([python(), "-m", "runbook_tui", "run", str(path)], environment, (120, 40))


def _idle(without: Driven, with_: Driven, server: Answers) -> None:
    """The share of one core that each takes while nobody does anything."""
    before = (without.spent(), with_.spent())
    asked, begun = len(server.requests), time.perf_counter()
    while time.perf_counter() - begun < IDLE:
        for program in (without, with_):
            program.drain(0.05)
    seconds = time.perf_counter() - begun
    shares = [(program.spent() - b) / seconds * 100
              for program, b in zip((without, with_), before, strict=True)]  # fmt: skip
    print(f"watches, idle: {shares[1]:.1f} % of a core with {WATCHES}, {shares[0]:.1f} % without:"
          f" {shares[1] - shares[0]:.1f} % for {(len(server.requests) - asked) / seconds:.0f}"
          " samples a second")  # fmt: skip


def _keys(without: Driven, with_: Driven) -> None:
    """From a key to the frame that shows it."""
    found: dict[str, list[float]] = {"without": [], "with": []}
    for number in range(PRESSES):
        for name, program in (("without", without), ("with", with_)):
            program.settle(SETTLE)
            pressed = program.press(b"jk"[number % 2 : number % 2 + 1])
            found[name].append(program.until(b">") - pressed)
    for name, values in found.items():
        print(f"watches, key, {name:>8}   {spread(values)}")
    p99 = [sorted(found[name])[round((PRESSES - 1) * 0.99)] for name in ("with", "without")]
    print(f"  ratio of the p99               {p99[0] / p99[1]:.2f}")


def _breaches(place: Path) -> None:
    """From when Prometheus has it until the run's state does, durably."""
    prometheus = Prometheus(place)
    probe = Probe(prometheus={"url": prometheus.url, "query": "success_rate"})
    watch = Watch(id="w", title="W", every=EVERY, below=99.0, probe=probe)
    scene = Scene(place, book(Step(id="a", title="A", run="true"), watches=(watch,)))
    session = scene.open()
    late: list[float] = []
    try:
        for _ in range(BREACHES):
            until(lambda: not session.state.breached)
            prometheus.gauge(98.0)
            until(lambda: prometheus.value("success_rate") == 98.0)
            there = time.perf_counter()
            until(lambda: session.state.breached)
            late.append(time.perf_counter() - there)
            prometheus.gauge(99.5)
    finally:
        scene.close()
        prometheus.close()
    over = max(late) - EVERY
    print(f"watches, breach seen at a cadence of {EVERY:g} s: {spread(late)}"
          f" ({'+' if over > 0 else '−'}{abs(over):.2f} s to the cadence)")  # fmt: skip
