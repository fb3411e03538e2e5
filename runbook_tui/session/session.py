"""One open run: asks are decided, recorded, applied and acted on, on a thread of their own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from runbook_tui.book.model import Watch
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor, CommandStarted
from runbook_tui.run.handing_over import taken_over
from runbook_tui.run.requests import Refusal
from runbook_tui.run.scopes import default_scope
from runbook_tui.run.state import RunState
from runbook_tui.run.undo_items import Absent
from runbook_tui.session.answering import Answer, Desk, Pause
from runbook_tui.session.driving import Driver
from runbook_tui.session.following import Following
from runbook_tui.session.keyboard import Keyboard
from runbook_tui.session.locks import LeadLock, seized
from runbook_tui.session.lookout import Lookout
from runbook_tui.session.measuring import Measured, Measuring
from runbook_tui.session.opening import resumption
from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.commands import Commands
from runbook_tui.session.ports.durations import Durations, NoDurations
from runbook_tui.session.ports.journal import Journal, JournalError, TooLarge
from runbook_tui.session.ports.kept_files import KeptFiles
from runbook_tui.session.ports.probes import NoSampler, Sampler
from runbook_tui.session.ports.pulls import Pulls
from runbook_tui.session.ports.runner import Runner
from runbook_tui.session.ports.signatures import Signatures
from runbook_tui.session.ports.surroundings import Surroundings
from runbook_tui.session.presence import Presence
from runbook_tui.session.proofs import Guard
from runbook_tui.session.pulls import PullWatch
from runbook_tui.session.putting_out import foreseen
from runbook_tui.session.recorder import Recorder
from runbook_tui.session.sharing import Elsewhere, Sharing
from runbook_tui.session.spare import Places
from runbook_tui.session.undo_writing import Papers
from runbook_tui.session.workbench import Workbench

BUSY_SECONDS = 0.03
IDLE_SECONDS = 0.5
FIRST_LOOK = 3.0
"""Seconds that sources of secrets have to answer before a rollback is shown without a screen."""
LATE_SECONDS = 0.1
"""Seconds that a rollback's start may take before it is shown without its first undo."""


Listener = Callable[[RunState], None]


@dataclass(kw_only=True)
class _Work:
    request: r.Request | Callable[[], None]
    actor: Actor
    future: Future[Answer] = field(default_factory=Future)


class Session:
    """The only writer of a run in this process.

    ``leads``: this session carries steps out; another one only ticks, signs, watches and rolls
    back. Everything public may be called from any thread and returns at once. ``owns_journal``:
    the journal is closed with the session, which leaves all of it in its one file. ``elsewhere``:
    the run is led on another machine; here it is looked at, and what is asked goes there.
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
        runner: Runner,
        signatures: Signatures,
        files: KeptFiles,
        folder: Path,
        leads: bool,
        unattended: bool = False,
        owns_journal: bool = False,
        durations: Durations | None = None,
        sampler: Sampler | None = None,
        elsewhere: Elsewhere | None = None,
        pulls: Pulls | None = None,
    ) -> None:
        places = Places(folder, state.run)
        self._recorder = Recorder(journal, state, actor, clock, places)
        self._bench = Workbench(
            recorder=self._recorder,
            commands=commands,
            surroundings=surroundings,
            clock=clock,
            folder=folder,
            places=places,
            papers=Papers(folder),
            files=files,
            helps=not leads,
        )
        self.at_end: list[Callable[[], object]] = []
        """What is done first when the session is closed."""
        self.presence = Presence(folder)
        """Who looks at the run."""
        self._journal = journal
        self._owns_journal = owns_journal
        self._commands = commands
        self._driver = Driver(self._bench, actor, leads=leads, attended=not unattended)
        self.lead_lock = LeadLock(folder / "lead.lock")
        """Who leads the run, as far as the lock tells."""
        self.folder = folder
        """Where the run keeps what lies beside its events."""
        self.runner = runner
        """What runs helper programs."""
        self.signatures = signatures
        """What makes and checks signatures; `proving.proved` asks with one."""
        guard = Guard(signatures, journal, clock.now)
        self._desk = Desk(self._bench, self._driver, actor, self.lead_lock, guard)
        self._listeners: list[Listener] = []
        self._work: queue.Queue[_Work] = queue.Queue()
        self._keyboard = Keyboard(commands, self._call)
        self._closing = threading.Event()
        self._told: RunState | None = None
        self.actor = actor
        self.leads = leads
        self.elsewhere = elsewhere
        self.sharing: Sharing | None = elsewhere
        """How the run fares on other machines; None where it is on this one alone."""
        self._thread = threading.Thread(target=self._live, name="session", daemon=True)
        following = Following(journal, self._recorder, self._call, self._closing, self._look)
        self._lookout = Lookout(self._bench, durations or NoDurations(), runner)
        self._looking = threading.Thread(target=self._lookout.go_on, name="lookout", daemon=True)
        self.pulls = PullWatch(self._bench, pulls if leads else None, self._call)
        """What is seen of pull requests, and what merges will run into."""
        self._follower = threading.Thread(target=following.go_on, name="follower", daemon=True)
        self.measuring = Measuring(
            self._bench, sampler or NoSampler(), lambda: self._call(lambda: None), leads=leads
        )
        """What measures the plan's watches, where this session leads."""

    @property
    def run(self) -> str:
        """The run's id."""
        return self.state.run

    @property
    def state(self) -> RunState:
        """The run now; never waits."""
        return self._recorder.state

    def now(self) -> float:
        """The time (epoch seconds) on the scale of the run's own times; never waits."""
        return self._bench.now()

    @property
    def absent(self) -> Absent:
        """Secrets that a person has to give, known once a rollback was looked at; lost folders."""
        return self._bench.absent

    @property
    def environment(self) -> Mapping[str, str]:
        """What commands started from here inherit."""
        return self._bench.surroundings.environment

    @property
    def trouble(self) -> str:
        """What keeps the journal from being written; empty where nothing."""
        return self._recorder.trouble

    @property
    def leaderless(self) -> bool:
        """Whether nobody's program leads the run now, this one neither; never waits."""
        return not self.leads and self.elsewhere is None and self.lead_lock.gone

    def open(self, *, resume: bool = False, reason: str = "", seize: bool = False) -> bool:
        """Start the session's threads; False if it should lead and somebody else does.

        ``resume`` records that this person goes on as lead, for a ``reason``; ``seize``: they take
        the lead over though somebody has it. Raises `JournalError`.
        """
        if self.leads and not self.lead_lock.take(self.actor.identity):
            if not seize:
                return False
            taken = partial(taken_over, actor=self.actor, reason=reason)
            self._recorder.record(taken)
            seized(self.lead_lock, self.actor.identity)
        elif resume:
            self._recorder.record(lambda state: resumption(state, self.actor, reason))
        self._driver.led_since = self.state.led_since
        self.lead_lock.look()
        self._thread.start()
        self._follower.start()
        self.pulls.start()
        return True

    def appear(self, way: str) -> None:
        """Be seen by others who look at the run, in this way."""
        self.presence.enter(self.actor, way)

    def _look(self) -> None:
        self.lead_lock.look()
        self.presence.look()

    def prepare_rollback(self, request: r.StartRollback) -> None:
        """This will perhaps be asked in a moment: make ready what can be, and do nothing of it."""
        if self.elsewhere is None:
            self._call(lambda: self._desk.prepare(request))

    def measured(self) -> Mapping[str, Measured]:
        """What is measured here now, by watch; never waits."""
        return self.measuring.seen()

    def keep_looking(self) -> None:
        """Find out from here on what hinders undos: somebody looks at the light."""
        if self.elsewhere is None and not self._looking.is_alive():
            self._looking.start()

    def ask(self, request: r.Request, actor: Actor | None = None) -> Future[Answer]:
        """Ask for something; the answer comes once it is durable or refused.

        ``actor``: somebody else at this keyboard, who acts in a name of their own.
        """
        if self.elsewhere is not None:
            return self.elsewhere.ask(self.state, request, actor or self.actor)
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

    def started(self, seq: int) -> Future[CommandStarted | None]:
        """How a command was started, by its event; None where the journal does not tell."""
        found: Future[CommandStarted | None] = Future()

        def look() -> None:
            try:
                events = self._journal.events(self.run, seq - 1, 1)
            except JournalError:
                events = []
            told = [e.payload for e in events if isinstance(e.payload, CommandStarted)]
            found.set_result(told[0] if told else None)

        self._call(look)
        return found

    def give_secret(self, name: str, value: str) -> None:
        """A secret that was asked for; kept in memory only."""
        self._call(lambda: self._bench.give_secret(name, value))

    def look_around(self, *, checks: bool = False) -> None:
        """Find out what a rollback would lack; before the session is opened.

        ``checks``: also by the undos' own checks and all sources of secrets, which takes seconds.
        """
        names = tuple(self.state.secrets) if checks else ()
        self._bench.look_for_secrets(names, FIRST_LOOK)
        self._bench.look_for_folders()
        self._lookout.look_once(checks=checks)

    def look_back(self, patience: float) -> None:
        """Learn how long things took in past runs, before the session is opened.

        Runs that nobody has read yet are read for ``patience`` seconds at most.
        """
        self._lookout.look_back(patience)

    @property
    def hidden(self) -> tuple[str, ...]:
        """The values of secrets that are known here."""
        return tuple(value for value in dict(self._bench.vault).values() if value)

    @property
    def rolls_back(self) -> bool:
        """Whether the rollback that runs is carried out here, and by nobody else."""
        return self.state.rolling_back and self._driver.has_rollback

    def foreseen(self) -> RunState:
        """The run with what its commands have put out and nobody recorded; before it is opened."""
        return foreseen(self._bench)

    def help_roll_back(self) -> None:
        """Go on with a rollback whose process has died, should there be one."""
        self._driver.helps = True

    def leave_rollbacks(self) -> None:
        """Take no rollback over that others have left, though this session leads."""
        self._driver.helps = False

    def write(self, folder: str, data: bytes) -> None:
        """Type into a command's terminal: at once, unless that may wait."""
        if self.elsewhere is None:
            self._keyboard.write(Path(folder), data)

    def resize(self, folder: str, rows: int, columns: int) -> None:
        """Tell a command's terminal its size."""
        if self.elsewhere is None:
            self._call(lambda: self._commands.resize(Path(folder), rows, columns))

    def pause(self) -> Future[Answer]:
        """Record that the lead leaves; commands go on."""
        return self.ask(Pause())

    def close(self) -> None:
        """End the session's threads; running commands are not touched."""
        for deed in self.at_end:
            deed()
        self._closing.set()
        self._lookout.close()
        self.pulls.close()
        self.presence.leave()
        self._call(lambda: None)
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        self._desk.leave()
        self.lead_lock.release()
        self._driver.leave_rollback()
        # A thread that a disk does not answer would keep us here as well.
        if self._owns_journal and not self._thread.is_alive():
            self._journal.close()

    def _call(self, deed: Callable[[], None]) -> None:
        self._work.put(_Work(request=deed, actor=self.actor))

    # -- on the session's thread ---------------------------------------------------------------

    def _live(self) -> None:
        busy = True
        while not self._closing.is_set():
            try:
                pause = BUSY_SECONDS if busy else IDLE_SECONDS
                work = self._work.get(timeout=0.0 if self._driver.in_stride else pause)
            except queue.Empty:
                pass
            else:
                self._do(work)
            if self.elsewhere is not None:
                busy = False  # Nothing of the run is on this machine, and nothing is done here.
                self._tell()
                continue
            self._mind_lead()
            busy = self._driver.advance_safely()
            self.measuring.advance(self._roll_back)
            if self._bench.look_around() | self._lookout.take_in() | self.pulls.take_in():
                self._told = None
            self._tell()
        self.measuring.finish()

    def _roll_back(self, watch: Watch) -> bool:
        """Start what a breach starts by itself; the plan and whoever started the run said so."""
        scope, node = default_scope(self.state)
        request = r.StartRollback(
            scope=scope, node=node, attended=self.measuring.attended, watch=watch.id
        )
        return not isinstance(self._answer(request, self.actor), Refusal)

    def _mind_lead(self) -> None:
        """Whoever has given the lead on, or lost it, leads no more from the same moment on."""
        if self.leads and self._driver.fenced(self.state):
            self.leads = False
            self._driver.step_down()
            self.measuring.step_down()
            self.lead_lock.release()
            self._told = None

    def _do(self, work: _Work) -> None:
        if not isinstance(work.request, r.Request):
            work.request()
            return
        if isinstance(work.request, r.OpenRollback | r.StartRollback) and self.state.rehearsal:
            self._lookout.look_for_rehearsal(beside=self._looking.is_alive())
        try:
            answer = self._answer(work.request, work.actor)
        except TooLarge as error:
            answer = Refusal(reason=str(error), hint=error.hint, exit_code=2)
        except JournalError as error:
            answer = Refusal(reason=f"the journal cannot be written: {error}", hint=error.hint,
                             exit_code=70)  # fmt: skip
        except Exception as error:  # noqa: BLE001  whoever asked is told; the session lives on
            work.future.set_exception(error)
            return
        if isinstance(work.request, r.OpenRollback):
            self._lookout.hurry()
        self._tell()
        work.future.set_result(answer)

    def _answer(self, request: r.Request, actor: Actor) -> Answer:
        if not isinstance(request, r.StartRollback):
            return self._desk.answer(request, actor)
        # The first undo comes before all drawing, unless it is long in coming.
        late = threading.Timer(LATE_SECONDS, self._tell)
        late.daemon = True
        late.start()
        try:
            return self._desk.answer(request, actor)
        finally:
            late.cancel()

    def _tell(self) -> None:
        state = self.state
        if state is self._told:
            return
        self._told = state
        for listener in tuple(self._listeners):
            listener(state)
