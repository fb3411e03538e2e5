"""What another terminal makes of the same bytes: tmux, in a raw pane of 80 by 24."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import uuid
from pathlib import Path

from tests.waiting import until

ROWS, COLUMNS = 24, 80
STYLE = re.compile(r"\x1b\[[0-9;:]*m|\x1b\]8;[^\x1b]*\x1b\\\\")
DRAWN = re.compile(r"\x0e([^\x0f]*)\x0f?")
LINES = str.maketrans("`afgjklmnopqrstuvwxyz{|}~", "◆▒°±┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·")
"""What the letters stand for in DEC's set of line drawing characters."""


class Tmux:
    """A server of its own, without anybody's configuration."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = f"runbook-{uuid.uuid4().hex[:12]}"
        self._windows = 0
        self._tell("new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), "exec sleep 1000")
        for option in (("status", "off"), ("remain-on-exit", "on")):
            self._tell("set", "-g", *option)

    def _tell(self, *words: str) -> str:
        environment = {k: v for k, v in os.environ.items() if k != "TMUX"}
        done = subprocess.run(
            ["tmux", "-L", self._name, "-f", "/dev/null", *words],
            env=environment, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        return done.stdout

    def show(self, data: bytes) -> str:
        """The name of a pane that is shown these bytes."""
        self._windows += 1
        path = self._folder / f"shown.{self._windows}"
        path.write_bytes(data)
        command = f"stty raw -echo; cat {shlex.quote(str(path))}; exec sleep 1000"
        return self._tell("new-window", "-d", "-P", "-F", "#{pane_id}", command).strip()

    def rows(self, pane: str) -> list[str]:
        """The screen of a pane from top to bottom, without blanks at the ends."""
        text = STYLE.sub("", self._tell("capture-pane", "-e", "-p", "-t", pane))
        text = DRAWN.sub(lambda match: match[1].translate(LINES), text)
        return [row.rstrip() for row in text.split("\n")][:ROWS]

    def comes_to(self, data: bytes, expected: list[str]) -> None:
        """Fail where tmux does not come to these rows."""
        pane = self.show(data)
        seen: list[str] = []

        def same() -> bool:
            seen[:] = self.rows(pane)
            return seen == expected

        try:
            until(same)
        except AssertionError:
            differing = [
                (n, a, b) for n, (a, b) in enumerate(zip(seen, expected, strict=True)) if a != b
            ]
            raise AssertionError(f"(row, tmux, ours): {differing}") from None

    def close(self) -> None:
        """End the server with all its panes."""
        self._tell("kill-server")
