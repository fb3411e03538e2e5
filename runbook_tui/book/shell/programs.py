"""The programs that a shell text certainly needs: nothing is named that it might do without.

Read is what stands at the top of the text, command by command. At the first thing of which it is
not certain what it does (a function, a subshell, a here-document, code that is read from
elsewhere, another PATH) the reading ends, and what comes behind it is not named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"})
BUILTINS = frozenset(
    {".", ":", "[", "[[", "alias", "autoload", "bg", "bind", "bindkey", "break", "builtin",
    "caller", "cd", "command", "compadd", "compgen", "complete", "compopt", "continue",
    "coproc", "declare", "dirs", "disable", "disown", "echo", "enable", "emulate", "eval",
    "exec", "exit", "export", "false", "fc", "fg", "float", "function", "functions",
    "getopts", "hash", "help", "history", "integer", "jobs", "kill", "let", "limit",
    "local", "logout", "mapfile", "noglob", "popd", "print", "printf", "pushd", "pwd",
    "read", "readarray", "readonly", "rehash", "return", "sched", "select", "set", "setopt",
    "shift", "shopt", "source", "suspend", "test", "time", "times", "trap", "true", "type",
    "typeset", "ulimit", "umask", "unalias", "unfunction", "unhash", "unlimit", "unset",
    "unsetopt", "wait", "whence", "where", "which", "whereis", "zmodload", "sleep"}
)  # fmt: skip
"""What a shell may do by itself; `which` and `sleep` are builtins of some."""
HARMLESS = frozenset(
    {"cd", "pushd", "popd", "echo", "printf", "test", "[", "true", "false", ":", "wait",
    "umask", "shift", "kill", "type", "ulimit", "times", "pwd", "sleep", "jobs", "which"}
)  # fmt: skip
"""Builtins after which every program is where it was, and reading goes on."""
PASSING = frozenset(
    {"cd", "pushd", "popd", "echo", "printf", "true", ":", "umask", "export", "set"}
)
"""Builtins that are no question: what stands behind them and ``&&`` runs."""
OPENING = frozenset({"if", "while", "until"})
CLOSING = frozenset({"fi", "done"})
BETWEEN = frozenset({"then", "else", "elif", "do"})
LOOPS = frozenset({"for", "select"})
UNCLEAR = frozenset({"case", "esac", "function", "[[", "!", "coproc", "{", "}", "in"})
MOVING = frozenset({"cd", "pushd", "popd"})
SETTING = re.compile(r"-[eux]*o?|pipefail|errexit|nounset|xtrace")
ENDS_EARLY = re.compile(r"-[a-z]*e[a-z]*|errexit")
EXPORTED = re.compile(r"(?!.*PATH)[A-Za-z_]\w*(=.*)?", re.DOTALL)
NAME = re.compile(r"[\w./][\w@%+:,./-]*")

_BLANK = re.compile(r"(?:[ \t]|\\\n)+")
_COMMENT = re.compile(r"#[^\n]*")
_OPERATOR = re.compile(r"&&|\|\||\|&|[;\n&|]")
_REDIRECTION = re.compile(r"\d*(?:&>>?|<>|>\||>>|[<>]&|<(?![<(])|>(?!\())[ \t]*")
_PLAIN = re.compile(r"[^\s;&|()<>\\'\"`$]+")
_LOOSE = re.compile(r"[*?~{}\[\]^]")
_SINGLE = re.compile(r"'[^']*'")
_ESCAPED = re.compile(r"\\[^\n]")
_VARIABLE = re.compile(
    r"\$(?:[A-Za-z_]\w*|[0-9@*#?$!-]|\{#?\w+(?::?[%#/+=?-][^{}'\"`$\\]*)?\}"
    r"|\(\([\w +*/%-]*\)\))"
)
_IN_DOUBLE = re.compile(r"(?:[^\"\\$`]|\\.)+", re.DOTALL)
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)\+?=")


class _Unclear(Exception):
    """What comes is not certain; the reading ends."""


@dataclass(slots=True)
class _Word:
    """A word of a command.

    ``text`` is None where only the shell knows it; ``lead`` is how it begins, up to a quote.
    """

    start: int
    text: str | None = ""
    lead: str = ""
    quoted: bool = False


@dataclass(slots=True)
class _Command:
    """A simple command, and the operator behind it."""

    words: list[_Word]
    behind: str = ""


def programs(text: str, shell: tuple[str, ...] = ("sh", "-e", "-c")) -> tuple[str, ...]:
    """Names and paths of programs that the text certainly runs, in order, each once.

    A path that is not absolute is from the folder that the text is started in. ``shell`` is what
    runs it; of what another than a POSIX shell runs nothing is known.
    """
    if not shell or shell[0].rpartition("/")[2] not in SHELLS:
        return ()
    return _programs(text, shell[1:])


@lru_cache(maxsize=4096)
def _programs(text: str, options: tuple[str, ...]) -> tuple[str, ...]:
    certain = _Certain(text)
    certain.told(options)
    try:
        for commands, last in _Reader(text).lists():
            certain.take(commands, last=last)
    except _Unclear:
        pass
    return tuple(certain.found)


class _Certain:
    """Goes along the lists of commands and keeps what is certain."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._depth = 0
        self._ends_early = False
        self._whole_pipe = False
        self._moved = False
        self._acted = False
        self._maybe: list[str] = []
        self.found: list[str] = []

    def told(self, options: Sequence[str]) -> None:
        """What the shell was told: to end at a failure, to mind all parts of a pipe."""
        self._ends_early |= any(ENDS_EARLY.fullmatch(option) for option in options)
        self._whole_pipe |= "pipefail" in options

    def take(self, commands: list[_Command], *, last: bool) -> None:
        """Commands up to a ``;``, a line's end or a ``&``; raises `_Unclear` behind what is not.

        ``last``: nothing follows, so that what fails in it fails the whole.
        """
        joints = [command.behind for command in commands]
        sure = joints[-1] != "&" and (last or self._ends_early)
        for at, command in enumerate(commands):
            ways = [joint for joint in joints[at:-1] if joint in {"&&", "||"}]
            needed = not ways or (last and "||" not in ways) or self._leaves(commands, at)
            heard = self._whole_pipe or command.behind not in {"|", "|&"}
            passing = self._command(command, named=sure and needed and heard)
            sure = sure and (command.behind in {"|", "|&"} or (command.behind == "&&" and passing))
        # What is still open may have an operator behind its end that holds for these, too.
        self.found += self._maybe if not self._depth else []
        self._maybe = []

    @staticmethod
    def _leaves(commands: list[_Command], at: int) -> bool:
        """Whether this is the pipeline before the only ``||``, and behind that is a failed end."""
        behind = commands[at:]
        ways = [c.behind for c in behind[:-1] if c.behind in {"&&", "||"}]
        words = [word.text for word in behind[-1].words]
        return ways == ["||"] and behind[-2].behind == "||" and _fails(words)

    def _command(self, command: _Command, *, named: bool) -> bool:
        """One command; returns whether what ``&&`` joins to it certainly runs."""
        words = self._past_keywords(command.words)
        words, assigned = _past_assignments(words)
        if any("PATH" in name.upper() or name in {"IFS", "BASH_ENV"} for name in assigned):
            raise _Unclear
        if not words:
            return bool(assigned) and not self._depth
        first = words[0]
        if first.text is None:
            raise _Unclear  # It may be a builtin that leaves, or reads code.
        if first.text in BUILTINS:
            return self._builtin(first.text, words)
        if named and not self._depth:
            self._name(first)
        self._acted = True
        return False

    def _past_keywords(self, words: list[_Word]) -> list[_Word]:
        while words and not words[0].quoted and words[0].text is not None:
            word = words[0].text
            if word in UNCLEAR:
                raise _Unclear
            if word in LOOPS:
                self._depth += 1
                return []
            if word in OPENING:
                self._depth += 1
            elif word in CLOSING:
                self._depth -= 1
            elif word not in BETWEEN:
                break
            words = words[1:]
        return words

    def _builtin(self, name: str, words: list[_Word]) -> bool:
        texts = [word.text for word in words]
        plain = [text for text in texts[1:] if text is not None]
        whole = len(plain) == len(texts) - 1
        if name == "set":
            fine = whole and all(SETTING.fullmatch(text) for text in plain)
            if not self._depth:
                self.told(plain)
        elif name == "export":
            fine = whole and all(EXPORTED.fullmatch(text) for text in plain)
        elif name == "printf":
            fine = texts[1:2] != [None] and not (plain and plain[0].startswith("-"))
        else:
            fine = name in HARMLESS or _fails(texts)
        if not fine:
            raise _Unclear
        self._moved |= name in MOVING
        return name in PASSING

    def _name(self, word: _Word) -> None:
        text = word.text or ""
        if not NAME.fullmatch(text) or text in (*self.found, *self._maybe):
            return
        if "/" in text and (self._acted or (self._moved and not text.startswith("/"))):
            return  # What ran before may have put it there, or it is looked for elsewhere.
        # A text that has spoken of it before may have looked for it, or made it.
        if text not in self._text[: word.start]:
            self._maybe.append(text)


def _fails(words: list[str | None]) -> bool:
    """Whether a command ends the whole, as failed."""
    word = words[1] if len(words) == 2 else None
    return (
        words[:1] == ["exit"] and word is not None and re.fullmatch("[1-9][0-9]?", word) is not None
    )


def _past_assignments(words: list[_Word]) -> tuple[list[_Word], set[str]]:
    assigned: set[str] = set()
    for at, word in enumerate(words):
        match = _ASSIGNMENT.match(word.lead)
        if match is None:
            return words[at:], assigned
        assigned.add(match.group(1))
    return [], assigned


class _Reader:
    """Reads commands; raises `_Unclear` at what it does not know."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def lists(self) -> Iterator[tuple[list[_Command], bool]]:
        """Commands that belong together, and whether they are the last ones."""
        for commands in self._lists(""):
            yield commands, not self._text[self._at :].strip(" \t\n;")

    def _lists(self, closer: str) -> Iterator[list[_Command]]:
        commands: list[_Command] = []
        words: list[_Word] = []
        while True:
            self._skip(_BLANK)
            if self._at >= len(self._text):
                if closer:
                    raise _Unclear
                break
            if closer and self._text[self._at] == closer:
                self._at += 1
                break
            if operator := self._skip(_OPERATOR):
                if not words and operator == "\n":
                    continue  # A line's end behind an operator, or an empty line.
                if not words:
                    raise _Unclear
                commands.append(_Command(words, operator))
                words = []
                if operator in {";", "\n", "&"}:
                    yield commands
                    commands = []
            elif not self._skip(_COMMENT):
                self._part(words)
        if words:
            commands.append(_Command(words))
        if commands:
            yield commands

    def _part(self, words: list[_Word]) -> None:
        """The next word, or where the command is redirected to."""
        if self._skip(_REDIRECTION):
            if self._text[self._at : self._at + 1] in {"", "\n"}:
                raise _Unclear
            self._word()
            # A command that is only redirected is one, too.
            words += [] if words else [_Word(self._at, ":", ":", quoted=True)]
            return
        word = self._word()
        if words and words[0].text == ":" and words[0].quoted and words[0].lead == ":":
            raise _Unclear  # A redirection before the command.
        words.append(word)

    def _word(self) -> _Word:
        word = _Word(self._at)
        while self._at < len(self._text):
            if plain := self._skip(_PLAIN):
                known = not _LOOSE.search(plain) or plain in {"[", "[[", "{", "}", "]"}
                self._add(word, plain if known else None, lead=True)
            elif single := self._skip(_SINGLE):
                self._add(word, single[1:-1])
            elif escaped := self._skip(_ESCAPED):
                self._add(word, escaped[1:])
            elif self._skip(_VARIABLE):
                self._add(word, None)
            elif self._text.startswith("$(", self._at):
                self._substitution()
                self._add(word, None)
            elif self._text[self._at] == '"':
                self._double(word)
            else:
                break
        if word.start == self._at:
            raise _Unclear
        return word

    @staticmethod
    def _add(word: _Word, text: str | None, *, lead: bool = False) -> None:
        if lead and not word.quoted and word.text is not None:
            word.lead += text or ""
        word.quoted |= not lead
        word.text = None if text is None or word.text is None else word.text + text

    def _double(self, word: _Word) -> None:
        self._at += 1
        self._add(word, "")
        while not self._text.startswith('"', self._at):
            if inner := self._skip(_IN_DOUBLE):
                self._add(word, inner if "\\" not in inner else None)
            elif self._skip(_VARIABLE):
                self._add(word, None)
            elif self._text.startswith("$(", self._at):
                self._substitution()
                self._add(word, None)
            else:
                raise _Unclear
        self._at += 1

    def _substitution(self) -> None:
        """What runs in a shell of its own changes nothing here; only its end is looked for."""
        self._at += 2
        for commands in self._lists(")"):
            for command in commands:
                if any(word.text in UNCLEAR for word in command.words):
                    raise _Unclear

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match.group()
