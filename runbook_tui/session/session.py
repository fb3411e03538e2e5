"""One open run: asks are decided, recorded, applied and acted on, on a thread of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path

from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor, CommandStarted
from runbook_tui.run.state import RunState
from runbook_tui.run.undo_items import Absent
from runbook_tui.session.answering import Answer, Desk, Pause
from runbook_tui.session.driving import Driver
from runbook_tui.session.following import Following
from runbook_tui.session.guest import Guest
from runbook_tui.session.keyboard import Keyboard
from runbook_tui.session.leading import Lead
from runbook_tui.session.lookout import Lookout
from runbook_tui.session.measuring import Measured, Measuring
from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.commands import Commands
from runbook_tui.session.ports.durations import Durations, NoDurations
from runbook_tui.session.ports.journal import Journal, JournalError
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
from runbook_tui.session.sharing import Elsewhere, Sharing
from runbook_tui.session.turns import Feed, Inbox, Listener, Turns
from runbook_tui.session.workbench import workbench


class Session:
    """The only writer of a run in this process.

    ``leads``: this session carries steps out; another one only ticks, signs, watches and rolls
    back. Everything public may be called from any thread and returns at once. ``owns_journal``:
    the journal is closed with the session, which leaves all of it in its one file. ``elsewhere``:
    the run is led on another machine; here it is looked at, and what is asked goes there.
    """

    guest: Guest | None = None
    """What somebody in a browser may do; None for whoever has a terminal."""

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
        self._bench = bench = workbench(
            state, actor, journal, commands, surroundings, clock, folder, files, helps=not leads
        )
        self._journal = journal
        self._owns_journal = owns_journal
        self._driver = Driver(bench, actor, leads=leads, attended=not unattended)
        self._inbox = inbox = Inbox()
        self._feed = Feed()
        self._closing = threading.Event()
        self.at_open: list[Callable[[], object]] = []
        """What is done once the session is open."""
        self.at_end: list[Callable[[], object]] = []
        """What is done first when the session is closed."""
        self.actor = actor
        self.folder = folder
        """Where the run keeps what lies beside its events."""
        self.runner = runner
        """What runs helper programs."""
        self.signatures = signatures
        """What makes and checks signatures; `proving.proved` asks with one."""
        self.elsewhere = elsewhere
        self.sharing: Sharing | None = elsewhere
        """How the run fares on other machines; None where it is on this one alone."""
        here = elsewhere is None
        self.presence = Presence(folder)
        """Who looks at the run."""
        self.lead = Lead(bench, self._driver, actor, here=here)
        """Who leads the run."""
        self.keyboard = Keyboard(commands, inbox.call, here=here)
        """What is typed into commands' terminals."""
        self.lookout = Lookout(bench, durations or NoDurations(), runner, here=here)
        """What looks whether undos could work now."""
        self.pulls = PullWatch(bench, pulls if leads else None, inbox.call)
        """What is seen of pull requests, and what merges will run into."""
        self.measuring = Measuring(bench, sampler or NoSampler(), inbox.wake, leads=leads)
        """What measures the plan's watches, where this session leads."""
        guard = Guard(signatures, journal, clock.now)
        self._desk = Desk(bench, self._driver, actor, self.lead.lock, guard)
        self._thread = threading.Thread(target=self._turns().go_on, name="session", daemon=True)
        looks = (self.lead.lock.look, self.presence.look)
        following = Following(journal, bench.recorder, inbox.call, self._closing, looks)
        self._follower = threading.Thread(target=following.go_on, name="follower", daemon=True)

    def _turns(self) -> Turns:
        return Turns(
            bench=self._bench,
            actor=self.actor,
            inbox=self._inbox,
            feed=self._feed,
            driver=self._driver,
            desk=self._desk,
            lead=self.lead,
            lookout=self.lookout,
            pulls=self.pulls,
            measuring=self.measuring,
            closing=self._closing,
            here=self.elsewhere is None,
        )

    @property
    def run(self) -> str:
        """The run's id."""
        return self.state.run

    @property
    def state(self) -> RunState:
        """The run now; never waits."""
        return self._bench.recorder.state

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
        return self._bench.recorder.trouble

    @property
    def leads(self) -> bool:
        """Whether this session leads the run; never waits."""
        return self.lead.held

    @property
    def leaderless(self) -> bool:
        """Whether nobody's program leads the run now, this one neither; never waits."""
        return self.lead.nobodys

    def open(self, *, resume: bool = False, reason: str = "", seize: bool = False) -> bool:
        """Start the session's threads; False if it should lead and somebody else does.

        ``resume`` records that this person goes on as lead, for a ``reason``; ``seize``: they take
        the lead over though somebody has it. Raises `JournalError`.
        """
        if not self.lead.begin(resume=resume, reason=reason, seize=seize):
            return False
        self._thread.start()
        self._follower.start()
        self.pulls.start()
        for deed in self.at_open:
            deed()
        return True

    def prepare_rollback(self, request: r.StartRollback) -> None:
        """This will perhaps be asked in a moment: make ready what can be, and do nothing of it."""
        if self.elsewhere is None:
            self._inbox.call(lambda: self._desk.prepare(request))

    def measured(self) -> Mapping[str, Measured]:
        """What is measured here now, by watch; never waits."""
        return self.measuring.seen()

    def ask(self, request: r.Request, actor: Actor | None = None) -> Future[Answer]:
        """Ask for something; the answer comes once it is durable or refused.

        ``actor``: somebody else at this keyboard, who acts in a name of their own.
        """
        if self.elsewhere is not None:
            return self.elsewhere.ask(self.state, request, actor or self.actor)
        return self._inbox.ask(request, actor or self.actor)

    def listen(self, callback: Listener) -> Callable[[], None]:
        """Be told of every new state, on the session's thread; returns how to stop that."""
        return self._feed.listen(callback)

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

        self._inbox.call(look)
        return found

    def give_secret(self, name: str, value: str) -> None:
        """A secret that was asked for; kept in memory only."""
        self._inbox.call(lambda: self._bench.give_secret(name, value))

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

    def pause(self) -> Future[Answer]:
        """Record that the lead leaves; commands go on."""
        return self.ask(Pause())

    def close(self) -> None:
        """End the session's threads; running commands are not touched."""
        for deed in self.at_end:
            deed()
        self._closing.set()
        self.lookout.close()
        self.pulls.close()
        self.presence.leave()
        self._inbox.wake()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        self._desk.leave()
        self.lead.lock.release()
        self._driver.leave_rollback()
        # A thread that a disk does not answer would keep us here as well.
        if self._owns_journal and not self._thread.is_alive():
            self._journal.close()
