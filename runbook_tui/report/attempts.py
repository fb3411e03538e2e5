"""What was carried out, as a report says it: attempts, their commands, boxes, kept files.

Times are epoch seconds, lengths are seconds; texts stand in them as they were recorded.
"""

from __future__ import annotations

from runbook_tui.frozen import frozen
from runbook_tui.run.events import Actor


@frozen
class Ran:
    """One command: ``kind`` as in `CommandStarted`, ``outcome`` how it ended, in words.

    ``lines`` are the last of its output, None where that is not kept; ``kept`` says why not.
    """

    seq: int
    step: str
    kind: str
    attempt: int
    text: str
    started: float
    folder: str
    node: str = ""
    ended: float | None = None
    ok: bool = False
    outcome: str = "still running"
    seconds: float | None = None
    bytes: int = 0
    dropped: int = 0
    digest: str = ""
    lines: tuple[str, ...] | None = None
    kept: str = ""


@frozen
class Attempt:
    """One time that a step was begun. ``result``: ``done``, ``failed``, ``stopped``, ``lost``,
    ``waiting``, ``running``; ``undone`` is when it was taken back, None where it was not."""

    number: int
    seq: int
    started: float
    by: Actor
    ended: float | None = None
    result: str = "running"
    reason: str = ""
    out_of_order: bool = False
    undone: float | None = None


@frozen
class Box:
    """A check or criterion: who ticked it last, and whether that still stands.

    ``probe``: nobody did, its probe held; ``by`` is who led then.
    """

    node: str
    title: str
    by: Actor | None = None
    at: float | None = None
    required: bool = True
    standing: bool = False
    probe: bool = False


@frozen
class Evidence:
    """A file that a step named as evidence; ``reason`` is why it was not kept."""

    seq: int
    name: str
    attempt: int
    bytes: int = 0
    digest: str = ""
    reason: str = ""
