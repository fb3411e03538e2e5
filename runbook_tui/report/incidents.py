"""What did not go by the plan, as a report says it: overrides, alarms, rollbacks, remarks.

Times are epoch seconds, lengths are seconds; texts stand in them as they were recorded.
"""

from __future__ import annotations

from runbook_tui.frozen import frozen
from runbook_tui.report.attempts import Box, Ran
from runbook_tui.run.events import Actor


@frozen
class Override:
    """Something that was done against what the plan requires, and why."""

    seq: int
    at: float
    what: str
    reason: str
    by: Actor


@frozen
class Alarm:
    """A watch beyond its threshold; ``cleared`` is None where it stayed there."""

    watch: str
    title: str
    severity: str
    limit: str
    began: float
    value: float | None = None
    cleared: float | None = None
    remark: str = ""
    """What else is to be known of it: that nobody could read it, that it was so before the start,
    who went on all the same."""


@frozen
class Plotted:
    """What a watch was in the run: ``points`` are when, what, and how it stood (`watching`'s
    words); ``bounds`` the values beyond which it is breached, ``limit`` the same in words."""

    title: str
    unit: str
    limit: str
    bounds: tuple[float, ...]
    points: tuple[tuple[float, float | None, str], ...]


@frozen
class Trigger:
    """What a rollback was opened for. ``kind``: ``failure``, ``breach``, ``rejection``, ``probe``,
    or ``person`` where nothing that was recorded stood open."""

    kind: str
    at: float
    words: str
    also: tuple[str, ...] = ()


@frozen
class Undone:
    """One undo of a rollback. ``result`` as in `UndoFinished`, or ``not begun``, ``running``."""

    step: str
    title: str
    result: str = "not begun"
    reason: str = ""
    attempts: int = 0
    started: float | None = None
    ended: float | None = None
    seconds: float | None = None
    edits: tuple[str, ...] = ()
    commands: tuple[Ran, ...] = ()


@frozen
class Rollback:
    """One rollback. ``decision`` is from its trigger to its start, ``restored`` from its start to
    its end, ``away`` from its trigger to its end. ``result``: ``complete``, ``incomplete``,
    ``stopped`` or ``running``; ``entered_later`` counts events whose times are those of their
    entry. ``watch`` is the title of the one that started it by itself, while ``by`` led."""

    seq: int
    scope: str
    by: Actor
    trigger: Trigger
    opened: float
    started: float
    ended: float | None = None
    result: str = "running"
    seconds: float | None = None
    budget: float | None = None
    past_floor: bool = False
    watch: str = ""
    undos: tuple[Undone, ...] = ()
    remaining: tuple[str, ...] = ()
    entered_later: int = 0
    boxes: tuple[Box, ...] = ()
    """What the plan's procedures ask for beside it, and who did that."""
    offered: tuple[Ran, ...] = ()
    """Commands that the plan offers for it and that a person ran."""

    @property
    def decision(self) -> float:
        """Seconds from what it was opened for to its start."""
        return max(0.0, self.started - self.trigger.at)

    @property
    def restored(self) -> float | None:
        """Seconds from its start to its end."""
        return self.seconds if self.ended is not None else None

    @property
    def away(self) -> float | None:
        """Seconds from what it was opened for to its end."""
        return None if self.restored is None else self.decision + self.restored


@frozen
class Remark:
    """A note that somebody wrote; ``title`` is empty where it is about the run."""

    at: float
    by: Actor
    title: str
    text: str


@frozen
class Telling:
    """Somebody was told ``at`` (epoch seconds), or could not be; or somebody sees to an alarm.

    ``who`` stands on rung ``rung`` of the ladder (0: it was told that it is over), ``channel`` is
    empty where a person acknowledged it. ``good``: it went well.
    """

    at: float
    alarm: str
    who: str
    result: str
    rung: int = 0
    channel: str = ""
    good: bool = True
