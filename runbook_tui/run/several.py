"""A step on several machines: how it stands on them, and on which it begins next. Pure.

Nothing is recorded of the step itself until it is done: how it stands is how it stands on each.
"""

from __future__ import annotations

from runbook_tui.book.model import Step
from runbook_tui.book.spreading import is_spread
from runbook_tui.frozen import frozen
from runbook_tui.run.order import blockers
from runbook_tui.run.state import BROKEN, OVER, RunState, Status

UNDER_WAY = frozenset({Status.RUNNING, Status.WAITING, Status.UNDOING})


@frozen
class Progress:
    """Ids of the steps of the single machines, by how they stand, in the order of the plan."""

    over: tuple[str, ...] = ()
    under_way: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    """Those of the broken ones of which nobody knows what they did."""
    waiting: tuple[str, ...] = ()
    """Those under way whose command has ended, and whose boxes are open."""
    stopped: tuple[str, ...] = ()
    """Those of the broken ones that a person has stopped."""
    allowed: int = 0
    """How many may be broken before it is begun on no further machine."""

    @property
    def halted(self) -> bool:
        """Whether it is begun on no further machine by itself."""
        return bool(self.stopped) or len(self.broken) > self.allowed

    @property
    def words(self) -> str:
        """“2 of 4 done, 1 runs, 1 failed, 1 lost”."""
        many = len(self.over) + len(self.under_way) + len(self.broken) + len(self.open)
        failed = len(self.broken) - len(self.lost) - len(self.stopped)
        parts = (
            (len(self.under_way) - len(self.waiting), "running"), (len(self.waiting), "waiting"),
            (failed, "failed"), (len(self.lost), "lost"),
            (len(self.stopped), "stopped"),
        )  # fmt: skip
        said = [f"{number} {word}" for number, word in parts if number]
        return ", ".join([f"{len(self.over)} of {many} done", *said])


def standing(state: RunState, step: Step) -> Progress:
    """How a step stands on its machines."""

    def those(among: frozenset[Status]) -> tuple[str, ...]:
        return tuple(s.id for s in step.steps if state.step(s.id).status in among)

    return Progress(
        over=those(OVER),
        under_way=those(UNDER_WAY),
        broken=those(BROKEN),
        open=those(frozenset({Status.PENDING})),
        waiting=those(frozenset({Status.WAITING})),
        lost=those(frozenset({Status.LOST})),
        stopped=those(frozenset({Status.STOPPED})),
        allowed=step.max_failures,
    )


def status_of(state: RunState, id_: str) -> Status:
    """The status of a step; `READY` where a pending one could be started now.

    That of a step on several machines is what its machines make of it.
    """
    status = state.step(id_).status
    step = state.outline.steps[id_]
    if status is Status.PENDING and is_spread(step):
        status = _together(standing(state, step))
    if status is Status.PENDING and not blockers(state, id_):
        return Status.READY
    return status


def _together(found: Progress) -> Status:
    if found.under_way:
        waits = len(found.waiting) == len(found.under_way)
        return Status.WAITING if waits else Status.RUNNING
    if found.over and not (found.open or found.broken):
        return Status.WAITING
    if not found.halted and (found.open or not found.broken):
        return Status.PENDING
    if found.stopped:
        return Status.STOPPED
    return Status.LOST if len(found.lost) == len(found.broken) else Status.FAILED


def to_begin(state: RunState, step: Step) -> tuple[str, ...]:
    """Where a person begins it: what is broken is tried again, and the next ones with it."""
    found = standing(state, step)
    wanted = [s.id for s in step.steps if s.id in {*found.broken, *found.open}]
    return tuple(wanted[: step.batch]) if not found.under_way else ()


def next_ones(state: RunState, step: Step) -> tuple[str, ...]:
    """Where it goes on by itself once the machines before have ended; empty where it does not."""
    found = standing(state, step)
    if found.under_way or found.halted:
        return ()
    return found.open[: step.batch]
