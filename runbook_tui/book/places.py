"""Where things stand over all files of a plan, for faults that show only in the whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from runbook_tui.book.findings import Fault
from runbook_tui.book.model import Placed
from runbook_tui.frozen import frozen


@frozen(kw_only=False)
class Place:
    """A line and column of a file; ``source`` is empty for the plan's own text."""

    line: int = 1
    column: int = 1
    source: str = ""

    def fault(self, message: str, hint: str = "") -> Fault:
        """What is wrong here, and what to write in its place."""
        return Fault(
            message=message, line=self.line, column=self.column, source=self.source, hint=hint
        )


Locate = Callable[[str], Place]


class Places:
    """The texts of a plan's files, and where each key of a node stands.

    A node is known by its own place: its id may change on the way into another plan, and a key
    that amends it may stand in another file.
    """

    def __init__(self) -> None:
        self._lines: dict[str, Sequence[str]] = {}
        self._keys: dict[tuple[str, int], list[tuple[Collection[str], Locate]]] = {}
        self._lost: set[tuple[str, int, str]] = set()

    def add(self, source: str, text: str) -> None:
        """Know the text of a file."""
        self._lines[source] = text.split("\n")

    def put(self, source: str, line: int, keys: Collection[str], locate: Locate) -> None:
        """Some keys of the node at that line stand where ``locate`` says, which is asked only
        when there is something to say about one; what was read last counts."""
        self._keys.setdefault((source, line), []).append((keys, locate))

    def of(self, item: Placed, key: str = "") -> Place:
        """Where a key of a node stands; the node itself where the key does not."""
        for keys, locate in reversed(self._keys.get((item.source, item.line), [])):
            if key in keys:
                return locate(key)
        return Place(max(item.line, 1), 1, item.source)

    def lose(self, source: str, line: int, key: str) -> None:
        """A key of the node at that line could not be read, or not all of it."""
        self._lost.add((source, line, key))

    def lost(self, item: Placed, *keys: str) -> bool:
        """Whether one of these keys of a node could not be read."""
        return any((item.source, item.line, key) in self._lost for key in keys)

    def find(self, text: str, start: Place, reach: int | None = None) -> Place:
        """Where a text of one line stands at or after a place; else the place itself.

        ``reach`` is how many lines to look at.
        """
        lines = self._lines.get(start.source, ())
        begin = start.column - 1
        end = len(lines) if reach is None else min(len(lines), start.line + reach - 1)
        for number in range(start.line, end + 1):
            column = lines[number - 1].find(text, begin)
            if column >= 0:
                return Place(number, column + 1, start.source)
            begin = 0
        return start
