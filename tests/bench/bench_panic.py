"""The panic key with four commands flooding their panes, against the same program idle and against
a Textual application that pushes a screen; and from the second press to the undo. Interleaved.

Measured from the key's byte written to the banner, and to the whole rollback screen, put out.

    python -m tests.bench.bench_panic [PRESSES] [--flood SECONDS] [--undos ROUNDS]

The whole figure is ``300 --flood 60 --undos 300``: about 20 minutes on an idle machine, 1.2 s for
each press (of all three programs), the flood, and 2.5 s for each undo. Without words it is 60
presses, 20 s and 30 undos: 3 minutes.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from runbook_tui.command.host import CommandHost
from runbook_tui.session.ports.commands import CommandSpec, Phase
from runbook_tui.tui.panic import ALONE, APART
from tests.bench.terminals import Driven, python, ratio, spread, stopping

HEAD = 'format = 1\ntitle = "T"\n[[phase]]\ntitle = "P"\n'
STEP = """\
[[phase.step]]
id = "s{number}"
title = "{title}"
run = "{command}"
undo = "true"
needs = []
background = true
"""
STOCK = """
from textual.app import App
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Footer, Header, Static

class Pushed(Screen):
    BINDINGS = [("escape", "app.pop_screen", "back")]
    def compose(self):
        yield Header()
        with Vertical():
            for number in range(8):
                yield Static(f"row {number} of what is shown")
        yield Static("PUSHED-SCREEN")
        yield Footer()

class Stock(App):
    BINDINGS = [Binding("f9", "open", "open", priority=True)]
    def compose(self):
        yield Header()
        yield Static("FRAME-IS-HERE")
        yield Footer()
    def action_open(self):
        if not isinstance(self.screen, Pushed):
            self.push_screen(Pushed())
Stock().run()
"""
F9 = b"\x1b[20~"
ESCAPE = b"\x1b"
FLOOD = "yes \\u001b[32mflood of output\\u001b[0m"
COMMANDS = 4


def main(presses: int = 25, flood: float = 10.0, undos: int = 0) -> None:
    """Print times and ratios; ``flood`` is for how many seconds memory is watched.

    ``undos`` is how often the second press is measured afterwards.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "stock.py").write_text(STOCK)
        stock = Driven([python(), f"{place}/stock.py"], _environment(folder, "stock"), (120, 40))
        idle, flooded = _open(folder, "idle", "sleep 6000"), _open(folder, "flood", FLOOD)
        homes = [_environment(folder, name) for name in ("idle", "flood")]
        with stopping(*homes), stock, idle, flooded:
            stock.until(b"FRAME-IS-HERE")
            for program in (idle, flooded):
                _start_all(program)
            before = flooded.memory()
            flooded.drain(flood)
            grown = flooded.memory() / before
            times: dict[str, list[float]] = {}
            for _ in range(presses):
                _press(stock, times, "stock", (b"PUSHED-SCREEN",))
                _press(idle, times, "idle", (b"ROLLBACK", b"to START"))
                _press(flooded, times, "flood", (b"ROLLBACK", b"to START"))
    _print(times)
    print(f"memory after {flood:.0f} s of flood   {grown:.2f} of before")
    if undos:
        undo(undos)


def _print(times: dict[str, list[float]]) -> None:
    for name, values in times.items():
        print(f"{name:<28}{spread(values)}")
    idle, flood, stock = times["idle, screen"], times["flood, screen"], times["stock, screen"]
    print(f"  screen, flood to idle, median        {ratio(flood, idle):.2f}  (wished 1.10)")
    print(f"  screen, flood to idle, p99           {_p99(flood) / _p99(idle):.2f}  (wished 1.25)")
    print(f"  screen, flood to stock idle, p99     {_p99(flood) / _p99(stock):.2f}  (wished 0.50)")
    first = ratio(times["flood, first paint"], idle)
    print(f"  first paint, flood to idle's screen  {first:.2f}  (wished 0.50)")


def _p99(values: list[float]) -> float:
    return sorted(values)[round((len(values) - 1) * 0.99)]


def _start_all(program: Driven) -> None:
    program.until(b"STEP-3")
    for _ in range(COMMANDS):
        program.press(b"\r")
        program.drain(1.0)


def _open(place: Path, name: str, command: str) -> Driven:
    plan = place / f"{name}.toml"
    steps = (STEP.format(number=n, title=f"STEP-{n}", command=command) for n in range(COMMANDS))
    plan.write_text(HEAD + "".join(steps))
    argv = [python(), "-m", "runbook_tui", "run", str(plan)]
    return Driven(argv, _environment(place, name), (120, 40))


def _environment(place: Path, name: str) -> dict[str, str]:
    own = {"RUNBOOK_HOME": str(place / name), "TERM": "xterm-256color", "RUNBOOK_AS": "Ada"}
    return {**os.environ, **own}


def _press(
    program: Driven, times: dict[str, list[float]], name: str, marks: tuple[bytes, ...]
) -> None:
    pressed = program.press(F9)
    names = ("screen",) if len(marks) == 1 else ("first paint", "screen")
    for what, mark in zip(names, marks, strict=True):
        times.setdefault(f"{name}, {what}", []).append(program.until(mark) - pressed)
    program.drain(0.1)
    program.press(ESCAPE)
    program.drain(0.15)


UNDO = """\
format = 1
title = "T"
[[phase]]
title = "P"
[[phase.step]]
id = "a"
title = "STEP-0"
run = "touch {place}/ran"
undo = "date +%s.%N > {place}/undone"
"""


def undo(rounds: int = 8) -> None:
    """From the press that starts it, less the time in which no other may follow, to what the first
    undo puts out; against the same command under a supervisor that nothing else is done for, by a
    host that holds none ready, and beside it by one that does."""
    times: dict[str, list[float]] = {"ours": [], "bare": [], "ready": []}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place)
        (folder / "plan.toml").write_text(UNDO.format(place=place))
        argv = [python(), "-m", "runbook_tui", "run", f"{place}/plan.toml"]
        bare, ready = CommandHost(), CommandHost()
        ready.make_ready()
        with Driven(argv, _environment(folder, "home"), (120, 40)) as program:
            program.until(b"STEP-0")
            program.drain(1.0)
            for number in range(rounds):
                times["ours"].append(_undone(program, folder))
                times["bare"].append(_bare(bare, folder, f"bare-{number}"))
                times["ready"].append(_bare(ready, folder, f"ready-{number}"))
        ready.close()
    for words, name in (
        ("second press to the undo", "ours"),
        ("the same, supervisor alone", "bare"),
        ("the same, one held ready", "ready"),
    ):
        print(f"{words:<28}{spread(times[name])}")
    ours, alone = times["ours"], times["bare"]
    print(f"  to the supervisor alone, median      {ratio(ours, alone):.2f}  (wished 1.50)")
    print(f"  to the supervisor alone, p99         {_p99(ours) / _p99(alone):.2f}")
    print(f"  to one held ready, median            {ratio(ours, times['ready']):.2f}")


def _undone(program: Driven, place: Path) -> float:
    """Run the step, and take it back by the panic key; seconds from its second press."""
    ran, undone = place / "ran", place / "undone"
    ran.unlink(missing_ok=True)
    undone.unlink(missing_ok=True)
    program.press(b"\r")
    while not ran.exists():
        program.drain(0.05)
    program.drain(0.5)
    program.press(F9)
    program.until(b"to START")
    program.drain(APART + 0.3)
    at = time.time()
    program.press(F9)
    program.until(b"ROLLED BACK")
    program.press(ESCAPE)
    program.drain(0.3)
    return float(undone.read_text()) - at - ALONE


def _bare(host: CommandHost, place: Path, name: str) -> float:
    """Seconds from asking for a supervisor to what the command under it has written."""
    undone = place / "bare"
    spec = CommandSpec(
        folder=place / name, cwd="/", environment=dict(os.environ),
        argv=("bash", "-eo", "pipefail", "-c", f"date +%s.%N > {undone}"),
    )  # fmt: skip
    at = time.time()
    host.start(spec)
    while host.status(spec.folder).phase in {Phase.STARTING, Phase.RUNNING}:
        time.sleep(0.005)
    return float(undone.read_text()) - at


def _words() -> argparse.Namespace:
    told = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=told)
    parser.add_argument("presses", nargs="?", type=int, default=60)
    parser.add_argument("--flood", type=float, default=20.0, metavar="SECONDS")
    parser.add_argument("--undos", type=int, default=30, metavar="ROUNDS")
    return parser.parse_args()


if __name__ == "__main__":
    words = _words()
    main(words.presses, words.flood, words.undos)
