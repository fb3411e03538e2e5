"""Helper programs, run to their end within a time limit and never on a terminal."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO

from runbook_tui.command.lifeline import MARK, Lifeline
from runbook_tui.session.ports.runner import Outcome

MOST = 4 << 20
"""Bytes of a helper's output that are kept; one that puts out more is ended."""
PIECE = 1 << 16
GRACE = 0.5
"""Seconds after a kill in which its output must have ended."""


class HelperRunner:
    """Port `Runner`; with a ``lifeline`` what it runs ends with this program, however that does."""

    def __init__(self, lifeline: Lifeline | None = None) -> None:
        self._lifeline = lifeline

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: str | None = None,
        environment: Mapping[str, str] | None = None,
        stdin: str = "",
        timeout: float = 10.0,
    ) -> Outcome:
        """Run it; ``exit`` is None where it was not found or ran out of time or room."""
        quiet = {"GIT_TERMINAL_PROMPT": "0", "SSH_ASKPASS_REQUIRE": "never"}
        env = {**(os.environ if environment is None else environment), **quiet}
        with contextlib.nullcontext() if self._lifeline is None else self._lifeline.held() as held:
            if held is not None:
                env[MARK] = held.mark
            try:
                child = subprocess.Popen(
                    list(argv), cwd=cwd, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                return Outcome(exit=None, stdout="", stderr=error.strerror or str(error))
            if held is not None:
                held.write(child.pid)
            with child:
                if self._lifeline is not None and self._lifeline.closed:
                    _kill(child)  # Whoever ends what is under way may not have seen it yet.
                return _Helper(child).ended(stdin.encode(), timeout)


class _Helper:
    """A helper that runs, and what it has put out."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        self._room = MOST
        self._full = threading.Event()
        self._late = threading.Event()
        self._until = 0.0

    def ended(self, given: bytes, timeout: float) -> Outcome:
        """Its end, or the end that is made of it."""
        out, err = bytearray(), bytearray()
        self._until = until = time.monotonic() + timeout + GRACE
        readers = [
            threading.Thread(target=self._take, args=part, daemon=True)
            for part in ((self._child.stdout, out), (self._child.stderr, err))
        ]
        for reader in readers:
            reader.start()
        writer = threading.Thread(target=self._give, args=(given,), daemon=True)
        writer.start()
        over = threading.Timer(timeout, self._give_up)
        over.start()
        for reader in readers:
            reader.join(max(0.0, until - time.monotonic()) + GRACE)
        status = self._child.wait()
        over.cancel()
        writer.join(GRACE)
        if self._full.is_set():
            return Outcome(exit=None, stdout="", stderr=f"puts out more than {MOST >> 20} MiB")
        if self._late.is_set() and status == -signal.SIGKILL:
            return Outcome(exit=None, stdout="", stderr=f"no answer within {timeout:g} s")
        return Outcome(
            exit=status,
            stdout=out.decode("utf-8", "replace"),
            stderr=err.decode("utf-8", "replace"),
        )

    def _take(self, pipe: IO[bytes], into: bytearray) -> None:
        # What has left the helper's group may hold its output open for ever, and a thread with it.
        waiting = select.poll()
        waiting.register(pipe.fileno(), select.POLLIN)
        while (left := self._until - time.monotonic()) > 0:
            if not waiting.poll(left * 1000):
                return
            piece = os.read(pipe.fileno(), PIECE)
            if not piece:
                return
            self._room -= len(piece)
            if self._room < 0:
                self._full.set()
                self._kill()
                return
            into += piece

    def _give(self, given: bytes) -> None:
        pipe = self._child.stdin
        with contextlib.suppress(OSError):
            if pipe is not None:
                with pipe:
                    pipe.write(given)

    def _give_up(self) -> None:
        # Said before it is done: its end is looked at as soon as it has come.
        self._late.set()
        self._kill()

    def _kill(self) -> None:
        _kill(self._child)


def _kill(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
