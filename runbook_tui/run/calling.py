"""Who is to be called now and who next, and by when: worked out from events alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from runbook_tui.frozen import frozen
from runbook_tui.run.callees import Callee
from runbook_tui.run.procedures import tick_of
from runbook_tui.run.state import RunState, Tick, goes_on_since


@frozen
class Call:
    """Somebody to call. ``due`` (epoch seconds) is when at the latest; None: no time is set.

    ``needless``: it is not due any more, since everything was taken back before it was.
    ``idle``: its ladder is not in use, since people have begun to call on another one.
    """

    callee: Callee
    due: float | None = None
    ticked: Tick | None = None
    needless: bool = False
    idle: bool = False
    box: str = ""
    """The box whose tick says that they were called: another one's, where they stand twice."""
    over: bool = False
    """Whether everything was taken back: who was to be called by then may still be, and no clock
    counts how late that is."""

    @property
    def open(self) -> bool:
        """Whether it may still have to be made."""
        return self.ticked is None and not self.needless

    def left(self, now: float) -> float | None:
        """Seconds until it is due, 0 or less once it is; None without a time or once over."""
        counts = self.open and not self.over
        return self.due - now if counts and self.due is not None else None

    @property
    def late(self) -> float | None:
        """Seconds by which it was made too late; None where it was not."""
        if self.ticked is None or self.due is None or self.ticked.at <= self.due + GRACE:
            return None
        return self.ticked.at - self.due


GRACE = 60.0
"""Seconds that a call takes to be made once it is due, before it counts as late."""


def counted_from(state: RunState) -> float | None:
    """When the clock of the ladders began: at the rollback, or at the breach before it.

    It goes on while somebody looks at a rollback that would go on with an incomplete one.
    """
    rollback = state.rollback
    if rollback is not None and rollback.started is not None:
        return rollback.since
    since = goes_on_since(state.ended, state.steps)
    return since if since is not None else state.alarm


def calls(state: RunState) -> tuple[Call, ...]:
    """Everybody whom the plan wants to be called, contacts first, then ladder by ladder."""
    since, rollback = counted_from(state), state.rollback
    over = None
    if rollback is not None and rollback.result == "complete":
        over = rollback.finished
    callees = state.outline.beside.calls
    ticks = {id_: tick_of(state, id_) for id_ in callees}
    used = {c.topic for c in callees.values() if c.rung and ticks[c.id] is not None}
    found = []
    for callee in callees.values():
        after = callee.after
        due = None if since is None or after is None else since + after
        box = called_by(callee, callees.values(), ticks)
        ticked = ticks[box]
        needless = ticked is None and due is not None and over is not None and due > over
        idle = bool(callee.rung and used) and callee.topic not in used
        call = Call(callee=callee, due=due, ticked=ticked, needless=needless, idle=idle,
                    box=box, over=over is not None)  # fmt: skip
        found.append(call)
    return tuple(found)


def called_by(callee: Callee, among: Iterable[Callee], ticks: Mapping[str, Tick | None]) -> str:
    """The box with which this person was called; their own where they were not.

    A contact and a rung may be one person. Two rungs are not: each ladder has a matter of its own.
    """
    same = (c.id for c in among if c.person == callee.person and bool(c.rung) != bool(callee.rung))
    return next((id_ for id_ in (callee.id, *same) if ticks[id_] is not None), callee.id)


def overdue(call: Call, now: float) -> bool:
    """Whether it should have been made by now, by those who use its ladder."""
    left = call.left(now)
    return left is not None and left < -GRACE and not call.idle


def pressing(found: Iterable[Call], now: float) -> tuple[Call | None, Call | None]:
    """Who is to be called now, and who next: what is due longest first.

    Where no clock runs, the first who is not called, and who is due first once one does. Next is
    never the same name on another ladder.
    """
    open_ = [call for call in found if call.open and not call.idle]
    timed = sorted((c for c in open_ if c.due is not None), key=lambda c: c.due or 0.0)
    due = [call for call in timed if (call.due or 0.0) <= now]
    untimed = [call for call in open_ if call.due is None]
    first = next(iter((*due, *untimed)), None)
    later = [call for call in timed if (call.due or 0.0) > now] or sorted(
        (c for c in untimed if c.callee.after), key=lambda c: c.callee.after or 0.0
    )
    now_called = first.callee.person if first is not None else ""
    rest = [c for c in (*later, *due, *untimed) if c.callee.person != now_called]
    return first, next(iter(rest), None)
