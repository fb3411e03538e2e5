"""Lines of a shell text that run one after the other, each whole by itself.

Only then can such a text be gone on with in the middle: where a line belongs to something longer,
or sets what later ones rely on, the rest of the text is not what it would have been. What is not
understood for certain counts as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

SHELLS = frozenset({"bash", "sh", "dash", "ash", "ksh", "zsh"})
PARTING = frozenset({";", "&&", "||", "|"})
REDIRECTING = frozenset({">", ">>", "<", ">&", "<&", "&>", "&>>", ">|", "<>"})
KEYWORDS = frozenset(
    {
        "if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case",
        "esac", "in", "select", "function", "coproc", "time", "{", "}", "[[", "]]",
    }
)  # fmt: skip
SETTING = frozenset(
    {
        "cd", "pushd", "popd", "export", "declare", "typeset", "local", "readonly", "set",
        "shopt", "umask", "source", ".", "alias", "unalias", "trap", "exec", "eval", "read",
        "unset", "let", "getopts", "mapfile", "readarray", "wait", "jobs", "fg", "bg",
        "disown", "hash", "enable", "ulimit", "shift", "command", "builtin", "printf",
        "return", "exit", "break", "continue",
    }
)  # fmt: skip
"""Commands that may change the shell itself, or end it."""
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(\[[^]]*\])?\+?=")
PLAIN_NAME = re.compile(r"[\w./+@%:-]+")
OF_THE_LINE_BEFORE = re.compile(
    r"\$\{?(\?|!|_\b|PIPESTATUS|BASH_REMATCH|OLDPWD|LINENO|REPLY|SECONDS)"
)


def numbered(text: str) -> list[tuple[int, str]]:
    """The lines with commands in them, with their numbers; 1 is the first line of the text."""
    lines = enumerate(text.split("\n"), 1)
    return [(n, line) for n, line in lines if line.strip() and not line.lstrip().startswith("#")]


def rest(text: str, line: int) -> str:
    """The text from a line on."""
    return "\n".join(text.split("\n")[line - 1 :])


def places(text: str, shell: Sequence[str]) -> tuple[tuple[int, ...], str]:
    """Lines from which the text can be gone on with; and why not from others, where not from all.

    ``shell`` is the argument vector that the text is appended to.
    """
    if not shell or PurePosixPath(shell[0]).name not in SHELLS:
        return (), "it is not a text of a shell"
    lines = numbered(text)
    if len(lines) < 2:
        return (), "it is a single line"
    sets = [_sets(line) for _, line in lines]
    if None in sets:
        number = lines[sets.index(None)][0]
        return (), f"line {number} is part of something longer, or is not understood"
    found: list[int] = []
    why = ""
    for (before, _), (number, _), changes in zip(lines, lines[1:], sets, strict=False):
        if changes:
            return tuple(found), f"line {before} may set what the lines after it rely on"
        if OF_THE_LINE_BEFORE.search(rest(text, number)):
            why = "what comes after it asks how a line before it went"
        else:
            found.append(number)
    return tuple(found), why


def _sets(line: str) -> bool | None:
    """Whether a line may change its shell; None where it is not whole by itself."""
    tokens = list(_tokens(line))
    if None in tokens or (tokens and tokens[-1] in PARTING - {";"}):
        return None
    sets = False
    for words in _commands([token for token in tokens if token is not None]):
        if words is None or (words and words[0] in KEYWORDS):
            return None
        named = [word for word in words if not ASSIGNMENT.match(word)]
        first = named[0] if named else ""
        sets = sets or not PLAIN_NAME.fullmatch(first) or first in SETTING
    return sets


def _commands(tokens: list[str]) -> Iterator[list[str] | None]:
    """The words of each simple command, without what is redirected; None for what is none."""
    words: list[str] = []
    redirected = False
    for token in tokens:
        if token in PARTING:
            if redirected:
                yield None
            yield words
            words = []
        elif token in REDIRECTING:
            redirected = True
            continue
        elif not redirected and not (token == "!" and not words):
            words.append(token)
        redirected = False
    if redirected:
        yield None
    if words:
        yield words


def _tokens(line: str) -> Iterator[str | None]:
    """Words, quotes and all, and operators; None at what may not end in this line."""
    at, word = 0, ""
    while at < len(line):
        char = line[at]
        if char in " \t":
            if word:
                yield word
            at, word = at + 1, ""
        elif char == "#" and not word:
            return
        elif char in ";&|<>":
            end = at
            while end < len(line) and line[end] in ";&|<>":
                end += 1
            operator = line[at:end]
            if word and not (word.isdecimal() and char in "<>"):
                yield word
            yield operator if operator in PARTING | REDIRECTING else None
            at, word = end, ""
        else:
            closed = _end(line, at)
            if closed is None:
                yield None
                return
            at, word = closed, word + line[at:closed]
    if word:
        yield word


def _end(line: str, at: int) -> int | None:
    """Where a piece of a word ends that begins here; None where that is not certain."""
    char, two = line[at], line[at : at + 2]
    if char in "()`":
        return None
    if char == "\\":
        return at + 2 if at + 1 < len(line) else None
    if char == "'":
        end = line.find("'", at + 1)
        return end + 1 if end >= 0 else None
    if char == '"':
        return _quoted(line, at)
    if two == "$'":
        return None
    if two in {"$(", "${"}:
        end = line.find(")" if two == "$(" else "}", at)
        inside = line[at + 2 : end]
        sure = end >= 0 and not set("'\"\\`(){}") & set(inside)
        return end + 1 if sure and not (two == "${" and "=" in inside) else None
    return at + 1


def _quoted(line: str, at: int) -> int | None:
    end = at + 1
    while end < len(line) and line[end] != '"':
        end += 2 if line[end] == "\\" else 1
    inside = line[at:end]
    if end >= len(line) or "`" in inside or inside.count("(") != inside.count(")"):
        return None
    return None if re.search(r"\$\{[^}]*(=|$)", inside) else end + 1
