"""From the byte of a key to its echo on the terminal, in a pane that is typed into.

Beside a tmux pane, and two Textual applications that show the floor of what Textual can do: one
that writes the key out where it first sees it, before any widget, and one that shows it in a
`Static`. Neither of them has a command, a terminal or a log to go through.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.bench.terminals import Driven, python, ratio, spread, stopping

PLAN = """\
format = 1
title = "T"
[[phase]]
title = "P"
[[phase.step]]
id = "a"
title = "STEP-IS-HERE"
run = "stty -icanon; echo TYPE-N''OW; cat"
interactive = true
undo = "true"
"""
DIRECT = """
from textual import events
from textual.app import App
class Direct(App):
    async def on_event(self, event):
        if isinstance(event, events.Key) and event.character:
            self._driver.write("\\x1b[2;1H" + event.character)
            self._driver.flush()
        else:
            await super().on_event(event)
    def on_ready(self):
        self._driver.write("TYPE-NOW")
        self._driver.flush()
Direct().run()
"""
STATIC = """
from textual.app import App
from textual.widgets import Static
class Shown(App):
    def compose(self):
        yield Static("TYPE-NOW")
    def on_key(self, event):
        self.query_one(Static).update(event.character or "")
Shown().run()
"""
KEYS = b"QZXJ"
QUIET = 0.12
SIZE = (120, 40)


def main(presses: int = 60) -> None:
    """Print the times and their ratios."""
    if not shutil.which("tmux"):
        print("key to echo: no tmux here to compare with")
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        place = Path(name)
        (place / "plan.toml").write_text(PLAN)
        (place / "direct.py").write_text(DIRECT)
        (place / "static.py").write_text(STATIC)
        environment = {**os.environ, "RUNBOOK_HOME": f"{place}/home", "TERM": "xterm-256color",
                       "RUNBOOK_AS": "Ada"}  # fmt: skip
        tmux = ["tmux", "-S", f"{place}/echo", "-f", "/dev/null"]
        session = [*tmux, "new-session", "stty -icanon; echo TYPE-NOW; cat"]
        ours = [python(), "-m", "runbook_tui", "run", f"{place}/plan.toml"]
        pane, theirs = Driven(ours, environment, SIZE), Driven(session, environment, SIZE)
        direct = Driven([python(), f"{place}/direct.py"], environment, SIZE)
        static = Driven([python(), f"{place}/static.py"], environment, SIZE)
        with stopping(environment), pane, theirs, direct, static:
            _begin_typing(pane)
            for program in (theirs, direct, static):
                program.until(b"TYPE-NOW")
            times = _pressed({"pane": pane, "tmux": theirs, "Textual, written out": direct,
                              "Textual, a Static": static}, presses)  # fmt: skip
        subprocess.run([*tmux, "kill-server"], check=True)
    for who, found in times.items():
        print(f"key to echo, {who:<22}{spread(found)}")
    for who in ("tmux", "Textual, written out", "Textual, a Static"):
        print(f"  pane to {who:<26} {ratio(times['pane'], times[who]):10.2f}")
    print(f"  {'Textual, written out, to tmux':<34} "
          f"{ratio(times['Textual, written out'], times['tmux']):10.2f}")  # fmt: skip


def _begin_typing(pane: Driven) -> None:
    pane.until(b"STEP-IS-HERE")
    pane.drain(1.0)
    pane.press(b"\r")
    pane.until(b"TYPE-NOW")
    pane.press(b"i")
    pane.until(b"TYPING")


def _pressed(programs: dict[str, Driven], presses: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in programs}
    for program in programs.values():
        program.drain(QUIET * 4)
    for number in range(presses):
        key = KEYS[number % len(KEYS) :][:1]
        for name, program in programs.items():
            program.drain(QUIET)
            pressed = program.press(key)
            times[name].append(program.until(key) - pressed)
    return times
