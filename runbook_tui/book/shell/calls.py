"""The simple commands of a shell text: their words, what they read, and where values stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from runbook_tui.frozen import frozen

LOOSE = frozenset("*?[~{")
"""Unquoted, these may turn a word into others."""


class Demand(Enum):
    """What a value must be where the shell would run more than a plain one."""

    NUMBER = "must be a number"
    NAME = "must be the name of a variable"
    NO_BRACES = "may hold none of { } < >"
    NO_QUOTES = "may hold no quotes and none of { } < >"


@dataclass(slots=True, eq=False)
class Word:
    """One word, or a text that is read: a part is text, the number of a mark, or not known.

    ``number`` is its place in its command, -1 of what is no word of one.
    """

    start: int
    end: int
    parts: list[str | int | None] = field(default_factory=list)
    loose: bool = False
    process: bool = False
    strip: bool = False
    number: int = -1

    @property
    def known(self) -> bool:
        """Whether all of it but the values stands in the plan."""
        return not self.loose and None not in self.parts

    @property
    def text(self) -> str:
        """Its text; what is not known is left out."""
        return "".join(p for p in self.parts if isinstance(p, str))

    @property
    def plain(self) -> str | None:
        """Its text, None where it holds a value or something that is not known."""
        return self.text if all(isinstance(p, str) for p in self.parts) else None


@dataclass(slots=True, eq=False)
class Call:
    """One simple command; ``feeds`` is what its output is piped into."""

    words: list[Word] = field(default_factory=list)
    inputs: list[Word] = field(default_factory=list)
    feeds: Call | None = None
    condition: bool = False


@frozen(kw_only=False)
class Nesting:
    """Where a mark stands: in which words of which commands, the innermost last.

    ``moved``: places and numbers in these words are those of another text.
    """

    around: tuple[tuple[Call, Word], ...] = ()
    demand: Demand | None = None
    start: int = 0
    moved: bool = False


@dataclass(slots=True, eq=False)
class Site:
    """The command that is read in one context, and the word that is open in it."""

    call: Call = field(default_factory=Call)
    word: Word | None = None
    target: str = ""

    def begin(self, at: int) -> Word:
        """The word that is open, or a new one."""
        if self.word is None:
            self.word = Word(at, at)
            if self.target == "input":
                self.call.inputs.append(self.word)
            elif not self.target:
                self.word.number = len(self.call.words)
                self.call.words.append(self.word)
            self.target = ""
        return self.word

    def add(self, at: int, end: int, part: str | int | None) -> None:
        """Go on with the word."""
        word = self.begin(at)
        if isinstance(part, str) and word.parts and isinstance(word.parts[-1], str):
            word.parts[-1] += part
        else:
            word.parts.append(part)
        word.end = end

    def blank(self) -> None:
        """The word has ended."""
        words, last = self.call.words, self.word
        if last is not None and words and words[0].plain == "[[" and last.number >= 0:
            self.call.condition = last.plain != "]]"
        self.word = None

    def forget(self) -> None:
        """The word was no word: a keyword, or the number of what is redirected."""
        if self.word is not None and self.call.words and self.call.words[-1] is self.word:
            self.call.words.pop()
        self.word = None

    def finish(self, *, piped: bool = False) -> None:
        """The command has ended."""
        self.blank()
        if self.call.condition:
            return
        before, self.call = self.call, Call()
        if piped:
            before.feeds = self.call
        self.target = ""
