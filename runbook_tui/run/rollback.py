"""The order of a rollback: what really ran, newest first, and how each part is taken back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from runbook_tui.book.model import Procedure
from runbook_tui.run.durations import Spread
from runbook_tui.run.failing import GOOD, IN_THE_WAY, needed_by, unanswered
from runbook_tui.run.hands import along_with, stands_for
from runbook_tui.run.known_items import known_items
from runbook_tui.run.once import of_parts, once
from runbook_tui.run.rollback_state import RollbackState
from runbook_tui.run.state import RunState, Status, overtaken
from runbook_tui.run.undo_items import Absent, Item, finished_item, item_of, lacking, told_apart


@dataclass(frozen=True, kw_only=True)
class RollbackPlan:
    """What a rollback of a scope would do now, in order; what follows from that is known then."""

    scope: str
    node: str
    items: tuple[Item, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    budget: float | None = None

    @cached_property
    def ready(self) -> int:
        """How many undos could run now."""
        return sum(item.ready for item in self.items)

    @cached_property
    def commands(self) -> int:
        """How many items are commands at all."""
        return sum(item.kind == "command" for item in self.items)

    @cached_property
    def expected(self) -> float | None:
        """Seconds it will take; None where nothing is known."""
        known = [i.likely for i in self.items if i.likely is not None and not i.held]
        return sum(known) if known else None

    @cached_property
    def whole(self) -> bool:
        """Whether something is known of how long each of its undos takes."""
        return all(i.likely is not None for i in self.items if i.kind == "command" and not i.held)

    @cached_property
    def guessed(self) -> bool:
        """Whether of some undos it is only guessed how long they take, or not even that."""
        commands = [i for i in self.items if i.kind == "command" and not i.held]
        return any(item.usual is None for item in commands)

    @cached_property
    def over_budget(self) -> bool:
        """Whether it will take longer than it may."""
        return None not in (self.budget, self.expected) and self.expected > self.budget  # type: ignore[operator]


def ran(state: RunState, node: str = "") -> Sequence[str]:
    """Ids of steps in a node that were started and not taken back, newest first.

    What needs a step is taken back before it, whatever the order they ran in.
    """
    return _ran(state, node)


@of_parts("outline", "steps")
def _ran(state: RunState, node: str) -> Sequence[str]:
    outline = state.outline

    def inside(id_: str) -> bool:
        return not node or node in outline.holders(id_)

    parts: dict[str, list[str]] = {}
    for id_, step in state.steps.items():
        if step.acted and id_ in outline.steps and not outline.is_group(id_) and inside(id_):
            whole = stands_for(outline, state.steps, id_)
            parts.setdefault(whole if inside(whole) else id_, []).append(id_)
    ids = sorted(parts, key=lambda id_: (-started(state, id_), outline[id_].index))
    turn = {id_: number for number, id_ in enumerate(ids)}
    wanting: dict[str, set[str]] = {}
    for id_ in ids:
        for need in (n for part in (id_, *parts[id_]) for n in outline[part].needs):
            wanting.setdefault(need, set()).add(id_)

    def needing(id_: str) -> Iterator[str]:
        found = {other for part in (id_, *parts[id_]) for other in wanting.get(part, ())}
        return iter(sorted(found, key=turn.__getitem__))

    placed: list[str] = []
    waiting = set(ids)
    # Not by recursion: what needs one another may be as long as the plan.
    way = [("", iter(ids))]
    while way:
        id_, others = way[-1]
        other = next(others, None)
        if other is None:
            way.pop()
            placed += [id_] if id_ else []
        elif other in waiting:
            waiting.discard(other)
            way.append((other, needing(other)))
    return tuple(placed)


def about_to_act(state: RunState, node: str = "") -> list[str]:
    """Ids of steps in a node that were started and change nothing yet: they are only prepared.

    There is nothing to undo in them, but a rollback must keep them from going on.
    """
    outline = state.outline
    found = [
        id_
        for id_, step in state.steps.items()
        if step.status is Status.RUNNING
        and not step.acted
        and id_ in outline.steps
        and outline.steps[id_].effect
        and (not node or node in outline.holders(id_))
        and not overtaken(state, id_)
    ]
    return sorted(found, key=lambda id_: outline[id_].index)


def only_stopped(state: RunState, node: str = "") -> list[str]:
    """Ids of steps in a node that a rollback stops and in which there is nothing to undo: those
    that are only prepared, and those that change nothing and run."""
    outline = state.outline
    looking = [
        id_
        for id_, step in state.steps.items()
        if id_ in outline.steps
        and not outline.steps[id_].effect
        and (step.running_command() is not None or _tried(state, id_))
        and (not node or node in outline.holders(id_))
    ]
    return sorted({*about_to_act(state, node), *looking}, key=lambda id_: outline[id_].index)


def _tried(state: RunState, id_: str) -> bool:
    """Whether a step runs by a command, perhaps between two attempts."""
    runs = state.step(id_).status is Status.RUNNING and not state.outline.steps[id_].manual
    return runs and not overtaken(state, id_)


def stopped_in(state: RunState, rollback: RollbackState) -> list[str]:
    """Ids of the steps whose commands a rollback has stopped before it began."""
    since = rollback.started
    return [
        step.id
        for step in state.outline.steps_inside(rollback.node)
        if since is not None
        and any(c.stopped and (c.finished or 0.0) >= since for c in state.step(step.id).commands)
    ]


def started(state: RunState, id_: str) -> int:
    """The event that started a step last; where it only holds boxes, the newest of theirs."""
    if not state.outline.is_group(id_):
        return state.step(id_).started_seq
    boxes = along_with(state.outline, state.steps, id_)
    return max((state.step(box).started_seq for box in boxes), default=0)


def begun_rollback(state: RunState) -> RollbackState | None:
    """The rollback that was started: one that is only looked at changes nothing of the plan."""
    rollback = state.rollback
    return rollback if rollback is not None and rollback.started is not None else None


@of_parts("outline", "steps", "values", "secrets", begun_rollback)
def plan(state: RunState, scope: str, node: str, past_floor: bool = False) -> RollbackPlan:
    """The rollback of a scope as it would run now."""
    items: list[Item] = []
    held = imagined = False
    known = known_items(state)
    for id_ in ran(state, node):
        rehearsed = state.step(id_).rehearsed
        item = known(id_, held or (imagined and rehearsed))
        if item is None:
            continue
        items.append(item)
        floor = item.kind == "irreversible" and not past_floor
        held = held or (floor and not rehearsed)
        # What a rehearsal has only gone through keeps nothing that really ran.
        imagined = imagined or (floor and rehearsed)
    items = told_apart(state, items)
    procedures = _procedures(state, node)
    return RollbackPlan(
        scope=scope,
        node=node,
        items=tuple(items),
        procedures=procedures,
        budget=_budget(state, node, procedures),
    )


def running_plan(state: RunState) -> RollbackPlan | None:
    """The rollback that runs or ran last, with its results."""
    rollback = state.rollback
    if rollback is None or rollback.started is None:
        return None
    known = known_items(state)
    items = told_apart(
        state, [known(id_, False) or finished_item(state, id_) for id_ in rollback.steps]
    )
    behind = _behind(state)
    items = [dataclasses.replace(i, behind=behind.get(i.step, "")) for i in items]
    procedures = procedures_of(state, rollback)
    return RollbackPlan(
        scope=rollback.scope,
        node=rollback.node,
        items=tuple(items),
        procedures=procedures,
        budget=rollback.budget,
    )


def _behind(state: RunState) -> dict[str, str]:
    """Titles of those that failed and wait for a person, by the step that waits with them."""
    rollback = state.rollback
    failed = unanswered(state)
    if rollback is None or not failed:
        return {}
    found = {id_: state.outline[id_].title for id_ in failed}
    needing = needed_by(state, [id_ for id_ in rollback.steps if id_ not in rollback.results
                                or id_ in found])  # fmt: skip
    for id_ in rollback.steps:
        title = next((found[other] for other in needing(id_) if other in found), "")
        if title and id_ not in rollback.results:
            found[id_] = title
    return {id_: title for id_, title in found.items() if id_ not in failed}


def folders(state: RunState) -> tuple[str, ...]:
    """The folders in which the undos of what ran would act, each once."""
    armed = (step.undo for step in state.steps.values() if step.acted)
    cwds = (undo.cwd for undo in armed if undo and undo.kind == "command" and not undo.host)
    return tuple(dict.fromkeys(cwd for cwd in cwds if cwd))


@once
def without(planned: RollbackPlan, absent: Absent) -> RollbackPlan:
    """The plan as it stands where these are absent: what needs them is not ready."""
    hindered, lasted = dict(absent.hindered), absent.past.undos
    asked = frozenset(absent.asked)
    items = tuple(
        _as_found(
            lacking(item, absent.secrets),
            gone=_acts_here(item) and item.cwd in absent.folders,
            made_by=item.made_by if item.cwd in absent.folders else "",
            unasked=item.unasked and item.step not in asked,
            hindered=hindered.get(item.step, item.hindered) if item.kind == "command" else "",
            usual=item.usual if item.usual is not None else _median(lasted.get(item.step)),
        )
        for item in planned.items
    )
    same = all(one is other for one, other in zip(items, planned.items, strict=True))
    # What follows from the plan is known already, where nothing in it is absent.
    return planned if same else dataclasses.replace(planned, items=items)


def _acts_here(item: Item) -> bool:
    """Whether the folder it acts in has to be there: on this machine, and nobody would make it."""
    return item.kind == "command" and not item.host and not item.made_by


def _median(past: Spread | None) -> float | None:
    return None if past is None else past.median


def _as_found(item: Item, **found: object) -> Item:
    """The item with these; of thousands most are as they were."""
    if all(getattr(item, name) == value for name, value in found.items()):
        return item
    return dataclasses.replace(item, **found)  # type: ignore[arg-type]


def awaited(state: RunState, absent: Collection[str] = ()) -> tuple[Item, ...]:
    """What the running rollback waits for a person to answer; empty while an undo still runs.

    That is what is done by hand or lacks a value, and an undo that failed. ``absent`` are secrets
    that somebody has to give.
    """
    rollback = state.rollback
    if rollback is None or not rollback.active:
        return ()
    failed = set(unanswered(state))
    held = waits_behind(state)
    waiting: list[Item] = []
    stuck: set[str] = set()
    for id_ in rollback.steps:
        if id_ in rollback.results and id_ not in failed:
            continue
        if state.step(id_).rehearsed:
            return ()  # Nobody is asked about what was only gone through.
        if id_ not in failed and held(id_, stuck):
            stuck.add(id_)  # What needs it is asked about first.
            continue
        item = item_of(state, id_, False)
        item = lacking(item, absent) if item is not None else None
        if item is None or item.status is Status.UNDOING or not (item.by_hand or id_ in failed):
            return ()
        stuck.add(id_)
        waiting.append(item)
    return tuple(waiting)


def waits_behind(state: RunState) -> Callable[[str, Collection[str]], bool]:
    """A function that tells whether a step waits for others, which wait for a person.

    It does if the plan says that one of them needs it, and none that does stays for good.
    """
    rollback = state.rollback
    if rollback is None:
        return lambda id_, stuck: False
    results = rollback.results
    open_ = [id_ for id_ in rollback.steps if results.get(id_) not in GOOD]
    failed = set(unanswered(state))
    needing: list[Callable[[str], list[str]]] = []

    def waits(id_: str, stuck: Collection[str]) -> bool:
        if not stuck:
            return False
        if not needing:
            needing.append(needed_by(state, open_))
        others = needing[0](id_)
        if any(results.get(other) in IN_THE_WAY and other not in failed for other in others):
            return False
        return any(other in stuck for other in others)

    return waits


def _procedures(state: RunState, node: str) -> tuple[Procedure, ...]:
    return _applying(state, "rollback", node, state.outline.reached(node, ran(state)))


def procedures_of(
    state: RunState, rollback: RollbackState, kind: str = "rollback"
) -> tuple[Procedure, ...]:
    """The procedures of a kind for a rollback that was started, whatever it has taken back."""
    return _applying(state, kind, rollback.node, rollback.reached)


def procedures_for(state: RunState, planned: RollbackPlan, kind: str) -> tuple[Procedure, ...]:
    """The procedures of a kind for a rollback as planned."""
    steps = (item.step for item in planned.items)
    return _applying(state, kind, planned.node, state.outline.reached(planned.node, steps))


def _applying(
    state: RunState, kind: str, node: str, names: Collection[str]
) -> tuple[Procedure, ...]:
    """Those of the whole, and of what the scope stands in or holds."""
    found = (p for p in state.runbook.procedures if p.kind == kind)
    return tuple(p for p in found if not p.applies_to or _applies(state, p, node, names))


def _applies(state: RunState, procedure: Procedure, node: str, names: Collection[str]) -> bool:
    to = [name for name in procedure.applies_to if name in state.outline]
    return any(n in names or (node and node in state.outline.holders(n)) for n in to)


def _budget(state: RunState, node: str, procedures: tuple[Procedure, ...]) -> float | None:
    """Seconds the rollback may take: the phase's own word, else its procedure's first window."""
    phase = state.outline[node].phase if node else ""
    for candidate in state.runbook.phases:
        if candidate.id == phase and candidate.rollback_within is not None:
            return candidate.rollback_within
    for procedure in procedures:
        for stage in procedure.stages:
            if stage.to_minute is not None:
                return stage.to_minute * 60
    return None
