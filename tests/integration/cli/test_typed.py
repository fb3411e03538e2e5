"""What a person types at a question, on a real terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import termios
import time
from collections.abc import Iterator

import pytest

from tests.programs import ROOT
from tests.waiting import PATIENCE, until

ASKS = """
import sys, termios, click
from runbook_tui.cli.values import asked, confirmed

# At Ctrl+C a terminal drops what was put out just then, and the test would wait for it in vain.
modes = termios.tcgetattr(0)
modes[3] |= termios.NOFLSH
termios.tcsetattr(0, termios.TCSANOW, modes)

def said(question, *words, **more):
    try:
        answer = question(*words, **more)
    except click.Abort:
        answer = "left"
    print(f"<{answer}>", flush=True)
"""


class Asked:
    """A program that asks, and its terminal."""

    def __init__(self, text: str) -> None:
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            os.execv(sys.executable, [sys.executable, "-c", ASKS + text])
        self._seen = b""

    def seen(self, what: bytes) -> bytes:
        """Read on until this was shown; returns what stood before it."""
        deadline = time.monotonic() + PATIENCE
        while what not in self._seen:
            readable, _, _ = select.select([self.fd], [], [], max(0.0, deadline - time.monotonic()))
            assert readable, f"{what!r} did not come after {self._seen[-500:]!r}"
            self._seen += os.read(self.fd, 65536)
        before, _, self._seen = self._seen.partition(what)
        return before

    def types(self, keys: bytes) -> None:
        """Press keys."""
        assert os.write(self.fd, keys) == len(keys)

    def close(self) -> None:
        """End it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


@pytest.fixture
def asks(request: pytest.FixtureRequest) -> Iterator[Asked]:
    """A program of the given text on a terminal."""
    program = Asked(request.param)
    yield program
    program.close()


@pytest.mark.parametrize("asks", ["for n in range(400): said(confirmed, 'q')"], indirect=True)
def test_control_c_right_behind_a_question_is_always_heard(asks: Asked) -> None:
    for _ in range(400):
        asks.seen(b"q [y/N]: ")
        asks.types(b"\x03")
        asks.seen(b"<left>")


@pytest.mark.parametrize("asks", ["said(asked, 'value'); said(asked, 'last')"], indirect=True)
def test_of_a_line_that_is_longer_than_the_terminal_takes_nothing_is_taken(asks: Asked) -> None:
    asks.seen(b"value: ")
    for _ in range(100):
        asks.types(b"x" * 100)
        asks.seen(b"x")
    asks.types(b"\n")
    asks.seen(b"drops the rest")
    asks.seen(b"value: ")
    asks.types(b"short\n")
    asks.seen(b"<short>")
    asks.seen(b"last: ")
    asks.types(b"y" * 4000 + b"\n")
    asks.seen(b"<" + b"y" * 4000 + b">")


@pytest.mark.parametrize(
    "asks", ["said(asked, 'first'); said(asked, 'next', unseen=True); said(asked, 'end')"],
    indirect=True,
)  # fmt: skip
def test_a_line_behind_the_answer_is_the_next_answer_and_never_that_of_a_secret(
    asks: Asked,
) -> None:
    asks.seen(b"first: ")
    asks.types(b"one\ntwo\n")
    asks.seen(b"<one>")
    asks.seen(b"next: ")
    asks.types(b"three\n")
    assert b"three" not in asks.seen(b"<three>")
    asks.seen(b"end: ")
    asks.types(b"\xff\n")
    asks.seen(b"end: ")
    asks.types(b"\x04")
    asks.seen(b"<left>")


RAW = """
import termios, tty
tty.setraw(0)
found = termios.tcgetattr(0)
said(confirmed, "q")
assert termios.tcgetattr(0) == found
print("as found")
"""


@pytest.mark.parametrize("asks", [RAW], indirect=True)
def test_a_terminal_that_a_dead_program_left_raw_can_answer(asks: Asked) -> None:
    asks.seen(b"q [y/N]: ")
    asks.types(b"y\r")
    asks.seen(b"<True>")
    asks.seen(b"as found")


STOPPED = """
import signal
signal.signal(signal.SIGTSTP, lambda *_: signal.raise_signal(signal.SIGSTOP))
said(asked, "word", unseen=True)
"""


@pytest.mark.parametrize("asks", [STOPPED], indirect=True)
def test_after_it_was_stopped_it_asks_again_and_is_as_unseen_as_before(asks: Asked) -> None:
    asks.seen(b"word: ")
    asks.types(b"\x1a")
    # What leads a session is never stopped by the terminal itself; a shell's child is.
    until(lambda: os.waitpid(asks.pid, os.WUNTRACED | os.WNOHANG) != (0, 0), what="its stop")
    modes = termios.tcgetattr(asks.fd)
    modes[3] |= termios.ECHO
    termios.tcsetattr(asks.fd, termios.TCSANOW, modes)
    os.kill(asks.pid, signal.SIGCONT)
    asks.seen(b"word: ")
    asks.types(b"hunter2\n")
    assert b"hunter2" not in asks.seen(b"<hunter2>")


@pytest.mark.parametrize(
    ("asks", "number"),
    [("said(asked, 'q')", signal.SIGHUP), ("said(asked, 'q')", signal.SIGTERM)],
    indirect=["asks"],
)
def test_it_is_ended_by_what_ends_a_program(asks: Asked, number: int) -> None:
    asks.seen(b"q: ")
    os.kill(asks.pid, number)
    asks.seen(b"<left>")
