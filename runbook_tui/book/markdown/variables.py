"""Shell variables in a plan's commands: those that the plan sets, and those that nothing does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from runbook_tui.book.line_count import LineCount
from runbook_tui.book.markdown.commands import in_a_shell
from runbook_tui.book.model import Command
from runbook_tui.book.parameters import reserved

USED = re.compile(r"(?<![\\$\w])\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(\}|:?[-=+?]|[^}]?))")
SET = re.compile(r"(?:^|[\s;&|({`\"')])([A-Za-z_]\w*)(?:\[[^\]\n]{0,40}\])?\+?=", re.MULTILINE)
BEFORE_SET = re.compile(
    r"(?:^|[;&|({`\"')!]|[$#%>]\s)\s*"
    r"(?:(?:export|local|declare|readonly|typeset|env|let|then|do|else|time|sudo)\s+(?:-\w+\s+)*"
    r"|[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=\S*\s+)*$"
)
"""What stands before an assignment on its line; behind another word it is an argument of that:
``terraform plan -var region=$region`` sets nothing."""
NAMED = re.compile(
    r"\bfor\s+(?P<loop>[A-Za-z_]\w*)\s+in\b|\b(?:select)\s+(?P<select>[A-Za-z_]\w*)\s+in\b"
    r"|\bread\s+(?P<read>(?:-\w+\s+|\"[^\"\n]*\"\s*|'[^'\n]*'\s*){0,9}"
    r"[A-Za-z_]\w*(?:[ \t]+[A-Za-z_]\w*)*)"
    r"|\b(?:mapfile|readarray|getopts\s+\S+)\s+(?:-\w+\s+)*(?P<array>[A-Za-z_]\w*)"
    r"|\bprintf\s+-v\s+(?P<printed>[A-Za-z_]\w*)"
)
NAMING = ("for", "select", "read", "mapfile", "getopts", "printf")
"""Words of which `NAMED` holds one."""
NAME = re.compile(r"[A-Za-z_]\w*")
QUOTED = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|\\.", re.DOTALL)
HERE = re.compile(r"<<-?\s{0,3}(?:'(\w+)'|\"(\w+)\"|\\(\w+))")
COMMENT = re.compile(r"(?:^|(?<=\s))#[^\n]*")
SOURCED = re.compile(r"(?:^|[;&|]\s*)(?:source|\.|eval)\s+\S", re.MULTILINE)
GIVEN = frozenset({"HOSTNAME", "COLUMNS", "LINES", "MAIL", "DISPLAY", "XDG_CONFIG_HOME",
                   "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"})  # fmt: skip
"""Variables that a terminal has, beside those that no parameter may be called."""


@dataclass(slots=True)
class Variables:
    """What the blocks of a plan set; ``set_at`` has the line of the first that sets a name."""

    set_at: dict[str, int] = field(default_factory=dict)

    def unset(self, command: Command) -> list[tuple[str, int]]:
        """Variables of a command that nothing in the plan sets, with their lines from 0."""
        return [
            (name, line)
            for name, line in used(command)
            if name not in self.set_at and not reserved(name) and name not in GIVEN
        ]


def not_carried(
    commands: Iterable[Command], known: Variables
) -> Iterator[tuple[Command, tuple[str, ...], int]]:
    """Commands whose variables another step sets, their names, and the line that sets the first.

    Each step has a shell of its own, so there they are empty.
    """
    found = [c for c in commands if c.runnable and not c.by_hand] if known.set_at else []
    own: dict[str | None, set[str]] = {}
    for command in found:
        own.setdefault(command.step, set()).update(assigned(command.text))
    for command in found:
        names = dict.fromkeys(name for name, _ in used(command))
        lost = tuple(
            name for name in names
            if name in known.set_at and name not in own[command.step] and not reserved(name)
        )  # fmt: skip
        if lost:
            yield command, lost, known.set_at[lost[0]]


def variables(texts: Iterable[tuple[int, str]]) -> Variables:
    """The variables that any of some texts sets, each text with its line."""
    found = Variables()
    for line, text in texts:
        for name in assigned(text):
            found.set_at.setdefault(name, line)
    return found


def assigned(text: str) -> set[str]:
    """Names that a shell text gives a value."""
    if "=" in text:
        names = {match.group(1) for match in SET.finditer(text) if _sets(text, match.start(1))}
    else:
        names = set()
    for match in NAMED.finditer(text) if any(word in text for word in NAMING) else ():
        said = next(group for group in match.groups() if group)
        names.update(NAME.findall(QUOTED.sub(" ", re.sub(r"(?:^|\s)-\w+", " ", said))))
    return names


def _sets(text: str, at: int) -> bool:
    """Whether what looks like an assignment stands where a shell takes it for one."""
    first = max(at - 300, 0)
    start = max(text.rfind("\n", first, at) + 1, first)
    return start == at or BEFORE_SET.search(text[start:at]) is not None


def used(command: Command) -> Iterator[tuple[str, int]]:
    """Names that a command of a shell reads and that have no value of their own in it."""
    if "$" not in command.text or not in_a_shell(command.language):
        return
    if SOURCED.search(command.text):
        return
    text = _expanded(command.text)
    lines = LineCount(text)
    for match in USED.finditer(text):
        behind = match.group(3)
        if match.group(1) or behind in {"}", ":?", "?"} or not re.match(r":?[-=+]", behind or ""):
            yield match.group(1) or match.group(2), lines.of(match.start())


def _expanded(text: str) -> str:
    """A text with what the shell does not look into blanked: single quotes, comments."""
    text = _without_documents(text)
    text = QUOTED.sub(lambda m: m.group(0) if m.group(0)[0] == '"' else _blank(m.group(0)), text)
    return COMMENT.sub("", text)


def _without_documents(text: str) -> str:
    """A text without the here-documents whose word is quoted: the shell takes those as they are."""
    if "<<" not in text:
        return text
    kept = []
    word = ""
    for line in text.split("\n"):
        kept.append("" if word else line)
        opening = None if word else HERE.search(line)
        if opening:
            word = opening.group(1) or opening.group(2) or opening.group(3)
        elif line.strip() == word:
            word = ""
    return "\n".join(kept)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
