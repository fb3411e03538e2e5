"""Going through a shell text once: where one is, what is open, and what has been put out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from runbook_tui.book.shell import encoding
from runbook_tui.book.shell.calls import Call, Demand, Nesting, Site, Word
from runbook_tui.book.shell.encoding import Encoding, Fence
from runbook_tui.frozen import frozen


@frozen(kw_only=False)
class Mark:
    """A part of a text that stands for a value.

    ``secret`` is the environment variable that holds it instead; with neither the part stays,
    as ``stay`` if that is given.
    """

    start: int
    end: int
    value: str | None = None
    secret: str | None = None
    stay: str | None = None


class Kind(Enum):
    """What the shell does with the characters of a part of a text."""

    COMMAND = auto()
    SINGLE = auto()
    ANSI = auto()
    DOUBLE = auto()
    EXPANSION = auto()
    ARITHMETIC = auto()
    HEREDOC = auto()


OWNERS = frozenset({Kind.COMMAND, Kind.HEREDOC})
QUOTES = frozenset({Kind.SINGLE, Kind.DOUBLE})


@frozen(kw_only=False)
class Heredoc:
    """A here-document announced by ``<<``; ``piece`` is where its delimiter has been put out."""

    key: str
    fence: Fence
    quoted: bool
    piece: int
    call: Call


@dataclass(slots=True)
class Frame:
    """One open context, and how far its reading has come."""

    kind: Kind
    closer: str
    pending: list[Heredoc]
    quoted: bool = False
    arithmetic: bool = False
    operator: str = ""
    depth: int = 0
    at_word: bool = True
    at_command: bool = True
    case: str = ""
    end: int = 0
    waiting: Sequence[Heredoc] = ()
    site: Site = field(default_factory=Site)


class Cursor:
    """A place in a text with marks, the contexts around it, and the text as filled up to it."""

    def __init__(self, text: str, marks: Sequence[Mark], fences: Sequence[Fence]) -> None:
        """``fences`` are the delimiters of here-documents that the text stands in."""
        self._text = text
        self._marks = marks
        self._next = 0
        self._at = 0
        self._out: list[str] = []
        self._outer = tuple(fences)
        self._frames = [Frame(Kind.COMMAND, "", [])]
        self._bodies: list[tuple[int, Fence]] = []
        self.standings: list[Nesting] = []

    @property
    def _limit(self) -> int:
        return self._bodies[-1][0] if self._bodies else len(self._text)

    @property
    def _mark_at(self) -> int:
        return self._marks[self._next].start if self._next < len(self._marks) else len(self._text)

    @property
    def _bound(self) -> int:
        return min(self._mark_at, self._limit)

    def _take(self, count: int) -> None:
        """Put out characters as they stand."""
        end = min(self._at + count, self._bound)
        self._out.append(self._text[self._at : end])
        self._at = end

    def _plain(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at, self._bound)
        self._take(len(match.group()) if match else 1)

    def _sees(self, words: str) -> bool:
        """Whether these characters come next, none of them in a mark."""
        end = self._at + len(words)
        return end <= self._bound and self._text.startswith(words, self._at)

    def _open(self, kind: Kind, opener: int, closer: str, *, own: bool = False) -> Frame:
        """Enter a context; ``own``: here-documents announced in it are its own."""
        self._take(opener)
        above = self._frames[-1]
        inside = kind in {Kind.DOUBLE, Kind.EXPANSION}
        frame = Frame(
            kind,
            closer,
            [] if own else above.pending,
            quoted=kind is Kind.EXPANSION and self._quoted(above),
            arithmetic=kind is Kind.ARITHMETIC or (inside and above.arithmetic),
        )
        above.at_word = above.at_command = False
        self._frames.append(frame)
        return frame

    def _close(self) -> None:
        """Leave the innermost context; the outermost one and a body end by themselves."""
        if len(self._frames) > 1 and self._frames[-1].kind is not Kind.HEREDOC:
            frame = self._frames.pop()
            if frame.pending is not self._frames[-1].pending:
                self._frames[-1].pending += frame.pending

    @staticmethod
    def _quoted(frame: Frame) -> bool:
        return frame.kind in {Kind.DOUBLE, Kind.HEREDOC, Kind.ARITHMETIC} or frame.quoted

    def _start(self, number: int) -> int:
        return self._marks[number].start if number < len(self._marks) else len(self._text)

    def _put(self, mark: Mark, text: str | None, *around: tuple[Call, Word]) -> None:
        """Put a value as it is; ``around``: in what it stands, where that matters."""
        self.standings.append(Nesting(around, start=mark.start))
        self._out.append(self._staying(mark) if text is None else text)
        self._at = mark.end
        self._next += 1

    def _staying(self, mark: Mark) -> str:
        return self._text[mark.start : mark.end] if mark.stay is None else mark.stay

    def _insert(self, frame: Frame) -> None:
        """Put the value of the mark that one stands before."""
        mark = self._marks[self._next]
        self._stand(frame, mark)
        self._at = mark.end
        self._next += 1
        if mark.value is None and mark.secret is None:
            self._out.append(self._staying(mark))
        else:
            self._out.append(self._encoded(frame, mark))
        frame.at_word = frame.at_command = False

    def _stand(self, frame: Frame, mark: Mark) -> None:
        """Note where a mark stands."""
        owner = self._owner()
        direct = frame is owner or (self._frames[-2] is owner and frame.kind in QUOTES)
        owner.site.add(mark.start, mark.end, self._next if direct else None)
        self.standings.append(Nesting(self._around_mark(), self._demand(frame), mark.start))

    def _owner(self) -> Frame:
        """The innermost context whose words are told apart."""
        return next(f for f in reversed(self._frames) if f.kind in OWNERS)

    def _around_mark(self) -> tuple[tuple[Call, Word], ...]:
        sites = (f.site for f in self._frames if f.kind in OWNERS)
        return tuple((s.call, s.word) for s in sites if s.word is not None)

    def _demand(self, frame: Frame) -> Demand | None:
        if frame.arithmetic or (frame.kind is Kind.EXPANSION and frame.operator == "["):
            return Demand.NUMBER
        if frame.kind is Kind.EXPANSION and not frame.operator:
            return Demand.NAME
        owner = self._owner()
        own = self._frames[self._frames.index(owner) :]
        if not any(f.kind is Kind.EXPANSION for f in own):
            return None
        return Demand.NO_QUOTES if owner.kind is Kind.HEREDOC else Demand.NO_BRACES

    def _encoded(self, frame: Frame, mark: Mark) -> str:
        value = mark.value if mark.secret is None else None
        way = self._way(frame)
        fences = self._fences()
        if frame.arithmetic or (frame.kind is Kind.EXPANSION and frame.operator == "["):
            return encoding.number(value)  # An index is calculated, too.
        if frame.kind is Kind.EXPANSION and not frame.operator:
            if value is not None and re.fullmatch(r"\w+", value):
                return value  # The name of a variable; what is none must fail.
        elif way is encoding.WORD and value is not None and not fences:
            following = self._text[self._at : min(self._at + 1, self._bound)]
            if encoding.bare(value, following):
                return value
        if value is None:
            return way.secret(mark.secret or "")
        line, rest = self._around(fences) if fences else ("", "")
        return way.value(value, fences, line, rest)

    def _way(self, frame: Frame) -> Encoding:
        if frame.kind is Kind.EXPANSION and frame.quoted:
            inside = next(f.kind for f in reversed(self._frames) if f.kind is not Kind.EXPANSION)
            if inside is Kind.HEREDOC:
                return encoding.HEREDOC_EXPANSION
            return encoding.DOUBLE_EXPANSION
        return {
            Kind.SINGLE: encoding.SINGLE,
            Kind.ANSI: encoding.ANSI,
            Kind.DOUBLE: encoding.DOUBLE,
            Kind.HEREDOC: encoding.HEREDOC,
        }.get(frame.kind, encoding.WORD)

    def _fences(self) -> tuple[Fence, ...]:
        return (*self._outer, *(fence for _, fence in self._bodies))

    def _around(self, fences: Sequence[Fence]) -> tuple[str, str | None]:
        """What stands in the line before a value, and behind it if no mark does."""
        longest = max(len(f.delimiter) for f in fences)
        line = ""
        for piece in reversed(self._out):
            cut = piece.rfind("\n")
            line = piece[cut + 1 :] + line
            if cut >= 0 or len(line.lstrip("\t")) > longest + 1:
                break
        end = self._text.find("\n", self._at, self._bound)
        if self._outer or (end < 0 and self._bound < self._limit):
            return line, None
        return line, self._text[self._at : self._bound if end < 0 else end]
