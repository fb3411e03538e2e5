"""``run --rehearse`` as lines: the plan gone through, its rollback rehearsed, what was found."""

from __future__ import annotations

import threading
from collections import Counter

from runbook_tui.book.durations import spoken
from runbook_tui.book.model import Step
from runbook_tui.cli import exits, say
from runbook_tui.cli.asking import Answers, asked_as
from runbook_tui.cli.leaving import told_to_leave
from runbook_tui.cli.narrating import Narrator
from runbook_tui.cli.rehearsal_result import rehearsed
from runbook_tui.cli.undo_list import print_plan
from runbook_tui.cli.undoing import Undoing
from runbook_tui.cli.values import ask_for
from runbook_tui.run import requests as r
from runbook_tui.run.offers import open_values
from runbook_tui.run.order import blockers
from runbook_tui.run.reach import expected
from runbook_tui.run.rehearsal import as_if, left_alone
from runbook_tui.run.requests import ConfirmationNeeded, Refusal, ValuesMissing
from runbook_tui.run.rollback import plan, without
from runbook_tui.run.several import status_of
from runbook_tui.run.state import BROKEN, RunState, Status
from runbook_tui.run.undo_items import Absent
from runbook_tui.session.ports.journal import Journal
from runbook_tui.session.session import Session

POLL = 0.05
PATIENCE = 60.0


class Rehearsal:
    """Goes through an open session that leads a rehearsal; parameters as those of `Lines`."""

    def __init__(
        self, session: Session, journal: Journal, answers: Answers, found: RunState, after: int
    ) -> None:
        self._session = session
        self._answers = answers
        self._narrator = Narrator(journal, found, after)
        self._wake = threading.Event()
        self._refused: set[str] = set()

    @property
    def _state(self) -> RunState:
        return self._session.state

    def walk(self) -> int:
        """To the end of the plan and back; returns the exit status."""
        if self._state.finished is not None:
            return self._over()
        stop = self._session.listen(lambda _: self._wake.set())
        try:
            with told_to_leave() as leave:
                left = self._forth(leave)
            if left:
                return self._left()
            failed = [s for s in self._state.steps.values() if s.status in BROKEN]
            self._told_of_people()
            status = self._back()
        finally:
            stop()
        return exits.STEP_FAILED if failed and status == exits.DONE else status

    def _over(self) -> int:
        """It is over already: what it has found, once more."""
        say.err("this rehearsal is over")
        rollback = self._state.rollback
        status = rehearsed(self._state, rollback) if rollback is not None else exits.ROLLED_BACK
        return exits.DONE if status == exits.ROLLED_BACK else status

    # -- forth ---

    def _forth(self, leave: threading.Event) -> bool:
        """One step after the other; True if somebody ended it before its end."""
        while not leave.is_set():
            self._narrator.tell()
            if self._busy():
                self._wake.wait(POLL)
                self._wake.clear()
                continue
            step = self._next()
            if step is None:
                self._narrator.tell()
                return False
            self._start(step)
        return True

    def _busy(self) -> bool:
        running = {Status.RUNNING, Status.WAITING}
        return any(step.status in running for step in self._state.steps.values())

    def _next(self) -> Step | None:
        outline = self._state.outline
        steps = (i for i in outline.order if not outline.is_group(i) and i not in self._refused)
        step = next((i for i in steps if status_of(self._state, i) is Status.READY), None)
        return outline.steps[step] if step is not None else None

    def _start(self, step: Step) -> None:
        refusal = self._ask(r.StartStep(step=step.id, walk=step.interactive))
        while isinstance(refusal, ConfirmationNeeded | ValuesMissing):
            refusal = self._ask(self._again(step, refusal))
        if refusal is not None:
            self._refused.add(step.id)  # Others were faster, or something of ours is wrong.
            say.err(f"“{step.title}”: {refusal.reason}", colour="red")

    def _again(self, step: Step, refusal: Refusal) -> r.StartStep:
        """The request anew: with what a person said, or only gone through where nobody can."""
        if isinstance(refusal, ConfirmationNeeded) and self._answers.confirm(refusal.reason):
            return r.StartStep(step=step.id, confirmed=True)
        if isinstance(refusal, ValuesMissing) and self._answers.may_ask:
            for name in refusal.names:
                self._give(name)
            return r.StartStep(step=step.id)
        return r.StartStep(step=step.id, walk=True)

    def _give(self, name: str) -> None:
        known = asked_as(self._state, name)
        if known.secret is not None:
            self._session.give_secret(name, ask_for(known))
        else:
            self._ask(r.GiveValue(name=name, value=ask_for(known)))

    def _ask(self, request: r.Request) -> Refusal | None:
        answer = self._session.ask(request).result(PATIENCE)
        return answer if isinstance(answer, Refusal) else None

    def _left(self) -> int:
        run = self._state.run
        self._session.pause().result(PATIENCE)
        say.err(f"left; go on with the rehearsal: runbook resume {run} --no-tui")
        if plan(self._state, "run", "").items:
            say.err(f"take back what really ran:      runbook rollback {run}")
        return exits.WAITING

    # -- and back ---

    def _back(self) -> int:
        """Rehearse the rollback; what really ran is really taken back."""
        self._ask(r.OpenRollback())
        state = as_if(self._state)
        if not plan(state, "run", "").items:
            self._ask(r.FinishRun(result="rehearsed"))
            say.out("REHEARSED  nothing in it would have to be taken back", colour="green")
            return exits.DONE
        print_plan(state, without(plan(state, "run", ""), self._session.absent),
                   self._session.environment, whole=True)  # fmt: skip
        _print_budgets(state, self._session.absent)
        for line in _not_looked_at(state):
            say.out(f"  {line}")
        undoing = Undoing(self._session, may_ask=False)
        undoing.start("run", "", past_floor=False)
        status = undoing.follow()
        self._settle()
        return exits.DONE if status == exits.ROLLED_BACK else status

    def _settle(self) -> None:
        """Wait until the rehearsal is recorded as over, where nothing of it stands."""
        until = threading.Event()
        for _ in range(int(PATIENCE / POLL)):
            if self._state.finished is not None or plan(self._state, "run", "").items:
                return
            until.wait(POLL)

    def _told_of_people(self) -> None:
        """What people would have been needed for; nobody has given any of it."""
        state = self._state
        unreached = [state.outline[i].title for i in state.outline.order
                     if not state.outline.is_group(i) and state.step(i).status is Status.PENDING
                     and blockers(state, i)]  # fmt: skip
        if unreached:
            say.out(f"not reached: {', '.join(unreached)}", colour="red")
        for line in _people(state):
            say.out(line)


def _people(state: RunState) -> list[str]:
    """What of people a run of it waits for, and a rehearsal does not: gates, sign-offs, ticks."""
    nodes = state.outline.nodes.values()
    found = Counter(
        gates=sum(node.gate is not None for node in nodes),
        signoffs=sum(node.signoff is not None for node in nodes),
        ticks=sum(node.kind in {"check", "criterion"} for node in nodes),
        hands=sum(
            s.manual and not state.outline.is_group(s.id) for s in state.outline.steps.values()
        ),
        yes=sum(bool(s.confirm or s.irreversible) for s in state.outline.steps.values()),
    )
    words = {"gates": "gate", "signoffs": "sign-off", "ticks": "box", "hands": "step by hand",
             "yes": "question"}  # fmt: skip
    many = {"box": "boxes", "step by hand": "steps by hand"}
    parts = [f"{n} {words[k] if n == 1 else many.get(words[k], words[k] + 's')}"
             for k, n in found.items() if n]  # fmt: skip
    return [f"left to people, and given by nobody: {', '.join(parts)}"] if parts else []


def _print_budgets(state: RunState, absent: Absent) -> None:
    """How long the rollback of each phase takes against what the plan allows it."""
    for phase in state.runbook.phases:
        found = without(plan(state, "phase", phase.id), absent)
        if found.items and phase.rollback_within is not None:
            words = expected(found) or f"nobody knows how long, of {spoken(phase.rollback_within)}"
            late = "  ! longer than it may" if found.over_budget else ""
            say.out(f"  “{phase.title}”: {words}{late}", colour="red" if late else None)


def _not_looked_at(state: RunState) -> list[str]:
    """What a rehearsal cannot know because it runs nothing for it."""
    lines = []
    items = plan(state, "run", "").items
    if checks := sum(bool(i.check) and state.step(i.step).rehearsed for i in items):
        lines.append(f"not asked: {checks} of the undos' own checks (undo_ready)")
    if left := sorted({n for i in items for n in i.secrets} & left_alone(state)):
        lines.append(f"not fetched: the secrets {', '.join(left)}, which come from a command")
    if names := open_values(state):
        lines.append(f"offered beside it, and still in need of values: {', '.join(names)}")
    return lines
