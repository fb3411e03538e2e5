"""Values put into a shell text, also where another program runs a part of it as code.

Where that program is a POSIX shell and gets its code as the plan has it, the code is read as a
text of its own: a value in it is quoted for the inner shell, and the whole for the outer one.
Everywhere else a value goes in only if it means the same to every program, else it is refused.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from runbook_tui.book.line_count import LineCount
from runbook_tui.book.shell.cursor import Mark
from runbook_tui.book.shell.interpreters import OTHER_SHELLS, SHELLS
from runbook_tui.book.shell.judging import BANNED, Danger, Region, judged
from runbook_tui.book.shell.quoting import Filler
from runbook_tui.frozen import frozen

HELD = "HELD{}X{}HELD"
"""Stands for a mark that gets no value while the text is filled: a word in every language."""


@frozen(kw_only=False)
class Filled:
    """A text with its values; ``held`` are places of marks that got none: start, end, number.

    ``refused``: a danger of each of those whose value may not stand there.
    """

    text: str
    held: tuple[tuple[int, int, int], ...] = ()
    refused: tuple[Danger, ...] = ()


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
    lines = LineCount(text, 1)
    return tuple(Danger(n, lines.of(m.start), language, shell) for n, m in enumerate(marks))


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
    found, regions = judged(text, marks, line)
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


def _put_region(text: str, current: list[Mark], region: Region, line: int) -> list[Danger]:
    """Replace the marks in code by one for the whole of it, unless they mean the same as is."""
    lines = LineCount(text, line)
    first = lines.of(region.start)
    inside: list[Mark] = []
    refused: list[Danger] = []
    for mark, number in zip(region.marks, region.numbers, strict=True):
        if mark.secret is not None and not region.inherits:
            at = lines.of(current[number].start)
            refused.append(Danger(number, at, region.language, shell=True))
            inside.append(_emptied(mark))
        else:
            inside.append(mark)
    filled, more = _filled(region.text, inside, first)
    refused += [dataclasses.replace(d, number=region.numbers[d.number]) for d in more]
    as_it_is = filled == _raw(region.text, inside) and not refused
    whole = Mark(region.start, region.end, filled)
    for mark, number in zip(inside, region.numbers, strict=True):
        bare = dataclasses.replace(mark, start=current[number].start, end=current[number].end)
        current[number] = bare if as_it_is else whole
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
    found, regions = judged(text, marks, line)
    first = {number: each[0] for number, each in found.items()}
    lines = LineCount(text, line)
    for region in regions:
        inner = _dangers(region.text, region.marks, lines.of(region.start))
        for number, danger in inner.items():
            own = region.numbers[number]
            first[own] = dataclasses.replace(danger, number=own)
        for mark, own in zip(region.marks, region.numbers, strict=True):
            if mark.secret is not None and not region.inherits:
                at = lines.of(marks[own].start)
                first.setdefault(own, Danger(own, at, region.language, shell=True))
    return first
