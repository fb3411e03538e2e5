"""Which run is meant, from the journal's events alone: no plan is read for this."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from runbook_tui.cli import exits
from runbook_tui.cli.exits import Ended
from runbook_tui.run import events as e
from runbook_tui.run.times import epoch
from runbook_tui.session import account
from runbook_tui.session.opening import find_run
from runbook_tui.session.ports.journal import Brief, Journal, RunEntry

RECENT = 24 * 3600.0


@dataclass(frozen=True, kw_only=True)
class Glance:
    """One run at a glance. ``to_undo`` are steps that ran and were not taken back."""

    entry: RunEntry
    lead: str = ""
    finished: bool = False
    result: str = ""
    rehearsal: bool = False
    rolled_back: str = ""
    rolling_back: bool = False
    """Whether a rollback was started and has not come to its end."""
    running: tuple[str, ...] = ()
    pausing: bool = False
    """Whether a step waits for another attempt, or its end is about to be recorded."""
    to_undo: tuple[str, ...] = ()
    began: float = 0.0
    touched: float = 0.0
    people: tuple[str, ...] = ()
    """Everybody who did anything, or was handed the lead."""
    begun: tuple[str, ...] = ()
    """Ids of the steps that were ever started."""
    refused: bool = False
    """Whether anything from another machine was refused."""
    outside: bool = False
    """Whether a rollback without the journal has done something that is not entered yet."""

    @property
    def word(self) -> str:
        """How it stands, in a word or two."""
        if self.rehearsal:
            return self._rehearsed
        if self.rolling_back:
            return "rollback not finished"
        if self.running:
            return "running"
        if self.finished:
            return self.result or "done"
        if self.rolled_back and not self.to_undo:
            return "rolled back"
        return "open"

    @property
    def _rehearsed(self) -> str:
        if self.running or self.rolling_back:
            return "rehearsal, running"
        return "rehearsal, over" if self.finished else "rehearsal, open"


ENDS = frozenset({e.StepFinished.WIRE, e.StepWaiting.WIRE, e.UndoFinished.WIRE})
"""After these a step waits for no other attempt."""


class _Look:
    """Folds the few events that matter here."""

    def __init__(self) -> None:
        self.lead = ""
        self.finished = False
        self.result = ""
        self.rehearsal = False
        self.rolled_back = ""
        self.rolling_back = False
        self.running: dict[str, None] = {}
        self.pausing: set[str] = set()
        self.to_undo: dict[str, None] = {}
        self.armed: dict[str, str] = {}
        self.began = 0.0
        self.touched = 0.0
        self.people: dict[str, None] = {}
        self.begun: dict[str, None] = {}
        self.refused = False

    def take(self, event: Brief) -> None:
        if event.type in {e.OutputPruned.WIRE, e.RunSealed.WIRE}:
            return  # Room was made, or a seal set; nobody has touched the run.
        self.touched = epoch(event.at)
        self.refused = self.refused or event.type == e.VoteRefused.WIRE
        who = e.Actor(name=event.name, email=event.email).identity
        self.people[who] = None
        if event.type == e.RunStarted.WIRE:
            self.lead, self.began, self.rehearsal = who, self.touched, event.rehearse
        elif event.type == e.LeadHandedOver.WIRE:
            self.lead = who
        elif event.type == e.RunFinished.WIRE:
            self.finished, self.result = True, event.result
        elif event.type == e.RollbackStarted.WIRE:
            # Also of a run that was over: it is open until its rollback is.
            self.finished, self.rolling_back = False, True
        elif event.type == e.RollbackFinished.WIRE:
            self.finished, self.result, self.rolled_back = False, "", event.result
            self.rolling_back = False
        else:
            self._take_step(event, event.step or "")

    def _take_step(self, event: Brief, step: str) -> None:
        if event.type == e.StepStarted.WIRE:
            self.to_undo[step] = self.begun[step] = None
            self.rolling_back = False
        elif event.type == e.StepRehearsed.WIRE:
            self.to_undo.pop(step, None)  # Nothing of it has happened.
        elif event.type == e.UndoArmed.WIRE:
            self.armed[step] = event.kind
        elif event.type == e.UndoFinished.WIRE and event.result in {"done", "taken back"}:
            self.to_undo.pop(step, None)
        elif event.type == e.CommandStarted.WIRE:
            self.running[event.folder] = None
            self.pausing.discard(step)
        elif event.type == e.CommandFinished.WIRE:
            self.running.pop(event.folder, None)
            if event.kind in {"before", "run"}:
                self.pausing.add(step)
        elif event.type in ENDS:
            self.pausing.discard(step)


def glance(entry: RunEntry, events: Iterable[Brief]) -> Glance:
    """What a run's events say at a glance."""
    look = _Look()
    for event in events:
        look.take(event)
    return Glance(
        entry=entry,
        lead=look.lead,
        finished=look.finished,
        result=look.result,
        rehearsal=look.rehearsal,
        rolled_back=look.rolled_back,
        rolling_back=look.rolling_back,
        running=tuple(look.running),
        pausing=bool(look.pausing),
        to_undo=tuple(s for s in look.to_undo if look.armed.get(s) != "nothing"),
        began=look.began,
        touched=look.touched,
        people=tuple(look.people),
        begun=tuple(look.begun),
        refused=look.refused,
    )


def glances(journal: Journal) -> list[Glance]:
    """All runs, newest first."""
    return [_glance_now(journal, entry) for entry in journal.runs()]


def _glance_now(journal: Journal, entry: RunEntry) -> Glance:
    """A run at a glance, with what a rollback has done that nobody has entered into the journal."""
    from runbook_tui import wiring

    found = glance(entry, journal.briefs(entry.run))
    if not found.to_undo and not found.rolling_back:
        return found
    kept = [b for path in wiring.accounts(entry.run) for b in account.briefs(path)]
    if not kept:
        return found
    told = glance(entry, [*journal.briefs(entry.run), *kept])
    return dataclasses.replace(told, outside=True)


def choose(journal: Journal, name: str | None) -> str:
    """The run that is named; without a name the newest open run, else the newest run.

    A rehearsal is meant only where there is no run that is open.
    """
    if name:
        return find_run(journal, name)
    rehearsal = None
    for entry in journal.runs():
        found = glance(entry, journal.briefs(entry.run))
        if not found.finished and not found.rehearsal:
            return entry.run
        if not found.finished and rehearsal is None:
            rehearsal = entry.run
    return rehearsal or find_run(journal, None)


def choose_only(
    journal: Journal, name: str | None, fits: Callable[[Glance], bool], what: str
) -> Glance | None:
    """The run that is named; without a name the only one that fits and was touched lately.

    A rehearsal has to be named. None where no run fits at all; several, or one of long ago, are
    listed and end with 2 (`Ended`).
    """
    if name:
        run = find_run(journal, name)
        entry = next(entry for entry in journal.runs() if entry.run == run)
        return glance(entry, journal.briefs(run))
    fitting = [found for found in glances(journal) if fits(found)]
    rehearsals = [found for found in fitting if found.rehearsal]
    fitting = [found for found in fitting if not found.rehearsal]
    if not fitting and rehearsals:
        lines = "\n".join(f"  {found.entry.run}  {found.entry.title}" for found in rehearsals)
        raise Ended(exits.USAGE, f"say which run: only rehearsals {what}", lines)
    if not fitting:
        return None
    recent = [found for found in fitting if time.time() - found.touched < RECENT]
    if len(fitting) == 1 and recent:
        return fitting[0]
    lines = "\n".join(f"  {found.entry.run}  {found.entry.title}" for found in fitting)
    reason = f"{len(fitting)} runs {what}" if len(fitting) > 1 else f"only an old run {what}"
    raise Ended(exits.USAGE, f"say which run: {reason}", lines)
