"""The commands of a plan one by one, with their lines: what they are for, and their words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbook_tui.book.markdown.labels import UNDO
from runbook_tui.book.model import Command, Runbook, Step
from runbook_tui.frozen import frozen

LONGEST = 20_000
"""Characters of one command text that are looked at."""

HEREDOC = re.compile(r"<<[-~]?\s*(['\"]?)(\w+)\1")
BETWEEN = re.compile(r"&&|\|\||[;|&]")
PREFIX = re.compile(
    r"^(?:[A-Za-z_]\w*=\S*|sudo(?:\s+-(?:[EHnSi]+|[ugpC]\s+\S+|-\S+))*(?=\s+[^\s-])|then|do|else|time|nohup|exec"
    r"|command|env|!|\(|\{|if|while|until)\s+"
)
QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"")
INTERPRETERS = re.compile(r"(?:ba|z|k|da)?sh$|python[\d.]*$|node$|ruby$|perl$")
UNDO_HEAD = re.compile(rf"^\s*#\s*(?:[\w-]+ ){{0,3}}?(?:{UNDO})\b", re.IGNORECASE)
PREPARES = re.compile(r"prepar|verif|check|test|ready|state", re.IGNORECASE)


@frozen(kw_only=False)
class Call:
    """One simple command: ``text`` without what stands before the program, ``line`` in the plan.

    ``back``: it is the way back; ``step`` is the one that it belongs to.
    """

    text: str
    line: int
    source: str
    back: bool
    step: Step | None
    piped: bool = False
    """Whether something is piped into it, or read from a file or the text."""

    @property
    def words(self) -> list[str]:
        """Its words, roughly: quotes are taken away."""
        return [w.strip("'\"") for w in self.text.split()]

    @property
    def program(self) -> str:
        """The name of its program, without a folder."""
        words = self.words
        return words[0].rsplit("/", 1)[-1] if words else ""

    @property
    def script(self) -> str:
        """The name of the program, or of the file that an interpreter runs."""
        words = self.words
        given = len(words) > 1 and not words[1].startswith("-") and INTERPRETERS.match(self.program)
        return words[1].rsplit("/", 1)[-1] if given else self.program


@frozen(kw_only=False)
class Text:
    """One text that a shell runs: ``line`` is that of its own first line in the plan."""

    text: str
    line: int
    source: str
    back: bool
    step: Step | None


def texts_of(runbook: Runbook) -> Iterator[Text]:
    """Every text of a plan that a shell runs, on the way forth or back."""
    steps = {step.id: step for step in runbook.walk()}
    seen: dict[str, set[str]] = {}
    for command in runbook.commands:
        if not command.runnable or command.by_hand:
            continue
        step = steps.get(command.step or "")
        if step is not None:
            seen.setdefault(step.id, set()).update(command.text.split("\n"))
        first = command.line + _offset(command, command.source or runbook.source)
        yield Text(command.text, first, command.source, command.rollback, step)
    for step in steps.values():
        # Commands in a line of words stand in no block of their own.
        for text, back in ((step.run, False), (step.undo, True)):
            lines = [x for x in (text or "").split("\n") if x not in seen.get(step.id, ())]
            if any(line.strip() for line in lines):
                yield Text("\n".join(lines), step.line, step.source, back, step)


def calls_of(runbook: Runbook) -> Iterator[Call]:
    """Every simple command of a plan that somebody runs, on the way forth or back."""
    for whole in texts_of(runbook):
        yield from _calls(whole)


def _offset(command: Command, source: str) -> int:
    """Lines from a command's own to its first one: a fence stands above it, quotes in TOML too."""
    if source.endswith(".toml"):
        return int("\n" in command.text)
    return 0 if command.language == "" and "\n" not in command.text.strip() else 1


def _calls(whole: Text) -> Iterator[Call]:
    back = whole.back
    for line, words in _logical(whole.text[:LONGEST]):
        if words.lstrip().startswith("#"):
            marked = UNDO_HEAD.match(words) is not None and not PREPARES.search(words)
            back = whole.back or marked
            continue
        piped = False
        for part, sign in _parts(words):
            bare = _bare(part)
            if bare:
                reads = piped or "<" in QUOTED.sub("", re.sub(r"<[\w -]+>", "", bare))
                yield Call(bare, whole.line + line, whole.source, back, whole.step, reads)
            piped = sign == "|"


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Lines with those that they go on in, without bodies of here-documents."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        start, whole = at, lines[at]
        while whole.endswith("\\") and at + 1 < len(lines):
            at += 1
            whole = whole[:-1] + " " + lines[at].strip()
        at += 1
        heredoc = HEREDOC.search(whole) if not whole.lstrip().startswith("#") else None
        if heredoc is not None:
            end = next((n for n in range(at, len(lines)) if lines[n].strip() == heredoc[2]), None)
            at = end + 1 if end is not None else at
        if whole.strip():
            yield start, whole


def _parts(line: str) -> Iterator[tuple[str, str]]:
    """What stands between ``;``, ``&&``, ``||`` and ``|``, outside quotes, and the sign behind."""
    masked = QUOTED.sub(lambda m: "'" + "x" * (len(m.group()) - 2) + "'", line)
    comment = re.search(r"(?:^|\s)#", masked)
    end = comment.start() if comment else len(line)
    start = 0
    for match in BETWEEN.finditer(masked, 0, end):
        if match.group() == "&" and (masked[match.start() - 1 : match.start()] == ">"
                                     or masked[match.end() : match.end() + 1] == ">"):  # fmt: skip
            continue
        yield line[start : match.start()], match.group()
        start = match.end()
    yield line[start:end], ""


def _bare(part: str) -> str:
    part = part.strip()
    while match := PREFIX.match(part):
        part = part[match.end() :].lstrip()
    return part
