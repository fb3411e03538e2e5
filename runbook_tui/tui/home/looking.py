"""Looking at runs and plans for home, on a thread: the lists first, then each row by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from runbook_tui.tui.home.offers import PlanRow, Row, RunRow, Source


@dataclass(slots=True)
class Known:
    """Runs and plans, or why it is not known which there are; not ``loaded`` before the first
    look."""

    runs: list[RunRow] = field(default_factory=list)
    plans: list[PlanRow] = field(default_factory=list)
    no_runs: str = ""
    no_plans: str = ""
    loaded: bool = False
    chosen: str = ""
    """The path of the plan that somebody looks at: it is read before the others."""

    @property
    def open_runs(self) -> list[RunRow]:
        """Those that can be gone on with."""
        return [run for run in self.runs if run.open]

    def take(self, found: Known) -> None:
        """The lists of a look in the place of these."""
        self.runs, self.plans, self.loaded = found.runs, found.plans, True
        self.no_runs, self.no_plans = found.no_runs, found.no_plans

    def put(self, found: Row) -> None:
        """A row in the place of the one of the same run or plan."""
        if isinstance(found, RunRow):
            self.runs = [found if row.run == found.run else row for row in self.runs]
        else:
            self.plans = [found if row.path == found.path else row for row in self.plans]


class Looking:
    """Goes from look to look; what an earlier one still finds is told no more.

    ``tell`` has something done on the application's thread: there alone ``known`` is changed, and
    ``taken`` is called once it has the lists of a look.
    """

    def __init__(
        self,
        source: Source,
        known: Known,
        tell: Callable[[Callable[[], None]], None],
        taken: Callable[[], None],
    ) -> None:
        self._source = source
        self._known = known
        self._tell_there = tell
        self._taken = taken
        self._number = 0

    def begin(self) -> None:
        """Look at everything, from the first row on."""
        self._number += 1
        threading.Thread(target=self._look, args=(self._number,), name="home", daemon=True).start()

    def end(self) -> None:
        """Tell nothing more."""
        self._number += 1

    def _look(self, number: int) -> None:
        source = self._source
        found = Known()
        try:
            found.runs = source.runs()
        except Exception as error:  # noqa: BLE001  plans are shown all the same
            found.no_runs = str(error) or type(error).__name__
        try:
            found.plans = source.plans()
        except Exception as error:  # noqa: BLE001  runs are shown all the same
            found.no_plans = str(error) or type(error).__name__
        open_runs = found.open_runs
        unread = list(found.plans)
        self._tell(number, partial(self._take, found))
        for run in open_runs:
            if number == self._number:
                self._each(number, run, partial(source.look, run))
        while unread and number == self._number:
            chosen = self._known.chosen
            at = next((n for n, plan in enumerate(unread) if plan.path == chosen), 0)
            next_one = unread.pop(at)
            self._each(number, next_one, partial(source.read, next_one))

    def _take(self, found: Known) -> None:
        self._known.take(found)
        self._taken()

    def _each(self, number: int, row: Row, look: Callable[[], Row]) -> None:
        try:
            found = look()
        except Exception as error:  # noqa: BLE001  one row that cannot be had hides no other
            words = f"cannot be read: {error}"
            if isinstance(row, RunRow):
                found = replace(row, looked=True, broken=(words,))
            else:
                found = replace(row, read=True, faults=1, lines=(words,))
        self._tell(number, partial(self._known.put, found))

    def _tell(self, number: int, change: Callable[[], None]) -> None:
        if number == self._number:
            self._tell_there(change)
