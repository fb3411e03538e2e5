"""The order of a rollback: what really ran, newest first, and how each part is taken back."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from runbook_tui.book.model import Procedure
from runbook_tui.book.parameters import FilledIn
from runbook_tui.run.hands import along_with, stands_for
from runbook_tui.run.outline import Kind
from runbook_tui.run.prepare import own_values, resolve_undo, resolve_verify
from runbook_tui.run.state import RunState, Status, StepState, closed, overtaken

SCOPES = ("step", "change", "phase", "run")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One part of a rollback.

    ``kind`` as in `UndoArmed`; ``missing`` are names without a value, at ``places``
    of ``text`` and ``verify_places`` of ``verify`` as in `UndoArmed`; ``held`` says that a floor
    above it keeps it. ``earlier`` are undos of attempts before the last, run after ``text``;
    ``verify`` is that of the first attempt, which found the old state. ``result`` is what a
    running or finished rollback made of it, ``outcome`` why. ``within`` names the change, or the
    phase, where another item has the same title.
    """

    step: str
    title: str
    kind: str
    text: str = ""
    earlier: tuple[str, ...] = ()
    verify: str = ""
    missing: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    verify_places: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    reason: str = ""
    cwd: str = ""
    host: str = ""
    held: bool = False
    gone: bool = False
    """Whether the folder it acts in is not there now; an undo that comes before may bring it."""
    usual: float | None = None
    result: str = ""
    outcome: str = ""
    within: str = ""
    status: Status = Status.PENDING

    @property
    def ready(self) -> bool:
        """Whether it can run now without asking anything."""
        return self.kind == "command" and not (self.missing or self.held or self.gone)

    @property
    def by_hand(self) -> bool:
        """Whether it waits for a person: to take it back, or to give a value."""
        return self.kind == "manual" or (self.kind == "command" and bool(self.missing))

    @property
    def why(self) -> str:
        """Why it is not ready, in a few words; empty where it is."""
        if self.missing:
            return "needs " + ", ".join(self.missing)
        if self.held:
            return "below the floor"
        if self.gone:
            return "its folder is gone"
        words = {"manual": "by hand", "none": "no undo known", "irreversible": "cannot be undone"}
        return words.get(self.kind, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackPlan:
    """What a rollback of a scope would do now, in order."""

    scope: str
    node: str
    items: tuple[Item, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    budget: float | None = None

    @property
    def ready(self) -> int:
        """How many undos could run now."""
        return sum(item.ready for item in self.items)

    @property
    def commands(self) -> int:
        """How many items are commands at all."""
        return sum(item.kind == "command" for item in self.items)

    @property
    def expected(self) -> float | None:
        """Seconds it will take; None where nothing is known."""
        known = [item.usual for item in self.items if item.usual is not None]
        return sum(known) if known else None


def ran(state: RunState, node: str = "") -> list[str]:
    """Ids of steps in a node that were started and not taken back, newest first.

    What needs a step is taken back before it, whatever the order they ran in.
    """
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
    return placed


def about_to_act(state: RunState, node: str = "") -> list[str]:
    """Ids of steps in a node that were started and change nothing yet: they are only prepared.

    There is nothing to undo in them, but a rollback must keep them from going on.
    """
    return [
        s.id
        for s in state.outline.steps_inside(node)
        if state.step(s.id).status is Status.RUNNING
        and not state.step(s.id).acted
        and state.outline.steps[s.id].effect
        and not overtaken(state, s.id)
    ]


def started(state: RunState, id_: str) -> int:
    """The event that started a step last; where it only holds boxes, the newest of theirs."""
    if not state.outline.is_group(id_):
        return state.step(id_).started_seq
    boxes = along_with(state.outline, state.steps, id_)
    return max((state.step(box).started_seq for box in boxes), default=0)


def plan(state: RunState, scope: str, node: str, past_floor: bool = False) -> RollbackPlan:
    """The rollback of a scope as it would run now."""
    items: list[Item] = []
    held = False
    for id_ in _steps_of(state, node):
        item = _item(state, id_, held)
        if item is None:
            continue
        items.append(item)
        held = held or (item.kind == "irreversible" and not past_floor)
    items = _told_apart(state, items)
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
    items = _told_apart(
        state, [_item(state, id_, False) or _finished(state, id_) for id_ in rollback.steps]
    )
    procedures = _procedures(state, rollback.node)
    return RollbackPlan(
        scope=rollback.scope,
        node=rollback.node,
        items=tuple(items),
        procedures=procedures,
        budget=rollback.budget,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """What is not there and was recorded as needed: secrets nobody can give, folders that are gone.

    It is looked for now and then; an empty one says that nobody has looked yet, or all is there.
    """

    secrets: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


NOTHING_ABSENT = Absent()


def folders(state: RunState) -> tuple[str, ...]:
    """The folders in which the undos of what ran would act, each once."""
    armed = (step.undo for step in state.steps.values() if step.acted)
    cwds = (undo.cwd for undo in armed if undo and undo.kind == "command" and not undo.host)
    return tuple(dict.fromkeys(cwd for cwd in cwds if cwd))


def without(planned: RollbackPlan, absent: Absent) -> RollbackPlan:
    """The plan as it stands where these are absent: what needs them is not ready."""
    items = tuple(
        dataclasses.replace(
            _without(item, absent.secrets),
            gone=item.kind == "command" and not item.host and item.cwd in absent.folders,
        )
        for item in planned.items
    )
    return dataclasses.replace(planned, items=items)


def _without(item: Item, absent: Collection[str]) -> Item:
    missing = tuple(dict.fromkeys((*item.missing, *(n for n in item.secrets if n in absent))))
    return dataclasses.replace(item, missing=missing)


def awaited(state: RunState, absent: Collection[str] = ()) -> tuple[Item, ...]:
    """What the running rollback waits for a person to answer; empty while an undo still runs.

    ``absent`` are secrets that somebody has to give.
    """
    rollback = state.rollback
    if rollback is None or not rollback.active:
        return ()
    waiting = []
    for id_ in rollback.steps:
        if id_ in rollback.results:
            continue
        item = _item(state, id_, False)
        item = _without(item, absent) if item is not None else None
        if item is None or not item.by_hand or item.status is Status.UNDOING:
            return ()
        waiting.append(item)
    return tuple(waiting)


def _told_apart(state: RunState, items: list[Item]) -> list[Item]:
    """The items, those of equal titles with the change or phase that each is in."""
    many = Counter(item.title for item in items)
    return [
        dataclasses.replace(item, within=_around(state, item.step))
        if many[item.title] > 1
        else item
        for item in items
    ]


def _around(state: RunState, id_: str) -> str:
    holders = state.outline.holders(id_) if id_ in state.outline else [id_]
    return state.outline[holders[-2]].title if len(holders) > 1 else ""


def _steps_of(state: RunState, node: str) -> list[str]:
    return ran(state, node)


def _item(state: RunState, id_: str, held: bool) -> Item | None:
    if state.outline.is_group(id_):
        return _boxes(state, id_, held)
    step = state.step(id_)
    armed = step.undo
    item = state.outline.steps[id_]
    if armed is None or armed.kind == "nothing":
        return None
    values = own_values(state, item)
    text = resolve_undo(state, armed, values)
    verify = resolve_verify(state, armed, values)
    result = state.rollback.results.get(id_, "") if state.rollback else ""
    earlier, first = _of_earlier(state, step)
    texts = (text, *earlier, verify, *([first] if first else []))
    refused = tuple(dict.fromkeys(r.reason for filled in texts for r in filled.refused))
    return Item(
        step=id_,
        title=item.title,
        kind=armed.kind,
        text=text.text,
        earlier=tuple(dict.fromkeys(e.text for e in earlier if e.text != text.text)),
        verify=first.text if first is not None else verify.text,
        missing=tuple(dict.fromkeys(name for filled in texts for name in filled.open)),
        places=tuple(str(p) for p in text.places),
        verify_places=tuple(str(p) for p in (first or verify).places),
        secrets=armed.secrets,
        reason="; ".join(refused) or armed.reason,
        cwd=armed.cwd,
        host=armed.host,
        held=held,
        usual=_usual(state, id_, armed.kind),
        result=result,
        outcome=step.undo_reason if result else "",
        status=step.status,
    )


def _boxes(state: RunState, id_: str, held: bool) -> Item | None:
    """What was done by hand in a step that holds nothing but boxes: one question."""
    boxes = along_with(state.outline, state.steps, id_)
    if not boxes:
        return None
    armed = state.step(boxes[0]).undo
    titles = ", ".join(state.outline[box].title for box in boxes)
    return Item(
        step=id_,
        title=state.outline[id_].title,
        kind="manual",
        reason=f"done by hand: {titles}",
        cwd=armed.cwd if armed is not None else "",
        held=held,
        result=state.rollback.results.get(id_, "") if state.rollback else "",
        status=state.step(id_).status,
    )


def _of_earlier(state: RunState, step: StepState) -> tuple[tuple[FilledIn, ...], FilledIn | None]:
    """The undos of attempts before the last, and how the first one is verified."""
    texts = tuple(resolve_undo(state, armed, state.values) for armed in step.earlier)
    first = step.earlier[-1] if step.earlier else None
    if first is None or not first.verify:
        return texts, None
    return texts, resolve_verify(state, first, state.values)


def _finished(state: RunState, id_: str) -> Item:
    result = state.rollback.results.get(id_, "") if state.rollback else ""
    title = state.outline[id_].title if id_ in state.outline else id_
    last = next((c for c in reversed(state.step(id_).commands) if c.kind == "undo"), None)
    return Item(
        step=id_,
        title=title,
        kind="command" if last is not None else "manual",
        text=last.text if last else "",
        result=result,
        outcome=state.step(id_).undo_reason if result else "",
        status=state.step(id_).status,
    )


def _usual(state: RunState, id_: str, kind: str) -> float | None:
    """How long the undo took last; what the step itself takes says nothing about it."""
    if kind != "command":
        return None
    undos = (c for c in reversed(state.step(id_).commands) if c.kind == "undo" and c.ok)
    last = next(undos, None)
    return last.seconds if last is not None else None


def _procedures(state: RunState, node: str) -> tuple[Procedure, ...]:
    phases = {state.outline[node].phase} if node else {
        state.outline[s].phase for s in ran(state)
    }  # fmt: skip
    return tuple(
        p
        for p in state.runbook.procedures
        if p.kind == "rollback" and (not p.applies_to or _applies(state, p, phases))
    )


def _applies(state: RunState, procedure: Procedure, phases: set[str]) -> bool:
    for name in procedure.applies_to:
        if name in state.outline and state.outline[name].phase in phases:
            return True
    return False


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


def scope_node(state: RunState, scope: str, at: str = "") -> str:
    """The id of the node that a scope means: around step ``at``, else around the last that ran."""
    if scope == "run":
        return ""
    order = ran(state)
    anchor = at if at in state.outline else (order[0] if order else "")
    if not anchor:
        return ""
    node = state.outline[anchor]
    if scope == "step":
        return anchor
    if scope == "change":
        return node.change or node.phase
    return node.phase


def default_scope(state: RunState) -> tuple[str, str]:
    """The narrowest scope that holds everything since the last gate or closed phase."""
    order = [*about_to_act(state), *ran(state)]
    if not order:
        return "run", ""
    mark = max(state.opened_gates.values(), default=0)
    recent = [s for s in order if started(state, s) > mark]
    done = {p.id for p in state.runbook.phases if closed(state, p.id)}
    last = [s for s in order if state.outline[s].phase == state.outline[order[0]].phase]
    since = [s for s in recent if state.outline[s].phase not in done] or last
    for scope in SCOPES[:-1]:
        if scope == "change" and not state.outline[since[0]].change:
            continue
        node = scope_node(state, scope, since[0])
        inside = {n.id for n in state.outline.inside(node) if n.kind == Kind.STEP}
        if all(s in inside for s in since):
            return scope, node
    return "run", ""
