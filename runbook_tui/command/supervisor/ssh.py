"""One ssh: how it is started, heard and ended by what carries a command to another machine."""

import os
import signal
import subprocess
from typing import Any

HELD = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
ANSWER = 3.0
"""Seconds that the other side has for its last word, beyond what the command itself may take."""


def begin(
    words: "list[str]", stdout: Any = None, stdin: Any = subprocess.PIPE
) -> "subprocess.Popen[bytes]":
    """Start it, deaf to what ends us: only it can carry the word to the other side.

    Its standard error is always read here. Raises OSError where it cannot be started.
    """
    pipe = subprocess.PIPE
    signal.pthread_sigmask(signal.SIG_BLOCK, HELD)
    try:
        return subprocess.Popen(words, stdin=stdin, stdout=stdout, stderr=pipe)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD)


def end(ssh: "subprocess.Popen[bytes]") -> None:
    """Close a connection that is of no more use."""
    ssh.kill()
    ssh.wait()


def show(line: bytes) -> None:
    """A line on the command's terminal, which may be gone."""
    try:
        os.write(2, line)
    except OSError:
        return
