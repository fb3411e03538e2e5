"""An event as one line of ``runbook log --json``."""

from __future__ import annotations

from typing import Any

from runbook_tui.run.events import Event
from runbook_tui.run.wire import encode


def as_line(event: Event) -> dict[str, Any]:
    """The fields that scripts rely on, in their order; `data` as it was recorded."""
    who = event.actor
    return {
        "seq": event.seq,
        "id": event.id,
        "run": event.run,
        "type": event.type,
        "at": event.at,
        "actor": {"name": who.name, "email": who.email, "user": who.user, "host": who.host},
        "step": event.step,
        "data": encode(event.payload),
        "hash": event.hash,
        "mono": event.mono,
        "boot": event.boot,
    }
