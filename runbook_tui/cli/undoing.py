"""A rollback told as lines while it runs, from the run's state alone: the journal may be away."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from runbook_tui.cli import beside, exits, say
from runbook_tui.cli.leaving import outliving_the_terminal, told_to_leave
from runbook_tui.cli.opening import ask
from runbook_tui.cli.output import LogFollower
from runbook_tui.cli.words import came_of
from runbook_tui.run import requests as r
from runbook_tui.run.late_values import lacking
from runbook_tui.run.offers import offers
from runbook_tui.run.requests import Refusal
from runbook_tui.run.rollback import RollbackPlan, awaited, plan, stopped_in, without
from runbook_tui.run.rollback_state import RollbackState, Severity
from runbook_tui.run.state import CommandRecord, RunState
from runbook_tui.run.undo_items import Item
from runbook_tui.session.session import Session
from runbook_tui.session.undo_file import UNDO_SECONDS

POLL = 0.03
PATIENCE = 60.0
HEARD = 2.0
"""Seconds after which it is said that a start was heard that has not come yet."""
LONG = 3.0
"""Seconds of waiting for a person after which a follower without one leaves."""
SLOW = 10.0
"""Seconds after which an undo is said to run still."""
EVERY = 1.0
"""Seconds after which it is looked again for what is overdue."""
GOOD = frozenset({"done", "taken back", "rehearsed"})
UNDOS = frozenset({"undo", "verify_undo"})


class Undoing:
    """Starts and follows the rollback of an open session; asks where a person can answer."""

    def __init__(self, session: Session, *, may_ask: bool) -> None:
        self._session = session
        self._may_ask = may_ask
        self._wake = threading.Event()
        self._told: dict[str, str] = {}
        self._commands: dict[str, LogFollower | None] = {}
        self._due: dict[str, float] = {}
        self._trouble = ""
        self._waiting_since = 0.0
        self._severity: Severity | None = None
        self._reminded: set[str] = set()
        self._look = 0.0
        self._offered: frozenset[str] = frozenset()

    def start(
        self, scope: str, node: str, *, past_floor: bool, planned: RollbackPlan | None = None
    ) -> None:
        """Start it; raises `Ended` where that is refused.

        ``planned`` is what was shown: only what it lacks is asked for.
        """
        if self._may_ask:
            now = plan(self._session.state, scope, node, past_floor)
            self._ask_missing(planned or now)
        request = r.StartRollback(
            scope=scope, node=node, past_floor=past_floor, attended=self._may_ask
        )
        until = time.monotonic() + PATIENCE
        asked = self._session.ask(request)
        with suppress(TimeoutError):
            asked.result(HEARD)
        if not asked.done():
            say.err("it starts, within 5 s where somebody holds the journal")
        answer = asked.result(PATIENCE)
        while isinstance(answer, Refusal) and not self._session.state.rolling_back:
            if not isinstance(answer, r.RollsBackAlready) or time.monotonic() > until:
                raise_refusal(answer)
            # Somebody else was faster, and has recorded nothing yet: theirs is followed.
            self._wake.wait(POLL)
            answer = self._session.ask(request).result(PATIENCE)

    def _ask_missing(self, planned: RollbackPlan) -> None:
        items = without(planned, self._session.absent).items
        for name in dict.fromkeys(name for item in items for name in item.missing):
            self._ask_value(name)

    def _ask_late(self, item: Item) -> bool:
        """Ask for the value that the step has not put out; False where nobody knows it."""
        from runbook_tui.cli.values import asked

        name = item.missing[0]
        if lacking(self._session.state, name, item.step) != item.step:
            return False
        value = asked(f"{name}, which “{item.title}” has not put out (Enter: not known)", "")
        if value:
            ask(self._session, r.GiveValue(name=name, value=value, step=item.step))
        return bool(value)

    def _ask_value(self, name: str) -> bool:
        """Ask a person for a value or secret; False where the plan knows none of that name."""
        from runbook_tui.cli.values import ask_for

        known = next((p for p in self._session.state.runbook.parameters if p.name == name), None)
        if known is None:
            return False
        value = ask_for(known)
        if known.secret is not None:
            self._session.give_secret(name, value)
            until = time.monotonic() + PATIENCE / 10
            while name in self._session.absent.secrets and time.monotonic() < until:
                self._wake.wait(POLL)
        else:
            ask(self._session, r.GiveValue(name=name, value=value))
        return True

    def follow(self) -> int:
        """Tell what happens until it is over; returns the exit status."""
        stop = self._session.listen(lambda _: self._wake.set())
        try:
            with told_to_leave() as leave, outliving_the_terminal():
                return self._follow(leave)
        finally:
            stop()

    def _follow(self, leave: threading.Event) -> int:
        while True:
            state = self._session.state
            self._tell(state)
            rollback = state.rollback
            if rollback is not None and rollback.finished is not None:
                for line in beside.followed_up(state):
                    say.out(line)
                status = self._over(rollback)
                if self._may_ask and not state.rehearsal:
                    self._offer()
                return status
            if leave.is_set():
                say.err("left; the undo that runs goes on")
                say.err(f"go on with: runbook rollback {state.run} --yes")
                return exits.WAITING
            waiting = awaited(state, self._session.absent.secrets)
            others = waiting and not self._may_ask and not self._session.rolls_back
            if others and self._waited_long():
                return self._left_to_others(state, waiting)
            if waiting and self._may_ask:
                # One at a time: its answer may change what the next one is.
                self._answer(waiting[0])
            self._wake.wait(POLL)
            self._wake.clear()

    def _offer(self) -> None:
        """Offer the commands that the plan keeps for this, each once."""
        from runbook_tui.cli.offering import offer_all

        self._offered |= offer_all(self._session, self._ask_value, self._offered)

    def _waited_long(self) -> bool:
        """Whether it has waited for a person for a while; nobody here can answer."""
        now = time.monotonic()
        self._waiting_since = self._waiting_since or now
        return now - self._waiting_since > LONG

    def _left_to_others(self, state: RunState, waiting: tuple[Item, ...]) -> int:
        """Somebody else's rollback waits for a person: say for what, and do not wait with it."""
        titles = ", ".join(f"“{item.title}”" for item in waiting)
        say.err(f"it waits for a person to answer: {titles}", colour="red")
        say.err(f"answer where it was started, or at a terminal: runbook rollback {state.run}")
        return exits.INCOMPLETE

    def _tell(self, state: RunState) -> None:
        trouble = self._session.trouble
        if trouble and trouble != self._trouble:
            say.err(f"{trouble}; the rollback goes on and keeps its own account", colour="red")
        self._trouble = trouble
        rollback = state.rollback
        if rollback is None:
            return
        if state.severity is not None and state.severity != self._severity:
            said = state.severity
            say.out(f"{say.clock(said.at)}  SEV {said.level}, says {said.by.name}", bold=True)
        self._severity = state.severity
        self._remind(state)
        for step_id in rollback.steps:
            title = f"“{state.outline[step_id].title}”"
            for record in _undos(state, step_id, rollback):
                self._tell_command(step_id, title, record)
            result = rollback.results.get(step_id)
            if result is None:
                self._told.pop(step_id, None)  # It is tried again.
            if result is not None and step_id not in self._told:
                self._told[step_id] = result
                if not state.step(step_id).rehearsed:
                    self._tell_result(state, step_id, title, result)

    def _remind(self, state: RunState) -> None:
        """Say once what is overdue beside it, and whose turn it is to be called."""
        now = time.monotonic()
        if now < self._look:
            return
        self._look = now + EVERY
        for id_, words in beside.pressing_now(state, self._session.now()):
            if id_ not in self._reminded:
                self._reminded.add(id_)
                say.err(words, colour="yellow")

    def _most(self, step_id: str) -> float:
        armed = self._session.state.step(step_id).undo
        return (armed.timeout if armed is not None else None) or UNDO_SECONDS

    def _tell_command(self, step_id: str, title: str, record: CommandRecord) -> None:
        if record.folder not in self._commands:
            self._commands[record.folder] = LogFollower(Path(record.folder))
            what = "undo" if record.kind == "undo" else "verify"
            lines = record.text.strip().splitlines() or [""]
            there = f" on {record.host}" if record.host else ""
            there = "" if title.endswith(there) else there
            say.out(f"{say.clock(record.started)}  {title}{there}: {what} $ {lines[0]}")
        follower = self._commands[record.folder]
        if follower is not None:
            for line in follower.lines(ended=not record.running):
                say.out(f"  | {line}")
            if record.running:
                self._tell_waiting(title, record, follower, self._most(step_id))
            else:
                self._commands[record.folder] = None

    def _tell_waiting(
        self, title: str, record: CommandRecord, follower: LogFollower, limit: float
    ) -> None:
        """An undo has no keyboard: what it asks, and that it takes long, is said at once."""
        now = time.monotonic()
        if question := follower.prompt(now):
            say.out(f"  | {question}")
        due = self._due.setdefault(record.folder, now + SLOW)
        if now >= due:
            self._due[record.folder] = float("inf")
            say.err(
                f"{title} still runs, at most {say.length(limit)}; nothing can be typed into it"
            )
            run = self._session.run
            say.err(
                f"if it waits in vain, end it alone, and the next one follows: runbook stop {run}"
            )

    def _tell_result(self, state: RunState, step_id: str, title: str, result: str) -> None:
        now, took = _ended(state, step_id, result)
        reason = state.step(step_id).undo_reason
        # “Done” is said of steps that were carried out.
        came = "taken back" if result == "done" else came_of(result)
        say.out(
            f"{say.clock(now)}  {title}: {came}{took}" + (f": {reason}" if reason else ""),
            colour="green" if result in GOOD else "red",
        )

    def _answer(self, item: Item) -> None:
        from runbook_tui.cli.values import asked, confirmed

        if item.asks:
            from runbook_tui.cli.mending import mended

            mended(self._session, item, self._ask_value)
            return
        if item.missing and (self._ask_value(item.missing[0]) or self._ask_late(item)):
            return
        if item.listed:
            # What takes it back comes before the question whether it was.
            self._offer()
        taken = confirmed(f"“{item.title}” ({item.why}): was it taken back by hand?")
        reason = ""
        while not taken and not reason.strip():
            reason = asked("Why does it stay?")
        answer = self._session.ask(
            r.AnswerByHand(step=item.step, taken_back=taken, reason=reason)
        ).result(PATIENCE)
        if isinstance(answer, Refusal):
            say.err(answer.reason)

    def _over(self, rollback: RollbackState) -> int:
        if self._session.state.rehearsal:
            from runbook_tui.cli.rehearsal_result import rehearsed

            return rehearsed(self._session.state, rollback)
        took = say.length(rollback.seconds)
        if rollback.result == "complete" and not rollback.steps:
            return self._only_stopped(rollback)
        if rollback.result == "complete":
            count = len(rollback.steps)
            steps = f"{count} step{'' if count == 1 else 's'}"
            say.out(f"ROLLED BACK  {steps} in {took}", colour="green", bold=True)
            return exits.ROLLED_BACK
        say.out(f"INCOMPLETE  after {took}; remaining:", colour="red", bold=True)
        for line in remaining(self._session.state, rollback):
            say.out(line)
        self._point_to_kept()
        return exits.INCOMPLETE

    def _only_stopped(self, rollback: RollbackState) -> int:
        """There was nothing to undo: say what was kept from going on."""
        outline = self._session.state.outline
        stopped = stopped_in(self._session.state, rollback)
        titles = ", ".join(f"“{outline[id_].title}”" for id_ in stopped)
        words = f"; {titles} {'is' if len(stopped) == 1 else 'are'} stopped" if stopped else ""
        if stopped and not any(outline.steps[id_].effect for id_ in stopped):
            say.out(f"nothing to roll back{words}", colour="green", bold=True)
            return exits.DONE
        say.out(f"ROLLED BACK  nothing was changed yet{words}", colour="green", bold=True)
        return exits.ROLLED_BACK

    def _point_to_kept(self) -> None:
        """Without a person: say that the plan has commands for what remains."""
        state = self._session.state
        kept = [o for o in offers(state) if o.last is None or not o.last.ok]
        if kept and not self._may_ask:
            count = f"{len(kept)} command{'' if len(kept) == 1 else 's'}"
            how = f"on a terminal it is offered by: runbook rollback {state.run}"
            say.out(f"the plan keeps {count} for this; {how}")


def _undos(state: RunState, step_id: str, rollback: RollbackState) -> list[CommandRecord]:
    """The commands with which this rollback takes a step back, whoever began it."""
    commands = state.step(step_id).commands
    return [c for c in commands if c.kind in UNDOS and c.seq >= rollback.seq]


def remaining(state: RunState, rollback: RollbackState) -> Iterator[str]:
    """What is left after an incomplete rollback, each with why; then how to give what it needs."""
    left = {id_: state.step(id_) for id_, result in rollback.results.items() if result not in GOOD}
    why = {state.outline[id_].title: step.undo_reason for id_, step in left.items()}
    for title in rollback.remaining:
        yield f"  {title}" + (f": {why[title]}" if why.get(title) else "")
    items = (item for item in plan(state, rollback.scope, rollback.node).items if item.step in left)
    names = dict.fromkeys(name for item in items for name in item.missing)
    if names:
        given = " ".join(f"-p {name}=…" for name in names)
        yield f"once you know it: runbook rollback {state.run} {given}"


def _ended(state: RunState, step_id: str, result: str) -> tuple[float, str]:
    """When an item of the rollback was over, and “ in 3 s”; empty where no command ran.

    Its own commands say so: what is told now may be long over, behind the output of others.
    """
    rollback = state.rollback
    records = _undos(state, step_id, rollback) if rollback is not None else []
    ends = [c.finished for c in records if c.finished is not None]
    ran = result in {"done", "failed"} and len(ends) == len(records)
    end = max(ends) if ends and ran else state.last_at
    took = f" in {say.length(end - min(c.started for c in records))}" if records else ""
    return end, took


def raise_refusal(refusal: Refusal) -> None:
    """End the command as the refusal says."""
    from runbook_tui.cli.opening import refused

    raise refused(refusal)
