"""Opens, keeps and closes what a run announces elsewhere, beside its session.

On threads of its own: a place that is slow, dead or lies holds up neither keys nor steps nor any
other place. Whoever leads does it; once the run is over, and nobody leads, whoever is here, so
that no silence outlives its run. What is about to be opened is recorded first, and what stands
there carries a mark: it is found and closed though the program that opened it was killed.
"""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from runbook_tui.book.literals import MARK
from runbook_tui.book.matchers import matcher
from runbook_tui.book.model import Announcement, Secret
from runbook_tui.run.announce_events import (
    BEGUN,
    CLOSED,
    DONE,
    FAILED,
    LEFT,
    OPENED,
    PROLONGED,
    Announced,
)
from runbook_tui.run.announced import STANDING
from runbook_tui.run.announcing import (
    digest,
    how_it_ended,
    kept,
    over,
    to_close,
    wanted,
)
from runbook_tui.run.requests import RecordAnnounced
from runbook_tui.run.state import RunState
from runbook_tui.session.locks import RunLock
from runbook_tui.session.session import Session
from runbook_tui.tell.masking import masked
from runbook_tui.tell.places import Alertmanager, ChangeEvents, Grafana, Opened, Place, Told
from runbook_tui.tell.web import NoAnswer, machine

ATTEMPTS = 4
"""Attempts before a failure is told; it is tried again all the same."""
PAUSE = 1.0
"""Seconds before the second attempt; each further pause is twice as long, `LONGEST` at most."""
LONGEST = 60.0
LOOK = 1.0
"""Seconds between two looks at whether somebody leads, where this session does not."""
LAST = 6.0
"""Seconds in which a run's end may still be announced once its session is closed."""
RECORDED = 10.0


@dataclass(slots=True)
class _Try:
    """What was tried of one announcement and has not worked; times by the steady clock."""

    deed: str
    attempts: int = 0
    due: float = 0.0
    told: bool = False


class Announcer:
    """Announces as long as its session is open. ``secret`` fetches what lets it in."""

    def __init__(
        self,
        session: Session,
        secret: Callable[[Secret], str | None],
        *,
        pause: float = PAUSE,
        look: float = LOOK,
    ) -> None:
        self._session = session
        self._secret = secret
        self._pause = pause
        self._look = look
        self._lock = RunLock(session.folder / "announce.lock")
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._tries: dict[str, _Try] = {}
        self._prolong: dict[str, float] = {}
        """When what was opened or taken over here is to be prolonged, by the steady clock."""
        self._values: set[str] = set()
        self._thread = threading.Thread(target=self._live, name="announcing", daemon=True)
        self._stop: Callable[[], None] | None = None

    def start(self) -> None:
        """Announce from now on."""
        self._stop = self._session.listen(lambda _: self._wake.set())
        self._thread.start()

    def close(self) -> None:
        """Announce no more. A run that is over is still told to be so, for some seconds."""
        if not self._thread.is_alive():
            return
        self._closing.set()
        self._wake.set()
        state = self._session.state
        # What is known not to work is tried once more, and not waited for.
        tries = {
            id_: one for id_, one in dict(self._tries).items() if one.deed == CLOSED and one.told
        }
        hopeful = any(id_ not in tries for id_ in to_close(state))
        self._thread.join(LAST if hopeful and self._last(state) else 0.0)
        if self._stop is not None:
            self._stop()

    def _last(self, state: RunState) -> bool:
        ours = self._session.leads or self._session.leaderless
        return ours and over(state) and bool(to_close(state))

    # -- on its thread -----------------------------------------------------------------------------

    def _live(self) -> None:
        until = 0.0
        while True:
            state = self._session.state
            if self._closing.is_set():
                until = until or time.monotonic() + LAST
                if not self._last(state) or time.monotonic() > until:
                    break
            pause: float | None = self._look
            with suppress(Exception):  # A fault of ours must not leave a silence to itself.
                if self._acts(state):
                    self.round(state)
                pause = self._pause_now(state)
            self._wake.wait(pause)
            self._wake.clear()
        self._lock.release()

    def _acts(self, state: RunState) -> bool:
        """Whether it is for this session to announce, and no other does."""
        if self._session.leads:
            return True
        if self._session.leaderless and over(state):
            return self._lock.take(self._session.actor.identity)
        self._lock.release()
        return False

    def _pause_now(self, state: RunState) -> float | None:
        """Seconds until there may be something to do; None: until the run changes."""
        now = time.monotonic()
        tried = {id_: one.due for id_, one in self._tries.items()}
        dues = {**self._prolong, **tried}.values()
        if self._session.state is not state:
            return 0.0
        if not self._session.leads or self._closing.is_set():
            return self._look
        first = min(dues, default=math.inf)
        return None if first == math.inf else max(0.0, first - now)

    def round(self, state: RunState) -> None:
        """Do what is due now, all of it at once."""
        now = time.monotonic()
        deeds: list[tuple[Announcement, str]] = []
        there = {one.id: one for one in state.runbook.announcements}
        closing = to_close(state)
        for one in wanted(state):
            found = state.announced.get(one.id)
            if one.id in closing:
                continue
            if found is None or found.word != "open":
                deeds.append((one, OPENED))
            elif one.id not in self._prolong or self._prolong[one.id] <= now:
                # What another program has opened is looked at once, whatever it ends by itself.
                deeds.append((one, PROLONGED))
        for id_ in closing:
            known = there.get(id_)
            same = known is not None and digest(known) == state.announced[id_].event.plan
            deeds.append((known if same and known else kept(state.announced[id_]), CLOSED))
        for id_ in [*self._tries, *self._prolong]:
            if not any(one.id == id_ for one, _ in deeds):
                self._tries.pop(id_, None)
            if id_ in closing or id_ not in state.announced:
                self._prolong.pop(id_, None)
        threads = [
            threading.Thread(
                target=self._try, args=(state, one, deed), daemon=True, name="announce"
            )
            for one, deed in deeds
            if self._due(one.id, deed, now)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _due(self, id_: str, deed: str, now: float) -> bool:
        known = self._tries.get(id_)
        if known is None or known.deed != deed:
            known = self._tries[id_] = _Try(deed=deed)
        return known.due <= now

    # -- on a thread of its own each ---------------------------------------------------------------

    def _try(self, state: RunState, one: Announcement, deed: str) -> None:
        attempt = self._tries[one.id]
        attempt.attempts += 1
        try:
            self._do(state, one, deed)
        except NoAnswer as error:
            wrong = str(error)
        except Exception as error:  # noqa: BLE001  a fault of ours must not end what goes on
            wrong = f"a fault of this program: {error!r}"
        else:
            del self._tries[one.id]
            return
        pause = self._pause * 2.0 ** min(attempt.attempts - 1, 16)
        attempt.due = time.monotonic() + min(pause, LONGEST)
        if not attempt.told and (attempt.attempts >= ATTEMPTS or self._closing.is_set()):
            attempt.told = True
            self._record(one, deed, FAILED, reason=wrong, attempts=attempt.attempts)

    def _do(self, state: RunState, one: Announcement, deed: str) -> None:
        found = state.announced.get(one.id)
        if found is not None and found.stands and found.event.url:
            # A value may be another by now: it stands where it was opened.
            one = replace(one, url=found.event.url)
        if not one.url:
            self._record(one, deed, DONE, reason="the plan does not say any more where")
            return
        place = self._place(state, one)
        told = self._told(state, one)
        ref = found.ref if found is not None else ""
        if deed == CLOSED:
            place.close(told, ref)
            self._prolong.pop(one.id, None)
            self._record(one, CLOSED, DONE)
            return
        if deed == OPENED:
            if found is None or found.word not in STANDING:
                self._record(one, OPENED, BEGUN)
                now = self._session.state.announced.get(one.id)
                if now is None or now.word != "opening":
                    raise NoAnswer("it could not be recorded, so nothing was sent")
            opened = place.open(self._told(self._session.state, one))
        elif place.prolongs is None:
            self._prolong[one.id] = math.inf
            return
        else:
            opened = place.prolong(told, ref)
        self._take(one, deed, place, opened, ref)

    def _take(self, one: Announcement, deed: str, place: Place, opened: Opened, ref: str) -> None:
        if opened.left:
            self._record(one, deed, LEFT)
            return
        after = math.inf if place.prolongs is None else time.monotonic() + place.prolongs
        self._prolong[one.id] = after
        found = self._session.state.announced.get(one.id)
        if deed == OPENED or opened.ref != ref or (found is not None and found.trouble):
            self._record(one, deed, DONE, ref=opened.ref, until=opened.until)

    def _place(self, state: RunState, one: Announcement) -> Place:
        url = _plain(state, one.url)
        source = one.token
        token = None if source is None else lambda: self._fetched(source, one.id)
        if one.form == "alertmanager":
            return Alertmanager(url, token, list(_matchers(state, one)), one.expires)
        if one.form == "grafana":
            tags = [_plain(state, tag) for tag in one.tags]
            return Grafana(url, token, tags, one.dashboard, one.panel)
        return ChangeEvents(url, token, one.form)

    def _fetched(self, source: Secret, name: str) -> str | None:
        value = self._secret(source)
        if value:
            if value not in self._values and value not in self._session.hidden:
                self._session.give_secret(f"[[announce]] {name}", value)
            self._values.add(value)
        elif source.env:
            raise NoAnswer(f"its token is not known here: set {source.env}, and resume the run")
        return value

    def _told(self, state: RunState, one: Announcement) -> Told:
        names = [state.outline[id_].title for id_ in one.applies_to if id_ in state.outline]
        about = [_plain(state, one.text)] if one.text else names
        found = state.announced.get(one.id)
        return Told(
            run=state.run, announcement=one.id, title=self._masked(state.runbook.title),
            about=self._masked(", ".join(about)),
            lead=self._masked(state.lead.name if state.lead is not None else ""),
            started=found.since if found is not None else self._session.now(),
            result="" if one in wanted(state) else _result(state, one),
        )  # fmt: skip

    def _masked(self, text: str) -> str:
        return masked(text, [*self._session.hidden, *self._values])

    def _record(
        self,
        one: Announcement,
        deed: str,
        result: str,
        *,
        ref: str = "",
        until: float | None = None,
        reason: str = "",
        attempts: int = 0,
    ) -> None:
        """Write down what came of it; a journal that cannot be written is not waited for."""
        state = self._session.state
        known = state.announced.get(one.id)
        try:
            url = _plain(state, one.url)
        except NoAnswer:
            url = ""
        standing = known.event.plan if known is not None and result != BEGUN else digest(one)
        keeps = one.form in {"alertmanager", "grafana"}
        said = Announced(
            announcement=one.id, deed=deed, result=result, form=one.form,
            where=machine(url) if url else "?", plan=standing,
            ref=ref or None, until=_moment(until), attempts=attempts or None,
            reason=self._masked(reason) or None, url=(url or None) if keeps else None,
            token=_source(one.token) if keeps else None,
        )  # fmt: skip
        try:
            self._session.ask(RecordAnnounced(announced=said)).result(RECORDED)
        except Exception:  # noqa: BLE001  the session says itself what is wrong with its journal
            return


def _result(state: RunState, one: Announcement) -> str:
    """How that ended which it was about: the run, or a part of it."""
    ended = how_it_ended(state)
    return "done" if ended == "under way" and one.applies_to else ended


def _matchers(state: RunState, one: Announcement) -> Iterable[tuple[str, str, str]]:
    """With their values; in an expression a value means itself."""
    for text in one.matchers:
        found = matcher(text)
        if found is None:
            raise NoAnswer(f"“{text}” is no matcher")
        name, operator, value = found
        yield name, operator, _plain(state, value, expression="~" in operator)


def _plain(state: RunState, text: str, *, expression: bool = False) -> str:
    """A text with the run's values in it; raises `NoAnswer` where one is not known yet."""
    import re

    def value(match: re.Match[str]) -> str:
        known = state.values.get(match.group(1))
        if known is None:
            raise NoAnswer(f"it needs a value for {match.group(1)}")
        return re.escape(known) if expression else known

    return MARK.sub(value, text)


def _source(token: Secret | None) -> Mapping[str, str] | None:
    if token is None:
        return None
    known = {"env": token.env, "file": token.file, "command": token.command}
    return {name: value for name, value in known.items() if value is not None}


def _moment(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
