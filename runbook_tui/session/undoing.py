"""Carries a rollback out: one undo after the other, each verified, none hidden.

Like the steps, it knows only what the journal (or its own account) and the folders say, so that
another terminal can take it over at any point.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from runbook_tui.run.events import RollbackFinished, UndoFinished, UndoStarted
from runbook_tui.run.failing import (
    GOOD,
    hindered,
    this_attempt,
    tries,
    unanswered,
)
from runbook_tui.run.rehearsal import as_if, would_be
from runbook_tui.run.rollback import RollbackPlan, plan, waits_behind, without
from runbook_tui.run.rollback_state import RollbackState
from runbook_tui.run.state import CommandRecord, RunState, Status
from runbook_tui.run.undo_items import Item, item_of
from runbook_tui.run.undo_order import Others
from runbook_tui.session.launching import Launch, finished, prepare_undo, start
from runbook_tui.session.ports.commands import (
    NEVER_STARTED,
    ORPHANED,
    CommandStatus,
    Phase,
)
from runbook_tui.session.ports.journal import TooLarge
from runbook_tui.session.putting_out import captured, settle
from runbook_tui.session.recorder import Pair
from runbook_tui.session.stepping import UNDO_KINDS
from runbook_tui.session.workbench import Workbench

GRACE = 5.0
PATIENCE = 3 * GRACE
"""Seconds after which a rollback goes on without the end of a command that cannot be ended."""
WENT_BEFORE = "the undo itself went well before and is not run again unless it is edited"
TRIED = frozenset({"command", "manual"})
"""Kinds of items that can be taken back at all."""


class RollbackDriver:
    """Drives the rollback that runs. ``attended``: a person can answer. Not thread-safe."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._stopped: dict[str, float] = {}
        self._unfiled = False
        """Whether an undo has ended that the files still have as begun: what comes next is written
        down with it, since most often that is the next undo."""
        self.attended = True

    def advance(self) -> bool:
        """Do what comes next in the rollback; True if something was recorded."""
        moved = self._advance()
        if self._unfiled and not moved:
            self._refile()
        return moved

    def _advance(self) -> bool:
        rollback = self._bench.state.rollback
        if rollback is None or rollback.started is None or rollback.finished is not None:
            return False
        undoing = [s for s in rollback.steps if self._bench.state.step(s).status is Status.UNDOING]
        if undoing:
            return self._beside(rollback, undoing)
        if rollback.stopped:
            return self._finish(rollback)
        if self._still_running(rollback):
            return False
        return self._next(rollback)

    def _beside(self, rollback: RollbackState, undoing: list[str]) -> bool:
        """Carry on the undos that run, and begin others beside them where the plan allows it."""
        room = self._bench.state.runbook.undos_at_once
        if rollback.stopped and (left := [s for s in undoing if not self._under_way(s)]):
            return self._undone(left[0], "failed", None, "it was stopped before another attempt")
        # Each looks at the state anew: one that has ended may be what another waited for.
        if any(self._undoing(step_id) for step_id in self._in_turn(undoing)[:room]):
            return True
        more = len(undoing) < room and not rollback.stopped
        return more and self._next(rollback, beside=undoing)

    def _in_turn(self, undoing: Sequence[str]) -> list[str]:
        """Those under way; behind them what a person tries again, unless one has to wait for it."""
        found = [step_id for step_id in undoing if self._under_way(step_id)]
        others = Others(self._bench.state, found)
        for step_id in undoing:
            clear = not (others.waited_for(step_id) or others.were_waited_for(step_id))
            if step_id not in found and clear:
                found.append(step_id)
                others.add(step_id)
        return found

    def _still_running(self, rollback: RollbackState) -> bool:
        """Stop the scope's commands first; True while one of them lives that can be ended."""
        state = self._bench.state
        inside = [step.id for step in state.outline.steps_inside(rollback.node)]
        alive = False
        for step_id in dict.fromkeys((*rollback.steps, *inside)):
            for record in state.step(step_id).commands:
                if record.running and record.kind not in UNDO_KINDS:
                    alive = self._stop_or_note(step_id, record) or alive
        return alive

    def _stop_or_note(self, step_id: str, record: CommandRecord) -> bool:
        """Stop a command, or record how it ended; False once nothing more can be waited for."""
        bench = self._bench
        status = bench.commands.status(Path(record.folder))
        if status.phase in {Phase.STARTING, Phase.RUNNING}:
            now = bench.clock.mono()
            # A supervisor that dies at this moment has not passed the word on.
            if record.folder not in self._stopped or status.reason == ORPHANED:
                self._stopped.setdefault(record.folder, now)
                bench.commands.stop(Path(record.folder), GRACE)
            return now - self._stopped[record.folder] < PATIENCE
        if status.reason == NEVER_STARTED and not bench.commands.forestall(Path(record.folder)):
            return True  # It has begun meanwhile, and is looked at anew.
        if status.phase is Phase.LOST:
            bench.commands.stop(Path(record.folder), GRACE)  # What it has left behind may live.

        def ended(state: RunState) -> list[Pair]:
            newest = {c.folder: c for c in state.step(step_id).commands}[record.folder]
            if not newest.running:
                return []
            return [*captured(bench, step_id, record), (finished(bench, record, status), step_id)]

        bench.recorder.record_or_keep(ended)
        settle(bench, record.folder)
        return True

    def _undoing(self, step_id: str) -> bool:
        records = this_attempt(self._bench.state, step_id)
        if not records:
            return self._begin(step_id)
        if records[-1].running:
            return self._watch(step_id, records[-1])
        return self._after(step_id, records)

    def _under_way(self, step_id: str) -> bool:
        return bool(this_attempt(self._bench.state, step_id))

    def _after(self, step_id: str, records: list[CommandRecord]) -> bool:
        """What comes next once the last of an item's commands has ended."""
        item = self._item(step_id)
        texts = item.texts if item is not None else ()
        verify = item.verify if item is not None else ""
        last = records[-1]
        went = tries(self._bench.state, step_id)
        left = [text for text in texts if text not in went]
        if last.lost and last.reason == NEVER_STARTED:
            # Who recorded it died before it was begun.
            return self._launch(step_id, last.kind, last.text)
        if last.kind == "undo" and last.lost and verify:
            # It may have done its work: whether it has is asked before anything else.
            return self._launch(step_id, "verify_undo", verify)
        if last.kind == "verify_undo" and last.lost and not _lost_twice(records):
            # A check changes nothing and may be asked again; an undo is not tried for its sake.
            return self._launch(step_id, "verify_undo", last.text)
        if last.kind == "verify_undo" and not (last.ok or last.lost) and _lost_once(records):
            return self._launch(step_id, "undo", _lost_first(records).text)
        if left and (last.kind == "undo" or last.ok):
            # An attempt before the last has its own undo, whatever became of this one.
            return self._launch(step_id, "undo", left[0])
        failed = next((c for c in went.values() if not c.ok and not (c.lost and verify)), None)
        if failed is not None:
            return self._undone(step_id, "failed", failed.exit, _why(failed))
        if last.kind == "undo" and verify:
            return self._launch(step_id, "verify_undo", verify)
        if last.ok:
            return self._undone(step_id, "done", last.exit, "")
        only_checked = all(record.kind != "undo" for record in records)
        why = f"{_why(last)}; {WENT_BEFORE}" if only_checked else _why(last)
        return self._undone(step_id, "failed", last.exit, why)

    def _watch(self, step_id: str, record: CommandRecord) -> bool:
        bench = self._bench
        failure = bench.failures.pop(record.folder, "")
        status = bench.commands.status(Path(record.folder))
        if failure:
            status = CommandStatus(phase=Phase.FINISHED, exit=127, reason=failure)
        if status.phase in {Phase.STARTING, Phase.RUNNING}:
            return False
        if status.reason == NEVER_STARTED:
            if record.folder in bench.begun:
                status = CommandStatus(phase=Phase.LOST, reason="its records are gone")
            elif not bench.commands.forestall(Path(record.folder)):
                return False
        recorded = self._record([(finished(self._bench, record, status), step_id)])
        settle(bench, record.folder)
        return recorded

    def _item(self, step_id: str) -> Item | None:
        rollback = self._bench.state.rollback
        floor = rollback.past_floor if rollback else False
        items = plan(self._bench.state, "step", step_id, floor).items
        return next((i for i in items if i.step == step_id), None)

    def _next(self, rollback: RollbackState, beside: Sequence[str] = ()) -> bool:
        """Begin the next undo that can run; finish when nothing is left to do or to ask.

        ``beside``: those that run; only what did not wait for them, nor for what waits, begins,
        and nothing for which one of them waited: it was passed over while it lacked a value.
        """
        state = self._bench.state
        held = held_back = False
        stuck = set(unanswered(state)) if self.attended else set()
        waits = waits_behind(state)
        hinders = hindered(state, answerable=self.attended)
        running, ahead = Others(state, beside), Others(state, beside)
        for step_id in rollback.steps:
            open_ = step_id not in rollback.results and step_id not in beside
            if open_ and (ahead.waited_for(step_id) or running.were_waited_for(step_id)):
                ahead.add(step_id)
            elif open_ and state.step(step_id).rehearsed:
                return self._would_undo(step_id, held)
            elif open_:
                item = self._item(step_id)
                if item is None:
                    return self._undone(step_id, "done", None, "taken back already")
                if held_back:
                    return self._undone(step_id, "none", None, "below the floor")
                if item.kind in TRIED and (reason := hinders(step_id)):
                    return self._undone(step_id, "not tried", None, reason)
                answered = None if waits(step_id, stuck) else self._take(item)
                if answered is not None:
                    return answered
                if self.attended:
                    stuck.add(step_id)
            armed = state.step(step_id).undo
            floor = armed is not None and armed.kind == "irreversible"
            held = held or (floor and not rollback.past_floor)
            # A floor that a rehearsal has only gone through keeps nothing that really ran.
            held_back = held_back or (held and floor and not state.step(step_id).rehearsed)
        return False if stuck or beside else self._finish(rollback)

    def _would_undo(self, step_id: str, held: bool) -> bool:
        """Say of a step that was only gone through whether its undo would have been ready."""
        bench = self._bench
        bench.look_for_secrets()
        state = as_if(bench.state)
        item = item_of(state, step_id, held)
        if item is None:
            return self._undone(step_id, "rehearsed", None, "there is nothing to take back")
        scope = RollbackPlan(scope="step", node=step_id, items=(item,))
        return self._undone(step_id, *_verdict(state, without(scope, bench.absent).items[0]))

    def _take(self, item: Item) -> bool | None:
        """Begin or settle one item; None where a person has to answer first."""
        if item.kind == "command":
            lacking = self._lacking(item)
            if lacking and self.attended:
                return None
            return self._begin(item.step)
        if item.kind == "manual":
            return None
        return self._undone(item.step, "none", None, item.reason)

    def _lacking(self, item: Item) -> tuple[str, ...]:
        """Names of what it cannot run without: values, and secrets that nobody can give now."""
        # A person may give what its source does not; without one that is waited for.
        self._bench.look_for_secrets(() if self.attended else item.secrets)
        absent = self._bench.absent.secrets
        return (*item.missing, *(name for name in item.secrets if name in absent))

    def _begin(self, step_id: str) -> bool:
        """Begin an attempt: with the first text that has not gone well yet, else with the check."""
        item = self._item(step_id)
        if item is None or item.kind != "command":
            return self._undone(step_id, "failed", None, "its undo is not known any more")
        if lacking := self._lacking(item):
            return self._undone(step_id, "failed", None, f"needs {', '.join(lacking)}")
        if item.left:
            return self._launch(step_id, "undo", item.left[0])
        if item.verify:
            return self._launch(step_id, "verify_undo", item.verify)
        return self._undone(step_id, "done", None, "its undo went well before")

    def _launch(self, step_id: str, kind: str, text: str) -> bool:
        bench = self._bench
        launch = prepare_undo(bench, step_id, kind, text)
        attempt = 1 + sum(c.kind == "undo" for c in bench.state.step(step_id).commands)
        began = bench.state.step(step_id).status is Status.UNDOING
        before: list[Pair] = [] if began else [(UndoStarted(attempt=attempt), step_id)]
        try:
            recorded = self._record([*before, (launch.started, step_id)])
        except TooLarge:
            # What the caller's environment adds is not worth an undo; what was armed has its own.
            short = dataclasses.replace(launch.started, environment={}, sources={})
            try:
                recorded = self._record([*before, (short, step_id)])
            except TooLarge as error:
                return self._undone(step_id, "failed", None, str(error))
        if recorded:
            self._act(launch)
        return True

    def _act(self, launch: Launch) -> None:
        """Begin what was recorded."""
        self._refile()
        start(self._bench, launch)

    def _record(self, pairs: list[Pair]) -> bool:
        """Record what was decided, unless others were faster: then it is decided anew."""
        seen = self._bench.state.seq
        return bool(
            self._bench.recorder.record_or_keep(lambda now: pairs if now.seq == seen else [])
        )

    def _refile(self) -> None:
        """Write down what is left to undo, and what is being undone."""
        self._unfiled = False
        bench = self._bench
        try:
            bench.papers.write(bench.state, bench.clock.now())
        except OSError:
            return  # The rollback outranks its own record; what the file says stays harmless.

    def _undone(self, step_id: str, result: str, exit_: int | None, reason: str) -> bool:
        event = UndoFinished(result=result, exit=exit_, reason=reason)
        if self._record([(event, step_id)]):
            self._unfiled = True
        return True

    def _finish(self, rollback: RollbackState) -> bool:
        bench = self._bench
        outline = bench.state.outline
        remaining = tuple(
            outline[s].title for s in rollback.steps if rollback.results.get(s, "") not in GOOD
        )
        seconds = round(bench.now() - (rollback.started or 0.0), 3)
        event = RollbackFinished(
            result="incomplete" if remaining else "complete", remaining=remaining, seconds=seconds
        )
        if self._record([(event, None)]):
            self._refile()
            bench.recorder.enter_account()
        return True


def _verdict(state: RunState, item: Item) -> tuple[str, None, str]:
    result, reason = would_be(state, item)
    return result, None, reason


def _lost_once(records: list[CommandRecord]) -> bool:
    """Whether an undo was tried once, and that try was lost."""
    tries = [c for c in records if c.kind == "undo"]
    return len(tries) == 1 and tries[0].lost


def _lost_first(records: list[CommandRecord]) -> CommandRecord:
    """The undo that this attempt began with, and that was lost."""
    return next(c for c in records if c.kind == "undo")


def _lost_twice(records: list[CommandRecord]) -> bool:
    """Whether the check that was lost last was the second one in a row."""
    return len(records) > 1 and records[-2].kind == "verify_undo" and records[-2].lost


def _why(record: CommandRecord) -> str:
    what = "the check after it" if record.kind == "verify_undo" else "the undo"
    if record.lost:
        return f"{what} was lost" + (f": {record.reason}" if record.host and record.reason else "")
    if record.timed_out:
        return f"{what} ran out of time"
    if record.signal is not None:
        return f"{what} was ended by signal {record.signal}"
    reason = f": {record.reason}" if record.reason else ""
    return f"{what} ended with exit status {record.exit}{reason}"
