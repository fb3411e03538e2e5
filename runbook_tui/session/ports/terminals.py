"""How a screen reads a command's terminal: rows of text and style, without knowing rich."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from runbook_tui.frozen import frozen


@frozen(kw_only=False)
class Style:
    """How a span looks. Colours are ``""`` (default), ``"ansi:N"`` (0..255) or ``"#rrggbb"``."""

    foreground: str = ""
    background: str = ""
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False


PLAIN = Style()


@frozen(kw_only=False)
class Span:
    """A run of text in one style; holds no control characters."""

    text: str
    style: Style = PLAIN


Row = tuple[Span, ...]


@frozen(kw_only=False)
class TerminalView:
    """What a pane shows: ``rows`` from top to bottom, where the view starts in the kept log
    (``first`` of ``total`` lines; 0 of 0 for a full-screen program), and bytes dropped.

    ``cursor``: its row and column from 0, which may be below the rows; None where it is hidden.
    ``second``: the program shows the second screen, which has no lines above it. ``wrapped``: rows
    that go on in the next one, where that is known. ``brackets``: the program has asked for
    brackets around what is pasted; ``application_keys``: for the other sequences of the cursor
    keys."""

    rows: tuple[Row, ...]
    first: int = 0
    total: int = 0
    dropped: int = 0
    full_screen: bool = False
    second: bool = False
    cursor: tuple[int, int] | None = None
    wrapped: frozenset[int] = frozenset()
    brackets: bool = False
    application_keys: bool = False


class Terminal(Protocol):
    """The view of one command's terminal; cheap to call 15 times a second."""

    def changed(self) -> bool:
        """Whether anything was put out since the last `view`."""

    def listen(self) -> int:
        """A descriptor that can be read once more was put out since the last `heard`; below 0
        where nothing tells. It is the terminal's own, and closed with it."""

    def heard(self) -> None:
        """What was put out so far is known."""

    def view(self, rows: int, columns: int, scroll: int | None = None) -> TerminalView:
        """The last ``rows`` lines, or those from line ``scroll`` of the kept log on; below 0: so
        many lines before its end as it stands now. The view says where it starts."""

    def find(self, text: str, before: int | None, stop: Callable[[], bool]) -> int | None:
        """The newest line of the kept log above line ``before`` (None: its end) that holds
        ``text``, case-insensitively; None where none does, or once ``stop()`` says so.

        It may take a while and is for a thread of its own; `view` may be called meanwhile."""

    def find_error(self, after: int, stop: Callable[[], bool]) -> int | None:
        """The first line of the kept log from line ``after`` on that says that something went
        wrong; None where none does, or once ``stop()`` says so. For a thread of its own, too."""


class Terminals(Protocol):
    """Opens views on commands' logs."""

    def open(self, folder: Path) -> Terminal:
        """The terminal of the command that keeps its log in ``folder``."""

    def reads(self, folder: Path) -> bool:
        """Whether something of a command without standard input reads keys now; quick to tell."""
