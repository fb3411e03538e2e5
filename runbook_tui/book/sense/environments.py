"""Rollbacks that go to another environment than the deployment that they are to take back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from runbook_tui.book.findings import Finding
from runbook_tui.book.markdown.looking import only_looks
from runbook_tui.book.sense.calls import Call

NAMES = ("production", "pre-production", "staging", "acceptance", "quality")
_CALLED = (
    "production|prod|prd|produktion|producción|produccion", "preprod|preproduction|preprd",
    "staging|stg", "uat", "qa",
)  # fmt: skip
WORDS = re.compile(
    "|".join(
        f"(?P<e{n}>(?<![^\\W_])(?:{words})(?:[0-9]{{1,2}})?(?![^\\W_]))"
        for n, words in enumerate(_CALLED)
    ),
    re.IGNORECASE,
)
PRE = re.compile(r"\bpre[-_](?=prod)", re.IGNORECASE)
FILES = re.compile(
    r"(?:^|\s)(?:echo|printf|cd|mkdir|export|source|\.)\s|\bfeature/|\bdocs?/|\btests?/",
    re.IGNORECASE,
)
BACK = re.compile(
    r"(?<![\w])-{1,2}roll-?back|\brollout undo\b|\bhelm\s+rollback\b|\broll-?back(?:-to)?\b"
    r"|\bgit\s+revert\b",
    re.IGNORECASE,
)


def environments(calls: Iterable[Call]) -> Iterator[Finding]:
    """A finding for each command of a rollback that leaves out where the deployment went."""
    forth: dict[str, list[Call]] = {}
    back: list[tuple[Call, frozenset[str]]] = []
    own: dict[str, list[tuple[Call, frozenset[str]]]] = {}
    for call in calls:
        where = environments_in(call.text)
        if not where or FILES.search(call.text) or only_looks(call.text):
            continue
        if call.back or BACK.search(call.text):
            back.append((call, where))
        else:
            for name in where:
                forth.setdefault(name, []).append(call)
            if call.step is not None:
                own.setdefault(call.step.id, []).append((call, where))
    covered: set[str] = {name for _, where in back for name in where}
    for call, where in back:
        mine = own.get(call.step.id, []) if call.step is not None and call.back else []
        reached = _reached(call, mine or [(c, frozenset({n})) for n in forth for c in forth[n]])
        missed = set(reached) - covered
        # Where it goes to one of them, only the one that people rely on must not be left out.
        missed = missed & {NAMES[0]} if where & set(reached) else missed or set(reached)
        if missed:
            name = min(missed, key=NAMES.index)
            yield _finding(call, where, reached[name], name)


def _reached(call: Call, forth: list[tuple[Call, frozenset[str]]]) -> dict[str, Call]:
    """Where the way forth goes, by the same program as the way back if that is among it."""
    same = [(c, where) for c, where in forth if c.script == call.script] or forth
    return {name: c for c, where in reversed(same) for name in where}


def environments_in(text: str) -> frozenset[str]:
    """The environments that a command names, in one word for each."""
    found = WORDS.finditer(PRE.sub("pre", text))
    return frozenset(NAMES[int(str(m.lastgroup)[1:])] for m in found)


def _finding(call: Call, where: frozenset[str], other: Call, missed: str) -> Finding:
    return Finding(
        code="rollback-elsewhere", severity="high", line=call.line, source=call.source,
        related_line=other.line,
        message=f"this takes back in {' and '.join(sorted(where))}, and line {other.line} changes"
        f" {missed}, which nothing takes back; write the rollback for where the change was made",
    )  # fmt: skip
