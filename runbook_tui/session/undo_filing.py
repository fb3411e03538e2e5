"""A run's undos as data, those that stay as they were made once.

They are written down before each command and after each step. After thousands of steps nearly all
of them are what they were the time before, and encoding them anew would take seconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from runbook_tui.frozen import frozen
from runbook_tui.run.events import UndoArmed
from runbook_tui.run.failing import needed_by, on_failure, tries
from runbook_tui.run.outline import Outline
from runbook_tui.run.prepare import came_later, undo_variables
from runbook_tui.run.rollback import plan
from runbook_tui.run.state import CommandRecord, RunState, Status, StepState
from runbook_tui.run.undo_items import Item
from runbook_tui.session import undo_file
from runbook_tui.session.undo_file import FiledUndo

Environment = frozenset[tuple[str, str]]
OWN = "RUNBOOK_STEP"
"""The variable that is another in every step."""


@frozen(kw_only=False)
class Filed:
    """One undo as it stands in the file, and as JSON; ``made_of`` tells whether it still holds."""

    made_of: tuple[object, ...]
    around: Mapping[str, str]
    undo: FiledUndo
    text: str


class Filing:
    """The undos of one run as data. Not thread-safe."""

    def __init__(self) -> None:
        self._outline: Outline | None = None
        self._filed: dict[str, Filed] = {}
        self._own: dict[str, tuple[UndoArmed, Environment]] = {}
        self._names: dict[str, tuple[UndoArmed, tuple[str, ...]]] = {}
        self._all: dict[Environment, Environment] = {}
        self._around: Mapping[str, str] = {}

    def file(self, state: RunState) -> tuple[list[Filed], Mapping[str, str]]:
        """All undos, newest first, and the environment that those on this machine share."""
        if self._outline is not state.outline:
            self.__init__()  # type: ignore[misc]
            self._outline = state.outline
        planned = plan(state, "run", "").items
        needing = needed_by(state, [item.step for item in planned])
        first = {item.step: tuple(needing(item.step)) for item in planned}
        after: dict[str, list[str]] = {}
        for id_, others in first.items():
            for other in others:
                after.setdefault(other, []).append(id_)
        around = self._shared(state, planned)
        filed = [
            self._one(state, item, around, tuple(after.get(item.step, ())), first[item.step])
            for item in planned
        ]
        self._filed = {item.undo.step: item for item in filed}
        return filed, around

    def _one(
        self,
        state: RunState,
        item: Item,
        around: Mapping[str, str],
        needs: tuple[str, ...],
        needed: tuple[str, ...],
    ) -> Filed:
        """``needed``: which steps need this one and are taken back before it; ``needs``: the
        other way round."""
        step = state.step(item.step)
        rollback = state.rollback
        seq = (rollback.seq, rollback.finished is None) if rollback is not None else None
        later = self._came_later(state, item.step)
        made_of = (item, step, seq, needs, needed, later)
        known = self._filed.get(item.step)
        if known is not None and known.around is around and known.made_of == made_of:
            return known
        begun = [_begun(state, item.step, text) for text in item.texts]
        body = _body(state, item, step.undo) | {
            "begun": begun[0], "earlier_begun": begun[1:],
            "environment": {**later, **(step.undo.environment if step.undo else {})},
            "running": [command.folder for command in running(step)],
            "needs": list(needs), "needed_by": list(needed),
        }  # fmt: skip
        shared: Mapping[str, str] = around if undo_file.shares(body) else {}
        undo = undo_file.item_of(body)
        own = {n: v for n, v in body["environment"].items() if shared.get(n) != v}
        written = {
            name: value
            for name, value in (body | {"environment": own}).items()
            if name in undo_file.ALWAYS or value != undo_file.ABSENT.get(name)
        }
        return Filed(made_of, around, undo, json.dumps(written, ensure_ascii=False))

    def _shared(self, state: RunState, items: Iterable[Item]) -> Mapping[str, str]:
        """What all undos on this machine have in their environments; the same object until it
        changes."""
        found: dict[int, Environment] = {}
        for item in items:
            armed = state.step(item.step).undo
            if armed is not None and item.kind == "command" and not item.host:
                environment = self._environment(item.step, armed)
                found[id(environment)] = environment
        every = list(found.values())
        shared = dict(sorted(every[0].intersection(*every[1:]))) if every else {}
        if shared != self._around:
            self._around = shared
        return self._around

    def _came_later(self, state: RunState, id_: str) -> dict[str, str]:
        """What the undo reads as variables and its step's own environment had not yet."""
        armed = state.step(id_).undo
        if armed is None:
            return {}
        known = self._names.get(id_)
        if known is None or known[0] is not armed:
            names = undo_variables(state, state.outline.steps[id_], armed)
            known = self._names[id_] = (armed, names)
        return came_later(state, state.outline.steps[id_], known[1])

    def _environment(self, step: str, armed: UndoArmed) -> Environment:
        """An undo's environment to be compared: equal ones are one object."""
        known = self._own.get(step)
        if known is not None and known[0] is armed:
            return known[1]
        found = frozenset(pair for pair in armed.environment.items() if pair[0] != OWN)
        found = self._all.setdefault(found, found)
        self._own[step] = (armed, found)
        return found


def _body(state: RunState, item: Item, armed: UndoArmed | None) -> dict[str, Any]:
    """What a file says of an undo, but for what the commands of the moment add."""
    node = state.outline[item.step]
    return {
        "step": item.step,
        "title": item.title,
        "kind": item.kind,
        "text": item.text,
        "earlier": list(item.earlier),
        "verify": item.verify,
        "missing": list(item.missing),
        "places": list(item.places),
        "verify_places": list(item.verify_places),
        "secrets": list(item.secrets),
        "held": item.held,
        "cwd": item.cwd,
        "shell": list(armed.shell) if armed else [],
        "ready": item.check,
        "went": list(item.went),
        "inside": [n for n in (node.change, node.phase) if n],
        "outputs": list(state.outline.steps[item.step].outputs),
        "timeout": (armed.timeout if armed else None) or undo_file.UNDO_SECONDS,
        "on_failure": on_failure(state, item.step),
        "withheld": list(armed.withheld) if armed else [],
        "reason": item.reason,
        "host": item.host,
        "ssh": armed.ssh if armed else "",
    }


def running(step: StepState) -> list[CommandRecord]:
    """A step's commands that run now; its undo is none of them."""
    return [c for c in step.commands if c.running and c.kind not in undo_file.UNDO_KINDS]


def _begun(state: RunState, step: str, text: str) -> str:
    """The folder of an undo that runs, or whose outcome was not recorded; empty where none.

    Also of one that was lost in a rollback that is not over: whoever goes on with that one knows
    no better whether it has done its work.
    """
    record = tries(state, step).get(text)
    if record is None:
        return ""
    rollback = state.rollback
    under_way = rollback is not None and rollback.started is not None and rollback.finished is None
    open_ = state.step(step).status is Status.UNDOING
    return record.folder if open_ or (record.lost and under_way) else ""
