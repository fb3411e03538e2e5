"""Where the commands ran and what they got, those that got the same together."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterable, Sequence

from runbook_tui.report.model import Environment
from runbook_tui.run.events import CommandStarted, Event
from runbook_tui.run.sources import ENV, inherited

MOST = 50
"""Environments that are told; a step's own is rarely another."""
DIGITS = 12


def environments(events: Iterable[Event]) -> tuple[Environment, ...]:
    """What the commands got, in the order in which it was first given; `MOST` of them."""
    found: dict[Environment, int] = {}
    for event in events:
        if isinstance(event.payload, CommandStarted):
            one = _environment(event.payload)
            found[one] = found.get(one, 0) + 1
    return tuple(
        Environment(
            commands=count, host=e.host, folder=e.folder, shell=e.shell, plan=e.plan,
            withheld=e.withheld, inherited=e.inherited, digest=e.digest,
        )
        for e, count in list(found.items())[:MOST]
    )  # fmt: skip


def _environment(started: CommandStarted) -> Environment:
    names = inherited(started.environment, started.sources)
    return Environment(
        host=started.host,
        folder=started.cwd,
        shell=shlex.join(started.shell),
        plan=tuple(sorted(name for name, source in started.sources.items() if source == ENV)),
        withheld=tuple(n for n in started.withheld if n not in started.sources),
        inherited=len(names),
        digest=_digest([f"{name}={started.environment[name]}" for name in names]),
    )


def _digest(lines: Sequence[str]) -> str:
    """Which variables were inherited, in a few digits; none of them tells a value."""
    if not lines:
        return ""
    text = "\0".join(lines)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:DIGITS]
