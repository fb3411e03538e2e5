"""Values put into a shell text, also where another program runs a part of it as code.

Where that program is a POSIX shell and gets its code as the plan has it, the code is read as a
text of its own: a value in it is quoted for the inner shell, and the whole for the outer one.
Everywhere else a value goes in only if it means the same to every program, else it is refused.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from runbook_tui.book.shell.calls import Demand, Standing, Word
from runbook_tui.book.shell.cursor import Mark
from runbook_tui.book.shell.encoding import NUMBER
from runbook_tui.book.shell.interpreters import (
    OTHER_SHELLS,
    SHELLS,
    Code,
    codes,
    demanded,
    reads_code,
    says,
)
from runbook_tui.book.shell.quoting import Filler

PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]*")
BANNED = {Demand.NO_BRACES: frozenset("{}<>"), Demand.NO_QUOTES: frozenset("{}<>'\"")}
PLAIN_WORDS = "letters, digits and _ @ % + = : , . / -"
DELIMITERS = frozenset("@%+=:,/")
"""What may part the code of sed and its kin, where the code itself has it."""
DELIMITED = frozenset({"sed", "awk", "Perl", "Ruby"})
HELD = "HELD{}X{}HELD"
"""Stands for a mark that gets no value while the text is filled: a word in every language."""


@dataclass(frozen=True, slots=True)
class Danger:
    """A value at this line of a text could be run; ``number`` is that of its mark."""

    number: int
    line: int
    language: str
    shell: bool
    demand: Demand | None = None
    said: str = ""

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
        return self.language not in DELIMITED or not (DELIMITERS & {*value} & {*self.said})

    @property
    def what(self) -> str:
        """What may stand there, in words."""
        return self.demand.value if self.demand else f"may hold only {PLAIN_WORDS}"


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its values; ``held`` are places of marks that got none: start, end, number.

    ``refused``: a danger of each of those whose value may not stand there.
    """

    text: str
    held: tuple[tuple[int, int, int], ...] = ()
    refused: tuple[Danger, ...] = ()


@dataclass(frozen=True, slots=True)
class _Region:
    """Code that is read as a text of its own, and the marks in it, by their numbers."""

    start: int
    end: int
    text: str
    marks: tuple[Mark, ...]
    numbers: tuple[int, ...]
    inherits: bool
    language: str


def fill(text: str, marks: Sequence[Mark]) -> Filled:
    """The text with every mark's value put in; marks are in order and do not overlap."""
    if not marks:
        return Filled(text)
    held = _held(text, marks)
    named = [dataclasses.replace(m, stay=held.format(n)) for n, m in enumerate(marks)]
    done, refused = _filled(text, named, 1)
    pieces: list[str] = []
    places: list[tuple[int, int, int]] = []
    at = size = 0
    for match in re.finditer(held.format(r"(\d+)"), done):
        number = int(match.group(1))
        before = done[at : match.start()]
        original = text[marks[number].start : marks[number].end]
        pieces += [before, original]
        size += len(before)
        places.append((size, size + len(original), number))
        size += len(original)
        at = match.end()
    pieces.append(done[at:])
    return Filled("".join(pieces), tuple(places), tuple(sorted(refused, key=lambda d: d.number)))


def dangers(text: str, marks: Sequence[Mark]) -> tuple[Danger, ...]:
    """Where a value could be run, whatever values there are; each mark once."""
    if not marks:
        return ()
    names = _held(text, marks)
    open_marks = [dataclasses.replace(m, value=None, stay=names.format(n), secret=m.secret)
                  for n, m in enumerate(marks)]  # fmt: skip
    return tuple(sorted(_dangers(text, open_marks, 1).values(), key=lambda d: d.number))


def foreign(shell: str) -> str:
    """The language of a program that runs a whole text, empty where it is a POSIX shell's."""
    words = shell.split()
    names = [w.rpartition("/")[2] for w in words]
    if not words or any(n in SHELLS for n in names):
        return ""
    return next((n for n in names if not n.startswith("-") and n != "env"), names[0])


def dangers_of_foreign(text: str, marks: Sequence[Mark], language: str) -> tuple[Danger, ...]:
    """Every value is one in a text that no POSIX shell reads."""
    shell = language in OTHER_SHELLS
    return tuple(
        Danger(n, 1 + text.count("\n", 0, m.start), language, shell) for n, m in enumerate(marks)
    )


def fill_foreign(text: str, marks: Sequence[Mark], language: str) -> Filled:
    """A text that no POSIX shell reads, with values that mean the same to every program."""
    pieces: list[str] = []
    held: list[tuple[int, int, int]] = []
    refused: list[Danger] = []
    at = size = 0
    for danger, mark in zip(dangers_of_foreign(text, marks, language), marks, strict=True):
        allowed = _allowed(danger, mark)
        piece = text[mark.start : mark.end]
        size += mark.start - at
        if mark.value is None or not allowed:
            held.append((size, size + len(piece), danger.number))
            refused += [] if allowed else [danger]
        else:
            piece = mark.value
        pieces += [text[at : mark.start], piece]
        size += len(piece)
        at = mark.end
    return Filled("".join([*pieces, text[at:]]), tuple(held), tuple(refused))


def _held(text: str, marks: Sequence[Mark]) -> str:
    """A name for marks without a value that stands nowhere else."""
    taken = "\n".join([text, *(m.value or "" for m in marks)])
    number = next(n for n in range(len(taken) + 1) if HELD.format(n, "")[:-4] not in taken)
    return HELD.format(number, "{}")


def _filled(text: str, marks: Sequence[Mark], line: int) -> tuple[str, list[Danger]]:
    found, regions = _analysed(text, marks, line)
    refused: list[Danger] = []
    current: list[Mark] = []
    for number, mark in enumerate(marks):
        bad = next((d for d in found.get(number, ()) if not _allowed(d, mark)), None)
        if bad is not None:
            refused.append(bad)
        current.append(_emptied(mark) if bad is not None else mark)
    for region in regions:
        refused += _put_region(text, current, region, line)
    given = sorted({(m.start, m.end): m for m in current}.values(), key=lambda m: m.start)
    return Filler(text, given, ()).filled(), refused


def _put_region(text: str, current: list[Mark], region: _Region, line: int) -> list[Danger]:
    """Replace the marks in code by one for the whole of it, unless they mean the same as is."""
    first = line + text.count("\n", 0, region.start)
    inside: list[Mark] = []
    refused: list[Danger] = []
    for mark, number in zip(region.marks, region.numbers, strict=True):
        if mark.secret is not None and not region.inherits:
            refused.append(Danger(number, line + text.count("\n", 0, current[number].start),
                                  region.language, shell=True))  # fmt: skip
            inside.append(_emptied(mark))
        else:
            inside.append(mark)
    filled, more = _filled(region.text, inside, first)
    refused += [dataclasses.replace(d, number=region.numbers[d.number]) for d in more]
    raw = _raw(region.text, inside)
    whole = Mark(region.start, region.end, filled)
    for mark, number in zip(inside, region.numbers, strict=True):
        bare = dataclasses.replace(mark, start=current[number].start, end=current[number].end)
        current[number] = bare if filled == raw and not refused else whole
    return refused


def _raw(text: str, marks: Sequence[Mark]) -> str | None:
    """The text with its values as they are; None where one is a secret."""
    pieces, at = [], 0
    for mark in marks:
        if mark.secret is not None:
            return None
        value = mark.value if mark.value is not None else mark.stay
        pieces += [text[at : mark.start], value or ""]
        at = mark.end
    return "".join([*pieces, text[at:]])


def _emptied(mark: Mark) -> Mark:
    return dataclasses.replace(mark, value=None, secret=None)


def _allowed(danger: Danger, mark: Mark) -> bool:
    if mark.secret is not None:
        return danger.demand in BANNED
    return mark.value is None or danger.lets(mark.value)


def _dangers(text: str, marks: Sequence[Mark], line: int) -> dict[int, Danger]:
    found, regions = _analysed(text, marks, line)
    first = {number: each[0] for number, each in found.items()}
    for region in regions:
        below = line + text.count("\n", 0, region.start)
        inner = _dangers(region.text, region.marks, below)
        for number, danger in inner.items():
            own = region.numbers[number]
            first[own] = dataclasses.replace(danger, number=own)
        for mark, own in zip(region.marks, region.numbers, strict=True):
            if mark.secret is not None and not region.inherits:
                at = line + text.count("\n", 0, marks[own].start)
                first.setdefault(own, Danger(own, at, region.language, shell=True))
    return first


def _analysed(
    text: str, marks: Sequence[Mark], line: int
) -> tuple[dict[int, list[Danger]], list[_Region]]:
    """What each mark must be, and the code that is read by itself."""
    filler = Filler(text, marks, ())
    filler.filled()
    found: dict[int, list[Danger]] = {}
    regions: dict[int, _Region] = {}
    for number, standing in enumerate(filler.standings):
        at = line + text.count("\n", 0, standing.start)
        dangerous, exact = _judged(number, at, standing)
        if not dangerous and exact is not None:
            region = _region(text, marks, *exact)
            if region is None:
                dangerous = [_danger(number, at, exact[0])]
            else:
                regions[region.start] = region
        if dangerous:
            found[number] = dangerous
    return found, _whole(regions, found)


def _whole(regions: dict[int, _Region], found: dict[int, list[Danger]]) -> list[_Region]:
    return [r for r in regions.values() if not any(n in found for n in r.numbers)]


def _judged(
    number: int, line: int, standing: Standing
) -> tuple[list[Danger], tuple[Code, tuple[Word, ...]] | None]:
    dangerous: list[Danger] = []
    exact: tuple[Code, tuple[Word, ...]] | None = None
    if standing.demand is not None:
        dangerous.append(Danger(number, line, "the shell", shell=True, demand=standing.demand))
    for place, (call, word) in enumerate(standing.around):
        demand = demanded(call, word)
        if demand is not None:
            dangerous.append(Danger(number, line, "the shell", shell=True, demand=demand))
        last = place == len(standing.around) - 1
        for code in codes(call):
            words = code.words or ((word,) if word in call.inputs else ())
            if word not in words:
                continue
            if code.exact and last and not standing.moved and all(w.known for w in words):
                exact = code, words
            else:
                dangerous.append(_danger(number, line, code, words))
        after = call.feeds
        while after is not None and says(call):
            reading = reads_code(after)
            if reading is not None:
                dangerous.append(_danger(number, line, reading))
            after = after.feeds
    return dangerous, exact


def _danger(number: int, line: int, code: Code, words: Sequence[Word] = ()) -> Danger:
    said = "".join(w.text for w in words)
    return Danger(number, line, code.language, code.shell, said=said)


def _region(
    text: str, marks: Sequence[Mark], code: Code, words: tuple[Word, ...]
) -> _Region | None:
    """The words as one text; None where something else stands between or in them."""
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
    return _Region(words[0].start, words[-1].end, "".join(pieces), tuple(inside),
                   tuple(numbers), code.inherits, code.language)  # fmt: skip
