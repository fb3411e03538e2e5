"""Times that do not add up: steps against what is stated, rollbacks against their limit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from runbook_tui.book.actions import has_undo
from runbook_tui.book.durations import spoken
from runbook_tui.book.findings import Finding
from runbook_tui.book.markdown.estimates import any_duration
from runbook_tui.book.markdown.headings import ROLLBACK
from runbook_tui.book.model import Change, Estimate, Phase, Procedure, Runbook, Step
from runbook_tui.book.sense.said import Said
from runbook_tui.frozen import frozen

SLACK = 0.75
"""A part of the stated time; where the steps need less, it is said what for the rest is."""

LIMIT = re.compile(
    r"\b(?:within|in (?:under|less than)|no (?:more|longer) than|innerhalb(?: von)?|binnen|in unter"
    r"|en menos de|dentro de|en moins de|sous)\b|<|内",
    re.IGNORECASE,
)
OTHER = re.compile(
    r"decid|decision|approv|announc|notif|escalat|meeting|post-?mortem|entscheid|genehmig"
    r"|decisi[oó]n|aprob|aviso|décision",
    re.IGNORECASE,
)
"""What has to happen in that time is not the rollback itself."""

PHASE = re.compile(r"\b(?:phase|fase|stage|etapa)\s{1,3}(\d{1,4})\b", re.IGNORECASE)


def times(runbook: Runbook, said: Iterable[Said]) -> Iterator[Finding]:
    """Every finding on times."""
    for phase in runbook.phases:
        yield from _of_changes(phase)
        for step in phase.walk():
            if step.steps and step.estimate is not None:
                yield from _sum(step.estimate, f"“{step.title}”", step.steps, step.line)
    yield from _rollbacks(runbook, said)


def _of_changes(phase: Phase) -> Iterator[Finding]:
    """One stated time may stand for several changes: those below one title."""
    sharing: dict[tuple[str, int], list[Change]] = {}
    for number, change in enumerate(phase.changes):
        if change.estimate is not None:
            line = change.estimate.line or -number
            sharing.setdefault((change.source, line), []).append(change)
    for changes in sharing.values():
        stated = changes[0].estimate
        assert stated is not None
        titles = " and ".join(f"“{c.title}”" for c in changes[:3])
        more = f" and {len(changes) - 3} more" if len(changes) > 3 else ""
        steps = tuple(s for c in changes for s in c.steps)
        yield from _sum(stated, titles + more, steps, changes[0].line)


def _sum(stated: Estimate, what: str, steps: tuple[Step, ...], line: int) -> Iterator[Finding]:
    """What the steps take, held against what is said of all of them."""
    timed = [s for s in steps if s.estimate is not None and not s.optional]
    total = sum(s.estimate.maximum for s in timed if s.estimate)
    at, source = stated.line or line, stated.source or steps[0].source
    said = f"the {len(timed)} steps of {what} add up to {_said(total)}, stated for them"
    said = f"{said} {'is' if stated.maximum else 'are'} {_said(stated.maximum)}"
    if total > stated.maximum and len(timed) > 1:
        yield Finding(
            code="estimate-sum", severity="medium", line=at, source=source,
            related_line=timed[0].line,
            message=f"{said}: whoever relies on that is {_said(total - stated.maximum)} late;"
            " set one of the two right",
        )  # fmt: skip
    elif len(timed) > 1 and len(timed) == len(steps) and total < SLACK * stated.maximum:
        yield Finding(
            code="estimate-slack", severity="low", line=at, source=source,
            related_line=timed[0].line,
            message=f"{said}: {_said(stated.maximum - total)} are for nothing that the plan names;"
            " say what they are for, or set one of the two right",
        )  # fmt: skip


def _said(seconds: float) -> str:
    """A time of work: in hours however many, since a day of work has not 24 of them."""
    return f"{seconds / 3600:.3g} h" if seconds >= 86400 else spoken(seconds)


@frozen(kw_only=False)
class _Limit:
    """How long a rollback may take, of a phase or, at None, of any."""

    line: int
    source: str
    seconds: float
    phase: str | None
    titles: tuple[str, ...] = ()

    def beside(self, other: _Limit) -> bool:
        """Whether both stand below titles of one row: they are for different cases."""
        return (
            bool(self.titles and other.titles)
            and self.titles[0] != other.titles[0]
            and self.titles[1:] == other.titles[1:]
        )


def _rollbacks(runbook: Runbook, said: Iterable[Said]) -> Iterator[Finding]:
    limits = list(_limits(runbook, said))
    whole = min((x for x in limits if x.phase is None), key=lambda x: x.seconds, default=None)
    firsts: dict[str | None, _Limit] = {}
    shortest: dict[str | None, _Limit] = {}
    for limit in limits:
        firsts.setdefault(limit.phase, limit)
        known = shortest.setdefault(limit.phase, limit)
        shortest[limit.phase] = min(known, limit, key=lambda x: x.seconds)
    told: set[tuple[str, int]] = set()
    for limit in limits:
        first = whole or firsts[limit.phase]
        place = (limit.source, limit.line)
        if limit.seconds == first.seconds or place in told or limit.beside(first):
            continue
        told.add(place)
        yield Finding(
            code="rollback-time", severity="medium", line=limit.line, source=limit.source,
            related_line=first.line,
            message=f"a rollback may take {_said(limit.seconds)} here and {_said(first.seconds)}"
            f" in line {first.line}; say which one counts",
        )  # fmt: skip
    for procedure in runbook.procedures:
        if procedure.kind == "rollback" and not _is_beside(procedure, runbook):
            yield from _windows(procedure, shortest)


def _limits(runbook: Runbook, said: Iterable[Said]) -> Iterator[_Limit]:
    for phase in runbook.phases:
        if phase.rollback_within is not None and not runbook.format.startswith("markdown"):
            yield _Limit(phase.line, phase.source, phase.rollback_within, phase.id)
    found_phases = [(PHASE.search(p.title), p) for p in runbook.phases]
    numbered = {int(m.group(1)): p.id for m, p in reversed(found_phases) if m is not None}
    numbered = numbered or {n: p.id for n, p in enumerate(runbook.phases, 1)}
    for line in said:
        text = line.text[:400]
        back = ROLLBACK.search(text)
        if back is None or OTHER.search(text):
            continue
        limit = LIMIT.search(text, back.end())
        found = any_duration(text[limit.end() : limit.end() + 40], line.line) if limit else None
        if found is not None and found.maximum:
            named = next((m for t in (text, *line.titles) if (m := PHASE.search(t))), None)
            part = numbered.get(int(named.group(1))) if named else None
            yield _Limit(line.line, line.source, found.maximum, part, line.titles)


def _is_beside(procedure: Procedure, runbook: Runbook) -> bool:
    """Whether undos bring it back: then the stages are what people do beside them, and after."""
    named = [p for p in runbook.phases if p.id in procedure.applies_to] or runbook.phases
    return any(has_undo(step) for p in named for step in p.walk())


def _windows(procedure: Procedure, limits: dict[str | None, _Limit]) -> Iterator[Finding]:
    """A procedure whose stages go on when the rollback has to be over."""
    own = [limits[name] for name in procedure.applies_to if name in limits]
    limit = min(own, key=lambda x: x.seconds, default=limits.get(None))
    ends = [s for s in procedure.stages if s.to_minute is not None]
    if limit is None or not ends:
        return
    last = max(ends, key=lambda s: s.to_minute or 0)
    seconds = (last.to_minute or 0) * 60
    if seconds > limit.seconds:
        yield Finding(
            code="rollback-time", severity="low", line=last.line, source=last.source,
            related_line=limit.line,
            message=f"the stages of “{procedure.title}” go on until {_said(seconds)}, and the"
            f" rollback has to be over in {_said(limit.seconds)} (line {limit.line}); say by"
            " which stage all must be back",
        )  # fmt: skip
