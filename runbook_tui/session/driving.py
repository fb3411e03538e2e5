"""What a session carries on between two questions: steps, a rollback, the end of the run."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from runbook_tui.book.model import Step
from runbook_tui.book.spreading import is_spread
from runbook_tui.run.applying import leave_out
from runbook_tui.run.decide import decide
from runbook_tui.run.events import Actor, StepStarted
from runbook_tui.run.requests import Refusal, StartStep
from runbook_tui.run.several import next_ones, standing
from runbook_tui.run.state import RunState, Status
from runbook_tui.session.ending import Ending
from runbook_tui.session.locks import ROLLBACK_LOCK, RunLock, script_without_flock
from runbook_tui.session.offering import watch_offered
from runbook_tui.session.ports.journal import JournalError
from runbook_tui.session.recorder import Pair
from runbook_tui.session.stepping import StepDriver
from runbook_tui.session.undoing import RollbackDriver
from runbook_tui.session.workbench import Workbench


class Driver:
    """Carries a run on. ``leads``: its steps too; ``helps``: a rollback whose process died."""

    def __init__(
        self, bench: Workbench, actor: Actor, *, leads: bool, attended: bool = True
    ) -> None:
        self._bench = bench
        self._actor = actor
        self._steps = StepDriver(bench)
        self._rollback = RollbackDriver(bench)
        self._rollback.attended = attended
        self._lock = RunLock(bench.folder / ROLLBACK_LOCK)
        self._active: set[str] = set()
        self._rolling: set[str] = set()
        self._background: dict[str, str] = {}
        self._end = Ending(bench)
        self._running = False
        self._weighed = -1
        self._scanned: object = None
        if leads:
            self._lock.prepare()
        self.in_stride = False
        """Whether the rollback has gone on just now, and may go on at once: nobody waits for what
        it does not wait for itself."""
        self.leads = leads
        self.led_since = bench.state.led_since
        """The event by which this session began to lead."""
        self._steps.fenced = self.fenced
        self._steps.beside = self.rolled_back_beside
        self.helps = leads or not attended

    @property
    def _state(self) -> RunState:
        return self._bench.state

    def fenced(self, state: RunState) -> bool:
        """Whether somebody else began to lead after this session did, or this person elsewhere."""
        return self.leads and state.led_since != self.led_since

    def step_down(self) -> None:
        """Carry no step on any more; a rollback that runs here goes on."""
        self.leads = False
        self._active = set()
        self._background = {}
        self._rolling.clear()

    def armed(self, pairs: Iterable[Pair]) -> list[Pair]:
        """What was decided, with the undo of every step that it starts right behind its start."""
        found: list[Pair] = []
        for payload, step in pairs:
            found.append((payload, step))
            if isinstance(payload, StepStarted) and step:
                found += self._steps.begin(step)
        return found

    def roll(self, step: str) -> None:
        """A step was started here: on several machines it goes on by itself."""
        if step in self._state.outline.steps and is_spread(self._state.outline.steps[step]):
            self._rolling.add(step)

    def refile(self) -> None:
        """Write down anew how the run is taken back."""
        self._steps.refile()

    def probe_again(self, step: str) -> None:
        """Run the probes of a step again that have failed."""
        self._steps.probe_again(step)

    def give_up(self, step: str = "") -> int:
        """Try no more what waits for its next attempt; returns how many steps that are."""
        return self._steps.give_up(step)

    def take_rollback(self) -> str:
        """Take the right to roll back; returns who has it, or an empty string."""
        return "" if self._lock.take(self._actor.identity) else self._lock.holder()

    def rolled_back_beside(self) -> str:
        """Who rolls back without the journal; empty: nobody. What was taken back so is known then,
        before anything starts that relies on it."""
        if self._state.rolling_back:
            return ""
        self._bench.recorder.take_in()
        if self._lock.held:
            return ""
        if self._lock.free() or self._lets_go():
            return script_without_flock(self._bench.folder)
        return self._lock.holder() or "somebody"

    def _lets_go(self) -> bool:
        """Whether it is held by one who has recorded the end of a rollback just now: they let it go
        in their next turn."""
        rollback = self._state.rollback
        return rollback is not None and rollback.finished is not None and self._lock.soon_free()

    @property
    def has_rollback(self) -> bool:
        """Whether that right is held here."""
        return self._lock.held

    def leave_rollback(self) -> None:
        """Give that right back."""
        self._lock.release()

    def attend(self, attended: bool) -> None:
        """A rollback starts here; ``attended``: a person can answer."""
        self._rollback.attended = self.attends(attended)
        self.helps = True

    def attends(self, attended: bool) -> bool:
        """Whether somebody can answer what a rollback asks, should it start here."""
        return self._rollback.attended and attended

    def advance_safely(self) -> bool:
        """Carry on whatever is under way; True while something is. No fault ends a rollback."""
        recorder = self._bench.recorder
        self.in_stride = False
        try:
            return self._advance()
        except JournalError as error:
            recorder.trouble = f"the journal cannot be written: {error}"
        except Exception as error:  # noqa: BLE001  a fault of ours must not end a rollback
            recorder.trouble = f"a fault of this program: {error!r}"
        return False

    def _advance(self) -> bool:
        self._scan()
        moved = self.in_stride = self._advance_rollback()
        if self.leads or self.helps:
            moved = watch_offered(self._bench) or moved
        if self._state.rolling_back:
            self._rolling.clear()
        else:
            moved = self._leave_out() or moved
            for step_id in sorted(self._active):
                moved = self._steps.advance(step_id) or moved
            moved = self._roll_on() or moved
            if self.leads:
                self._end.look(self._active, self._background)
            self._bench.recorder.enter_account()
        return moved or self._running or self._state.rolling_back

    def _roll_on(self) -> bool:
        """Begin a step on its next machines, where the ones before have ended."""
        moved = False
        for id_ in sorted(self._rolling):
            step = self._state.outline.steps[id_]
            found = standing(self._state, step)
            if not found.under_way and (found.halted or not found.open):
                self._rolling.discard(id_)
            elif next_ones(self._state, step):
                begun = self._bench.recorder.record(partial(self._next, step))
                moved = moved or bool(begun)
                if not begun:
                    self._rolling.discard(id_)  # A person finds out why when they start it.
        return moved

    def _next(self, step: Step, state: RunState) -> list[Pair]:
        pairs: list[Pair] = []
        for id_ in next_ones(state, step) if not self.fenced(state) else ():
            decided = decide(state, StartStep(step=id_, confirmed=True), self._actor)
            if not isinstance(decided, Refusal):
                pairs += decided.events
        return self.armed(pairs)

    def _leave_out(self) -> bool:
        """Record what conditions leave out, when something changed."""
        state = self._state
        if not self.leads or not state.outline.conditions or state.seq == self._weighed:
            return False
        self._weighed = state.seq
        return bool(self._bench.recorder.record(leave_out))

    def _advance_rollback(self) -> bool:
        rollback = self._state.rollback
        if rollback is None or rollback.started is None or rollback.finished is not None:
            self._lock.release()
            return False
        if self._lock.held:
            return self._rollback.advance()
        if not self.helps or not self._lock.take(self._actor.identity):
            return False
        # Whoever held it until now may have kept an account of what is taken back already.
        self._bench.recorder.take_in(alone=True)
        return True

    def _scan(self) -> None:
        """Find the steps that are under way, when something changed."""
        state = self._state
        if state.steps is self._scanned:
            return
        self._scanned = state.steps
        self._running = any(c.running for s in state.steps.values() for c in s.commands)
        if not self.leads:
            return
        self._active = {
            id_
            for id_, step in state.steps.items()
            if id_ in state.outline.steps
            and (
                step.status in {Status.RUNNING, Status.WAITING}
                or any(c.running for c in step.commands)
            )
        }
        self._background = {
            c.folder: id_
            for id_ in self._active
            if state.step(id_).status not in {Status.RUNNING, Status.WAITING}
            for c in state.step(id_).commands
            if c.running
        }
