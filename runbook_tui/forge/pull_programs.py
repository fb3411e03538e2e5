"""Port `Pulls`: programs of their own that ask GitHub and git."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from runbook_tui.run.pull_events import PullSeen
from runbook_tui.run.wire import decode
from runbook_tui.session.ports.pulls import Outlook

PROGRAM = (sys.executable, "-P", "-m")
PATIENCE = 120.0
"""Seconds that an outlook may take."""


class PullPrograms:
    """Port `Pulls`; ``environment`` is what the programs get."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = False

    def watch(self, repo: str, numbers: Sequence[int], every: float) -> None:
        """Begin to look at them, every so many seconds."""
        self.stop()
        child = subprocess.Popen(
            [*PROGRAM, "runbook_tui.forge", "github.watch"], env=self._environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
            start_new_session=True,
        )  # fmt: skip
        assert child.stdin is not None
        child.stdin.write(
            json.dumps({"repo": repo, "numbers": list(numbers), "every": every}).encode() + b"\n"
        )
        # Whoever says “look” may not wait for it to be read.
        os.set_blocking(child.stdin.fileno(), False)
        self._child = child
        if self._closed:
            self.stop()

    def next(self) -> PullSeen | str | None:
        """Wait for what has changed."""
        child = self._child
        if child is None or child.stdout is None or child.stdout.closed:
            return None
        line = child.stdout.readline()
        if not line.endswith(b"\n"):
            child.stdout.close()
            return None
        told: dict[str, Any] = json.loads(line)
        if "trouble" in told:
            return str(told["trouble"])
        seen = decode(PullSeen.WIRE, told)
        return seen if isinstance(seen, PullSeen) else None

    def look(self) -> None:
        """Look now; never waits."""
        child = self._child
        if child is not None and child.stdin is not None:
            with contextlib.suppress(OSError, ValueError):
                child.stdin.write(b"look\n")

    def close(self) -> None:
        """Look no more."""
        self._closed = True
        self.stop()

    def stop(self) -> None:
        """End what looks now."""
        child = self._child
        if child is not None:
            child.kill()
            child.wait()
            if child.stdin is not None:
                child.stdin.close()

    def outlook(
        self,
        folder: str,
        base: str,
        sequence: Sequence[tuple[str, str]],
        remote: str = "",
        fetch: Sequence[str] = (),
    ) -> tuple[Outlook, ...]:
        """What merging a sequence runs into; empty where it cannot be said."""
        asked = {"folder": folder, "base": base, "sequence": [list(one) for one in sequence],
                 "remote": remote, "fetch": list(fetch)}  # fmt: skip
        try:
            done = subprocess.run(
                [*PROGRAM, "runbook_tui.forge.conflicts"], input=json.dumps(asked), text=True,
                env=self._environment, capture_output=True, timeout=PATIENCE, check=False,
                start_new_session=True,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return ()
        if done.returncode:
            return ()
        return tuple(
            Outlook(
                name=one["name"],
                conflicts=tuple(one["conflicts"]),
                makes={name: tuple(files) for name, files in one["makes"].items()},
                unknown=one["unknown"],
            )
            for one in json.loads(done.stdout)
        )
