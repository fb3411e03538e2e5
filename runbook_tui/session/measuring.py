"""The watches of an open run: measured beside it, judged as they come, recorded as they turn."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from runbook_tui.book.model import Watch
from runbook_tui.frozen import frozen
from runbook_tui.run.closed_loop import answered, as_watch, begun_with, says
from runbook_tui.run.events import WatchSampled
from runbook_tui.run.state import RunState
from runbook_tui.run.watch_deciding import due, resumed, turned
from runbook_tui.run.watch_scope import LIMIT, cadence, looping, mattering
from runbook_tui.run.watched import NEVER, Point, thinned, written
from runbook_tui.run.watching import Sample, Standing, Track, judge, turn
from runbook_tui.session.ports.journal import JournalError
from runbook_tui.session.ports.probes import Ask, Reading, Sampler
from runbook_tui.session.probe_asks import ask_of, ask_of_box
from runbook_tui.session.recorder import Pair
from runbook_tui.session.workbench import Workbench

OFTEN = 60.0
"""Seconds between two records of samples where something is not green, or was not."""
SELDOM = 300.0
"""The same where all is well."""
KEPT = 6
"""Samples of each watch that such a record keeps, beside every change."""
POINTS = 400
"""Samples of each watch that are held for the screen."""
SETTLES = 10.0
"""Seconds after a step in which a box that holds is asked at once for the second time."""
LATE = 15.0
"""Seconds that a sample may take beside its cadence and still be one of now."""
BOX = "box "


@frozen
class Measured:
    """A watch as it is measured here; ``age`` is how many seconds ago its last sample came."""

    track: Track
    points: tuple[Point, ...]
    every: float
    age: float | None


@dataclass(slots=True, eq=False)
class _One:
    """A watch or the probe of a box that is measured here."""

    watch: Watch
    track: Track
    box: bool
    every: float
    points: list[Point]
    came: float = 0.0
    fresh: list[Point] = field(default_factory=list)
    taken: int = 0
    answers: bool = False
    """Whether a probe of a box has answered since it was looked at last."""

    @property
    def slow(self) -> bool:
        """Whether a box's answer takes long: not to be asked for without need."""
        return self.box and (self.watch.timeout or 0.0) > LIMIT


class Measuring:
    """Measures what matters for whoever leads. Readings come on threads of the sampler's; all that
    is recorded is recorded on the session's, which is woken for a turn and for nothing else."""

    def __init__(
        self, bench: Workbench, sampler: Sampler, wake: Callable[[], None], *, leads: bool
    ) -> None:
        self._bench = bench
        self._sampler = sampler
        self._wake = wake
        self._leads = leads
        self._lock = threading.Lock()
        self._ones: dict[str, _One] = {}
        self._turns: deque[tuple[_One, Track, Track]] = deque()
        self._looked: tuple[object, ...] = ()
        self._written = time.monotonic()
        self._by: tuple[object, ...] = ()
        self._asks: dict[tuple[str, float, float | None, int], Ask] = {}
        self._held = 0
        self._ended = 0.0
        self._tried = 0
        self.attended = True
        """Whether somebody can answer what a rollback asks that starts by itself."""
        sampler.listen(self._take)

    def seen(self) -> Mapping[str, Measured]:
        """What is measured here, by watch; from any thread, never waits for a measurement."""
        now = time.monotonic()
        with self._lock:
            return {
                one.watch.id: Measured(
                    track=one.track,
                    points=tuple(one.points),
                    every=one.every,
                    age=now - one.came if one.track.last is not None else None,
                )
                for one in self._ones.values()
                if not one.box
            }

    @property
    def awaited(self) -> bool:
        """Whether a box that is not ticked has a probe that has not answered since a step ended."""
        if not self._leads or (self._looked and self._looked[1] is not self._bench.state.steps):
            return self._leads
        with self._lock:
            ones = tuple(self._ones.values())
        ticks = self._bench.state.ticks
        return any(
            one.box and one.watch.id not in ticks
            and (one.answers or one.track.last is None or one.track.last.at < self._ended
                 or _half_way(one.track))
            for one in ones
        )  # fmt: skip

    # -- on a thread of the sampler's --------------------------------------------------------------

    def _take(self, reading: Reading) -> None:
        bench = self._bench
        at = bench.now() - (time.monotonic() - reading.came)
        with self._lock:
            one = self._ones.get(reading.key)
            if one is None:
                return
            before = one.track
            sample = Sample(at=at, value=reading.value, trouble=reading.trouble)
            after = one.track = judge(one.watch, before, sample)
            one.came = reading.came
            if one.box:
                one.answers = True
                turned_now = says(before) is not says(after)
            else:
                self._keep(one, Point(at, reading.value, after.standing))
                turned_now = turn(before, after) is not None
                if turned_now:
                    self._turns.append((one, before, after))
        if turned_now:
            self._wake()

    def _keep(self, one: _One, point: Point) -> None:
        one.taken += 1
        for points in (one.points, one.fresh):
            points.append(point)
            if len(points) > POINTS:
                # What flaps is all changes: of that the older half goes.
                points[:] = thinned(points, POINTS // 2)[-POINTS * 3 // 4 :]

    # -- on the session's thread -------------------------------------------------------------------

    def advance(self, roll_back: Callable[[Watch], bool]) -> None:
        """Measure what matters now, and record what has turned; no fault of that ends the session.

        ``roll_back`` starts a rollback for a watch, where one is due by itself.
        """
        if not self._leads:
            return
        try:
            self._aim()
            with suppress(JournalError):  # The recorder says so; what has turned is tried again.
                self._record()
                self._write(finished=not self._ones)
            # A rollback outranks the record: it starts also where nothing can be recorded.
            self._roll_back(roll_back)
        except JournalError:
            pass
        except Exception as error:  # noqa: BLE001  a fault of ours must not end the session
            self._bench.recorder.trouble = f"a fault of this program: {error!r}"

    def step_down(self) -> None:
        """Somebody else leads and measures from here on; what is not recorded is theirs to see."""
        self._sampler.close()
        self._leads = False

    def finish(self) -> None:
        """The session ends: measure no more, and record what is not recorded yet."""
        self._sampler.close()
        if not self._leads:
            return
        try:
            self._record()
            self._write(finished=True)
        except Exception:  # noqa: BLE001  nothing more can be done about it here
            return

    def _aim(self) -> None:
        """Measure what matters, where something has changed that decides it."""
        state = self._bench.state
        now = (
            state.runbook,
            state.steps,
            state.ticks,
            state.signoffs,
            state.values,
            state.begun,
            state.finished,
            state.breached,
            state.outline,
        )
        known = self._looked
        same = len(known) == len(now) and all(a is b for a, b in zip(known, now, strict=True))
        if same and self._held == len(self._bench.vault):
            return
        self._looked, self._held = now, len(self._bench.vault)
        wanted: dict[str, tuple[Watch, bool, float]] = {}
        for watch in mattering(state):
            wanted[watch.id] = (watch, False, cadence(state, watch))
        for check, every in looping(state):
            wanted[BOX + check.id] = (as_watch(state, check, every), True, every)
        asks = self._asked(state, wanted)
        if not asks and not self._ones:
            return
        with self._lock:
            gone = [one for key, one in self._ones.items() if key not in wanted and one.fresh]
            before, self._ones = self._ones, {}
            for key, (watch, box, every) in wanted.items():
                self._ones[key] = self._one(state, before.get(key), watch, box=box, every=every)
        if gone:
            self._write(finished=True, ones=gone)
        self._sampler.measure(asks)
        if (ended := _last_end(state)) > self._ended:
            # What a step has changed shows now, not at the next turn of a box.
            self._ended = ended
            self._sampler.hurry(key for key, one in self._ones.items() if one.box
                                and (not one.slow or one.watch.id not in state.ticks))  # fmt: skip

    def _asked(
        self, state: RunState, wanted: Mapping[str, tuple[Watch, bool, float]]
    ) -> dict[str, Ask]:
        """How each is asked; what it was asked with before is made again only for other values."""
        by = (state.values, state.runbook, self._held)
        if len(self._by) != len(by) or any(a is not b for a, b in zip(self._by, by, strict=True)):
            self._by, self._asks = by, {}
        asks = {}
        for key, (watch, box, every) in wanted.items():
            attempt = state.step(state.outline[watch.id].owner).attempt if box else 0
            by_time = (key, every, watch.timeout, attempt)
            made = self._asks.get(by_time)
            if made is None:
                made = self._asks[by_time] = (
                    ask_of_box(self._bench, watch, every) if box else ask_of(self._bench, watch)
                )
            asks[key] = made
        return asks

    def _one(
        self, state: RunState, known: _One | None, watch: Watch, *, box: bool, every: float
    ) -> _One:
        if known is not None and watch == dataclasses.replace(
            known.watch, every=watch.every, timeout=watch.timeout
        ):
            known.watch, known.every = watch, every
            return known
        if box:
            return _One(watch, begun_with(state, watch.id), box, every, [])
        points = list(state.watches.get(watch.id, NEVER).points)
        return _One(watch, resumed(state, watch), box, every, points)

    def _record(self) -> None:
        recorder = self._bench.recorder
        while self._turns:
            one, before, after = self._turns[0]

            def pairs(
                state: RunState, one: _One = one, before: Track = before, after: Track = after
            ) -> list[Pair]:
                return turned(state, one.watch, before, after)

            recorder.record(pairs)
            self._turns.popleft()
        for one in [one for one in self._ones.values() if one.answers]:
            one.answers = False
            self._answer(one)

    def _answer(self, one: _One) -> None:
        track = one.track
        if track.standing is Standing.UNKNOWN and not track.told:
            return  # One answer that does not come unticks nothing yet.
        if _half_way(track):
            if one.slow or self._bench.now() - self._ended < SETTLES:
                self._sampler.hurry([BOX + one.watch.id])
            return  # What was ticked by other means meanwhile is not unticked on a good answer.
        holds, last = says(track), track.last
        reason = ""
        if last is not None:
            reason = last.trouble or f"exit status {last.value:g}" if last.value else last.trouble
        self._bench.recorder.record(lambda state: answered(state, one.watch.id, holds, reason))

    def _write(self, *, finished: bool = False, ones: list[_One] | None = None) -> None:
        """Record samples: at most once a minute, and what is left where it ends."""
        state = self._bench.state
        if ones is None:
            ones = [one for one in self._ones.values() if one.fresh]
            calm = all(p.standing is Standing.GOOD for one in ones for p in one.fresh)
            waited = time.monotonic() - self._written
            if not finished and waited < (SELDOM if calm else OFTEN):
                return
        if not ones or state.rolling_back:
            return
        self._written = time.monotonic()
        now = self._bench.now()
        with self._lock:
            samples = {one.watch.id: written(thinned(one.fresh, KEPT), now) for one in ones}
            taken = {one.watch.id: one.taken for one in ones}
        event = WatchSampled(samples=samples, taken=taken)
        self._bench.recorder.record(lambda state: [(event, None)])
        with self._lock:
            for one in ones:
                one.fresh, one.taken = [], 0

    def _roll_back(self, roll_back: Callable[[Watch], bool]) -> None:
        state = self._bench.state
        if not state.breached:
            return
        watch = due(state, self._bench.now(), self._still)
        if watch is None or self._tried == state.watches[watch.id].seq:
            return
        roll_back(watch)
        # One that is refused is not asked for again twice a second; one that failed is.
        self._tried = state.watches[watch.id].seq

    def _still(self, watch: Watch) -> bool:
        """Whether it was sampled here just now, and that was not good."""
        with self._lock:
            one = self._ones.get(watch.id)
        if one is None or one.track.last is None or one.track.good:
            return False
        # After a suspend the last sample is of before it.
        return self._bench.now() - one.track.last.at <= 2 * one.every + LATE


def _half_way(track: Track) -> bool:
    """Whether a box that did not hold does, and once more ticks it."""
    return track.standing is Standing.BREACHED and track.good > 0


def _last_end(state: RunState) -> float:
    """When the last step ended (epoch seconds)."""
    return max((step.finished or 0.0 for step in state.steps.values()), default=0.0)
