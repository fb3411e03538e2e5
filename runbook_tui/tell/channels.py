"""The ways out: a command of the person's, an address of the web. Each is tried once, in bounds.

What is told goes to a command by its standard input and environment, never in a shell text, and to
an address as JSON. Nothing that an address answers is kept but its status: it may be anything.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from runbook_tui.frozen import frozen
from runbook_tui.session.ports.runner import Runner
from runbook_tui.tell import apprise_program
from runbook_tui.tell.web import NoAnswer, asked, machine

COMMAND_SECONDS = 10.0
MOST_ANSWER = 4096
MOST_LINE = 200


@frozen
class Message:
    """What is told: an alarm of a run, to whom, on which rung; ``over``: that it has ended.

    ``key`` is the same for all that is about one alarm, ``since`` UTC in ISO 8601.
    """

    run: str
    title: str
    alarm: str
    kind: str
    words: str
    key: str
    since: str = ""
    to: str = ""
    rung: int = 1
    lead: str = ""
    over: bool = False

    @property
    def text(self) -> str:
        """It in one line for a person."""
        to = f"{self.to}: " if self.to else ""
        end = " — it is over" if self.over else ""
        return f"{to}{self.words}{end} (run {self.run}: {self.title})"


class Channel(Protocol):
    """A way to tell people. ``name`` says which, without what is secret in it."""

    name: str
    resolves: bool
    """Whether it is told that an alarm is over, too."""

    def send(self, message: Message) -> str:
        """Tell it; why that did not work, empty where it did. May take seconds; never raises."""


class CommandChannel:
    """A command that finds the text on its standard input and the facts in its environment."""

    resolves = False

    def __init__(
        self, command: str, runner: Runner, folder: str, environment: Mapping[str, str], name: str
    ) -> None:
        self.name = name
        self._command = command
        self._runner = runner
        self._folder = folder
        self._environment = environment

    def send(self, message: Message) -> str:
        """Run it to its end."""
        facts = {
            "RUNBOOK_RUN": message.run, "RUNBOOK_TITLE": message.title,
            "RUNBOOK_ALARM": message.alarm, "RUNBOOK_KIND": message.kind,
            "RUNBOOK_TO": message.to, "RUNBOOK_RUNG": str(message.rung),
            "RUNBOOK_TEXT": message.text,
        }  # fmt: skip
        outcome = self._runner.run(
            ["sh", "-c", self._command], cwd=self._folder or None,
            environment={**self._environment, **facts}, stdin=message.text + "\n",
            timeout=COMMAND_SECONDS,
        )  # fmt: skip
        if outcome.exit == 0:
            return ""
        if outcome.exit is None:
            return outcome.stderr[:MOST_LINE] or "it could not be run"
        return f"it ended with exit status {outcome.exit}"


APPRISE_SECONDS = 20.0
WHY = {
    apprise_program.MISSING: "it needs the extra “notify”: pip install 'runbook-tui[notify]'",
    apprise_program.UNKNOWN: "its address is none that Apprise knows",
    apprise_program.FAILED: "the service did not take it",
}


class AppriseChannel:
    """An address of Apprise, which is a secret as a whole: chats, mail, pagers and whatever else.

    A program of its own sends it (`apprise_program`); of what that says only how it ended is kept.
    """

    resolves = True

    def __init__(
        self,
        name: str,
        url: Callable[[], str | None],
        runner: Runner,
        environment: Mapping[str, str],
    ) -> None:
        self.name = f"apprise {name}"
        self._url = url
        self._runner = runner
        self._environment = environment

    def send(self, message: Message) -> str:
        """Send it, within its time."""
        url = self._url()
        if not url:
            return "its address is not known here"
        said = {
            "url": url.strip(), "key": message.key, "kind": message.kind, "over": message.over,
            "text": message.text, "title": f"Runbook: {message.title}",
        }  # fmt: skip
        outcome = self._runner.run(
            [sys.executable, "-P", "-m", apprise_program.__name__],
            environment=self._environment, stdin=json.dumps(said), timeout=APPRISE_SECONDS,
        )  # fmt: skip
        if outcome.exit == apprise_program.SENT:
            return ""
        if outcome.exit is None:
            return f"no answer within {APPRISE_SECONDS:g} s"
        return WHY.get(outcome.exit, f"its program ended with exit status {outcome.exit}")


class WebChannel:
    """An address that takes JSON by POST; it is never followed anywhere else."""

    def __init__(self, url: str, form: str, key: Callable[[], str | None]) -> None:
        self._url = url
        self._form = form
        self._key = key
        self.name = f"{'webhook' if form == 'generic' else form} {machine(url)}"
        self.resolves = form == "pagerduty"

    def send(self, message: Message) -> str:
        """Post it within its time, whatever the other side does."""
        body = generic(message)
        if self._form == "pagerduty":
            key = self._key()
            if not key:
                return "its routing key is not known here"
            body = pagerduty(message, key)
        try:
            status = asked(self._url, body=body, most=MOST_ANSWER).status
        except NoAnswer as wrong:
            return str(wrong)
        return "" if 200 <= status < 300 else f"it answered {status}"


def generic(message: Message) -> dict[str, Any]:
    """The JSON that any address gets."""
    return {
        "source": "runbook", "event": "resolved" if message.over else "alarm",
        "run": message.run, "title": message.title, "alarm": message.alarm, "kind": message.kind,
        "text": message.text, "to": message.to, "rung": message.rung, "lead": message.lead,
        "since": message.since, "dedup_key": message.key,
    }  # fmt: skip


SEVERITIES = {"overrun": "warning", "gate": "error", "stage": "critical", "breach": "critical"}


def pagerduty(message: Message, key: str) -> dict[str, Any]:
    """An event of PagerDuty's second version: one incident for an alarm, whatever the rung."""
    event: dict[str, Any] = {
        "routing_key": key, "dedup_key": message.key,
        "event_action": "resolve" if message.over else "trigger",
    }  # fmt: skip
    if not message.over:
        event["payload"] = {
            "summary": message.text[:1024], "source": "runbook",
            "severity": SEVERITIES.get(message.kind, "error"), "component": message.title,
            "timestamp": message.since,
            "custom_details": {"run": message.run, "to": message.to, "rung": message.rung,
                               "lead": message.lead},
        }  # fmt: skip
    return event
