"""The terminal of a command on another machine: an ssh that is nothing else, on our own terminal.

It takes every key as it comes and tells the other side the window's size, as ssh does for whoever
sits before it. What it says itself is shown; how the command went is told by the first connection.
"""

import os
import subprocess
import termios
import time
from typing import Any

from ssh import ANSWER, begin, end, show


class FarTerminal:
    """A second connection to the same host, for what is typed and drawn."""

    def __init__(self, spec: "dict[str, Any]", folder: str) -> None:
        self.broke = False
        self.due: "float | None" = None
        self.words: "list[str]" = []
        self.read = b""
        self.modes = termios.tcgetattr(0)
        entering = spec["entering"].replace(spec["folder"], folder)
        self.ssh = begin([*spec["terminal"], "--", spec["host"], entering], stdin=None)
        assert self.ssh.stderr is not None
        self.fd = self.ssh.stderr.fileno()

    def hear(self) -> bool:
        """Show what ssh says; False once it has ended."""
        data = os.read(self.fd, 1 << 16)
        *lines, self.read = (self.read + data).split(b"\n")
        if not data and self.read:
            lines.append(self.read)
        for line in lines:
            if line.strip():
                self.words.append(line.decode("utf-8", "replace").strip())
                # ssh has taken our terminal's own line ends away.
                show(line.rstrip(b"\r") + b"\r\n")
        if not data:
            self.due = time.monotonic() + ANSWER
        return bool(data)

    @property
    def overdue(self) -> bool:
        """Whether it is gone, and the end of its command should have been told by now."""
        return self.due is not None and time.monotonic() >= self.due

    @property
    def ended_by_itself(self) -> bool:
        """Whether it ended otherwise than with its command, behind which its shell ends with 0."""
        return self.ssh.wait() != 0

    def why(self) -> str:
        """What ssh has said last."""
        self.ssh.wait()
        said = self.words[-1:] or [f"ssh ended with exit status {self.ssh.returncode}"]
        return said[0]

    def leave(self, seconds: float) -> None:
        """Let it bring the rest for so long, end it, and give our terminal its modes back."""
        try:
            self.ssh.wait(seconds)
        except subprocess.TimeoutExpired:
            end(self.ssh)
        try:
            termios.tcsetattr(0, termios.TCSANOW, self.modes)
        except termios.error:
            return
