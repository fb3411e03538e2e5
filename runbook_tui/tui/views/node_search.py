"""Looking for words among all nodes, a piece at a time, the best first."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from functools import cached_property

from runbook_tui.frozen import frozen
from runbook_tui.tui.views.node_index import BETWEEN, Index, Piece, holds

MOST = 200
IN_THE_REST = 2
"""The rank of what holds the words beside its title."""


@frozen
class Hit:
    """A node that was found, and the line of it that holds the words; empty: its title does."""

    id: str
    title: str
    line: str = ""
    folder: str = ""
    """Of the command that put the line out; empty: it stands in the plan or a note."""


def find(among: Index, text: str) -> list[Hit]:
    """All that `NodeSearch` finds, here and now."""
    search = NodeSearch(among, text)
    search.finish()
    return search.hits


class NodeSearch:
    """What holds every word of a text, the best first: at the start of a title, in it, in the
    rest, then titles that hold its letters in this order. Without a word it is the first nodes.

    ``hits`` are at any moment the first ones of those that there will be. What is found by a text
    that was looked for ``before`` and goes on as this one does need not be looked for again.
    """

    def __init__(self, among: Index, text: str, before: NodeSearch | None = None) -> None:
        self.hits: list[Hit] = []
        self.over = False
        self._text = text
        self._words = text.casefold().split()
        self._index = among
        self._numbers: list[int] = []
        self._work = self._looking(before)

    def go_on(self, seconds: float) -> None:
        """Look on, for about so many seconds; at least at one piece."""
        deadline = time.perf_counter() + seconds
        for _ in self._work:
            if time.perf_counter() >= deadline:
                return
        self.over = True

    def finish(self) -> None:
        """Look at all that is left."""
        for _ in self._work:
            pass
        self.over = True

    def _looking(self, before: NodeSearch | None) -> Iterator[None]:
        if not self._words:
            first = self._index.nodes[:MOST]
            self.hits = [Hit(id=node.id, title=node.title) for node in first]
        elif (known := before.known_for(self._text, self._index) if before else None) is not None:
            ranked = ((self._rank(number), number) for number in known)
            for rank, number in sorted((r, n) for r, n in ranked if r is not None):
                self._add(number, rank)
        elif not any(BETWEEN in word for word in self._words):
            yield from self._through_all()

    def known_for(self, text: str, among: Index) -> Sequence[int] | None:
        """Numbers of all nodes that a text can find which goes on as this one's; None where not all
        of them are known."""
        if not self.over or len(self.hits) == MOST or not self._words or among is not self._index:
            return None
        return self._numbers if text.startswith(self._text) else None

    def _through_all(self) -> Iterator[None]:
        """All pieces for the best rank, then for the next one, until there is enough."""
        for rank, found_in in enumerate((self._begun, self._titled, self._rest, self._lettered)):
            for piece in self._index.pieces():
                for number in found_in(piece):
                    self._add(piece.first + number, rank)
                    if len(self.hits) == MOST:
                        return
                yield

    def _begun(self, piece: Piece) -> Iterator[int]:
        return piece.titles.holding(self._words, self._words[0])

    def _titled(self, piece: Piece) -> Iterator[int]:
        titles, first = piece.titles, self._words[0]
        return (n for n in titles.holding(self._words) if not titles.parts[n].startswith(first))

    def _rest(self, piece: Piece) -> Iterator[int]:
        titles = piece.titles.parts
        return (n for n in piece.texts.holding(self._words) if not holds(titles[n], self._words))

    def _lettered(self, piece: Piece) -> Iterator[int]:
        texts = piece.texts.parts
        found = piece.titles.matching(self._letters)
        return (n for n in found if not holds(texts[n], self._words))

    def _rank(self, number: int) -> int | None:
        title, text = self._index.folded(number)
        if holds(title, self._words):
            return 0 if title.startswith(self._words[0]) else 1
        if holds(text, self._words):
            return IN_THE_REST
        return 3 if self._letters.match(BETWEEN + title) else None

    @cached_property
    def _letters(self) -> re.Pattern[str]:
        """Titles that hold the letters one after another, behind the sign before them. What stands
        between two of them is never gone through twice, however often it might be a beginning."""
        letters = (re.escape(letter) for letter in "".join(self._words))
        return re.compile(BETWEEN + "".join(f"[^{x}{BETWEEN}]*{x}" for x in letters))

    def _add(self, number: int, rank: int) -> None:
        node = self._index.nodes[number]
        line = self._line(number) if rank == IN_THE_REST else ""
        self.hits.append(Hit(id=node.id, title=node.title, line=line))
        self._numbers.append(number)

    def _line(self, number: int) -> str:
        """The line of a node that holds what its title does not."""
        title, _ = self._index.folded(number)
        rest = [word for word in self._words if word not in title] or self._words
        lines = self._index.body(number).splitlines()
        for wanted in (rest, rest[:1]):
            for line in lines:
                if holds(line.casefold(), wanted):
                    return line.strip()
        return ""
