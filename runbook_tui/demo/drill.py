"""One round of a drill: a real run in a fresh sandbox, a failure, the real rollback, and a clock.

The application runs as a process of its own, so that it can be killed like any other; what it
brings back is looked at from outside: the remote's main, and what the service answers.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from runbook_tui import wiring
from runbook_tui.command.runner import HelperRunner
from runbook_tui.demo import story
from runbook_tui.demo.failures import (
    DEPLOYS,
    KINDS,
    SERVICE,
    STEPS,
    Failure,
    NotBroken,
    Trap,
    wait,
)
from runbook_tui.demo.sandbox import Sandbox, make_sandbox, tree_of
from runbook_tui.frozen import frozen

REACHES = 120.0
"""Seconds in which the step has to be reached."""
BACK = 120.0
"""Seconds in which the rollback has to end."""
WELL = 10.0
"""Seconds after it in which the service has to be well."""
COMPLETE = 5
WAITING = 7


@frozen
class Round:
    """How a round ended. ``seconds``: from the failure to a healthy service and an old main.

    ``status`` is the rollback's; ``wrong`` what is not as it was, empty where all is.
    """

    failure: Failure
    seconds: float = 0.0
    status: int = -1
    wrong: tuple[str, ...] = ()

    @property
    def healthy(self) -> bool:
        """Whether the service is well and the remote holds what it held."""
        return not self.wrong

    @property
    def complete(self) -> bool:
        """Whether the rollback itself says that everything is taken back."""
        return self.status == COMPLETE


def chosen(rng: random.Random) -> Failure:
    """A failure and a step, left to chance."""
    kind = rng.choice(KINDS)
    steps = DEPLOYS if kind == SERVICE else STEPS
    return Failure(kind=kind, step=rng.choice(sorted(steps)))


def play(folder: Path, failure: Failure) -> Round:
    """A round in an empty folder. Raises `SandboxFailed` and `ServiceFailed`."""
    runner = HelperRunner()
    commands = wiring.commands()
    sandbox = make_sandbox(folder, runner)
    service = story.start_service(folder, commands)
    try:
        return _Round(sandbox, service.url, failure, runner).play()
    finally:
        service.stop(commands)


class Steward:
    """Knows what a sandbox was like when it was made, and says what is not like that."""

    def __init__(self, sandbox: Sandbox, url: str, runner: HelperRunner) -> None:
        self._sandbox = sandbox
        self._url = url
        self._runner = runner
        self._tree = tree_of(sandbox, runner)
        self._live = self._deployed()

    def wrong(self, patience: float = WELL) -> tuple[str, ...]:
        """What is not as it was; the service has ``patience`` seconds to be well."""
        found = []
        if not wait(lambda: story.healthy(self._url), patience):
            code, text = story.health(self._url)
            found.append(f"the service answers {code}: {text}")
        if tree_of(self._sandbox, self._runner) != self._tree:
            found.append("main does not hold what it held")
        if (live := self._deployed()) != self._live:
            found.append(f"deployment {live} is live, not {self._live}")
        return tuple(found)

    def _deployed(self) -> str:
        return (self._sandbox.deployed / "current").resolve().name


class _Round:
    def __init__(self, sandbox: Sandbox, url: str, failure: Failure, runner: HelperRunner) -> None:
        self._sandbox = sandbox
        self._url = url
        self._failure = failure
        self._steward = Steward(sandbox, url, runner)
        self._home = sandbox.folder / "home"
        self._trap = Trap(failure, sandbox.work, self._home)
        self._output = sandbox.folder / "output"
        self._started: list[subprocess.Popen[bytes]] = []

    def play(self) -> Round:
        """Ship until the failure, then bring it back."""
        try:
            return self._back(self._ship())
        except NotBroken as error:
            return Round(failure=self._failure, wrong=(f"the failure did not come: {error}",))
        finally:
            for process in self._started:
                if process.poll() is None:
                    process.kill()
                process.wait()

    def _back(self, failed_at: float) -> Round:
        status = self._roll_back()
        wrong = self._steward.wrong()
        seconds = time.monotonic() - failed_at
        return Round(failure=self._failure, seconds=seconds, status=status, wrong=wrong)

    # -- forth ---

    def _ship(self) -> float:
        """Run the plan until its failure; returns when that was (monotonic)."""
        plan = next(p / story.PLAN for p in wiring.shipped_plans() if (p / story.PLAN).exists())
        words = ["run", str(plan), "--no-tui", "--yes", "-p", f"service={self._url}",
                 "--cwd", str(self._sandbox.work)]  # fmt: skip
        while True:
            application = self._start(words)
            if self._reached(application):
                return self._failed(application)
            if application.poll() != WAITING:
                raise NotBroken(f"the run ended with {application.poll()} before it")
            self._sign()
            words = ["resume", self._run, "--no-tui", "--yes"]

    def _reached(self, application: subprocess.Popen[bytes]) -> bool:
        wait(lambda: self._trap.acted or application.poll() is not None, REACHES)
        return self._trap.acted

    def _failed(self, application: subprocess.Popen[bytes]) -> float:
        at = self._trap.spring(application.pid)
        if self._failure.kind == SERVICE:
            if not wait(lambda: not story.healthy(self._url), REACHES):
                raise NotBroken("the service stays healthy")
            return time.monotonic()
        return at

    def _sign(self) -> None:
        who = {"RUNBOOK_AS": story.APPROVER.identity}
        signed = self._start(["sign", self._run, "core", "--role", story.APPROVER_ROLE], who)
        if signed.wait(REACHES) != 0:
            raise NotBroken("nobody could sign the gate")

    @property
    def _run(self) -> str:
        return next((self._home / "runs").iterdir()).name

    # -- and back ---

    def _roll_back(self) -> int:
        """The rollback that a person starts from another terminal; its exit status."""
        back = self._start(["rollback", self._run, "--yes", "--scope", "run"])
        try:
            return back.wait(BACK)
        except subprocess.TimeoutExpired:
            back.kill()
            return -1

    def _start(self, words: list[str], more: Mapping[str, str] = {}) -> subprocess.Popen[bytes]:
        environment = {
            **self._trap.environment(os.environ), "RUNBOOK_HOME": str(self._home),
            "RUNBOOK_AS": story.LEAD.identity, "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1", **more,
        }  # fmt: skip
        with self._output.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "runbook_tui", *words], cwd=self._sandbox.folder,
                env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip
        self._started.append(process)
        return process
