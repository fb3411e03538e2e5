"""Carries steps out: what comes next in a step, from its state and its commands' folders alone.

Because nothing is remembered that is not in the journal or in a command's folder, whoever opens
the run next goes on where the last one stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runbook_tui.book.expecting import matches
from runbook_tui.book.model import Step
from runbook_tui.run.events import (
    CheckTicked,
    Payload,
    StepFinished,
    StepStarted,
    UndoArmed,
)
from runbook_tui.run.finishing import (
    conclude,
    ended_by,
    failed_probes,
    turned_back,
    waits_for,
)
from runbook_tui.run.rehearsal import rehearsed
from runbook_tui.run.retrying import why_failed
from runbook_tui.run.state import CommandRecord, RunState, Status, StepState, overtaken
from runbook_tui.session.arming import armed_undo
from runbook_tui.session.evidence import evidence_of, kept_of
from runbook_tui.session.launching import finished, prepare_step, start
from runbook_tui.session.ports.commands import NEVER_STARTED, CommandStatus, Phase
from runbook_tui.session.ports.journal import TooLarge
from runbook_tui.session.putting_out import captured, settle
from runbook_tui.session.recorder import Pair
from runbook_tui.session.workbench import Workbench

UNDO_KINDS = frozenset({"undo", "verify_undo"})
OUTPUT_LIMIT = 1 << 20
WHOLE = "RUNBOOK_OUTPUT"
"""The name under which what is wrong with all that a command put out is told."""


PAUSE = 1.0
"""Seconds before the second attempt of a step; each further pause is twice as long."""
LONGEST_PAUSE = 60.0


def pause(failed: int) -> float:
    """Seconds to wait after so many failed attempts."""
    return float(min(LONGEST_PAUSE, PAUSE * 2.0 ** (min(failed, 50) - 1)))


class StepDriver:
    """Drives the steps that are under way. Not thread-safe."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._mine: set[str] = set()
        self._retries: dict[str, int] = {}
        self._again: set[str] = set()
        self.fenced: Callable[[RunState], bool] = lambda state: False
        """Whether somebody else leads by now, as a newer state has it."""
        self.beside: Callable[[], str] = lambda: ""
        """Who rolls the run back without its journal."""

    def begin(self, step_id: str) -> list[Pair]:
        """What is recorded together with the start of a step: its undo."""
        self._mine.add(step_id)
        self._retries[step_id] = self._bench.step(step_id).retries
        return [(armed_undo(self._bench, self._bench.state, step_id), step_id)]

    def give_up(self, step_id: str = "") -> int:
        """Try no more what waits for its next attempt: this step, or all; returns how many."""
        given_up = 0
        for id_ in self._mine if not step_id else self._mine & {step_id}:
            state = self._bench.state.step(id_)
            waits = state.status is Status.RUNNING and not any(c.running for c in state.commands)
            if waits and self._retries.get(id_):
                self._retries[id_] = 0
                given_up += 1
        return given_up

    def probe_again(self, step_id: str) -> None:
        """Forget that probes of a step have failed."""
        self._again.update(failed_probes(self._bench.state, step_id))

    def advance(self, step_id: str) -> bool:
        """Do what comes next in a step; True if something was recorded."""
        state = self._bench.state.step(step_id)
        busy = False
        for record in state.commands:
            if not record.running or record.kind in UNDO_KINDS:
                continue
            if self._watch(step_id, record):
                return True
            busy = busy or not record.background
        if busy or state.status not in {Status.RUNNING, Status.WAITING}:
            return False
        return self._next(step_id)

    def _watch(self, step_id: str, record: CommandRecord) -> bool:
        bench = self._bench
        folder = Path(record.folder)
        failure = bench.failures.pop(record.folder, "")
        status = bench.commands.status(folder)
        if failure:
            status = CommandStatus(phase=Phase.FINISHED, exit=127, reason=failure)
        if status.phase in {Phase.STARTING, Phase.RUNNING}:
            put_out = bench.recorder.record(lambda _: captured(bench, step_id, record))
            if any(isinstance(event.payload, UndoArmed) for event in put_out):
                self.refile()
            return bool(put_out)
        if status.reason == NEVER_STARTED and not bench.commands.forestall(folder):
            return False

        def ended(state: RunState) -> list[Pair]:
            newest = {c.folder: c for c in state.step(step_id).commands}[record.folder]
            if not newest.running:
                return []
            pairs = captured(bench, step_id, record)
            return [*pairs, (finished(self._bench, record, status), step_id)]

        bench.recorder.record(ended)
        settle(bench, record.folder)
        self.refile()
        return True

    def _next(self, step_id: str) -> bool:
        step = self._bench.step(step_id)
        state = self._bench.state.step(step_id)
        commands = [c for c in state.commands if c.attempt == state.attempt]
        done = {c.kind: c for c in commands if c.kind in {"before", "run"}}
        if self._bench.state.rehearsal and step.rehearsal_text is not None:
            return self._stand_in(step, step.rehearsal_text, commands)
        if not step.manual and state.status is Status.RUNNING:
            # Once an attempt has acted, what is there is not the old state any more.
            before = None if state.acted and "run" not in done else step.before
            for kind, text in (("before", before), ("run", step.run)):
                if text and kind not in done:
                    return self._launch(step, kind, text)
                if kind in done and not done[kind].running and not self._good(step, done[kind]):
                    return self._failed(step, done[kind])
                if kind in done and (why := unusable(step, state)):
                    return self._fail(step, why)
            if not self._is_ready(step, commands):
                return self._probe_ready(step, commands)
        if step.manual and state.status is Status.RUNNING:
            return False
        return self._checks(step, state, commands) or self._conclude(step, state)

    def _stand_in(self, step: Step, text: str, commands: list[CommandRecord]) -> bool:
        """In a rehearsal: the command that the plan gives in the step's place, and no other."""
        last = next((c for c in commands if c.kind == "rehearse"), None)
        if last is None:
            return self._launch(step, "rehearse", text)
        if not last.ok or last.stopped or last.timed_out:
            return self._fail(step, why_failed(step, last))
        return self._record(step, rehearsed(self._bench.state, step, ran=last.text)) or True

    def _launch(self, step: Step, kind: str, text: str, node: str = "") -> bool:
        bench = self._bench
        if kind in {"before", "run", "rehearse"} and (reason := self._interrupted(step)):
            return self._fail(step, reason)
        if kind in {"before", "run"} and self._held(step):
            return True
        launch = prepare_step(bench, step, kind, text, node)
        try:
            if not self._record(step, launch.started, acts=kind in {"before", "run"}):
                return True
        except TooLarge as error:
            return self._fail(step, str(error))
        if kind in {"before", "run"}:
            self.refile()
        start(bench, launch)
        return True

    def _interrupted(self, step: Step) -> str:
        """Why a step that was started is not carried on with; empty where it is."""
        if step.id not in self._mine:
            # Started by a session that ended before the command was: nobody's hand is on it now.
            return "interrupted before its command started"
        if overtaken(self._bench.state, step.id):
            return "a rollback came before its command started"
        return ""

    def _held(self, step: Step) -> bool:
        """Whether nothing of a step may begin: the run is or was rolled back without its journal
        meanwhile."""
        if beside := self.beside():
            return self._fail(step, f"{beside} rolls it back")
        return self._bench.state.step(step.id).status is not Status.RUNNING

    def _record(self, step: Step, payload: Payload, *, acts: bool = False) -> bool:
        """Record what comes next in a step; False where others came first, to be looked at anew."""
        unmoved = self._unmoved(step, acts=acts)
        return bool(
            self._bench.recorder.record(lambda now: [(payload, step.id)] if unmoved(now) else [])
        )

    def _unmoved(self, step: Step, *, acts: bool = False) -> Callable[[RunState], bool]:
        """Whether a later state still has the step where it is now, and nobody takes it back.

        A rollback has settled what it takes back: what begins now would stay. ``acts``: nor does
        it begin once that rollback has ended.
        """
        seen = self._bench.state.step(step.id)

        def unmoved(now: RunState) -> bool:
            found = now.step(step.id)
            if self.fenced(now):
                return False
            if now.rolling_back or (acts and overtaken(now, step.id)):
                return False
            return (found.attempt, found.status) == (seen.attempt, seen.status)

        return unmoved

    def _kept_evidence(self, step: Step) -> bool:
        """Keep what the attempt has left as evidence, before its end; True if that was recorded."""
        at = self._bench.state.step(step.id)
        ran = any(c.attempt == at.attempt for c in at.commands)
        if not ran or not step.evidence or kept_of(self._bench.state, step.id, at.attempt):
            return False
        pairs = evidence_of(self._bench, step, at.attempt)
        unmoved = self._unmoved(step)
        return bool(self._bench.recorder.record(lambda now: pairs if unmoved(now) else []))

    def _fail(self, step: Step, reason: str) -> bool:
        if self._kept_evidence(step):
            return True
        ended = ended_by(self._bench.state, step.id)
        self._record(step, StepFinished(result="failed", reason=reason, ended=ended))
        return True

    def refile(self) -> None:
        """Write down anew how the run is taken back; what keeps it from that is told."""
        bench = self._bench
        try:
            bench.papers.write(bench.state, bench.clock.now())
        except OSError as error:
            bench.recorder.trouble = f"the undo file cannot be written: {error.strerror}"

    def _good(self, step: Step, record: CommandRecord) -> bool:
        if record.lost or record.stopped or record.timed_out or record.exit is None:
            return False
        if record.kind != "run":
            return record.exit == 0
        if record.exit not in step.expect.exits:
            return False
        if step.expect.output is None:
            return True
        return matches(
            step.expect.output, self._bench.commands.tail(Path(record.folder), OUTPUT_LIMIT)
        )

    def _failed(self, step: Step, record: CommandRecord) -> bool:
        left = self._retries.get(step.id, 0)
        plain = not (record.lost or record.stopped)
        if left > 0 and plain and not overtaken(self._bench.state, step.id):
            due = (record.finished or 0.0) + pause(step.retries - left + 1)
            # A clock that was put back must not make anybody wait for it.
            if 0.0 <= due - self._bench.now() <= LONGEST_PAUSE:
                return False
            if self._kept_evidence(step):
                return True
            if self._held(step):
                return True
            before = self._bench.state.step(step.id)
            again = StepStarted(attempt=before.attempt + 1, by=before.by or None)
            if self._record(step, again, acts=True):
                self._retries[step.id] = left - 1
            return True
        return self._fail(step, why_failed(step, record))

    def _is_ready(self, step: Step, commands: list[CommandRecord]) -> bool:
        if not step.background or not step.ready:
            return True
        return any(c.kind == "ready" and c.ok for c in commands)

    def _probe_ready(self, step: Step, commands: list[CommandRecord]) -> bool:
        main = next((c for c in commands if c.kind == "run"), None)
        if main is not None and not main.running:
            return self._failed(step, main)
        last = next((c for c in reversed(commands) if c.kind == "ready"), None)
        now = self._bench.now()
        if last is not None and (last.running or now - (last.finished or now) < 1.0):
            return False
        return self._launch(step, "ready", step.ready or "")

    def _checks(self, step: Step, state: StepState, commands: list[CommandRecord]) -> bool:
        """Run each probe of an open check once an attempt, or when asked; tick what holds."""
        probed = {c.node: c for c in commands if c.kind == "probe"}
        for check in step.checks:
            if check.probe is None or check.id in self._bench.state.ticks:
                continue
            record = probed.get(check.id)
            if record is None or check.id in self._again:
                self._again.discard(check.id)
                return self._launch(step, "probe", check.probe, node=check.id)
            # One that has turned back since is asked again and again, and ticks itself by that.
            if record.ok and not turned_back(self._bench.state, record):
                self._record(step, CheckTicked(node=check.id, probe=True))
                return True
        return False

    def _conclude(self, step: Step, state: StepState) -> bool:
        if state.status is Status.WAITING and waits_for(self._bench.state, step.id):
            return False
        if self._kept_evidence(step):
            return True
        unmoved = self._unmoved(step)
        if self._bench.recorder.record(lambda now: conclude(now, step.id) if unmoved(now) else []):
            self._mine.discard(step.id)
        return True


def unusable(step: Step, state: StepState) -> str:
    """Why a value that the step promises cannot be used though it was put out; empty where none."""
    for name in step.outputs:
        fault = state.refused.get(name, "")
        if not fault and name not in state.outputs:
            fault = state.refused.get(WHOLE, "")
        if fault:
            return f"its output “{name}” cannot be used: {fault}"
    return ""
