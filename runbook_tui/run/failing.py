"""What follows from an undo that failed: what must not be tried now, and what waits for a person.

Only ``needs`` that are written in the plan make one undo depend on another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from runbook_tui.run.hands import along_with
from runbook_tui.run.state import CommandRecord, RunState, StepState

GOOD = frozenset({"done", "taken back", "rehearsed"})
"""Results after which nothing of a step is there any more."""
IN_THE_WAY = frozenset({"failed", "stays", "not tried"})
"""Results after which a step is still there that others were needed for."""
UNDO_KINDS = frozenset({"undo", "verify_undo"})
ACTING = frozenset({"before", "run"})
"""Kinds of commands after which what was taken back before may be there again."""


def on_failure(state: RunState, id_: str) -> str:
    """What the plan wants when the undo of a step fails: ``ask``, ``continue`` or ``stop``."""
    step = state.outline.steps.get(id_)
    return (step.on_failure if step is not None else None) or "ask"


def asks(state: RunState, id_: str) -> bool:
    """Whether an undo has failed and a person may say what becomes of it."""
    rollback = state.rollback
    if rollback is None or not rollback.active or rollback.results.get(id_) != "failed":
        return False
    return on_failure(state, id_) == "ask"


def unanswered(state: RunState) -> tuple[str, ...]:
    """Ids of the steps whose undo has failed, and that the rollback waits for, in its order."""
    rollback = state.rollback
    if rollback is None or stopped_by(state):
        return ()
    return tuple(id_ for id_ in rollback.steps if asks(state, id_))


def stopped_by(state: RunState) -> str:
    """The step whose failed undo lets no other begin; empty where there is none."""
    rollback = state.rollback
    results = rollback.results if rollback is not None else {}
    return next(
        (id_ for id_, r in results.items() if r == "failed" and on_failure(state, id_) == "stop"),
        "",
    )


def needed_by(state: RunState, ids: Iterable[str]) -> Callable[[str], list[str]]:
    """A function that tells which of these steps need a given one, by what the plan has written.

    A need of a step around one of them is its own; one that names what holds the given step
    means that step, too.
    """
    outline = state.outline
    wanting: dict[str, list[str]] = {}
    for id_ in ids if outline.needy else ():
        parts = (id_, *along_with(outline, state.steps, id_)) if id_ in outline.steps else ()
        around = {holder for part in parts for holder in outline.holders(part)}
        for holder in around & outline.steps.keys():
            for need in outline.steps[holder].needs or ():
                wanting.setdefault(need, []).append(id_)

    if not wanting:
        return lambda id_: []

    def found(id_: str) -> list[str]:
        parts = [id_, *along_with(outline, state.steps, id_)] if id_ in outline.steps else [id_]
        names = dict.fromkeys(name for part in parts for name in outline.holders(part))
        others = {
            other: None
            for name in names
            for other in wanting.get(name, ())
            # What holds both of them is around the other one, not before it.
            if name in parts or name not in outline.holders(other)
        }
        return [other for other in others if other != id_]

    return found


def hindered(state: RunState, *, answerable: bool) -> Callable[[str], str]:
    """A function that tells why a step must not be taken back: one that needs it is still there.

    ``answerable``: one that failed and waits for a person is not in the way for good. The reason
    is empty where nothing is.
    """
    rollback = state.rollback
    results = rollback.results if rollback is not None else {}
    open_ = set(unanswered(state)) if answerable else set()
    stays = [id_ for id_, r in results.items() if r in IN_THE_WAY and id_ not in open_]
    needing = needed_by(state, stays)
    stopper = stopped_by(state)

    def why(id_: str) -> str:
        if stopper and id_ != stopper:
            title = state.outline[stopper].title
            return f"“{title}” was not taken back, and no undo is begun after that (on_failure)"
        others = needing(id_)
        title = state.outline[others[0]].title if others else ""
        return f"“{title}” needs it and was not taken back" if others else ""

    return why


def this_attempt(state: RunState, id_: str) -> list[CommandRecord]:
    """The undos and checks of the attempt that runs or ended last, in their order."""
    since = _attempt_since(state, id_)
    return [c for c in state.step(id_).commands if c.kind in UNDO_KINDS and c.seq >= since]


def _attempt_since(state: RunState, id_: str) -> int:
    # By their order, not by the clock: that may be set back at any moment.
    return max(state.rollback.seq if state.rollback is not None else 0, state.step(id_).undo_seq)


def went_well(step: StepState) -> dict[str, CommandRecord]:
    """The texts of a step's undo that have done their work, in whatever rollback.

    They have until the step acts again, or a person puts them in once more.
    """
    acted = max((step.started_seq, *(c.seq for c in step.commands if c.kind in ACTING)))
    changed = {amendment.text: amendment.seq for amendment in step.amended}
    return {
        c.text: c
        for c in step.commands
        if c.kind == "undo" and c.ok and c.seq > max(acted, changed.get(c.text, 0))
    }


def tries(state: RunState, id_: str) -> dict[str, CommandRecord]:
    """How each text of an undo went: in this attempt, or well in one before, which is enough."""
    step = state.step(id_)
    since = _attempt_since(state, id_)
    now = {c.text: c for c in step.commands if c.kind == "undo" and c.seq >= since}
    return {**went_well(step), **now}


def failed_text(state: RunState, id_: str, texts: tuple[str, ...]) -> str:
    """Which text of an undo failed; empty where all of them went well, and the check did not."""
    went = tries(state, id_)
    return next((text for text in texts if text not in went or not went[text].ok), "")
