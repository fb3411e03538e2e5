"""What a rollback does first, made ready while nobody knows yet whether it will start.

A press of the panic key starts a rollback only if no other follows it for a moment. In that moment
nothing is recorded and nothing is started; but what the first undo runs, in which folder and with
which environment, and the files that tell how the run is taken back from then on, can be there
when it is accepted. Should anything else be recorded meanwhile, all of it is thrown away.
"""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from runbook_tui.run.decide import decide
from runbook_tui.run.events import Actor, Event
from runbook_tui.run.requests import Refusal, StartRollback
from runbook_tui.run.state import RunState
from runbook_tui.session.launching import Launch, start
from runbook_tui.session.ports.journal import TooLarge
from runbook_tui.session.recorder import Imagining, Pair
from runbook_tui.session.undo_writing import Ahead
from runbook_tui.session.undoing import RollbackDriver
from runbook_tui.session.workbench import Workbench


@dataclass(frozen=True, kw_only=True)
class _Ready:
    """What follows from a request on a state with ``seq`` events; ``pairs`` are recorded first."""

    request: StartRollback
    seq: int
    place: Path
    pairs: list[Pair]
    launch: Launch
    files: Ahead


class HeadStart:
    """The beginning of the rollback that may start next; used by the session's thread alone."""

    def __init__(self, bench: Workbench, actor: Actor) -> None:
        self._bench = bench
        self._actor = actor
        self._ready: _Ready | None = None

    def prepare(self, request: StartRollback, *, attended: bool) -> None:
        """Make ready what the request will do first, if that is an undo; else nothing is."""
        self.drop()
        state, imagining = self._bench.state, Imagining(self._bench.recorder)
        decision = decide(state, request, self._actor)
        if isinstance(decision, Refusal) or _anything_runs(state):
            return
        imagining.record_or_keep(lambda _: decision.events)
        driver = _Foresight(dataclasses.replace(self._bench, recorder=imagining))
        driver.attended = attended
        driver.advance()
        if driver.launch is None:
            return
        self._ready = _Ready(
            request=request,
            seq=state.seq,
            place=self._bench.rollback_place(),
            pairs=imagining.pairs,
            launch=driver.launch,
            files=self._bench.papers.ahead(imagining.state, self._bench.clock.now()),
        )

    def drop(self) -> None:
        """Forget what is ready."""
        ready, self._ready = self._ready, None
        if ready is not None:
            with suppress(OSError):
                ready.files.drop()

    def begin(self, request: StartRollback) -> list[Event]:
        """Record that the rollback starts and begin its first undo; nothing where it is not ready.

        All of it is durable in one commit before the undo starts.
        """
        ready, bench = self._ready, self._bench
        same = ready is not None and (ready.request, ready.seq) == (request, bench.state.seq)
        if ready is None or not same or ready.place != bench.rollback_place():
            self.drop()
            return []
        try:
            events = bench.recorder.record_or_keep(
                lambda now: ready.pairs if now.seq == ready.seq else [], self._actor
            )
        except TooLarge:
            events = []
        if events:
            # The rollback outranks its own record; what the old file says stays harmless.
            with suppress(OSError):
                ready.files.put()
            start(bench, ready.launch)
        self.drop()
        return events


class _Foresight(RollbackDriver):
    """Finds out what a rollback does first, and does not do it."""

    launch: Launch | None = None

    def _act(self, launch: Launch) -> None:
        self.launch = launch

    def _refile(self) -> None:
        """Nothing has changed."""


def _anything_runs(state: RunState) -> bool:
    """Whether there may be something to stop before the first undo."""
    return any(command.running for step in state.steps.values() for command in step.commands)
