"""What a session does when it is asked for something: decide, record, and let it begin."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from runbook_tui.book.model import Step
from runbook_tui.book.spreading import is_spread
from runbook_tui.frozen import frozen
from runbook_tui.run import deadlines
from runbook_tui.run import requests as r
from runbook_tui.run.decide import decide
from runbook_tui.run.events import (
    Actor,
    Event,
    PlanChanged,
    RunPaused,
    StepFinished,
    UndoArmed,
)
from runbook_tui.run.handing_over import who_leads
from runbook_tui.run.leading import not_lead
from runbook_tui.run.offers import as_step
from runbook_tui.run.prepare import secrets_of
from runbook_tui.run.rehearsal import really_runs
from runbook_tui.run.requests import Decision, Refusal
from runbook_tui.run.retrying import pausing
from runbook_tui.run.state import RunState
from runbook_tui.run.votes import ShareRequest, decide_share
from runbook_tui.session.capacity import too_large, unfit
from runbook_tui.session.driving import Driver
from runbook_tui.session.evidence import with_evidence
from runbook_tui.session.head_start import HeadStart
from runbook_tui.session.launching import prepare_step
from runbook_tui.session.locks import RunLock
from runbook_tui.session.offering import run_offered
from runbook_tui.session.ports.journal import JournalError
from runbook_tui.session.proofs import Guard, is_signed
from runbook_tui.session.recorder import Pair
from runbook_tui.session.workbench import Workbench


@frozen
class Accepted:
    """What was asked is done; durable before anybody sees this."""

    state: RunState
    events: tuple[Event, ...] = ()


@frozen
class Pause(r.Request):
    """The lead leaves; commands go on."""


Answer = Accepted | Refusal


class Desk:
    """Answers requests, one at a time, on the session's thread."""

    def __init__(
        self, bench: Workbench, driver: Driver, actor: Actor, lead: RunLock, guard: Guard
    ) -> None:
        self._bench = bench
        self._recorder = bench.recorder
        self._driver = driver
        self._actor = actor
        self._lead = lead
        self._head_start = HeadStart(bench, actor)
        self._guard = guard

    @property
    def _state(self) -> RunState:
        return self._bench.state

    def answer(self, request: r.Request, actor: Actor) -> Answer:
        """Do what is asked, or say why not; raises `JournalError`."""
        if isinstance(request, r.StopCommands):
            return self._stop(request)
        if isinstance(request, Pause) and (not self._driver.leads or self._fenced()):
            return Accepted(state=self._state)
        if isinstance(request, Pause):
            events = self._recorder.record(lambda _: [(RunPaused(), None)])
            return Accepted(state=self._state, events=tuple(events))
        if isinstance(request, r.StartRollback):
            return self._start_rollback(request)
        if isinstance(request, r.RunOffered):
            return self._run_offered(request)
        if isinstance(request, r.StartStep) and (back := self._rolled_back_beside()):
            return back
        if isinstance(request, r.StartStep | r.ProbeAgain) and (kept := self._kept(request, actor)):
            return kept
        if isinstance(request, r.AmendUndo) and (told := self._tells_secret(request)):
            return told
        if isinstance(request, r.OpenRollback):
            self._recorder.take_in()
            self._bench.look_for_secrets(())
            self._bench.look_for_folders()
        self._recorder.sync()
        beside = r.OpenRollback | r.CloseRollback | r.SetSeverity
        keep = self._state.rolling_back or isinstance(request, beside)
        shared = isinstance(request, ShareRequest)
        asked = request.inner if isinstance(request, ShareRequest) else request
        unproven = self._guard.refusal(self._state, asked, actor)
        keep = keep and not shared and not is_signed(request)
        answer = unproven or self._decided(request, actor, keep=keep)
        if isinstance(request, r.ProbeAgain) and isinstance(answer, Accepted):
            self._driver.probe_again(request.step)
        if isinstance(request, r.StartStep) and isinstance(answer, Accepted):
            self._driver.roll(request.step)
        return answer

    def _rolled_back_beside(self) -> Refusal | None:
        """A refusal while somebody rolls back without the journal, as `rollback.sh` does."""
        if holder := self._driver.rolled_back_beside():
            return Refusal(reason=f"{holder} rolls it back", hint="start it once that is over")
        return None

    def _fenced(self) -> bool:
        self._recorder.sync()
        return self._driver.fenced(self._state)

    def _decided(self, request: r.Request, actor: Actor, *, keep: bool) -> Answer:
        """Decide on the newest state and record; ``keep``: even without a journal."""
        refusal: list[Refusal] = []

        def pairs(state: RunState) -> list[Pair]:
            refusal.clear()
            now = self._bench.now()
            if isinstance(request, r.StartStep | r.ProbeAgain) and self._driver.fenced(state):
                refusal.append(Refusal(reason=who_leads(state), hint="steps are started there"))
                return []
            asked = request.inner if isinstance(request, ShareRequest) else request
            decision: Decision | Refusal | None = deadlines.refused(state, asked, now)
            if decision is None and isinstance(request, ShareRequest):
                decision = decide_share(state, request, actor)
            decision = decision or decide(state, request, actor)
            if isinstance(decision, Refusal):
                refusal.append(deadlines.explained(state, asked, decision, now))
                return []
            return with_evidence(self._bench, self._driver.armed(decision.events))

        id_ = request.id if isinstance(request, ShareRequest) else ""
        recorder = self._recorder
        events = (
            recorder.record_or_keep(pairs, actor) if keep else recorder.record(pairs, actor, id_)
        )
        if any(
            isinstance(e.payload, PlanChanged)
            or (isinstance(e.payload, UndoArmed) and e.payload.kind == "manual")
            for e in events
        ):
            # No command starts that would have it written down.
            self._driver.refile()
        return refusal[0] if refusal else Accepted(state=self._state, events=tuple(events))

    def _kept(self, request: r.StartStep | r.ProbeAgain, actor: Actor) -> Refusal | None:
        """A refusal where this session would not carry it out, or a command of it would find a
        secret empty or could not be started."""
        step = self._state.outline.steps.get(request.step)
        if step is None:
            return None
        if (refusal := not_lead(self._state, actor, "start a step")) is not None:
            return refusal
        if (is_spread(step) or not step.manual) and not self._driver.leads:
            # It would start in the folders and the environment of another terminal than this.
            if self._lead.free():
                return Refusal(
                    reason=f"nobody leads the run now, so nobody would carry “{step.title}” out",
                    hint=f"lead it: runbook resume {self._state.run}",
                )
            return Refusal(
                reason=f"the run is led in another place, by {self._lead.holder()}",
                hint=f"start “{step.title}” there",
            )
        walked = isinstance(request, r.StartStep) and request.walk
        parts = step.steps if is_spread(step) else (step,)
        parts = tuple(part for part in parts if not walked and really_runs(self._state, part))
        lacking = next(filter(None, map(self._lacking, parts)), None)
        if lacking is not None or not isinstance(request, r.StartStep):
            return lacking
        return next(filter(None, (too_large(self._bench, part) for part in parts)), None)

    def _lacking(self, step: Step) -> Refusal | None:
        names = self._bench.absent_secrets(secrets_of(self._state, step))
        if not names:
            return None
        return r.ValuesMissing(
            reason=f"“{step.title}” needs the secret {', '.join(names)}",
            hint="its source gives nothing now; type it when asked",
            names=names,
        )

    def _tells_secret(self, request: r.AmendUndo) -> Refusal | None:
        """A refusal where what is to be recorded holds the value of a secret."""
        for name, value in self._bench.secret_values().items():
            if value and (value in request.text or value in request.reason):
                return Refusal(
                    reason=f"it holds the value of the secret {name}, and would be recorded",
                    hint=f'write "${name}": the undo finds it in its environment',
                    exit_code=2,
                )
        return None

    def _run_offered(self, request: r.RunOffered) -> Answer:
        self._driver.helps = True
        step = as_step(self._state, request.command, request.line)
        if isinstance(step, Refusal):
            return step
        launch = prepare_step(self._bench, step, "stage", step.run or "")
        if unready := self._lacking(step) or unfit(step.title, launch):
            return unready
        events = run_offered(self._bench, step)
        return Accepted(state=self._state, events=tuple(events))

    def _stop(self, request: r.StopCommands) -> Answer:
        stopped = self._driver.give_up(request.step) or self._keep_from_trying(request.step)
        for id_, step in self._state.steps.items():
            around = self._state.outline.holders(id_) if id_ in self._state.outline else [id_]
            if request.step and request.step not in around:
                continue
            for record in step.commands:
                if record.running:
                    self._bench.commands.stop(Path(record.folder))
                    stopped += 1
        if not stopped:
            return Refusal(reason="nothing runs", exit_code=0)
        return Accepted(state=self._state)

    def prepare(self, request: r.StartRollback) -> None:
        """Make ready what this request will do first; no fault of that matters."""
        with suppress(Exception):
            self._head_start.prepare(request, attended=self._driver.attends(request.attended))

    def leave(self) -> None:
        """Forget what was made ready."""
        self._head_start.drop()

    def _keep_from_trying(self, step: str) -> int:
        """Let whoever leads try no more what pauses between two attempts; returns how many."""
        if self._driver.leads:
            return 0
        self._recorder.sync()

        def ended(now: RunState) -> list[Pair]:
            return [
                (StepFinished(result="failed", reason=f"{why}; it is not tried again"), id_)
                for id_, why in pausing(now)
                if step in {"", id_}
            ]

        return len(self._recorder.record(ended)) if ended(self._state) else 0

    def _start_rollback(self, request: r.StartRollback) -> Answer:
        holder = self._driver.take_rollback()
        if holder:
            return r.RollsBackAlready(reason=f"{holder} rolls it back already")
        try:
            self._recorder.sync()
        except JournalError as error:
            self._recorder.trouble = str(error)
        self._recorder.take_in(alone=True)
        self._driver.attend(request.attended)
        if begun := self._head_start.begin(request):
            return Accepted(state=self._state, events=tuple(begun))
        answer = self._decided(request, self._actor, keep=True)
        if isinstance(answer, Refusal):
            self._driver.leave_rollback()
        return answer
