"""The rollbacks of a run: what opened each, how long the decision and the way back took."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from runbook_tui.book.model import Procedure, Runbook, Stage, StageStep, Watch
from runbook_tui.report.attempts import Box, Ran
from runbook_tui.report.gathered import Title, titles
from runbook_tui.report.gathering import outcome
from runbook_tui.report.incidents import Rollback, Trigger, Undone
from runbook_tui.run import events as e
from runbook_tui.run.events import Actor, Event
from runbook_tui.run.outline import Outline
from runbook_tui.run.times import epoch

Ticks = dict[str, tuple[Actor, float]]

ENTERED = re.compile(r"(\d+) events above were kept by the rollback while the journal was away")
"""The note behind events that a rollback kept for itself: their times are those of the entry."""


class Rollbacks:
    """Goes through a run's events in order; ``found`` are its rollbacks, the oldest first."""

    def __init__(self, outline: Outline, watches: Iterable[Watch] = ()) -> None:
        self.found: list[Rollback] = []
        self._outline = outline
        self.title: Title = titles(outline, watches)
        self._open: dict[str, Trigger] = {}
        """What was recorded as wrong and stands open, the newest last."""
        self._opened: float | None = None
        self._undos: dict[str, Undone] = {}
        """The undos of the last rollback; each one's are put into it when all is known."""
        self._all: list[dict[str, Undone]] = []
        self._ticks: list[Ticks] = []
        """For each rollback what was ticked of procedures."""
        self._pending: Ticks = {}
        """The same while one is only looked at."""
        self._probed: dict[str, str] = {}

    def take(self, event: Event) -> None:
        """The next event."""
        handler = _HANDLERS.get(type(event.payload))
        if handler is not None:
            handler(self, event, event.payload)

    def wrong(self, key: str, kind: str, at: float, words: str) -> None:
        """Something went wrong and stands open from now on."""
        self._open.pop(key, None)
        self._open[key] = Trigger(kind=kind, at=at, words=words)

    def right(self, key: str) -> None:
        """It does not stand open any more."""
        self._open.pop(key, None)

    def right_all(self, beginning: str) -> None:
        """None of what is so called stands open any more."""
        self._open = {k: t for k, t in self._open.items() if not k.startswith(beginning)}

    def probe(self, event: Event, payload: e.CommandStarted) -> None:
        """Remember which check a probe is for."""
        if payload.kind == "probe":
            self._probed[payload.folder] = payload.node

    def probed(self, event: Event, payload: e.CommandFinished) -> None:
        """How a check's probe ended."""
        node = self._probed.get(payload.folder, "")
        if not node:
            return
        if payload.exit == 0 and not payload.lost:
            self.right(f"probe {node}")
        else:
            words = f"the probe of “{self.title(node)}” failed ({outcome(payload)})"
            self.wrong(f"probe {node}", "probe", epoch(event.at), words)

    def opened(self, event: Event, payload: e.RollbackOpened) -> None:
        """Somebody looks at the rollback."""
        if self._opened is None:
            self._opened = epoch(event.at)

    def closed(self, event: Event, payload: e.RollbackClosed) -> None:
        """It was left, or stopped while it ran."""
        if payload.stopped:
            self._end(epoch(event.at), "stopped", (), None)
        self._pending = {}
        self._opened = None

    def started(self, event: Event, payload: e.RollbackStarted) -> None:
        """A rollback runs from now on."""
        at = epoch(event.at)
        self._undos = {id_: Undone(step=id_, title=self.title(id_)) for id_ in payload.steps}
        self._all.append(self._undos)
        self._ticks.append(self._pending)
        self._pending = {}
        self.found.append(
            Rollback(
                seq=event.seq,
                scope=self._scope(payload),
                by=event.actor,
                trigger=self._trigger(event),
                opened=self._opened if self._opened is not None else at,
                started=at,
                budget=payload.budget,
                past_floor=payload.past_floor,
                watch=self.title(payload.watch) if payload.watch else "",
            )
        )
        self._opened = None

    def _scope(self, payload: e.RollbackStarted) -> str:
        if not payload.node or payload.scope == "run":
            return "the whole run"
        return f"the {payload.scope} “{self.title(payload.node)}”"

    def _trigger(self, event: Event) -> Trigger:
        standing = list(self._open.values())
        if standing:
            also = tuple(t.words for t in reversed(standing[:-1]))
            return dataclasses.replace(standing[-1], also=also)
        at = self._opened if self._opened is not None else epoch(event.at)
        words = f"{event.actor.name} decided it; nothing that was recorded stood open"
        return Trigger(kind="person", at=at, words=words)

    def ticked(self, event: Event, payload: e.CheckTicked) -> None:
        """A box of a procedure, or one of the run, which is no matter of a rollback."""
        if payload.node in self._outline.beside.staged:
            self._boxes()[payload.node] = (event.actor, epoch(event.at))

    def unticked(self, event: Event, payload: e.CheckUnticked) -> None:
        """A tick is taken back."""
        self._boxes().pop(payload.node, None)

    def _boxes(self) -> Ticks:
        return self._ticks[-1] if self._ticks and self._opened is None else self._pending

    def undo_started(self, event: Event, payload: e.UndoStarted) -> None:
        """An undo begins, or begins again."""
        id_ = event.step or ""
        known = self._undos.get(id_, Undone(step=id_, title=self.title(id_)))
        began = known.started if known.started is not None else epoch(event.at)
        self._put(
            dataclasses.replace(known, result="running", started=began, ended=None,
                                attempts=known.attempts + 1)
        )  # fmt: skip

    def amended(self, event: Event, payload: e.UndoAmended) -> None:
        """Somebody has changed the undo of a step."""
        id_ = event.step or ""
        known = self._undos.get(id_)
        if known is None:
            return
        how = (
            f"{event.actor.name} let it go on from line {payload.from_line}"
            if payload.from_line
            else f"{event.actor.name} put another text in its place: {payload.reason}"
        )
        self._put(dataclasses.replace(known, edits=(*known.edits, how)))

    def undo_finished(self, event: Event, payload: e.UndoFinished) -> None:
        """An undo is over."""
        id_, at = event.step or "", epoch(event.at)
        known = self._undos.get(id_, Undone(step=id_, title=self.title(id_)))
        took = None if known.started is None else at - known.started
        self._put(
            dataclasses.replace(known, result=payload.result, reason=payload.reason, ended=at,
                                seconds=took)
        )  # fmt: skip
        if payload.result in {"done", "taken back"}:
            self.right(f"step {id_}")
            for node in self._outline.inside(id_) if id_ in self._outline else ():
                self.right(f"step {node.id}")
                self.right(f"probe {node.id}")
        elif payload.result == "failed":
            why = f": {payload.reason}" if payload.reason else ""
            self.wrong(f"step {id_}", "failure", at, f"the undo of “{self.title(id_)}” failed{why}")

    def _put(self, undo: Undone) -> None:
        self._undos[undo.step] = undo

    def whole(self, procedures: Sequence[Procedure]) -> list[Rollback]:
        """The rollbacks with their undos and what procedures ask for."""
        return [
            dataclasses.replace(
                one,
                undos=tuple(undos.values()),
                boxes=tuple(boxes(self._outline, procedures, undos, ticks)),
            )
            for one, undos, ticks in zip(self.found, self._all, self._ticks, strict=True)
        ]

    def finished(self, event: Event, payload: e.RollbackFinished) -> None:
        """The rollback is over."""
        self._end(epoch(event.at), payload.result, payload.remaining, payload.seconds)
        if payload.result == "complete":
            # What was measured may still be wrong; everything that was done is taken back.
            self._open = {k: t for k, t in self._open.items() if t.kind == "breach"}

    def _end(self, at: float, result: str, left: tuple[str, ...], seconds: float | None) -> None:
        if not self.found or self.found[-1].ended is not None:
            return
        last = self.found[-1]
        self.found[-1] = dataclasses.replace(
            last,
            ended=at,
            result=result,
            remaining=left,
            seconds=seconds or at - last.started,
        )

    def entered(self, event: Event, payload: e.NoteAdded) -> None:
        """Whether the events before this note were entered late."""
        match = ENTERED.fullmatch(payload.text)
        if match and self.found:
            count = int(match[1])
            self.found[-1] = dataclasses.replace(self.found[-1], entered_later=count)


def boxes(
    outline: Outline, procedures: Iterable[Procedure], steps: Iterable[str], ticks: Ticks
) -> Iterator[Box]:
    """The boxes of the procedures that were meant for these steps, or that somebody ticked."""
    phases = {outline[step].phase for step in steps if step in outline}
    for procedure in procedures:
        meant = {outline[name].phase for name in procedure.applies_to if name in outline}
        inside = [stage.id for stage in procedure.stages]
        inside += [step.id for stage in procedure.stages for step in stage.steps]
        applies = procedure.kind == "rollback" and (not procedure.applies_to or phases & meant)
        if not applies and not any(id_ in ticks for id_ in inside):
            continue
        for stage in procedure.stages:
            parts: tuple[Stage | StageStep, ...] = stage.steps or (stage,)
            for part in parts:
                by, at = ticks.get(part.id) or ticks.get(stage.id) or (None, None)
                yield Box(node=part.id, title=part.title, by=by, at=at, standing=by is not None)


def rollbacks(
    outline: Outline,
    events: Iterable[Event],
    commands: Mapping[str, Sequence[Ran]],
    runbook: Runbook,
) -> tuple[Rollback, ...]:
    """Every rollback that was started, the oldest first."""
    going = Rollbacks(outline, runbook.watches)
    offered = [c for ran in commands.values() for c in ran if c.kind == "stage"]
    for event in events:
        going.take(event)
    before: int | None = None
    found: list[Rollback] = []
    for one in reversed(going.whole(runbook.procedures)):
        undos = (_with_commands(u, commands.get(u.step, ()), one.seq, before) for u in one.undos)
        beside = [c for c in offered if _between(c, one.seq, before)]
        found.append(dataclasses.replace(one, undos=tuple(undos), offered=tuple(beside)))
        before = one.seq
    return tuple(reversed(found))


def _between(command: Ran, after: int, before: int | None) -> bool:
    return command.seq > after and (before is None or command.seq < before)


def _with_commands(undo: Undone, ran: Sequence[Ran], after: int, before: int | None) -> Undone:
    """The undo with the commands that the rollback between these two events ran for it."""
    found = tuple(
        command
        for command in ran
        if command.kind in {"undo", "verify_undo"} and _between(command, after, before)
    )
    return dataclasses.replace(undo, commands=found)


def _step_finished(going: Rollbacks, event: Event, payload: e.StepFinished) -> None:
    key = f"step {event.step}"
    if payload.result == "done":
        going.right(key)
        return
    title = going.title(event.step or "")
    why = f": {payload.reason}" if payload.reason else ""
    going.wrong(key, "failure", epoch(event.at), f"“{title}” failed{why}")


def _step_again(going: Rollbacks, event: Event, payload: e.Payload) -> None:
    going.right(f"step {event.step}")


def _signed(going: Rollbacks, event: Event, payload: e.SignoffGiven) -> None:
    key = f"sign {payload.node} {event.actor.key}"
    if payload.decision == "approved":
        going.right(key)
        return
    title = going.title(payload.node)
    why = f": {payload.comment}" if payload.comment else ""
    words = f"{event.actor.name} rejected “{title}”{why}"
    going.wrong(key, "rejection", epoch(event.at), words)


def _passed(going: Rollbacks, event: Event, payload: e.GateOverridden) -> None:
    """What was said against opening a gate was answered by opening it."""
    going.right_all(f"sign {payload.node} ")


def _breached(going: Rollbacks, event: Event, payload: e.WatchBreached) -> None:
    value = "" if payload.value is None else f" at {payload.value:g}"
    words = f"the watch “{going.title(payload.watch)}” was breached{value}"
    going.wrong(f"watch {payload.watch}", "breach", epoch(event.at), words)


def _cleared(going: Rollbacks, event: Event, payload: e.WatchCleared) -> None:
    going.right(f"watch {payload.watch}")


_HANDLERS: dict[type[e.Payload], Callable[[Rollbacks, Event, Any], None]] = {
    e.StepStarted: _step_again,
    e.StepSkipped: _step_again,
    e.StepFinished: _step_finished,
    e.CommandStarted: Rollbacks.probe,
    e.CommandFinished: Rollbacks.probed,
    e.SignoffGiven: _signed,
    e.GateOverridden: _passed,
    e.WatchBreached: _breached,
    e.WatchCleared: _cleared,
    e.RollbackOpened: Rollbacks.opened,
    e.RollbackClosed: Rollbacks.closed,
    e.RollbackStarted: Rollbacks.started,
    e.CheckTicked: Rollbacks.ticked,
    e.CheckUnticked: Rollbacks.unticked,
    e.UndoStarted: Rollbacks.undo_started,
    e.UndoAmended: Rollbacks.amended,
    e.UndoFinished: Rollbacks.undo_finished,
    e.RollbackFinished: Rollbacks.finished,
    e.NoteAdded: Rollbacks.entered,
}
