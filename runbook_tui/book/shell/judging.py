"""What a value must be where it stands in a shell text, so that no program runs it as code.

What a command runs of its words is worked out once, however many values stand in them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from itertools import pairwise

from runbook_tui.book.line_count import LineCount
from runbook_tui.book.shell.calls import Call, Demand, Nesting, Word
from runbook_tui.book.shell.cursor import Mark
from runbook_tui.book.shell.encoding import NUMBER
from runbook_tui.book.shell.interpreters import Code, codes, demanded, says
from runbook_tui.book.shell.quoting import Filler
from runbook_tui.frozen import frozen

PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]*")
BANNED = {Demand.NO_BRACES: frozenset("{}<>"), Demand.NO_QUOTES: frozenset("{}<>'\"")}
PLAIN_WORDS = "letters, digits and _ @ % + = : , . / -"
DELIMITERS = frozenset("@%+=:,/")
"""What may part the code of sed and its kin, where the code itself has it."""
DELIMITED = frozenset({"sed", "awk", "Perl", "Ruby"})


@frozen(kw_only=False)
class Danger:
    """A value at this line of a text could be run; ``number`` is that of its mark.

    ``parted_by``: which of `DELIMITERS` the code has.
    """

    number: int
    line: int
    language: str
    shell: bool
    demand: Demand | None = None
    parted_by: frozenset[str] = frozenset()

    def lets(self, value: str) -> bool:
        """Whether the value is no more than a value there."""
        if self.demand is Demand.NUMBER:
            return NUMBER.fullmatch(value) is not None
        if self.demand is Demand.NAME:
            return re.fullmatch(r"[A-Za-z_]\w*|\d+", value, re.ASCII) is not None
        if self.demand is not None:
            return not {*value} & BANNED[self.demand]
        if not PLAIN.fullmatch(value) or (self.shell and not value):
            return False
        if self.language == "SQL":
            return "--" not in value
        return self.language not in DELIMITED or not self.parted_by & {*value}

    @property
    def what(self) -> str:
        """What may stand there, in words."""
        return self.demand.value if self.demand else f"may hold only {PLAIN_WORDS}"


@frozen(kw_only=False)
class Region:
    """Code that is read as a text of its own, and the marks in it, by their numbers."""

    start: int
    end: int
    text: str
    marks: tuple[Mark, ...]
    numbers: tuple[int, ...]
    inherits: bool
    language: str


def judged(
    text: str, marks: Sequence[Mark], line: int
) -> tuple[dict[int, list[Danger]], list[Region]]:
    """What each mark must be, and the code that is read by itself; ``line`` is the text's first."""
    filler = Filler(text, marks, ())
    filler.filled()
    found: dict[int, list[Danger]] = {}
    regions: dict[int, Region | None] = {}
    lines = LineCount(text, line)
    runs = _Runs()
    for number, standing in enumerate(filler.standings):
        at = lines.of(standing.start)
        dangers, exact = _of_one(number, at, standing, runs)
        if not dangers and exact is not None:
            if id(exact) not in regions:
                regions[id(exact)] = _region(text, marks, exact)
            if regions[id(exact)] is None:
                dangers = [exact.danger(number, at)]
        if dangers:
            found[number] = dangers
    return found, [r for r in regions.values() if r and not any(n in found for n in r.numbers)]


@frozen(kw_only=False, eq=False)
class _Run:
    """Words that a program runs as code; ``exact``: as they stand in the plan, by a shell."""

    code: Code
    words: tuple[Word, ...]
    exact: bool
    parted_by: frozenset[str]

    @classmethod
    def of(cls, code: Code, words: tuple[Word, ...]) -> _Run:
        known = code.exact and all(w.known for w in words)
        parts = frozenset().union(*(DELIMITERS.intersection(w.text) for w in words))
        return cls(code, words, known, parts)

    def danger(self, number: int, line: int) -> Danger:
        """What is to be said of a value in it."""
        return Danger(number, line, self.code.language, self.code.shell, parted_by=self.parted_by)


class _Runs:
    """What the commands of a text run of their words and of what they read."""

    def __init__(self) -> None:
        self._codes: dict[int, tuple[Code, ...]] = {}
        self._in_words: dict[int, dict[int, list[_Run]]] = {}
        self._in_inputs: dict[int, list[_Run]] = {}

    def codes(self, call: Call) -> tuple[Code, ...]:
        """All that is code in a command."""
        if id(call) not in self._codes:
            self._codes[id(call)] = codes(call)
        return self._codes[id(call)]

    def of(self, call: Call, word: Word) -> list[_Run]:
        """What a command runs of one of its words."""
        if word.number < 0:
            return self._of_input(call, word)
        if id(call) not in self._in_words:
            by_word: dict[int, list[_Run]] = {}
            for run in (_Run.of(c, c.words) for c in self.codes(call) if c.words):
                for one in run.words:
                    by_word.setdefault(id(one), []).append(run)
            self._in_words[id(call)] = by_word
        return self._in_words[id(call)].get(id(word), [])

    def _of_input(self, call: Call, word: Word) -> list[_Run]:
        if id(word) not in self._in_inputs:
            read = any(one is word for one in call.inputs)
            self._in_inputs[id(word)] = [
                _Run.of(c, (word,)) for c in self.codes(call) if read and not c.words
            ]
        return self._in_inputs[id(word)]


def _of_one(
    number: int, line: int, standing: Nesting, runs: _Runs
) -> tuple[list[Danger], _Run | None]:
    """What one mark must be, and what it is in that can be read by itself."""
    found: list[Danger] = []
    exact: _Run | None = None
    if standing.demand is not None:
        found.append(Danger(number, line, "the shell", shell=True, demand=standing.demand))
    for place, (call, word) in enumerate(standing.around):
        demand = demanded(call, word)
        if demand is not None:
            found.append(Danger(number, line, "the shell", shell=True, demand=demand))
        last = place == len(standing.around) - 1
        for run in runs.of(call, word):
            if run.exact and last and not standing.moved:
                exact = run
            else:
                found.append(run.danger(number, line))
        found += _piped(number, line, call, runs)
    return found, exact


def _piped(number: int, line: int, call: Call, runs: _Runs) -> list[Danger]:
    """What those run that a command puts its words out to."""
    found: list[Danger] = []
    after = call.feeds if says(call) else None
    while after is not None:
        reading = next((c for c in runs.codes(after) if not c.words), None)
        if reading is not None:
            found.append(Danger(number, line, reading.language, reading.shell))
        after = after.feeds
    return found


def _region(text: str, marks: Sequence[Mark], run: _Run) -> Region | None:
    """The words as one text; None where something else stands between or in them."""
    words = run.words
    for word, following in pairwise(words):
        if text[word.end : following.start].replace("\\\n", "").strip(" \t"):
            return None
    if any(w.strip and "\t" in w.text for w in words):
        return None
    pieces: list[str] = []
    inside: list[Mark] = []
    numbers: list[int] = []
    size = 0
    for place, word in enumerate(words):
        for part in ([" "] if place else []) + word.parts:
            if isinstance(part, int):
                piece = marks[part].stay or "x"
                mark = dataclasses.replace(marks[part], start=size, end=size + len(piece))
                inside.append(mark)
                numbers.append(part)
            else:
                piece = part or ""
            pieces.append(piece)
            size += len(piece)
    return Region(words[0].start, words[-1].end, "".join(pieces), tuple(inside),
                  tuple(numbers), run.code.inherits, run.code.language)  # fmt: skip
