"""Port `Sampler`: one clock for all that is measured, and as many threads as are waited for."""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runbook_tui.session.ports.probes import Ask, Reading
from runbook_tui.session.ports.runner import Runner

if TYPE_CHECKING:
    from runbook_tui.watch.probing import Probe

WORKERS = 64
"""Probes that are waited for at once at most; slow ones keep no other from its turn before."""
SPARE = 8
"""Of these so many are kept for what has answered soon the last time: a server that is silent to a
hundred probes must not keep those of others waiting."""
SLOW = 1.0
"""Seconds from which on an answer was not soon."""
LATE = 3.0
"""Seconds behind its time after which an answer is not waited for to say that there is none."""
TOGETHER = 0.05
"""Seconds that a turn may come early, so that those near one another are begun together."""
APART = 0.02
"""Seconds between two things that are asked for the first time, at most: a hundred at once would
want a hundred threads."""
IDLE = 10.0
"""Seconds after which a thread that has nothing to do ends."""


@dataclass(slots=True, eq=False)
class _Turn:
    """One thing that is measured. ``due`` is seconds of the monotonic clock."""

    key: str
    ask: Ask
    probe: Probe
    due: float
    under_way: bool = False
    again: bool = False
    over: bool = False
    begun: bool = False
    number: int = 0
    """Which of all that were handed out it is."""
    slow: bool = False
    """Whether its last answer was long in coming."""


class ThreadSampler:
    """Measures on threads of its own. Nobody waits for them, not even the end of the program."""

    def __init__(self, runner: Runner, over: Callable[[], None] = lambda: None) -> None:
        """``over`` is called once nothing is measured any more, and ends what still runs."""
        self._runner = runner
        self._over = over
        self._lock = threading.Lock()
        self._clock = threading.Condition(self._lock)
        self._work = threading.Condition(self._lock)
        self._turns: dict[str, _Turn] = {}
        self._heap: list[tuple[float, int, _Turn]] = []
        self._limits: list[tuple[float, int, _Turn]] = []
        """When what was handed out should have come, at the latest."""
        self._ready: deque[_Turn] = deque()
        self._count = 0
        self._idle = 0
        self._workers = 0
        self._slow = 0
        """Slow ones that are waited for now."""
        self._ticks = False
        self._closed = False
        self._take: Callable[[Reading], None] = lambda reading: None

    def listen(self, take: Callable[[Reading], None]) -> None:
        """Give every reading to this."""
        self._take = take

    def measure(self, asks: Mapping[str, Ask]) -> None:
        """Measure these from now on and no others."""
        if not asks and not self._turns:
            return
        # Only what is measured needs what asks a server.
        from runbook_tui.watch.probing import probe_of

        now = time.monotonic()
        with self._lock:
            if self._closed:
                return
            for key, turn in list(self._turns.items()):
                ask = asks.get(key)
                if ask is turn.ask:
                    continue
                if ask is None or (ask.probe, ask.hidden) != (turn.ask.probe, turn.ask.hidden):
                    self._end(self._turns.pop(key))
                else:
                    # The same in another rhythm: nothing is asked anew for that alone.
                    turn.ask = ask
                    self._bring_forward(turn, now + ask.every)
            new = [key for key in asks if key not in self._turns]
            for number, key in enumerate(new):
                ask = asks[key]
                first = now + number * min(APART, ask.every / len(new))
                turn = self._turns[key] = _Turn(key, ask, probe_of(ask, self._runner), first)
                self._put(turn)
            if self._turns and not self._ticks:
                self._ticks = True
                threading.Thread(target=self._tick, name="watch-clock", daemon=True).start()
            self._clock.notify()

    def _bring_forward(self, turn: _Turn, due: float) -> None:
        """Have it measured by then at the latest, unless that is under way."""
        if not turn.under_way and turn.due > due:
            turn.due = due
            self._put(turn)

    def hurry(self, keys: Iterable[str]) -> None:
        """Measure these now; what is under way is measured once more behind that."""
        now = time.monotonic()
        with self._lock:
            for key in keys:
                turn = self._turns.get(key)
                if turn is None:
                    continue
                turn.again = turn.again or turn.under_way
                self._bring_forward(turn, now)
            self._clock.notify()

    def close(self) -> None:
        """Measure no more."""
        with self._lock:
            self._closed = True
            for turn in self._turns.values():
                self._end(turn)
            self._turns.clear()
            for turn in self._ready:  # Handed out, and no thread has come for it.
                turn.probe.close()
            self._ready.clear()
            self._clock.notify_all()
            self._work.notify_all()
        self._over()

    # -- with the lock held ------------------------------------------------------------------------

    def _end(self, turn: _Turn) -> None:
        turn.over = True
        if not turn.under_way:
            turn.probe.close()

    def _put(self, turn: _Turn) -> None:
        self._count += 1
        heapq.heappush(self._heap, (turn.due, self._count, turn))

    def _hand_out(self, turn: _Turn) -> None:
        turn.under_way, turn.begun = True, False
        self._count += 1
        turn.number = self._count
        limit = time.monotonic() + turn.ask.timeout + LATE
        heapq.heappush(self._limits, (limit, turn.number, turn))
        self._ready.append(turn)
        may = len(self._ready)
        if self._slow >= WORKERS - SPARE:
            may = sum(not one.slow for one in self._ready)
        if self._idle:
            self._work.notify()
        if self._idle < may and self._workers < WORKERS:
            self._workers += 1
            threading.Thread(target=self._measure, name="watch", daemon=True).start()

    # -- threads -----------------------------------------------------------------------------------

    def _tick(self) -> None:
        while True:
            with self._lock:
                if self._closed:
                    return
                now = time.monotonic()
                self._begin_due(now)
                late = self._overdue(now)
                if not late:
                    dues = [heap[0][0] for heap in (self._heap, self._limits) if heap]
                    self._clock.wait(max(0.0, min(dues) - now) if dues else None)
            for key, why in late:
                self._take(Reading(key, now, now, None, why))

    def _begin_due(self, now: float) -> None:
        """Hand out what is due. The lock is held."""
        while self._heap and self._heap[0][0] <= now + TOGETHER:
            due, _, turn = heapq.heappop(self._heap)
            # One that was hurried stands there twice.
            if not turn.over and not turn.under_way and due == turn.due:
                self._hand_out(turn)

    def _overdue(self, now: float) -> list[tuple[str, str]]:
        """What has not come long after its time, and why: a look-up of a name knows no limit, and
        where all threads wait nobody asks. What was last known of it is not known any more.

        The lock is held.
        """
        found = []
        while self._limits and self._limits[0][0] <= now:
            _, number, turn = heapq.heappop(self._limits)
            if turn.over or not turn.under_way or turn.number != number:
                continue
            if turn.begun and not turn.slow:
                turn.slow = True
                self._slow += 1
            why = f"no answer within {turn.ask.timeout:g} s" if turn.begun else (
                "it waits for its turn: too many others do not answer"
            )  # fmt: skip
            found.append((turn.key, why))
        return found

    def _measure(self) -> None:
        from runbook_tui.watch.probing import measured

        while (turn := self._next()) is not None:
            asked = time.monotonic()
            value, trouble = measured(turn.probe, turn.ask)
            came = time.monotonic()
            with self._lock:
                turn.under_way = False
                if turn.slow:
                    self._slow -= 1
                turn.slow = came - asked >= min(SLOW, turn.ask.timeout / 2)
                if turn.over:
                    turn.probe.close()
                    continue
                # In step with the clock; what takes longer than its cadence has its next turn now.
                turn.due = came if turn.again else max(turn.due + turn.ask.every, came)
                turn.again = False
                self._put(turn)
                if self._heap[0][2] is turn:
                    self._clock.notify()
            self._take(Reading(turn.key, asked, came, value, trouble))

    def _next(self) -> _Turn | None:
        with self._lock:
            until = time.monotonic() + IDLE
            while (found := self._first()) is None:
                left = until - time.monotonic()
                if self._closed or left <= 0:
                    self._workers -= 1
                    return None
                self._idle += 1
                self._work.wait(left)
                self._idle -= 1
            return found

    def _first(self) -> _Turn | None:
        """What is measured next: what waits longest, but for slow ones where many are waited for.

        The lock is held.
        """
        for number, turn in enumerate(self._ready):
            if not turn.slow or self._slow < WORKERS - SPARE:
                del self._ready[number]
                turn.begun = True
                self._slow += turn.slow
                return turn
        return None
