"""Values put into a shell text so that the shell sees each exactly, wherever it stands.

A text is read once, as bash and sh read it: quotes, expansions, substitutions, here-documents and
comments. What a value becomes depends on the innermost of these around it. Any text is taken;
where quotes are left open, the rest belongs to the innermost one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from runbook_tui.book.shell.cursor import QUOTES, Frame, Kind, Mark
from runbook_tui.book.shell.encoding import Fence
from runbook_tui.book.shell.heredocs import BLANK, Heredocs
from runbook_tui.book.shell.words import follow, said

PLAIN = re.compile(r"[^\s;&|()<>\\'\"`$#]+|#")
DOUBLE_PLAIN = re.compile(r"[^\\\"`$]+")
ANSI_PLAIN = re.compile(r"[^\\']+")
ARITHMETIC_PLAIN = re.compile(r"[^\\\"`$()\[\]]+")
EXPANSION_PLAIN = re.compile(r"[^\\\"'`$}]+")
HEREDOC_PLAIN = re.compile(r"[^\\`$]+")
NAMED = re.compile(r"[#!]?(?:\w+(?:\[[^\]`$\"'\\]*\])?|[@*#?$!-])?")
VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*|[0-9])")
KEYWORD = re.compile(
    r"(?:case|esac|if|then|elif|else|fi|for|select|while|until|do|done|time|in|!|\{)"
    r"(?=[\s;&|()<>]|$)"
)
BEFORE_COMMANDS = frozenset(
    {"if", "then", "elif", "else", "for", "select", "while", "until", "do", "time", "!", "{"}
)


class Filler(Heredocs):
    """Reads a text and puts out what it becomes; marks are in order and do not overlap.

    ``standings`` says then where each mark stands, in their order.
    """

    def __init__(self, text: str, marks: Sequence[Mark], fences: Sequence[Fence]) -> None:
        super().__init__(text, marks, fences)
        self._pairs: dict[int, int] | None = None
        self._readers: dict[Kind, Callable[[Frame], None]] = {
            Kind.COMMAND: self._command,
            Kind.SINGLE: self._single,
            Kind.ANSI: self._ansi,
            Kind.DOUBLE: self._double,
            Kind.EXPANSION: self._expansion,
            Kind.ARITHMETIC: self._arithmetic,
            Kind.HEREDOC: self._heredoc,
        }

    def filled(self) -> str:
        """Read all of it."""
        while True:
            if self._at >= self._limit:
                if not self._bodies:
                    return "".join(self._out)
                self._leave_body()
            elif self._at == self._mark_at:
                self._insert(self._frames[-1])
            else:
                frame, owner, start = self._frames[-1], self._owner(), self._at
                direct = len(self._frames) > 1 and self._frames[-2] is owner
                words = frame.at_word, frame.at_command
                self._readers[frame.kind](frame)
                self._track(frame, owner, start, direct, words)

    def _track(
        self, frame: Frame, owner: Frame, start: int, direct: bool, words: tuple[bool, bool]
    ) -> None:
        """Follow the words of a command by what was just read."""
        read = self._text[start : self._at]
        if owner.kind is Kind.HEREDOC or frame is not owner:
            inside = frame is owner or (direct and frame.kind in QUOTES)
            closed = frame is not owner and frame not in self._frames
            part = said(frame.kind, read, closed=closed) if inside else None
            owner.site.add(start, self._at, part)
        else:
            at_word, at_command = words
            if self._text[start] != "#" or not at_word:
                keyword = at_command and owner.at_command
                follow(owner.site, self._text, start, self._at, keyword=keyword)
        top = self._owner().site
        if top.word is not None and top is not owner.site:
            top.word.end = self._at  # What is closed here was a part of that word.

    # Contexts.

    def _command(self, frame: Frame) -> None:
        char = self._text[self._at]
        if char in BLANK:
            self._take(1)
            frame.at_word = True
        elif char == "\n":
            self._take(1)
            frame.at_word = frame.at_command = True
            waiting, frame.pending[:] = tuple(frame.pending), []
            self._read_bodies(waiting)
        elif char == "#" and frame.at_word:
            self._comment()
        elif char in "'\"\\$`":
            self._special(frame, char)
        elif char in ";&|":
            self._separator(frame)
        elif char in "()":
            self._parenthesis(frame, char)
        elif self._sees("<<") and not self._sees("<<<"):
            self._announce(frame)
        elif char in "<>":
            self._take(3 if self._sees("<<<") else 1)
            frame.at_word = True
        else:
            self._word(frame)

    def _special(self, frame: Frame, char: str) -> None:
        """Quotes, expansions and escapes; what is no quote here is an ordinary character."""
        if char == "\\":
            if self._sees("\\\n"):
                self._take(2)
                return
            self._escape(frame)
        elif char == "'":
            self._open(Kind.SINGLE, 1, "'")
        elif char == '"':
            self._open(Kind.DOUBLE, 1, '"')
        elif char == "`":
            self._backticks(frame)
        else:
            self._dollar(frame)
        frame.at_word = frame.at_command = False

    def _separator(self, frame: Frame) -> None:
        if frame.case == "body" and (self._sees(";;") or self._sees(";&")):
            self._take(3 if self._sees(";;&") else 2)
            frame.case = "pattern"
        else:
            self._take(1)
        frame.at_word = frame.at_command = True

    def _parenthesis(self, frame: Frame, char: str) -> None:
        if char == "(" and frame.case == "pattern" and frame.at_command:
            self._take(1)
            frame.at_command = False
        elif char == "(" and frame.at_command and self._sees("((") and self._calculates(0):
            self._open(Kind.ARITHMETIC, 2, "))")
        elif char == "(":
            condition = frame.site.call.condition
            self._open(Kind.COMMAND, 1, ")").site.call.condition = condition
        elif frame.case == "pattern":
            self._take(1)
            frame.case = "body"
            frame.at_word = frame.at_command = True
        elif frame.case and len(self._frames) > 2:
            self._close()  # An unfinished “case”: the parenthesis is that of what is around it.
        else:
            self._take(1)
            if frame.closer == ")":
                self._close()
            frame = self._frames[-1]
            frame.at_word = frame.kind is Kind.COMMAND

    def _word(self, frame: Frame) -> None:
        found = KEYWORD.match(self._text, self._at, self._limit) if frame.at_word else None
        word = found.group() if found and found.end() <= self._bound else ""
        self._plain(PLAIN)
        opening = frame.at_command
        frame.at_word = False
        frame.at_command = opening and word in BEFORE_COMMANDS
        if frame.case == "subject" and word == "in" and not opening:
            frame.case, frame.at_command = "pattern", True
        elif word == "esac" and frame.case in {"pattern", "body"} and opening:
            self._close()
        elif word == "case" and opening and frame.case != "pattern":
            self._open(Kind.COMMAND, 0, "esac").case = "subject"

    def _comment(self) -> None:
        """To the end of the line: a value may not bring another line in."""
        while self._at < self._limit and not self._sees("\n"):
            if self._at == self._mark_at:
                mark = self._marks[self._next]
                value = "${" + mark.secret + "}" if mark.secret else mark.value
                self._put(mark, None if value is None else value.replace("\n", " "))
            else:
                end = self._text.find("\n", self._at, self._bound)
                self._take((end if end >= 0 else self._bound) - self._at)

    def _single(self, frame: Frame) -> None:
        end = self._text.find("'", self._at, self._bound)
        self._take((end + 1 if end >= 0 else self._bound) - self._at)
        if end >= 0:
            self._close()

    def _ansi(self, frame: Frame) -> None:
        if self._sees("'"):
            self._take(1)
            self._close()
        elif self._sees("\\"):
            self._escape(frame)
        else:
            self._plain(ANSI_PLAIN)

    def _double(self, frame: Frame) -> None:
        if self._sees('"'):
            self._take(1)
            self._close()
        else:
            self._expanding(frame, DOUBLE_PLAIN)

    def _heredoc(self, frame: Frame) -> None:
        self._expanding(frame, HEREDOC_PLAIN)

    def _expanding(self, frame: Frame, plain: re.Pattern[str]) -> None:
        char = self._text[self._at]
        if char in "\\`$":
            self._special(frame, char)
        else:
            self._plain(plain)

    def _expansion(self, frame: Frame) -> None:
        char = self._text[self._at]
        if char == "}":
            self._take(1)
            self._close()
        elif char == '"' or (char == "'" and (not frame.quoted or frame.operator in {*"#%/^,@"})):
            self._special(frame, char)
        elif char == "'":
            self._take(1)
        else:
            self._expanding(frame, EXPANSION_PLAIN)

    def _arithmetic(self, frame: Frame) -> None:
        char = self._text[self._at]
        opener, closer = ("(", ")") if frame.closer == "))" else ("[", "]")
        if char == closer and not frame.depth:
            self._take(len(frame.closer) if self._sees(frame.closer) else 1)
            self._close()
        elif char in "()[]":
            self._take(1)
            frame.depth += (char == opener) - (char == closer)
        elif char == '"':
            self._special(frame, char)
        else:
            self._expanding(frame, ARITHMETIC_PLAIN)

    # Characters that change what follows.

    def _escape(self, frame: Frame) -> None:
        """A backslash and what it escapes; before a mark it must not escape what is put in."""
        if self._at + 1 != self._mark_at or self._at + 1 >= self._limit:
            self._take(2)
            return
        self._at += 1
        named = self._text[self._at] == "$" and frame.kind is not Kind.ANSI
        if frame.kind is Kind.ANSI or (self._quoted(frame) and not named):
            self._out.append("\\\\")  # There it escapes only what is special.

    def _dollar(self, frame: Frame) -> None:
        free = not self._quoted(frame)
        if self._at + 1 == self._mark_at and self._at + 1 < self._limit:
            self._at += 1
            self._out.append("\\$")  # Or it would be one with what is put in.
        elif self._sees("$((") and self._calculates(1):
            self._open(Kind.ARITHMETIC, 3, "))")
        elif self._sees("$("):
            self._open(Kind.COMMAND, 2, ")", own=True)
        elif self._sees("${"):
            self._expand()
        elif self._sees("$["):
            self._open(Kind.ARITHMETIC, 2, "]")
        elif free and self._sees("$'"):
            self._open(Kind.ANSI, 2, "'")
        elif free and self._sees('$"'):
            self._open(Kind.DOUBLE, 2, '"')
        elif (
            name := VARIABLE.match(self._text, self._at, self._bound)
        ) and name.end() == self._mark_at:
            self._out.append("${" + name.group(1) + "}")  # Or the value would be of its name.
            self._at = name.end()
        else:
            self._take(2 if self._text[self._at + 1 : self._at + 2] in {*"$!?#*@-"} else 1)

    def _expand(self) -> None:
        frame = self._open(Kind.EXPANSION, 2, "}")
        name = NAMED.match(self._text, self._at, self._bound)
        self._take(len(name.group()) if name else 0)
        after = self._text[self._at : min(self._at + 2, self._bound)]
        frame.operator = after[:1]
        if after[:1] == ":" and after[1:] not in {*"-=?+"}:
            frame.arithmetic = True  # An offset.

    def _calculates(self, offset: int) -> bool:
        """Whether ``((`` begins arithmetic, and not a subshell in another."""
        if self._pairs is None:
            self._pairs = _pairs(self._text)
        end = self._pairs.get(self._at + offset + 1)
        return end is None or self._text.startswith(")", end + 1)

    def _backticks(self, frame: Frame) -> None:
        """The old substitution: with marks in it, it becomes the new one.

        There quotes mean what they say, and a value needs no second layer of backslashes.
        """
        start, first, inner, marks = self._at, self._next, "", []
        pieces: list[str] = []
        size = 0
        at, number = start + 1, self._next
        unescaped = "$`\\" + ('"' if self._quoted(frame) else "")
        while at < self._limit and not (at != self._start(number) and self._text[at] == "`"):
            if at == self._start(number):
                mark = self._marks[number]
                piece, step = self._text[at : mark.end], mark.end - at
                marks.append(Mark(size, size + step, mark.value, mark.secret, mark.stay))
                number += 1
            elif self._text[at] == "\\" and at + 1 < min(self._start(number), self._limit):
                kept = self._text[at + 1] not in unescaped
                piece, step = self._text[at + (not kept) : at + 2], 2
            else:
                piece, step = self._text[at], 1
            pieces.append(piece)
            size += len(piece)
            at += step
        if at >= self._limit or number == first:
            # Without an end no shell takes it; without marks it stays.
            self._take(1 if at >= self._limit else at + 1 - start)
            return
        filler = Filler("".join(pieces), marks, self._fences())
        inner = filler.filled()
        self._owner().site.add(start, at + 1, None)
        space = " " if inner.startswith("(") else ""
        line = "\n" if "#" in inner or "<<" in inner else ""
        self._out.append(f"$({space}{inner}{line})")
        around = self._around_mark()
        self.standings += [
            replace(s, around=around + s.around, start=m.start, moved=True)
            for s, m in zip(filler.standings, self._marks[first:number], strict=True)
        ]
        self._at, self._next = at + 1, number


def _pairs(text: str) -> dict[int, int]:
    """Where each parenthesis is closed, whatever stands around it."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for match in re.finditer(r"[()]", text):
        if match.group() == "(":
            opened.append(match.start())
        elif opened:
            found[opened.pop()] = match.start()
    return found
