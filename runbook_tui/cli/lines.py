"""A run carried out as lines of text: steps one after another, until a person is needed."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace

from runbook_tui.book.model import Step
from runbook_tui.book.spreading import is_spread
from runbook_tui.cli import exits, say
from runbook_tui.cli.asking import Answers
from runbook_tui.cli.beside import followed_up
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.foretelling import Overruns, foretold
from runbook_tui.cli.leaving import told_to_leave
from runbook_tui.cli.narrating import Narrator
from runbook_tui.cli.needs import needs
from runbook_tui.cli.sharing import Teller
from runbook_tui.cli.telling import Alarms
from runbook_tui.run import requests as r
from runbook_tui.run.decide import left_open, left_out
from runbook_tui.run.handing_over import who_leads
from runbook_tui.run.merges import MERGES
from runbook_tui.run.order import blockers, passed
from runbook_tui.run.requests import ConfirmationNeeded, PersonNeeded, Refusal, ValuesMissing
from runbook_tui.run.several import next_ones, standing, status_of, to_begin
from runbook_tui.run.state import BROKEN, OVER, RunState, Status
from runbook_tui.run.summary import summary
from runbook_tui.run.upcoming import next_open
from runbook_tui.session.ports.journal import Journal
from runbook_tui.session.session import Session

POLL = 0.05
PATIENCE = 60.0
LAST_LINES = 10
UNSURE = {
    Status.STOPPED: "“{title}” was stopped; run it again?",
    Status.LOST: "its exit status is unknown; run “{title}” again?",
    Status.UNDO_FAILED: "its undo has failed; run “{title}” again?",
}


class Lines:
    """Walks through an open session that leads; ``found`` is the run before it was opened.

    What happened after event ``after`` is told first.
    """

    comes_back = "--no-tui"
    """How a run that was left is gone on with in the same manner."""
    terse = False
    """Whether what was said before a step is left out when it is carried out."""

    def __init__(
        self, session: Session, journal: Journal, answers: Answers, found: RunState, after: int
    ) -> None:
        self._session = session
        self._answers = answers
        self._narrator = Narrator(journal, found, after, terse=self.terse)
        self._wanted: set[str] = set()
        """Optional steps that a person has asked for."""
        self._retry = {i for i, s in found.steps.items() if s.status in BROKEN}
        self._retry |= {found.outline[i].parent for i in self._retry
                        if found.outline.on_one_of_several(i)}  # fmt: skip
        self._rolled: set[str] = set()
        before = found.rollback
        self._over = before.seq if before is not None and before.finished is not None else None
        """The event that started the last rollback, where that was over already."""
        self._wake = threading.Event()
        self._trouble = ""
        self._phase = ""
        self._overruns = Overruns()
        self._alarms = Alarms(session)
        self._teller = Teller(session)

    @property
    def _state(self) -> RunState:
        return self._session.state

    def walk(self, *, leaves: bool = True) -> int:
        """To the end, or to where a person is needed; returns the exit status.

        ``leaves``: this is the end of the lead's visit, and is recorded as such.
        """
        stop = self._session.listen(lambda _: self._wake.set())
        try:
            with told_to_leave() as leave:
                status = self._walk(leave)
            self._narrator.tell()
            return status
        except Ended:
            self._narrator.tell()
            raise
        finally:
            stop()
            if leaves and self._state.finished is None:
                self._session.pause().result(PATIENCE)

    def _walk(self, leave: threading.Event) -> int:
        if self._state.finished is None and not self._state.rolling_back:
            self._foretell(next_open(self._state))
        while True:
            self._narrator.tell()
            if leave.is_set():
                return self._leave()
            if not self._session.leads:
                run = self._state.run
                hint = f"take part with `runbook join {run}`; commands go on"
                raise Ended(exits.REFUSED, who_leads(self._state), hint)
            self._tell_trouble()
            self._teller.tell()
            self._alarms.tell()
            for line in self._overruns.new(
                self._state, self._session.now(), self._session.absent.past
            ):
                say.err(line, colour="yellow")
            status = self._go_on()
            if status is not None:
                return status
            self._wake.wait(POLL)
            self._wake.clear()

    def _tell_trouble(self) -> None:
        trouble = self._session.trouble
        if trouble and trouble != self._trouble:
            say.err(trouble, colour="red")
        self._trouble = trouble

    def _go_on(self) -> int | None:
        """Do what comes next; the exit status where nothing does."""
        state = self._state
        if state.rolling_back:
            return None
        if state.finished is not None:
            self._narrator.tell()
            say.out(f"{summary(state)}: {state.runbook.title}", colour="green", bold=True)
            for line in followed_up(state):
                say.err(line)
            if state.begun is not None and state.begun.allowed_signers and not state.sealed:
                say.err(f"sign what was recorded, as its lead: runbook seal {state.run}")
            return exits.DONE
        if self._rolled_back_meanwhile(state):
            return self._rolled_back(state)
        failed = next((i for i in state.outline.order if self._has_failed(state, i)), None)
        if failed is not None:
            return self._failed(failed)
        if self._busy(state) or self._session.measuring.awaited:
            return None
        step = self._next(state)
        if step is not None:
            return self._start(step)
        if not left_open(state):
            # The session ends what runs in the background, and the run.
            return self._leave_out() if left_out(state) else None
        return self._needed(state)

    def _rolled_back_meanwhile(self, state: RunState) -> bool:
        rollback = state.rollback
        return (
            rollback is not None and rollback.finished is not None and (rollback.seq != self._over)
        )

    def _has_failed(self, state: RunState, id_: str) -> bool:
        if id_ in self._retry or state.outline.on_one_of_several(id_):
            return False
        if not is_spread(step := state.outline.steps[id_]):
            return state.step(id_).status in BROKEN
        # On some machines it may fail while it goes on upon others.
        return status_of(state, id_) in BROKEN and not next_ones(state, step)

    def _busy(self, state: RunState) -> bool:
        """Whether something is under way that ends by itself."""
        if any(
            next_ones(state, state.outline.steps[id_]) and not blockers(state, id_)
            for id_ in self._rolled
        ):
            return True  # The session begins it there.
        for id_, step in state.steps.items():
            if id_ not in state.outline.steps:
                continue
            item = state.outline.steps[id_]
            if step.status is Status.RUNNING and not item.manual:
                return True
            if any(c.running and not c.background for c in step.commands):
                return True
            if step.status is Status.WAITING and self._to_probe(state, id_):
                return True
        return False

    def _to_probe(self, state: RunState, id_: str) -> bool:
        step = state.step(id_)
        probed = {
            c.node for c in step.commands if c.kind == "probe" and c.attempt == max(step.attempt, 1)
        }
        return any(
            check.probe is not None and check.id not in state.ticks and check.id not in probed
            for check in state.outline.steps[id_].checks
        )

    def _next(self, state: RunState) -> str | None:
        """The next step with a command that can start now."""
        for id_ in state.outline.order:
            step = state.outline.steps[id_]
            status = status_of(state, id_)
            several = is_spread(step)
            if state.outline.on_one_of_several(id_) or status in OVER:
                continue
            if state.outline.is_group(id_) and not several:
                continue
            startable = status is Status.READY or (status in BROKEN and not blockers(state, id_))
            if startable and (not step.manual or (several and to_begin(state, step))):
                if self._is_left(state, id_):
                    continue
                return id_
            if state.outline.advised and not passed(state, id_):
                # A Markdown plan only advises its order; what nobody looks at keeps to it.
                return None
        return None

    def _is_left(self, state: RunState, id_: str) -> bool:
        """Whether a part of a Markdown plan that may not be wanted is left out.

        “If the disk is full”, or one of several ways: only a person knows. Without one it is left
        out where nothing else is open and something was done, and else waited for.
        """
        wanted = id_ in self._retry or id_ in self._wanted or state.step(id_).attempt
        if not state.outline.advised or not state.outline.optional(id_) or wanted:
            return False
        if not left_open(state) and any(s.status is Status.DONE for s in state.steps.values()):
            return True
        title = state.outline[id_].title
        if self._answers.choose(f"“{title}” is done only where it is wanted. Carry it out"):
            self._wanted.add(id_)
            return False
        how = f"leave it out:  runbook skip {state.run} {id_} --reason TEXT"
        raise Ended(
            exits.WAITING,
            f"“{title}” is done only where it is wanted, and nobody has said that it is",
            f"  {how}\n  or take it:    runbook resume {state.run}   (on a terminal)",
        )

    def _foretell(self, id_: str | None) -> None:
        """Say at the start, and of each phase, when the run will be done."""
        phase = self._state.outline[id_].phase if id_ is not None else self._phase
        if phase == self._phase:
            return
        self._phase = phase
        for line in foretold(self._state, self._session.now(), self._session.absent):
            say.err(line)

    def _start(self, id_: str) -> int | None:
        self._foretell(id_)
        step = self._state.outline.steps[id_]
        if step.interactive:
            raise Ended(
                exits.WAITING,
                f"“{step.title}” is to be typed into",
                f"  runbook resume {self._state.run}",
            )
        if step.action in MERGES:
            for line in self._session.pulls.look_ahead_once().get(id_, ()):
                say.err(line, colour="yellow")
        for unsure in self._unsure(step):
            if not self._answers.confirm(unsure):
                raise self._unconfirmed(unsure)
        self._retry.discard(id_)
        if is_spread(step):
            self._rolled.add(id_)
        self._answers.secrets(self._session, step.steps[0] if is_spread(step) else step)
        start = r.StartStep(step=id_)
        refusal = self._ask(start)
        while isinstance(refusal, ConfirmationNeeded | ValuesMissing | PersonNeeded):
            if isinstance(refusal, ValuesMissing):
                self._answers.values(self._session, refusal)
            elif isinstance(refusal, PersonNeeded):
                start = replace(start, by=self._answers.person(self._state, refusal))
            elif not self._answers.confirm(refusal.reason):
                raise self._unconfirmed(refusal.reason)
            start = replace(start, confirmed=self._answers.said_yes(refusal))
            refusal = self._ask(start)
        if refusal is not None and self._state.step(id_).status not in OVER:
            raise Ended(refusal.exit_code, refusal.reason, refusal.hint)
        return None  # Over already: others were faster, or its condition left it out.

    def _unsure(self, step: Step) -> Iterable[str]:
        """What has to be asked before the step is run again, on whichever machine."""
        again = to_begin(self._state, step) if is_spread(step) else (step.id,)
        for id_ in again:
            question = UNSURE.get(self._state.step(id_).status, "")
            if question:
                yield question.format(title=self._state.outline[id_].title)

    def _leave_out(self) -> int | None:
        """What is optional and needs a person is left out; nobody is here to do it."""
        refusal = self._ask(r.FinishRun())
        if refusal is not None:
            raise Ended(refusal.exit_code, refusal.reason, refusal.hint)
        return None

    def _unconfirmed(self, question: str) -> Ended:
        how = f"  runbook resume {self._state.run} --no-tui --yes"
        return Ended(exits.WAITING, f"waits for a yes: {question}", how)

    def _ask(self, request: r.Request) -> Refusal | None:
        answer = self._session.ask(request).result(PATIENCE)
        return answer if isinstance(answer, Refusal) else None

    def _needed(self, state: RunState) -> int | None:
        self._narrator.tell()
        self._foretell(next_open(state))
        wanted = needs(state, self._session.now())
        if wanted:
            say.err("a person is needed:", bold=True)
            for need in wanted:
                say.err(f"  {need.text}")
                say.err(f"      {need.how}")
        else:
            say.err("nothing can start now:", bold=True)
            for line in _stuck(state):
                say.err(f"  {line}")
        say.err(f"then go on with: runbook resume {state.run} {self.comes_back}")
        for line in followed_up(state):
            say.err(line)
        return exits.WAITING

    def _failed(self, id_: str) -> int | None:
        self._narrator.tell()
        state = self._state
        item = state.outline.steps[id_]
        parts = standing(state, item).broken if is_spread(item) else (id_,)
        if is_spread(item):
            words = f"{status_of(state, id_).value}: {standing(state, item).words}"
            say.err(f"{self._narrator.title(id_)} {words}", colour="red", bold=True)
        for part in parts:
            step = state.step(part)
            words = f"{self._narrator.title(part)} {step.status.value}: {step.reason}"
            say.err(words, colour="red", bold=True)
            for line in self._narrator.last_lines(step.commands, LAST_LINES):
                if not _said_in(line, step.reason):
                    say.err(f"  | {line}")
        say.err(f"try it again with: runbook resume {state.run} --no-tui")
        say.err(f"or bring it back:  runbook rollback {state.run}")
        return exits.STEP_FAILED

    def _rolled_back(self, state: RunState) -> int:
        rollback = state.rollback
        complete = rollback is not None and rollback.result == "complete"
        say.err("the run was rolled back meanwhile")
        for line in followed_up(state):
            say.err(line)
        return exits.ROLLED_BACK if complete else exits.INCOMPLETE

    def _leave(self) -> int:
        running = [i for i, s in self._state.steps.items() if any(c.running for c in s.commands)]
        run = self._state.run
        titles = ", ".join(self._narrator.title(i) for i in running)
        say.err(f"left; still running: {titles}; it goes on" if running else "left; nothing runs")
        say.err(f"go on with:     runbook resume {run} {self.comes_back}")
        if running:
            say.err(f"stop it with:   runbook stop {run}")
        say.err(f"bring it back:  runbook rollback {run}")
        return exits.WAITING


def _stuck(state: RunState) -> Iterable[str]:
    """Why the first open steps cannot start."""
    for id_ in state.outline.order:
        if state.step(id_).status not in OVER and not state.outline.is_group(id_):
            for reason in blockers(state, id_)[:1]:
                yield f"“{state.outline[id_].title}”: {reason}"


def _said_in(line: str, reason: str) -> bool:
    """Whether a reason says all that a line does."""
    return bool(line.strip()) and all(part in reason for part in line.strip().split("; "))
