"""Which watches matter now, and how often they are sampled."""

from __future__ import annotations

from collections.abc import Iterator

from runbook_tui.book.model import Check, Phase, Watch
from runbook_tui.run.finishing import only_holds, probed_by
from runbook_tui.run.nodes import Kind
from runbook_tui.run.once import of_parts
from runbook_tui.run.order import closed
from runbook_tui.run.state import BROKEN, RunState, Status
from runbook_tui.run.upcoming import next_open

DEFAULT = 30.0
"""Seconds between two samples where neither the watch nor its phase says."""

FASTEST = 0.05
"""Seconds between two samples at least: what asks more often is a load, no measurement."""


def goes_on(state: RunState) -> bool:
    """Whether anything of the run is measured: it has begun, is not over, and is no rehearsal."""
    return state.begun is not None and state.finished is None and not state.rehearsal


def mattering(state: RunState) -> tuple[Watch, ...]:
    """The watches that are sampled now; one that is breached is, until it is clear again."""
    if not state.runbook.watches or not goes_on(state):
        return ()
    open_ = open_phases(state)
    return tuple(w for w in state.runbook.watches
                 if w.id in state.breached or _matters(state, w, open_))  # fmt: skip


def _matters(state: RunState, watch: Watch, open_: frozenset[str]) -> bool:
    if not watch.applies_to:
        return True
    return any(_is_open(state, id_, open_) for id_ in watch.applies_to if id_ in state.outline)


def _is_open(state: RunState, id_: str, open_: frozenset[str]) -> bool:
    node = state.outline[id_]
    if node.kind is Kind.PHASE:
        return id_ in open_
    if node.phase not in open_ or not begun(state, id_):
        return False
    if node.kind is Kind.CHANGE:
        return not closed(state, id_)
    return state.step(id_).status in {*BROKEN, Status.RUNNING, Status.WAITING, Status.UNDOING}


def open_phases(state: RunState) -> frozenset[str]:
    """Ids of the phases that are not closed and whose turn has come, their gate aside."""
    found = set()
    here = next_open(state) if state.outline.advised else None
    for phase in state.runbook.phases:
        if closed(state, phase.id):
            continue
        if state.outline.advised:
            its = here is not None and state.outline[here].phase == phase.id
        else:
            needs = (n for n in state.outline[phase.id].needs if n in state.outline)
            its = all(closed(state, n) for n in needs if n not in state.outline.steps)
        if its or begun(state, phase.id):
            found.add(phase.id)
    return frozenset(found)


@of_parts("outline", "steps")
def begun(state: RunState, id_: str) -> bool:
    """Whether any step in a node was started and not taken back; in the run with ``""``."""
    return any(state.step(step.id).touched for step in state.outline.steps_inside(id_))


def begun_for(state: RunState, watch: Watch) -> bool:
    """Whether anything has begun that a watch is about."""
    names = [name for name in watch.applies_to if name in state.outline] or [""]
    return any(begun(state, name) for name in names)


def cadence(state: RunState, watch: Watch) -> float:
    """Seconds between two samples: the watch's own, else the least of its open phases'."""
    if watch.every is not None:
        return max(watch.every, FASTEST)
    return _of_phases(state, {state.outline[i].phase for i in watch.applies_to
                              if i in state.outline})  # fmt: skip


def _of_phases(state: RunState, phases: set[str]) -> float:
    open_ = open_phases(state)
    named = (p for p in state.runbook.phases if p.id in open_ and (not phases or p.id in phases))
    found = min((p.cadence for p in named if p.cadence is not None), default=DEFAULT)
    return max(found, FASTEST)


# -- boxes that tick themselves --------------------------------------------------------------------


MOST = 200
"""Checks of done steps that are asked again and again at most, those of the last steps."""
LIMIT = 10.0
"""Seconds that an answer may take at most, where the plan does not say; of a watch never longer
than a cadence, so that what is shown is of the present."""
PATIENCE = 3.0
"""So many times as long as at first the answer of a check may take where that is longer."""
SELDOM = 10.0
"""So many times as long as its first answer took lies between two at least: long tests that are
run again and again must not be a load."""
WORKED = frozenset({Status.DONE, Status.WAITING})
APART = 0.5
"""Seconds between two of their commands, on the whole: what many ask must not be a load."""


def looping(state: RunState) -> Iterator[tuple[Check, float]]:
    """Boxes with a probe that is asked again and again now, and every how many seconds.

    Criteria whose phase is open; those of a change once it has begun; checks of steps whose own
    work is done, on this machine, in an open phase: their first answer was the end of that.
    """
    if not state.outline.probed or not goes_on(state):
        return
    open_ = open_phases(state)
    checks: list[tuple[Check, float]] = []
    for phase in state.runbook.phases:
        if phase.id in open_:
            often = phase.cadence or DEFAULT
            yield from ((check, often) for check in _criteria(state, phase))
            checks += ((check, often) for check in _checks(state, phase))
    # What a step waits for is asked whatever came behind it.
    checks.sort(key=lambda one: state.step(state.outline[one[0].id].owner).status is Status.WAITING)
    slow = APART * min(len(checks), MOST)
    yield from ((check, max(often, slow, SELDOM * took(state, check)))
                for check, often in checks[-MOST:])  # fmt: skip
    if any(check.probe for check in state.runbook.criteria):
        often = _of_phases(state, set())
        yield from ((check, often) for check in state.runbook.criteria if check.probe)


def _worked(state: RunState, step: str) -> bool:
    """Whether a step's own work is done; one that holds others has none beside theirs."""
    status = state.step(step).status
    if status is Status.PENDING and state.outline.is_group(step):
        return begun(state, step) and only_holds(state, step)
    return status in WORKED


def took(state: RunState, check: Check) -> float:
    """Seconds that a check's probe took when its step ended; 0 where it was not asked then."""
    owner = state.outline[check.id].owner
    probe = probed_by(state, owner, check.id) if owner in state.outline.steps else None
    return probe.seconds if probe is not None else 0.0


def patience(state: RunState, check: Check) -> float:
    """Seconds that an answer of a box may take: what took long at first may do so again."""
    return max(LIMIT, PATIENCE * took(state, check))


def _criteria(state: RunState, phase: Phase) -> Iterator[Check]:
    yield from (c for c in phase.criteria if c.probe)
    for change in phase.changes:
        if any(c.probe for c in change.criteria) and begun(state, change.id):
            yield from (c for c in change.criteria if c.probe)


def _checks(state: RunState, phase: Phase) -> Iterator[Check]:
    for step in phase.walk():
        if step.checks and not step.hosts and _worked(state, step.id):
            yield from (c for c in step.checks if c.probe)
