"""One open run: asks are decided, recorded, applied and acted on, on a thread of their own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from runbook_tui.run import requests as r
from runbook_tui.run.decide import decide, left_open
from runbook_tui.run.events import Actor, Event, RunFinished, RunPaused, StepStarted
from runbook_tui.run.offers import as_step
from runbook_tui.run.prepare import secrets_of
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import RunState, Status
from runbook_tui.session.account import NAME as ACCOUNT
from runbook_tui.session.launching import Workbench
from runbook_tui.session.locks import RunLock
from runbook_tui.session.offering import run_offered, watch_offered
from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.commands import Commands
from runbook_tui.session.ports.journal import Journal, JournalError
from runbook_tui.session.ports.surroundings import Surroundings
from runbook_tui.session.recorder import Pair, Recorder
from runbook_tui.session.stepping import StepDriver
from runbook_tui.session.undoing import RollbackDriver

BUSY_SECONDS = 0.03
IDLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What was asked is done; durable before anybody sees this."""

    state: RunState
    events: tuple[Event, ...] = ()


Answer = Accepted | Refusal
Listener = Callable[[RunState], None]


@dataclass(kw_only=True)
class _Work:
    request: r.Request | Callable[[], None]
    actor: Actor
    future: Future[Answer] = field(default_factory=Future)


class Session:
    """The only writer of a run in this process.

    ``leads``: this session carries steps out; another one only ticks, signs, watches and rolls
    back. Everything public may be called from any thread and returns at once.
    """

    def __init__(
        self,
        *,
        state: RunState,
        actor: Actor,
        journal: Journal,
        commands: Commands,
        surroundings: Surroundings,
        clock: Clock,
        folder: Path,
        leads: bool,
        unattended: bool = False,
    ) -> None:
        recorder = Recorder(journal, state, actor, clock, folder / ACCOUNT)
        self._bench = Workbench(
            recorder=recorder,
            commands=commands,
            surroundings=surroundings,
            clock=clock,
            folder=folder,
        )
        self._recorder = recorder
        self._journal = journal
        self._commands = commands
        self._steps = StepDriver(self._bench)
        self._rollback = RollbackDriver(self._bench)
        self._rollback.attended = not unattended
        self._helps = leads or unattended
        self._rollback_lock = RunLock(folder / "rollback.lock")
        self._lead_lock = RunLock(folder / "lead.lock")
        self._listeners: list[Listener] = []
        self._work: queue.Queue[_Work] = queue.Queue()
        self._closing = threading.Event()
        self._told: RunState | None = None
        self._active: set[str] = set()
        self._scanned = -1
        self._running = False
        self.actor = actor
        self.leads = leads
        self._thread = threading.Thread(target=self._live, name="session", daemon=True)
        self._follower = threading.Thread(target=self._follow, name="follower", daemon=True)

    @property
    def run(self) -> str:
        """The run's id."""
        return self.state.run

    @property
    def state(self) -> RunState:
        """The run now; never waits."""
        return self._recorder.state

    @property
    def trouble(self) -> str:
        """What keeps the journal from being written; empty where nothing."""
        return self._recorder.trouble

    def open(self) -> bool:
        """Start the session's threads; False if it should lead and somebody else does."""
        if self.leads and not self._lead_lock.take(self.actor.identity):
            return False
        self._thread.start()
        self._follower.start()
        return True

    def leader(self) -> str:
        """Who holds the lead now, as far as the lock tells."""
        return self._lead_lock.holder()

    def ask(self, request: r.Request, actor: Actor | None = None) -> Future[Answer]:
        """Ask for something; the answer comes once it is durable or refused.

        ``actor``: somebody else at this keyboard, who acts in a name of their own.
        """
        work = _Work(request=request, actor=actor or self.actor)
        self._work.put(work)
        return work.future

    def listen(self, callback: Listener) -> Callable[[], None]:
        """Be told of every new state, on the session's thread; returns how to stop that."""
        self._listeners.append(callback)

        def stop() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return stop

    def give_secret(self, name: str, value: str) -> None:
        """A secret that was asked for; kept in memory only."""
        self._call(lambda: self._bench.vault.__setitem__(name, value))

    def help_roll_back(self) -> None:
        """Go on with a rollback whose process has died, should there be one."""
        self._helps = True

    def write(self, folder: str, data: bytes) -> None:
        """Type into a command's terminal."""
        self._call(lambda: self._commands.write(Path(folder), data))

    def resize(self, folder: str, rows: int, columns: int) -> None:
        """Tell a command's terminal its size."""
        self._call(lambda: self._commands.resize(Path(folder), rows, columns))

    def pause(self) -> Future[Answer]:
        """Record that the lead leaves; commands go on."""
        return self.ask(_Pause())

    def close(self) -> None:
        """End the session's threads; running commands are not touched."""
        self._closing.set()
        self._call(lambda: None)
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        self._lead_lock.release()
        self._rollback_lock.release()

    def _call(self, deed: Callable[[], None]) -> None:
        self._work.put(_Work(request=deed, actor=self.actor))

    # -- on the session's thread ---------------------------------------------------------------

    def _live(self) -> None:
        busy = True
        while not self._closing.is_set():
            try:
                work = self._work.get(timeout=BUSY_SECONDS if busy else IDLE_SECONDS)
            except queue.Empty:
                pass
            else:
                self._do(work)
            busy = self._drive_safely()
            self._tell()

    def _do(self, work: _Work) -> None:
        if not isinstance(work.request, r.Request):
            work.request()
            return
        try:
            answer = self._answer(work.request, work.actor)
        except JournalError as error:
            answer = Refusal(reason=f"the journal cannot be written: {error}", hint=error.hint,
                             exit_code=70)  # fmt: skip
        except Exception as error:  # noqa: BLE001  whoever asked is told; the session lives on
            work.future.set_exception(error)
            return
        self._tell()
        work.future.set_result(answer)

    def _answer(self, request: r.Request, actor: Actor) -> Answer:
        if isinstance(request, r.StopCommands):
            return self._stop(request)
        if isinstance(request, _Pause):
            return self._record([(RunPaused(), None)])
        if isinstance(request, r.StartRollback):
            return self._start_rollback(request)
        if isinstance(request, r.RunOffered):
            return self._run_offered(request)
        if isinstance(request, r.StartStep) and (absent := self._absent(request.step)):
            return absent
        refusal: list[Refusal] = []

        def pairs(state: RunState) -> list[Pair]:
            refusal.clear()
            decision = decide(state, request, actor)
            if isinstance(decision, Refusal):
                refusal.append(decision)
                return []
            started = [s for payload, s in decision.events if isinstance(payload, StepStarted)]
            armed = [pair for step in started if step for pair in self._steps.begin(step)]
            return [*decision.events[:1], *armed, *decision.events[1:]]

        self._recorder.sync()
        keep = self.state.rolling_back or isinstance(request, r.OpenRollback | r.CloseRollback)
        if keep:
            events = self._recorder.record_or_keep(pairs)
        else:
            events = self._recorder.record(pairs, actor)
        if refusal:
            return refusal[0]
        return Accepted(state=self.state, events=tuple(events))

    def _absent(self, step_id: str) -> Refusal | None:
        """A refusal where a command would find a secret empty."""
        step = self.state.outline.steps.get(step_id)
        if step is None:
            return None
        names = self._bench.absent_secrets(secrets_of(self.state, step))
        if not names:
            return None
        return r.ValuesMissing(
            reason=f"“{step.title}” needs the secret {', '.join(names)}",
            hint="its source gives nothing now; type it when asked",
            names=names,
        )

    def _record(self, pairs: list[Pair]) -> Answer:
        events = self._recorder.record(lambda _: pairs)
        return Accepted(state=self.state, events=tuple(events))

    def _run_offered(self, request: r.RunOffered) -> Answer:
        self._helps = True
        step = as_step(self.state, request.command)
        if isinstance(step, Refusal):
            return step
        events = run_offered(self._bench, step)
        return Accepted(state=self.state, events=tuple(events))

    def _stop(self, request: r.StopCommands) -> Answer:
        stopped = 0
        for id_, step in self.state.steps.items():
            if request.step and id_ != request.step:
                continue
            for record in step.commands:
                if record.running:
                    self._commands.stop(Path(record.folder))
                    stopped += 1
        if not stopped:
            return Refusal(reason="nothing runs", exit_code=0)
        return Accepted(state=self.state)

    def _start_rollback(self, request: r.StartRollback) -> Answer:
        if not self._rollback_lock.take(self.actor.identity):
            return Refusal(reason=f"{self._rollback_lock.holder()} rolls it back already")
        refusal: list[Refusal] = []

        def pairs(state: RunState) -> list[Pair]:
            refusal.clear()
            decision = decide(state, request, self.actor)
            if isinstance(decision, Refusal):
                refusal.append(decision)
                return []
            return list(decision.events)

        try:
            self._recorder.sync()
        except JournalError as error:
            self._recorder.trouble = str(error)
        self._rollback.attended = self._rollback.attended and request.attended
        self._helps = True
        events = self._recorder.record_or_keep(pairs)
        if refusal:
            self._rollback_lock.release()
            return refusal[0]
        return Accepted(state=self.state, events=tuple(events))

    def _drive_safely(self) -> bool:
        try:
            return self._drive()
        except JournalError as error:
            self._recorder.trouble = f"the journal cannot be written: {error}"
        except Exception as error:  # noqa: BLE001  a fault of ours must not end a rollback
            self._recorder.trouble = f"a fault of this program: {error!r}"
        return False

    def _drive(self) -> bool:
        """Carry on whatever is under way; True while something is."""
        self._scan()
        moved = self._drive_rollback()
        if self.leads or self._helps:
            moved = watch_offered(self._bench) or moved
        if not self.state.rolling_back:
            for step_id in sorted(self._active):
                moved = self._steps.advance(step_id) or moved
            self._finish_run()
            self._recorder.enter_account()
        return moved or self._running or self.state.rolling_back

    def _drive_rollback(self) -> bool:
        rollback = self.state.rollback
        if rollback is None or rollback.started is None or rollback.finished is not None:
            self._rollback_lock.release()
            return False
        if not self._helps or not self._rollback_lock.take(self.actor.identity):
            return False
        return self._rollback.advance()

    def _scan(self) -> None:
        """Find the steps that are under way, when something changed."""
        state = self.state
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

    def _finish_run(self) -> None:
        state = self.state
        if not self.leads or state.finished is not None or self._active or state.begun is None:
            return
        if state.steps and not left_open(state):
            self._recorder.record(
                lambda now: [] if now.finished is not None else [(RunFinished(), None)]
            )

    def _tell(self) -> None:
        state = self.state
        if state is self._told:
            return
        self._told = state
        for listener in tuple(self._listeners):
            listener(state)

    def _follow(self) -> None:
        """Wake the session when others append to the run."""
        while not self._closing.is_set():
            try:
                if self._journal.wait(self.run, self.state.seq, 0.5):
                    done = threading.Event()
                    self._call(lambda done=done: self._sync(done))  # type: ignore[misc]
                    done.wait(1.0)
            except JournalError:
                self._closing.wait(1.0)

    def _sync(self, done: threading.Event) -> None:
        try:
            self._recorder.sync()
        except JournalError as error:
            self._recorder.trouble = str(error)
        done.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pause(r.Request):
    """The lead leaves."""


def idle(state: RunState) -> bool:
    """Whether nothing runs: no command, no rollback."""
    running = any(c.running for s in state.steps.values() for c in s.commands)
    return not running and not state.rolling_back
