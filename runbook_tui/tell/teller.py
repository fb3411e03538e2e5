"""Tells people of a run's alarms, rung by rung, beside the session that leads it.

On threads of its own, one to look and one for each channel: a channel that is slow, dead or full
holds up neither keys nor steps, nor any other channel. Whatever came of it is recorded, so that
whoever leads next does not tell the same again.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from runbook_tui.frozen import frozen
from runbook_tui.run.alarms import Alarm, Rung, alarms
from runbook_tui.run.people_events import Told
from runbook_tui.run.requests import RecordTold
from runbook_tui.run.state import RunState
from runbook_tui.session.session import Session
from runbook_tui.tell.channels import Channel, Message
from runbook_tui.tell.masking import masked

LOOK = 1.0
"""Seconds between two looks."""
ATTEMPTS = 5
PAUSE = 1.0
"""Seconds before the second attempt; each further pause is twice as long."""
MOST = 100
"""Messages that wait for one channel."""
OVER = 0
"""In place of a rung: the alarm has ended."""


@frozen
class _Errand:
    """A message on its way, and what is recorded once it is there."""

    message: Message
    told: Told


class Teller:
    """Tells as long as its session leads. ``secrets`` gives values that no text may hold."""

    def __init__(
        self,
        session: Session,
        channels: Sequence[Channel],
        secrets: Callable[[], Iterable[str]] = tuple,
        *,
        pause: float = PAUSE,
        look: float = LOOK,
    ) -> None:
        self._session = session
        self._secrets = secrets
        self._pause = pause
        self._look = look
        self._closing = threading.Event()
        self._begun: set[tuple[str, int, str]] = set()
        self._known: dict[str, Alarm] = {}
        self._lines = [_Line(channel, self) for channel in channels]
        self._thread = threading.Thread(target=self._live, name="telling", daemon=True)

    def start(self) -> None:
        """Look and tell from now on."""
        if self._lines:
            self._thread.start()
            for line in self._lines:
                line.thread.start()

    def close(self) -> None:
        """Tell no more; waits for nothing that is on its way."""
        self._closing.set()
        for line in self._lines:
            line.wake()

    @property
    def closing(self) -> threading.Event:
        """Set once nothing more is to be told."""
        return self._closing

    # -- on the thread that looks -----------------------------------------------------------------

    def _live(self) -> None:
        while not self._closing.is_set():
            if self._session.leads:
                self.look()
            self._closing.wait(self._look)

    def look(self) -> None:
        """Send what is due now."""
        state, now = self._session.state, self._session.now()
        found = {alarm.id: alarm for alarm in alarms(state, now)}
        self._known.update(found)
        for alarm in found.values():
            for rung in alarm.due(now):
                for line in self._lines:
                    self._send(state, line, alarm, rung)
        for line in self._lines:
            if line.channel.resolves:
                self._resolve(state, line, {id_ for id_, a in found.items() if not a.acknowledged})

    def _send(self, state: RunState, line: _Line, alarm: Alarm, rung: Rung) -> None:
        name = line.channel.name
        key = (alarm.id, rung.number, name)
        if key in state.told or key in self._begun:
            return
        self._begun.add(key)
        message = self._message(state, alarm.id, rung.who, rung.number)
        told = Told(alarm=alarm.id, rung=rung.number, to=rung.who, channel=name, result="sent")
        if not line.put(_Errand(message=message, told=told)):
            self.record(
                replace(told, result="failed", reason="too many wait to be told", attempts=0)
            )

    def _resolve(self, state: RunState, line: _Line, open_: set[str]) -> None:
        """Say of each alarm that was told there that it has ended, or that somebody sees to it."""
        name = line.channel.name
        for id_, rung, channel in sorted(state.told):
            key = (id_, OVER, name)
            told = channel == name and rung != OVER and id_ not in open_
            if not told or key in state.told or key in self._begun:
                continue
            self._begun.add(key)
            message = replace(self._message(state, id_, "", OVER), over=True)
            line.put(
                _Errand(
                    message=message, told=Told(alarm=id_, rung=OVER, channel=name, result="sent")
                )
            )

    def _message(self, state: RunState, id_: str, to: str, rung: int) -> Message:
        known = self._known.get(id_)
        since = known.since if known is not None else state.last_at
        return Message(
            run=state.run,
            title=self.masked(state.runbook.title),
            alarm=id_,
            kind=known.kind if known is not None else id_.partition(" ")[0],
            words=self.masked(known.words if known is not None else id_),
            key=f"runbook/{state.run}/{id_}",
            since=datetime.fromtimestamp(since, UTC).isoformat(timespec="seconds"),
            to=self.masked(to),
            rung=rung,
            lead=self.masked(state.lead.name if state.lead is not None else ""),
        )

    # -- from any thread --------------------------------------------------------------------------

    def masked(self, text: str) -> str:
        """The text without the value of any secret."""
        return masked(text, self._secrets())

    def record(self, told: Told) -> None:
        """Write down what came of it; nobody waits for that."""
        said = replace(told, reason=self.masked(told.reason), to=self.masked(told.to))
        self._session.ask(RecordTold(told=said))

    def pause(self, attempts: int) -> bool:
        """Wait before the next attempt; False where there is none any more."""
        if attempts >= ATTEMPTS or self._closing.is_set():
            return False
        return not self._closing.wait(self._pause * 2.0 ** (attempts - 1))


class _Line:
    """What waits for one channel, and the thread that sends it."""

    def __init__(self, channel: Channel, teller: Teller) -> None:
        self.channel = channel
        self._teller = teller
        self._waiting: queue.Queue[_Errand | None] = queue.Queue(MOST)
        self.thread = threading.Thread(target=self._live, name="channel", daemon=True)

    def put(self, errand: _Errand) -> bool:
        """Send it in its turn; False where too many wait."""
        try:
            self._waiting.put_nowait(errand)
        except queue.Full:
            return False
        return True

    def wake(self) -> None:
        """Let the thread see that it is over."""
        self.put(None)  # type: ignore[arg-type]

    def _live(self) -> None:
        while not self._teller.closing.is_set():
            errand = self._waiting.get()
            if errand is not None and not self._teller.closing.is_set():
                self._carry(errand)

    def _carry(self, errand: _Errand) -> None:
        attempts = 0
        while True:
            attempts += 1
            wrong = self.channel.send(errand.message)
            if not wrong:
                self._teller.record(replace(errand.told, attempts=attempts))
                return
            if not self._teller.pause(attempts):
                break
        if not self._teller.closing.is_set():
            self._teller.record(
                replace(errand.told, result="failed", reason=wrong, attempts=attempts)
            )
