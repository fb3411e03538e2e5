"""The one place where a run's events are written, and its state kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from runbook_tui.run.events import Actor, Draft, Event, Payload
from runbook_tui.run.fold import anew, fold
from runbook_tui.run.state import RunState
from runbook_tui.run.wire import limit, size, wire_name
from runbook_tui.session.account import Account, enter_left_behind, forget, left_behind
from runbook_tui.session.locks import ROLLBACK_LOCK, RunLock, script_without_flock
from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.journal import Conflict, Journal, JournalError, TooLarge
from runbook_tui.session.spare import Places, accounts
from runbook_tui.session.undo_writing import renew

Pair = tuple[Payload, str | None]
Decide = Callable[[RunState], Sequence[Pair]]
ATTEMPTS = 20


class Recorder:
    """Appends events and folds them; keeps a rollback's own account while the journal is away.

    Used by the session's thread alone, but for `state` and `trouble`, which anybody may read.
    """

    def __init__(
        self, journal: Journal, state: RunState, actor: Actor, clock: Clock, places: Places
    ) -> None:
        self._journal = journal
        self._actor = actor
        self._clock = clock
        self._account = Account(places, actor)
        self._places = places
        self._known: set[str] = set()
        self.state = state
        self.trouble = ""

    def sync(self) -> list[Event]:
        """Fold what others appended."""
        if self._account.drafts:
            return []
        events = self._journal.events(self.state.run, self.state.seq)
        self.state = fold(self.state, events)
        return events

    def record(self, decide: Decide, actor: Actor | None = None, id_: str = "") -> list[Event]:
        """Append what ``decide`` makes of the newest state, deciding again if others were first.

        ``id_`` is the first event's; once it is recorded, it is not recorded again.

        Raises `JournalError`, `TooLarge` among them; nothing has changed then.
        """
        for _ in range(ATTEMPTS):
            pairs = decide(self.state)
            if not pairs:
                return []
            drafts = [
                Draft(payload=payload, step=step, id=id_ if not n else "")
                for n, (payload, step) in enumerate(pairs)
            ]
            try:
                events = self._journal.append(
                    self.state.run, drafts, actor or self._actor, expect=self.state.seq
                )
            except Conflict as conflict:
                self.state = fold(self.state, conflict.events)
                continue
            except TooLarge:
                raise
            except JournalError as error:
                self.trouble = f"the journal cannot be written: {error}"
                raise
            self.trouble = ""
            self.state = fold(self.state, events)
            return events
        raise JournalError("others write to this run without pause", "try again")

    def record_or_keep(self, decide: Decide, actor: Actor | None = None) -> list[Event]:
        """As `record`, but what the journal refuses goes into an account of its own.

        For the rollback, which outranks the record. Raises `TooLarge`: such an event would keep
        the account out of the journal for ever.
        """
        if not self._account.drafts:
            try:
                return self.record(decide, actor)
            except TooLarge:
                raise
            except JournalError:
                pass
        pairs = decide(self.state)
        for payload, _ in pairs:
            if size(payload) > limit(wire_name(payload)):
                raise TooLarge(wire_name(payload), size(payload), limit(wire_name(payload)))
        who = actor or self._actor
        events = [self._keep(payload, step, who, n) for n, (payload, step) in enumerate(pairs, 1)]
        self.state = fold(self.state, events)
        return events

    def enter_account(self) -> bool:
        """Enter what was kept, if the journal is back; True when nothing is kept any more."""
        if not self._account.drafts:
            return True
        try:
            self._account.enter(self._journal, self.state.run)
            events = self._journal.events(self.state.run)
        except JournalError as error:
            self.trouble = f"the journal cannot be written: {error}"
            return False
        self.trouble = ""
        self.state = fold(anew(self.state), events)
        return True

    def take_in(self, *, alone: bool = False) -> None:
        """Learn what a rollback did in another process while the journal was away.

        Into the journal if it is back; else the state alone knows it, until it can be entered.
        ``alone``: we hold the right to roll back; else somebody may, and still write.
        """
        home = self._places.home
        busy = not RunLock(home / ROLLBACK_LOCK).free() or script_without_flock(home)
        if busy and not alone:
            return
        for path in accounts(self._places.home, self.state.run):
            drafts = [d for d in left_behind(path) if d.id not in self._known]
            self._known.update(d.id for d in drafts)
            if not drafts or self._account.owns(path):
                continue
            try:
                enter_left_behind(self._journal, self.state.run, path, self._actor)
                self.sync()
                renew(self._places.home, self.state, self._clock.now())
                forget([path])
            except OSError as error:
                self.trouble = f"the undo file cannot be written: {error.strerror}"
            except JournalError as error:
                self.trouble = f"the journal cannot be written: {error}"
                self._account.drafts += drafts
                self.state = fold(
                    self.state, [self._imagined(d, n) for n, d in enumerate(drafts, 1)]
                )

    def _imagined(self, draft: Draft, offset: int) -> Event:
        """A kept event as it will stand in the journal."""
        return Event(
            seq=self.state.seq + offset,
            id=draft.id,
            run=self.state.run,
            type=wire_name(draft.payload),
            at=datetime.fromtimestamp(self._clock.now(), UTC).isoformat(),
            actor=draft.actor or self._actor,
            step=draft.step,
            payload=draft.payload,
            mono=self._clock.mono(),
            boot=self._clock.boot(),
        )

    def _keep(self, payload: Payload, step: str | None, actor: Actor, offset: int) -> Event:
        now = self._clock.now()
        wrong = self._account.keep(payload, step, now, actor)
        if wrong:
            self.trouble = f"neither journal nor account can be written: {wrong}"
        return self._imagined(self._account.drafts[-1], offset)


class Imagining(Recorder):
    """Records nothing: what it is given it folds, to see what would come next."""

    def __init__(self, of: Recorder) -> None:
        super().__init__(of._journal, of.state, of._actor, of._clock, of._places)  # noqa: SLF001
        self.pairs: list[Pair] = []
        """All that it was given."""

    def record(self, decide: Decide, actor: Actor | None = None, id_: str = "") -> list[Event]:
        """The events as they would stand in the journal."""
        pairs = decide(self.state)
        self.pairs += pairs
        drafts = [Draft(payload=payload, step=step, actor=actor) for payload, step in pairs]
        events = [self._imagined(draft, n) for n, draft in enumerate(drafts, 1)]
        self.state = fold(self.state, events)
        return events

    record_or_keep = record
