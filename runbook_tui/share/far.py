"""What a machine has of a run that is led on another one: its clock, and no output."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.terminals import Row, Span, Style, TerminalView

WORTH = 5.0
"""Seconds that two clocks have to lie apart: as long as what is pushed may be on its way."""
NO_OUTPUT = "the output stays on the lead's machine; exit status and digest are in the record"


class FarClock:
    """Port `Clock`: this machine's, moved by what it lies apart from the lead's.

    Times in a run are told by the lead's clock. How far that lies off shows in what is heard from
    there: nothing can come before it was sent, and what comes live is only just sent.
    """

    def __init__(self, here: Clock) -> None:
        self._here = here
        self._apart = 0.0
        self._known = False

    def heard(self, at: float, *, live: bool) -> None:
        """Something came that was sent ``at``, by the lead's clock; ``live``: a moment ago."""
        apart = self._here.now() - at
        if live and not self._known:
            self._apart, self._known = apart, True
        elif live or apart < self._apart:
            self._apart = min(self._apart, apart)

    def now(self) -> float:
        """Seconds since the epoch, UTC, as on the lead's machine."""
        apart = self._apart if abs(self._apart) > WORTH else 0.0
        return self._here.now() - apart

    def mono(self) -> float:
        """Seconds of this machine's monotonic clock."""
        return self._here.mono()

    def boot(self) -> str:
        """The id of this machine's boot."""
        return self._here.boot()


class NoTerminal:
    """Port `Terminal` of a command whose output is not here."""

    def __init__(self) -> None:
        self._row: Row = (Span(NO_OUTPUT, Style(dim=True)),)

    def changed(self) -> bool:
        """It never is."""
        return False

    def listen(self) -> int:
        """Nothing tells."""
        return -1

    def heard(self) -> None:
        """There is nothing to hear."""

    def view(self, rows: int, columns: int, scroll: int | None = None) -> TerminalView:
        """One row that says where the output is."""
        return TerminalView(rows=(self._row,) if rows > 0 else ())

    def find(self, text: str, before: int | None, stop: Callable[[], bool]) -> int | None:
        """There is nothing to find."""
        return None

    def find_error(self, after: int, stop: Callable[[], bool]) -> int | None:
        """There is nothing to find."""
        return None


class NoTerminals:
    """Port `Terminals` on a machine that has no output."""

    def open(self, folder: Path) -> NoTerminal:
        """A terminal that says so."""
        return NoTerminal()

    def reads(self, folder: Path) -> bool:
        """Nothing here reads keys."""
        return False
