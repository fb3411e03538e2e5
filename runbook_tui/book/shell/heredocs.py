"""Here-documents: ``<<`` with a delimiter, and the text that comes after the line."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from runbook_tui.book.shell import encoding
from runbook_tui.book.shell.calls import Nesting, Site, Word
from runbook_tui.book.shell.cursor import Cursor, Frame, Heredoc, Kind, Mark
from runbook_tui.book.shell.encoding import Fence

BLANK = " \t"
META = " \t\n;&|()<>"
PLAIN_NAME = re.compile(r"\w+")


class Heredocs(Cursor):
    """Reads here-documents where they are announced and where their texts stand."""

    def __init__(self, text: str, marks: Sequence[Mark], fences: Sequence[Fence]) -> None:
        super().__init__(text, marks, fences)
        self._lines: dict[bool, dict[str, list[int]]] = {}

    def _announce(self, frame: Frame) -> None:
        """``<<`` and its delimiter; the text of it comes after the line."""
        strip = self._sees("<<-")
        self._take(3 if strip else 2)
        while self._at < self._bound and self._text[self._at] in BLANK:
            self._take(1)
        raw, delimiter, quoted = self._delimiter()
        frame.at_word = frame.at_command = False
        if raw or quoted:
            # One piece, so that the delimiter can still be changed when the text is read.
            fence = Fence(delimiter, strip)
            place = len(self._out) - 1
            call = self._owner().site.call
            frame.pending.append(Heredoc(raw, fence, quoted, place, call))

    def _delimiter(self) -> tuple[str, str, bool]:
        """Its text in the plan, what it is for the shell, and whether any of it is quoted."""
        raw, delimiter, shown, quote, quoted = "", "", "", "", False
        while self._at < self._limit:
            char = self._text[self._at]
            if self._at == self._mark_at:
                mark = self._marks[self._next]
                piece = self._text[mark.start : mark.end]
                value = piece if mark.value is None else mark.value
                raw, delimiter = raw + piece, delimiter + value
                shown += piece if mark.value is None else _quoted(value, quote)
                quoted = quoted or mark.value is not None
                self.standings.append(Nesting(start=mark.start))
                self._at, self._next = mark.end, self._next + 1
                continue
            if not quote and char in META:
                break
            if char == quote or (not quote and char in "'\""):
                quote, quoted = "" if quote else char, True
            elif char == "\\" and quote != "'" and self._at + 1 < self._bound:
                self._at += 1
                quoted = True
                shown += char
                char = self._text[self._at]
                raw, delimiter = raw + char, delimiter + char
            else:
                raw, delimiter = raw + char, delimiter + char
            shown += char
            self._at += 1
        self._out.append(shown)
        return raw, delimiter, quoted

    def _read_bodies(self, waiting: Sequence[Heredoc]) -> None:
        """Read quoted ones; enter the first other one, the rest waits for its end."""
        for number, heredoc in enumerate(waiting):
            end, after = self._body_end(heredoc)
            if heredoc.quoted:
                self._literal(heredoc, end, after)
                continue
            frame = Frame(Kind.HEREDOC, "", [], end=after, waiting=waiting[number + 1 :])
            frame.site = self._body(heredoc)
            self._frames.append(frame)
            self._bodies.append((end, heredoc.fence))
            return

    def _body(self, heredoc: Heredoc) -> Site:
        """The text of a here-document as something that its command reads."""
        word = Word(self._at, self._at, strip=heredoc.fence.strip)
        heredoc.call.inputs.append(word)
        return Site(heredoc.call, word)

    def _leave_body(self) -> None:
        self._bodies.pop()
        while (frame := self._frames.pop()).kind is not Kind.HEREDOC:
            pass
        if frame.site.word is not None:
            frame.site.word.end = self._at
        self._through(max(frame.end, self._at))
        self._read_bodies(frame.waiting)

    def _through(self, end: int) -> None:
        """Put out the line that ends a here-document."""
        while self._at < end:
            if self._at == self._mark_at:
                mark = self._marks[self._next]
                self._put(mark, mark.value)
            else:
                self._take(end - self._at)

    def _body_end(self, heredoc: Heredoc) -> tuple[int, int]:
        """Where the text of a here-document ends, and the line behind it that ends it."""
        strip = heredoc.fence.strip
        if strip not in self._lines:
            lines = self._lines.setdefault(strip, {})
            at = 0
            for line in self._text.split("\n"):
                lines.setdefault(line.lstrip("\t") if strip else line, []).append(at)
                at += len(line) + 1
        places = self._lines[strip].get(heredoc.key, [])
        number = bisect_left(places, self._at)
        if number < len(places) and places[number] < self._limit:
            start = places[number]
            end = self._text.find("\n", start, self._limit)
            return start, self._limit if end < 0 else end + 1
        # Bash takes one that ends right before the end of its substitution.
        if any(f.closer == ")" for f in self._frames):
            tabs = "\t*" if strip else ""
            near = re.compile(rf"^{tabs}{re.escape(heredoc.key)}(?=\))", re.MULTILINE)
            match = near.search(self._text, self._at, self._limit)
            if match and heredoc.key:
                return match.start(), match.end()
        return self._limit, self._limit

    def _literal(self, heredoc: Heredoc, end: int, after: int) -> None:
        """A text in which nothing is expanded; where that cannot hold a value, it is made to."""
        values: list[str] = []
        number = self._next
        while self._start(number) < end:
            mark = self._marks[number]
            values.append(self._staying(mark) if mark.value is None else mark.value)
            number += 1
        marks = self._marks[self._next : number]
        if any(m.secret is not None for m in marks) or not self._fits(heredoc, values, marks, end):
            self._expandable(heredoc, number, end, after)
            return
        site = self._body(heredoc)
        word = site.begin(self._at)
        for mark, value in zip(marks, values, strict=True):
            site.add(self._at, mark.start, self._text[self._at : mark.start])
            self._take(mark.start - self._at)
            site.add(mark.start, mark.end, self._next)
            self._put(mark, value, *self._around_mark(), (heredoc.call, word))
        site.add(self._at, end, self._text[self._at : end])
        self._take(end - self._at)
        self._through(after)

    def _fits(
        self, heredoc: Heredoc, values: Sequence[str], marks: Sequence[Mark], end: int
    ) -> bool:
        """Whether no value would end a here-document around it, or lose its tabs."""
        fences = (*self._fences(), heredoc.fence)
        if any(f.strip for f in fences) and any("\t" in value for value in values):
            return False
        at, pieces = self._at, []
        for mark, value in zip(marks, values, strict=True):
            pieces += [self._text[at : mark.start], value]
            at = mark.end
        lines = "".join((*pieces, self._text[at:end])).split("\n")
        return not any(f.ends_at(line, "") for line in lines for f in fences)

    def _expandable(self, heredoc: Heredoc, stop: int, end: int, after: int) -> None:
        """Write the text so that the shell expands values in it, and nothing else."""
        name = heredoc.fence.delimiter
        if heredoc.key != name or not PLAIN_NAME.fullmatch(name):
            taken = set(self._text.split("\n"))
            name = next(n for n in (f"EOF{i or ''}" for i in range(len(taken) + 1))
                        if n not in taken)  # fmt: skip
        self._out[heredoc.piece] = name
        self._bodies.append((end, Fence(name, heredoc.fence.strip)))
        frame = Frame(Kind.HEREDOC, "", [], site=self._body(heredoc))
        self._frames.append(frame)
        while self._next < stop:
            at, self._at = self._at, self._mark_at
            frame.site.add(at, self._at, self._text[at : self._at])
            self._out.append(encoding.HEREDOC.escape(self._text[at : self._at]))
            self._insert(frame)
        frame.site.add(self._at, end, self._text[self._at : end])
        self._out.append(encoding.HEREDOC.escape(self._text[self._at : end]))
        self._frames.pop()
        self._bodies.pop()
        line = self._text[end:after]
        tabs = line[: len(line) - len(line.lstrip("\t"))] if heredoc.fence.strip else ""
        if line:
            self._out.append(tabs + name + ("\n" if line.endswith("\n") else ""))
        self._at = max(self._at, after)
        while self._mark_at < self._at:
            self.standings.append(Nesting(start=self._mark_at))
            self._next += 1


def _quoted(value: str, quote: str) -> str:
    """A value as a part of a delimiter, inside the quote that is open there."""
    ways = {"'": encoding.SINGLE, '"': encoding.DOUBLE}
    return ways.get(quote, encoding.WORD).value(value)
