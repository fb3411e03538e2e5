"""What a session carries on between two questions: steps, a rollback, the end of the run."""

from __future__ import annotations

from pathlib import Path

from runbook_tui.run.applying import leave_out
from runbook_tui.run.decide import left_open, left_out
from runbook_tui.run.events import Actor, RunFinished
from runbook_tui.run.state import RunState, Status
from runbook_tui.session.launching import Workbench
from runbook_tui.session.locks import ROLLBACK_LOCK, RunLock
from runbook_tui.session.offering import watch_offered
from runbook_tui.session.ports.journal import JournalError
from runbook_tui.session.recorder import Pair
from runbook_tui.session.stepping import StepDriver
from runbook_tui.session.undoing import RollbackDriver


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
        self._background: dict[str, str] = {}
        self._ending: set[str] = set()
        self._running = False
        self._scanned = self._weighed = self._found_open = -1
        if leads:
            self._lock.prepare()
        self.leads = leads
        self.helps = leads or not attended

    @property
    def _state(self) -> RunState:
        return self._bench.state

    def begin(self, step: str) -> list[Pair]:
        """What is recorded together with the start of a step: its undo."""
        return self._steps.begin(step)

    def probe_again(self, step: str) -> None:
        """Run the probes of a step again that have failed."""
        self._steps.probe_again(step)

    def give_up(self, step: str = "") -> int:
        """Try no more what waits for its next attempt; returns how many steps that are."""
        return self._steps.give_up(step)

    def take_rollback(self) -> str:
        """Take the right to roll back; returns who has it, or an empty string."""
        return "" if self._lock.take(self._actor.identity) else self._lock.holder()

    @property
    def has_rollback(self) -> bool:
        """Whether that right is held here."""
        return self._lock.held

    def leave_rollback(self) -> None:
        """Give that right back."""
        self._lock.release()

    def attend(self, attended: bool) -> None:
        """A rollback starts here; ``attended``: a person can answer."""
        self._rollback.attended = self._rollback.attended and attended
        self.helps = True

    def advance_safely(self) -> bool:
        """Carry on whatever is under way; True while something is. No fault ends a rollback."""
        recorder = self._bench.recorder
        try:
            return self._advance()
        except JournalError as error:
            recorder.trouble = f"the journal cannot be written: {error}"
        except Exception as error:  # noqa: BLE001  a fault of ours must not end a rollback
            recorder.trouble = f"a fault of this program: {error!r}"
        return False

    def _advance(self) -> bool:
        self._scan()
        moved = self._advance_rollback()
        if self.leads or self.helps:
            moved = watch_offered(self._bench) or moved
        if not self._state.rolling_back:
            moved = self._leave_out() or moved
            for step_id in sorted(self._active):
                moved = self._steps.advance(step_id) or moved
            self._end_run()
            self._bench.recorder.enter_account()
        return moved or self._running or self._state.rolling_back

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
        if state.seq == self._scanned:
            return
        self._scanned = state.seq
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

    def _end_run(self) -> None:
        """Nothing is open any more: end what runs in the background, then the run, and say so."""
        state = self._state
        if not self.leads or state.finished is not None or not state.steps or state.begun is None:
            return
        if self._active - set(self._background.values()) or state.seq == self._found_open:
            return
        if left_open(state) or left_out(state):
            # Where only what is optional is open, a person says whether that is all.
            self._found_open = state.seq
            return
        if self._background:
            for folder in self._background.keys() - self._ending:
                self._bench.commands.stop(Path(folder))
            self._ending |= self._background.keys()
            return
        ended = RunFinished(stopped=self._ended_with_the_run())
        self._bench.recorder.record(lambda now: [] if now.finished is not None else [(ended, None)])

    def _ended_with_the_run(self) -> tuple[str, ...]:
        outline = self._state.outline
        return tuple(
            outline[id_].title
            for id_, step in self._state.steps.items()
            if id_ in outline and any(c.folder in self._ending for c in step.commands)
        )
