"""A real terminal with the program in it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import threading
from pathlib import Path

from tests.programs import ADA, unended
from tests.waiting import until

ROOT = Path(__file__).parents[2]
PLAN = """\
format = 1
title = "Lighthouse"
[[phase]]
title = "Lamp"
[[phase.step]]
id = "lamp"
title = "Change the lamp"
run = "x=changing; echo lamp-is-$x; touch lamp; read x < go; echo lamp-is-$x"
undo = "rm -f lamp; echo lamp-is-back"
verify_undo = "test ! -e lamp"
[[phase.step]]
id = "after"
title = "Look at the sea"
changes = false
"""

LOOK = 0.04
"""Seconds between two looks at a screen: each is a process of its own."""


class Terminal:
    """A terminal of its own, in a private tmux."""

    def __init__(self, folder: Path, home: Path | None = None, who: str = ADA) -> None:
        self.folder = folder
        self.home = home or folder / "home"
        self.who = who
        self._servers = 0
        (folder / "plan.toml").write_text(PLAN)
        os.mkfifo(folder / "go")

    def tmux(self, *words: str, server: int = 0) -> str:
        socket = f"{self.folder}/tmux-{server or self._servers}"
        done = subprocess.run(
            ["tmux", "-S", socket, "-f", "/dev/null", *words], capture_output=True, text=True,
            check=False, timeout=60,
        )  # fmt: skip
        return done.stdout

    def open(self, *arguments: str, size: tuple[int, int] = (120, 40), shell: bool = False) -> None:
        """Run the program; ``shell``: as a job of a shell with a prompt."""
        environment = {
            "RUNBOOK_HOME": str(self.home), "RUNBOOK_AS": self.who,
            "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8", "HOME": str(self.folder),
        }  # fmt: skip
        # A server of its own each time: one that is going still holds its socket.
        self._servers += 1
        words = " ".join(f"{k}={shlex.quote(v)}" for k, v in environment.items())
        program = shlex.join([sys.executable, "-m", "runbook_tui", *arguments])
        command = f"env -i {words} {program}; echo ended-with-$? > {self.folder}/ended; exec cat"
        if shell:
            command = "exec env -i PS1=prompt: TERM=xterm-256color bash --norc --noprofile -i"
        self.tmux(
            "new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), "-c", str(self.folder),
            f"sh -c {shlex.quote(command)}",
        )  # fmt: skip
        if shell:
            self.see("prompt:")
            self.tmux("send-keys", "-l", f"env -i {words} {program}\n")

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.tmux("send-keys", key)

    @property
    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def see(self, text: str) -> None:
        try:
            until(lambda: text in self.screen, pause=LOOK)
        except AssertionError:
            raise AssertionError(f"{text!r} is not on\n{self.screen}") from None

    def ticks(self, seconds: int) -> None:
        """Wait until a clock on the screen shows ``seconds`` or more: one may be left out."""
        until(
            lambda: any(int(found) >= seconds for found in re.findall(r" 0:(\d\d) ", self.screen)),
            what=f"{seconds} s on a clock",
            pause=LOOK,
        )

    def program(self) -> int:
        """The process id of the program in the terminal."""
        shell = int(self.tmux("list-panes", "-F", "#{pane_pid}").split()[0])
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(shell)], capture_output=True, text=True, check=False
        )
        return int(found.stdout.split()[0])

    def end(self) -> None:
        self.tmux("kill-server")

    def close(self) -> None:
        """Stop what still runs, and end every terminal that was opened."""
        if unended(self.home):
            self.cli("stop")
        for server in range(1, self._servers + 1):
            self.tmux("kill-server", server=server)

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "RUNBOOK_HOME": str(self.home), "RUNBOOK_AS": self.who,
                       "PYTHONPATH": str(ROOT)}  # fmt: skip
        return subprocess.run(
            [sys.executable, "-m", "runbook_tui", *arguments], cwd=self.folder, env=environment,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip


def started(terminal: Terminal) -> None:
    terminal.open("run", "plan.toml")
    terminal.see("Change the lamp")
    terminal.keys("Enter")
    until((terminal.folder / "lamp").exists)


def starts(terminal: Terminal) -> bool:
    """Press until a press came late enough; a person waits, a test must not guess how long."""
    threading.Event().wait(0.6)
    terminal.keys("F9")
    threading.Event().wait(0.4)
    return "START" not in terminal.screen
