"""One line that a person types at a question: heard whole, or not at all.

`input` waits in a read that a signal does not end where it comes just before it: Ctrl+C would be
heard with the next key only. Here the terminal and the signals are waited for together.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import termios
from collections.abc import Iterator
from types import FrameType
from typing import Any

import click

from runbook_tui.cli import say
from runbook_tui.cli.leaving import SIGNALS

LONGEST = 4094
"""Bytes of a line that a terminal surely gives whole; of a longer one it drops the rest unseen."""
TOO_LONG = (
    f"the terminal takes {LONGEST} bytes of a line and drops the rest: nothing of it was taken;"
    " give what is longer with -p NAME=VALUE"
)
_LOCAL = 3
_INPUT = 0


def typed(question: str, *, unseen: bool = False) -> str:
    """Ask on the standard error, and return the line without its end.

    ``unseen``: what is typed is not shown. Raises `click.Abort` at Ctrl+C and Ctrl+D, and where the
    terminal has gone or the process is told to end.
    """
    with _signals() as heard, _terminal() as (fd, own):
        while True:
            try:
                line = _Line(fd, own, heard, question, unseen).read()
            except OSError:
                raise click.Abort from None
            if len(line) > LONGEST:
                say.err(TOO_LONG)
                continue
            try:
                return line.decode(sys.stdin.encoding or "utf-8")
            except UnicodeDecodeError:
                say.err("that was not typed in the encoding of this terminal: once more")


class _Line:
    """The reading of one line."""

    def __init__(self, fd: int, own: bool, heard: int, question: str, unseen: bool) -> None:
        self._fd = fd
        self._own = own
        self._heard = heard
        self._question = question
        self._unseen = unseen

    def read(self) -> bytes:
        """The line; what is behind it is left for the next question."""
        before = _modes(self._fd)
        line = bytearray()
        try:
            self._ask()
            while not line.endswith(b"\n"):
                if not self._own:
                    self._wait(line)
                try:
                    byte = os.read(self._fd, 1)
                except BlockingIOError:
                    self._wait(line)
                    continue
                if not byte and not line:
                    raise click.Abort
                if not byte:
                    break
                line += byte
        except BaseException:
            self._end_row()
            raise
        finally:
            if before is not None:
                with contextlib.suppress(termios.error):
                    termios.tcsetattr(self._fd, termios.TCSADRAIN, before)
        if self._unseen:
            self._end_row()
        return bytes(line).removesuffix(b"\n")

    def _ask(self) -> None:
        """Make the terminal give lines, as a program that died on it may not have left it; only
        then ask."""
        found, modes = _modes(self._fd), _modes(self._fd)
        if modes is not None:
            modes[_INPUT] |= termios.ICRNL
            modes[_LOCAL] |= termios.ICANON | termios.ISIG | termios.ECHO
            if self._unseen:
                modes[_LOCAL] &= ~termios.ECHO
            # What was typed before it was unseen has been seen: it is no answer to this.
            when = termios.TCSAFLUSH if self._unseen else termios.TCSADRAIN
            if modes != found:
                termios.tcsetattr(self._fd, when, modes)
        sys.stderr.write(self._question)
        sys.stderr.flush()

    def _wait(self, line: bytearray) -> None:
        """Until there is something to read; raises `click.Abort` at a signal that says so."""
        readable, _, _ = select.select([self._fd, self._heard], [], [])
        if self._heard not in readable:
            return
        numbers = set(os.read(self._heard, 64))
        if numbers & set(SIGNALS):
            raise click.Abort
        if signal.SIGCONT in numbers and not line:
            self._ask()

    def _end_row(self) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.write("\n")
            sys.stderr.flush()


@contextlib.contextmanager
def _signals() -> Iterator[int]:
    """A descriptor from which the numbers of the signals come that a question heeds."""

    def note(number: int, frame: FrameType | None) -> None:
        """That it was caught is all: its number comes by the descriptor."""

    heard, woken = os.pipe()
    for fd in (heard, woken):
        os.set_blocking(fd, False)
    wakes = signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    before = {number: signal.signal(number, note) for number in (*SIGNALS, signal.SIGCONT)}
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(wakes)
        os.close(heard)
        os.close(woken)


@contextlib.contextmanager
def _terminal() -> Iterator[tuple[int, bool]]:
    """The standard input, opened anew where that may be done: a read of it then never waits, and
    whoever else has it is not touched by that."""
    fd = sys.stdin.fileno()
    if not os.isatty(fd):
        yield fd, False
        return
    try:
        own = os.open(f"/proc/self/fd/{fd}", os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:
        yield fd, False
        return
    try:
        yield own, True
    finally:
        os.close(own)


def _modes(fd: int) -> list[Any] | None:
    try:
        return termios.tcgetattr(fd)
    except termios.error:
        return None
