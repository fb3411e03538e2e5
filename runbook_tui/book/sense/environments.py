"""Rollbacks that go to another environment than the deployment that they are to take back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from runbook_tui.book.findings import Finding
from runbook_tui.book.markdown.looking import only_looks
from runbook_tui.book.sense.calls import Call

NAMES = {
    "production": "production|prod|prd|produktion|producción|produccion",
    "staging": "staging|stg",
    "pre-production": "preprod|preproduction|preprd",
    "acceptance": "uat",
    "quality": "qa",
}
WORDS = re.compile(
    "|".join(
        f"(?P<e{n}>(?<![^\\W_])(?:{words})(?:[0-9]{{1,2}})?(?![^\\W_]))"
        for n, words in enumerate(NAMES.values())
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
    covered = frozenset().union(*(where for _, where in back)) if back else frozenset()
    for call, where in back:
        mine = own.get(call.step.id, []) if call.step is not None and call.back else []
        if mine:
            reached = frozenset().union(*(w for _, w in mine))
            if not where & reached:
                yield _finding(call, where, mine[0][0], reached)
            continue
        missed = [name for name in forth if name not in covered]
        if missed:
            name = min(missed, key=list(NAMES).index)
            first = next((c for c in forth[name] if c.program == call.program), forth[name][0])
            yield _finding(call, where, first, frozenset({name}))


def environments_in(text: str) -> frozenset[str]:
    """The environments that a command names, in one word for each."""
    names = list(NAMES)
    found = WORDS.finditer(PRE.sub("pre", text))
    return frozenset(names[int(str(m.lastgroup)[1:])] for m in found)


def _finding(call: Call, where: frozenset[str], other: Call, reached: frozenset[str]) -> Finding:
    return Finding(
        code="rollback-elsewhere", severity="high", line=call.line, source=call.source,
        related_line=other.line,
        message=f"this takes back in {' and '.join(sorted(where))}, and line {other.line} changes"
        f" {' and '.join(sorted(reached))}, which nothing takes back; write the rollback for"
        " where the change was made",
    )  # fmt: skip
