"""A watch as it is shown: from what is measured here, else from what the run's events say."""

from __future__ import annotations

from collections.abc import Mapping

from runbook_tui.book.model import Watch
from runbook_tui.book.plain_text import printable
from runbook_tui.frozen import frozen
from runbook_tui.run.state import RunState
from runbook_tui.run.watch_scope import mattering
from runbook_tui.run.watched import NEVER, Point, Watched
from runbook_tui.run.watching import Standing, counted, number
from runbook_tui.session.measuring import Measured
from runbook_tui.tui.views.tone import Part

LONGEST = 60
GLYPHS: Mapping[Standing, Part] = {
    Standing.GOOD: ("●", "good"),
    Standing.UNSURE: ("◇", "warn"),
    Standing.UNKNOWN: ("?", "warn"),
    Standing.BREACHED: ("!", "bad"),
    Standing.UNMEASURED: ("○", "dim"),
}
WORST = (Standing.BREACHED, Standing.UNKNOWN, Standing.UNSURE, Standing.UNMEASURED, Standing.GOOD)
SEVERITIES = ("critical", "high", "medium", "low")


@frozen
class Gauge:
    """One watch now. ``age`` is how many seconds old its last sample is; ``live``: it is measured
    now, by whoever leads."""

    watch: Watch
    standing: Standing
    recorded: Watched
    value: float | None = None
    trouble: str = ""
    counts: str = ""
    since: float | None = None
    age: float | None = None
    every: float | None = None
    points: tuple[Point, ...] = ()
    live: bool = True

    @property
    def title(self) -> str:
        """Its title, safe to show."""
        return printable(self.watch.title, LONGEST)

    @property
    def number(self) -> str:
        """Its value with its unit, as it was last."""
        return number(self.value, printable(self.watch.unit, 20))

    @property
    def word(self) -> str:
        """How it stands, in words: never by its colour alone."""
        if self.standing is Standing.BREACHED:
            word = "BREACHED"
            if self.recorded.before_start:
                word += ", red before the start"
        else:
            word = str(self.standing)
        if not self.live:
            word += ", not measured now"
        return f"{word} ({self.counts})" if self.counts else word

    @property
    def tone(self) -> str:
        """The tone of its word."""
        return GLYPHS[self.standing][1]


def gauges(state: RunState, measured: Mapping[str, Measured], now: float) -> list[Gauge]:
    """Every watch of the plan, in its order; ``now`` on the run's scale."""
    mattering_ = {watch.id for watch in mattering(state)}
    return [_gauge(state, w, measured.get(w.id), now, live=w.id in mattering_)
            for w in state.runbook.watches]  # fmt: skip


def _gauge(
    state: RunState, watch: Watch, here: Measured | None, now: float, *, live: bool
) -> Gauge:
    recorded = state.watches.get(watch.id, NEVER)
    if here is None:
        last = recorded.points[-1] if recorded.points else None
        return Gauge(
            watch=watch, standing=recorded.standing, recorded=recorded, value=recorded.value,
            trouble=recorded.reason, since=recorded.since, points=recorded.points,
            age=None if last is None else max(0.0, now - last.at), live=live,
        )  # fmt: skip
    track = here.track
    read = next((s.value for s in reversed(track.recent) if s.value is not None), recorded.value)
    return Gauge(
        watch=watch,
        standing=track.standing,
        recorded=recorded,
        value=read,
        trouble=track.last.trouble if track.last is not None else recorded.reason,
        counts=counted(watch, track),
        since=recorded.since if recorded.breached else track.since,
        age=here.age,
        every=here.every,
        points=here.points,
        live=live,
    )


def by_urgency(found: list[Gauge]) -> list[Gauge]:
    """The worst first: by how they stand, then by their severity."""
    weight = {name: place for place, name in enumerate(SEVERITIES)}
    return sorted(
        found,
        key=lambda g: (bool(g.recorded.overridden), WORST.index(g.standing),
                       weight.get(g.watch.severity.casefold(), 1)),
    )  # fmt: skip
