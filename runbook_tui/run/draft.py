"""A run's state under construction, while events are applied to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from runbook_tui.run.events import Actor, Event
from runbook_tui.run.frame import moved, placed
from runbook_tui.run.people import joined
from runbook_tui.run.state import FRESH, GONE, RunState, Status, StepState
from runbook_tui.run.times import ended_at, epoch
from runbook_tui.run.watched import moved_watched

K = TypeVar("K")
V = TypeVar("V")
MAPS = ("values", "sources", "secrets", "steps", "ticks", "opened_gates", "overridden_gates",
        "gates_at", "asked", "watches", "probed", "pulls", "announced")  # fmt: skip
SPANS = ("started", "finished", "settled")
UNDER_WAY = frozenset({Status.RUNNING, Status.UNDOING})


def _kept(before: Mapping[K, V], now: dict[K, V]) -> Mapping[K, V]:
    return before if now == before else now


def _same(before: tuple[V, ...], now: list[V]) -> tuple[V, ...]:
    return before if len(now) == len(before) and tuple(now) == before else tuple(now)


class Draft:
    """A state under construction; its maps are its own until it is frozen."""

    def __init__(self, state: RunState) -> None:
        self.run = state.run
        self.runbook = state.runbook
        self.outline = state.outline
        self.gone = state.gone
        self.fields: dict[str, Any] = {}
        self.values = dict(state.values)
        self.sources = dict(state.sources)
        self.secrets = dict(state.secrets)
        self.steps = dict(state.steps)
        self.ticks = dict(state.ticks)
        self.opened_gates = dict(state.opened_gates)
        self.pulls = dict(state.pulls)
        self.overridden_gates = dict(state.overridden_gates)
        self.gates_at = dict(state.gates_at)
        self.asked = dict(state.asked)
        self.watches = dict(state.watches)
        self.probed = dict(state.probed)
        self.announced = dict(state.announced)
        self.signoffs = list(state.signoffs)
        self.notes = list(state.notes)
        self.refused_votes = list(state.refused_votes)
        self.rollback = state.rollback
        self.ended = state.ended
        self.severity = state.severity
        self.alarm = state.alarm
        self.lead = state.lead
        self.leads = state.leads
        self.workers = state.workers
        self.hands_up = state.hands_up
        self.told = state.told
        self.acknowledged = state.acknowledged
        self.breached = state.breached
        self.rehearsal = state.rehearsal
        self.frame = state.frame
        self.at = self.last = state.last_at
        """When the event happened that is being applied, and the one before it."""
        self.active = state.active
        self.busy = set(state.busy)
        self.paused = state.paused
        self._state = state
        self._results: dict[str, str] | None = None
        """The results of the rollback as long as nothing but this draft has them."""

    def freeze(self) -> RunState:
        """The state as a value; what nothing has changed is that of the state before."""
        before = self._state
        return dataclasses.replace(
            before,
            runbook=self.runbook,
            outline=self.outline,
            gone=self.gone,
            values=_kept(before.values, self.values),
            sources=_kept(before.sources, self.sources),
            secrets=_kept(before.secrets, self.secrets),
            steps=_kept(before.steps, self.steps),
            ticks=_kept(before.ticks, self.ticks),
            opened_gates=_kept(before.opened_gates, self.opened_gates),
            pulls=_kept(before.pulls, self.pulls),
            overridden_gates=_kept(before.overridden_gates, self.overridden_gates),
            gates_at=_kept(before.gates_at, self.gates_at),
            asked=_kept(before.asked, self.asked),
            watches=_kept(before.watches, self.watches),
            probed=_kept(before.probed, self.probed),
            announced=_kept(before.announced, self.announced),
            signoffs=_same(before.signoffs, self.signoffs),
            notes=_same(before.notes, self.notes),
            refused_votes=_same(before.refused_votes, self.refused_votes),
            rollback=self.rollback,
            ended=self.ended,
            severity=self.severity,
            alarm=self.alarm,
            lead=self.lead,
            leads=self.leads,
            workers=self.workers,
            hands_up=self.hands_up,
            told=self.told,
            acknowledged=self.acknowledged,
            breached=self.breached,
            frame=self.frame,
            active=self.active,
            busy=frozenset(self.busy),
            paused=self.paused,
            **self.fields,
        )

    def so_far(self) -> RunState:
        """The state in the middle of a change; what is changed later is none of it.

        What follows from a state is remembered by its maps, so none of them may change again.
        """
        state = self.freeze()
        for name in MAPS:
            setattr(self, name, dict(getattr(self, name)))
        return state

    def clocked(self, event: Event) -> None:
        """An event comes next: what was before it may have to be moved on the scale of time."""
        found = placed(event, self.frame, self.last)
        if found.moved:
            self._move(found.moved)
        self.frame, self.at = found.frame, found.at
        if self._works():
            self.active += max(0.0, self.at - self.last)

    def ended_at(self, event: Event, ended: str | None) -> float:
        """When it ended what the event is about: earlier, where nobody looked on then."""
        return self.at - (epoch(event.at) - ended_at(event.at, ended))

    def _works(self) -> bool:
        if self.rollback is not None and self.rollback.active:
            return True
        if not self.paused:
            return bool(self.busy)
        return any(self.step(id_).running_command() is not None for id_ in self.busy)

    def _move(self, by: float) -> None:
        """Every time that the state holds, by so many seconds."""
        self.last += by
        for name in ("started", "finished", "last_at"):
            if (time := self.fields.get(name, getattr(self._state, name))) is not None:
                self.fields[name] = time + by
        self.alarm = None if self.alarm is None else self.alarm + by
        for id_, step in self.steps.items():
            commands = tuple(moved(c, by, ("started", "finished")) for c in step.commands)
            self.steps[id_] = moved(dataclasses.replace(step, commands=commands), by, SPANS)
        self.gates_at = {id_: at + by for id_, at in self.gates_at.items()}
        self.asked = {name: at + by for name, at in self.asked.items()}
        self.ticks = {id_: moved(tick, by) for id_, tick in self.ticks.items()}
        self.watches = moved_watched(self.watches, by)
        self.probed = {id_: moved(one, by) for id_, one in self.probed.items()}
        self.announced = {id_: moved(one, by, ("since",)) for id_, one in self.announced.items()}
        self.notes = [moved(note, by) for note in self.notes]
        self.signoffs = [moved(given, by) for given in self.signoffs]
        self.hands_up = tuple(moved(hand, by) for hand in self.hands_up)
        if self.severity is not None:
            self.severity = moved(self.severity, by)
        same = self.ended is self.rollback
        spans = ("opened", "started", "since", "finished")
        if self.rollback is not None:
            self.rollback = moved(self.rollback, by, spans)
        if self.ended is not None:
            self.ended = self.rollback if same else moved(self.ended, by, spans)

    def led_by(self, actor: Actor) -> None:
        """Somebody leads from here on."""
        self.lead = actor
        self.leads = joined(self.leads, actor)

    def worked(self, hands: tuple[Actor, ...], actor: Actor) -> tuple[Actor, ...]:
        """Somebody has worked on a step; returns its hands with them."""
        self.workers = joined(self.workers, actor)
        return joined(hands, actor)

    def result(self, id_: str, result: str | None) -> None:
        """What became of an undo of the rollback; None: that is open again.

        Thousands may follow: the map is copied once, and changed in place until somebody else has
        it, too.
        """
        if self.rollback is None:
            return
        if self._results is None or self._results is not self.rollback.results:
            self._results = dict(self.rollback.results)
            self.rollback = dataclasses.replace(self.rollback, results=self._results)
        if result is None:
            self._results.pop(id_, None)
        else:
            self._results[id_] = result

    def end_rollback(self) -> None:
        """The rollback as it is now is kept as the one that ended last."""
        self.ended, self._results = self.rollback, None

    def step(self, id_: str) -> StepState:
        """The step's state so far."""
        return self.steps.get(id_, FRESH)

    def change(self, id_: str, **fields: Any) -> None:
        """Replace fields of a step."""
        if id_ in self.gone and fields.get("status") is Status.PENDING:
            # Taken back; the plan does not have it any more, so nobody is to do it again.
            fields.update(status=Status.SKIPPED, reason=GONE)
        if "status" in fields:
            change = self.busy.add if fields["status"] in UNDER_WAY else self.busy.discard
            change(id_)
        self.steps[id_] = dataclasses.replace(self.step(id_), **fields)
