"""What was seen of the plan's pull requests, as it is recorded."""

from __future__ import annotations

from typing import ClassVar

from runbook_tui.frozen import frozen
from runbook_tui.run.payload import Payload


@frozen
class PullSeen(Payload):
    """How a pull request stands now, where that is another way than before.

    ``state`` is ``open``, ``closed`` or ``merged``; ``mergeable`` ``yes``, ``no`` (it conflicts) or
    empty where that is not known; ``checks`` ``passed``, ``failed``, ``pending`` or ``none``, and
    ``failing`` names those that failed. ``approved`` and ``against`` are logins whose last word on
    this head is that.
    """

    WIRE: ClassVar[str] = "pull.seen"
    number: int
    head: str
    base: str = ""
    state: str = "open"
    mergeable: str = ""
    checks: str = "none"
    failing: tuple[str, ...] = ()
    approved: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    merged_by: str = ""
    draft: bool = False


@frozen
class PullMoved(Payload):
    """Its head is another one since: what people in ``voids`` have signed of it counts no more."""

    WIRE: ClassVar[str] = "pull.moved"
    number: int
    was: str
    head: str
    voids: tuple[str, ...] = ()
