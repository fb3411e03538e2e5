"""The event of what is announced elsewhere: a silence, an annotation, a change event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from runbook_tui.frozen import frozen
from runbook_tui.run.payload import Payload

OPENED, PROLONGED, CLOSED = "opened", "prolonged", "closed"
BEGUN, DONE, FAILED, LEFT = "begun", "done", "failed", "left"


@frozen
class Announced(Payload):
    """What became of an announcement of the plan, by its id.

    ``deed`` is ``opened``, ``prolonged`` or ``closed``. ``result`` is ``begun`` before anything is
    sent to open it, ``done``, ``failed`` (for ``reason``; it is tried again), or ``left``: somebody
    has taken it away there, and that stands. ``form`` and ``where`` say what it is and on which
    machine; ``ref`` is what it is called there. ``until`` is when it ends by itself, in UTC.
    ``url`` and ``token`` (where it comes from, never what it is) are kept of what has to be
    taken away again: the plan may be another by then. ``plan`` tells what the plan said of it.
    """

    WIRE: ClassVar[str] = "announced"
    announcement: str
    deed: str
    result: str
    form: str
    where: str
    ref: str | None = None
    until: str | None = None
    attempts: int | None = None
    reason: str | None = None
    url: str | None = None
    token: Mapping[str, str] | None = None
    plan: str | None = None
