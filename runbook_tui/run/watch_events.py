"""Events of what is measured: watches, and the probes of boxes that tick themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import ClassVar

from runbook_tui.frozen import frozen
from runbook_tui.run.payload import Payload


@frozen
class WatchBreached(Payload):
    """A watch crossed its threshold: ``limit`` in words, ``samples`` the last values up to it.

    A sample that could not be read is None. ``before_start``: it was so before anything that it
    is about had begun. ``respond_within``: seconds in which somebody is to decide.
    """

    WIRE: ClassVar[str] = "watch.breached"
    watch: str
    value: float | None = None
    limit: str | None = None
    samples: tuple[float | None, ...] | None = None
    severity: str | None = None
    respond_within: float | None = None
    before_start: bool | None = None
    reason: str | None = None


@frozen
class WatchCleared(Payload):
    """A watch is back within its threshold, or can be read again and is within it."""

    WIRE: ClassVar[str] = "watch.cleared"
    watch: str
    value: float | None = None


@frozen
class WatchUnknown(Payload):
    """A watch could not be read so many times in a row, for ``reason``: nobody knows how it is."""

    WIRE: ClassVar[str] = "watch.unknown"
    watch: str
    reason: str
    samples: int = 0


@frozen
class WatchOverridden(Payload):
    """The lead goes on though a watch is breached or unknown, with a reason.

    It counts until the watch is clear: it holds nothing shut, and nothing waits for a decision.
    """

    WIRE: ClassVar[str] = "watch.overridden"
    watch: str
    reason: str


@frozen
class WatchSampled(Payload):
    """Samples since the last such event, by watch: ``[seconds, value, standing]`` each.

    The seconds count from the event, so they are negative; a value that could not be read is
    None; the standing is `run.watching.LETTERS`'. Of many that are alike only some are kept;
    ``taken`` is how many there were.
    """

    WIRE: ClassVar[str] = "watch.sampled"
    samples: Mapping[str, Sequence[Sequence[float | str | None]]] = field(default_factory=dict)
    taken: Mapping[str, int] = field(default_factory=dict)


@frozen
class CheckProbed(Payload):
    """What the probe of a box says now, where that is another than before.

    ``holds`` is None where it could not be asked, for ``reason``.
    """

    WIRE: ClassVar[str] = "check.probed"
    node: str
    holds: bool | None = None
    reason: str = ""
