"""Lines of a way back that must not keep the lines behind them from running.

A pull request that is merged can no longer be closed, and `gh pr close` fails; the revert behind
it is what brings the old state back. Such a line is passed over where the pull request is merged
or closed already, and says so; whatever else makes it fail still ends the text there.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from itertools import pairwise

from runbook_tui.book.shell.plain_lines import numbered, places

MARK = re.compile(r"\$\{\{.*?\}\}")
STANDS_FOR = "RUNBOOKVALUE"
"""What a value is called while the words of a line are read; it holds nothing a shell minds."""
OPERATORS = re.compile(r"[;&|<>()`\\]")
WITH_VALUE = frozenset({"-c", "--comment", "-R", "--repo"})
OF_REPOSITORY = frozenset({"-R", "--repo"})
SAYS = "sed -nE 's/^(MERGED|CLOSED)$/passed over: it is \\1 already/p'"


def passing_over(text: str, shell: Sequence[str], placeholders: Iterable[str] = ()) -> str:
    """The text, each line that closes a pull request before others with what lets it pass.

    ``shell`` is the argument vector that the text is appended to, ``placeholders`` are what else
    than ``${{ name }}`` stands for a value in it.
    """
    if "gh" not in text or "pr" not in text:
        return text
    values = _Values(placeholders)
    hidden = values.hide(text)
    allowed, _ = places(hidden, shell)
    lines = hidden.split("\n")
    numbers = [number for number, _ in numbered(hidden)]
    for number, behind in pairwise(numbers):
        closes = _passed(lines[number - 1]) if behind in allowed else ""
        lines[number - 1] = closes or lines[number - 1]
    return values.show("\n".join(lines))


class _Values:
    """What stands for values in a text, replaced by words that are read as such."""

    def __init__(self, placeholders: Iterable[str]) -> None:
        literal = [re.escape(p) for p in sorted(set(placeholders), key=len, reverse=True)]
        self._pattern = re.compile("|".join([MARK.pattern, *literal]))
        self._found: list[str] = []

    def hide(self, text: str) -> str:
        def stand_in(match: re.Match[str]) -> str:
            self._found.append(match.group(0))
            return f"{STANDS_FOR}{len(self._found) - 1}X"

        return self._pattern.sub(stand_in, text)

    def show(self, text: str) -> str:
        return re.sub(rf"{STANDS_FOR}(\d+)X", lambda m: self._found[int(m.group(1))], text)


def _passed(line: str) -> str:
    """The line with what lets it pass; empty where it is none that only closes a pull request."""
    try:
        words = shlex.split(line, comments=True, posix=False)
    except ValueError:
        return ""
    if words[:3] != ["gh", "pr", "close"]:
        return ""
    which: list[str] = []
    repository: list[str] = []
    rest = iter(words[3:])
    for word in rest:
        value = next(rest, "") if word in WITH_VALUE else ""
        if word in OF_REPOSITORY:
            repository = [word, value]
        elif word.startswith("--repo="):
            repository = [word]
        elif not word.startswith("-"):
            which.append(word)
    if len(which) != 1 or any(OPERATORS.search(word) for word in [*which, *repository]):
        return ""
    view = " ".join(["gh pr view", *which, *repository, "--json state --jq .state"])
    # No braces: what fails in them behind `||` would not end a shell that runs with -e.
    return f"{' '.join(words)} || {view} | {SAYS} | grep ."
