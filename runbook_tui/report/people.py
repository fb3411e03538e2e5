"""Who took part, for how long, and what that cost against the plan.

Hands-on time is what a journal can know of a person's work: the time from the start of each step
to its end, for the person who started it, and of each rollback. What overlaps counts once for a
person, and what lies in a pause of theirs does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from runbook_tui.book.model import Runbook, Team
from runbook_tui.report.gathered import Gathered
from runbook_tui.report.incidents import Rollback
from runbook_tui.report.model import Effort, Person
from runbook_tui.run.effort import hours
from runbook_tui.run.events import Actor
from runbook_tui.run.people import NoIdentity, parse_identity, same

Interval = tuple[float, float]

NO_TEAM = "in no team of the plan"


def people(
    found: Gathered, rollbacks: Sequence[Rollback], teams: Sequence[Team], until: float
) -> tuple[Person, ...]:
    """Everybody who did anything, the one who did so first first."""
    worked: dict[Actor, list[Interval]] = {}
    for attempts in found.attempts.values():
        for a in attempts:
            worked.setdefault(a.by, []).append((a.started, until if a.ended is None else a.ended))
    for r in rollbacks:
        worked.setdefault(r.by, []).append((r.started, until if r.ended is None else r.ended))
    return tuple(
        Person(
            who=who,
            did=tuple(f"{what} ({n})" if n > 1 else what for what, n in acts.items()),
            seconds=length(worked.get(who, ()), found.pauses),
            team=next((t.id for t in teams if member(who, t)), ""),
        )
        for who, acts in found.acts.items()
    )


def length(intervals: Iterable[Interval], without: Iterable[Interval] = ()) -> float:
    """Seconds that the intervals cover together, but for those that lie in ``without``."""
    whole = _union(intervals)
    gone = _union(without)
    covered = sum(end - begin for begin, end in whole)
    lost = sum(
        max(0.0, min(end, stop) - max(begin, start)) for begin, end in whole for start, stop in gone
    )
    return covered - lost


def _union(intervals: Iterable[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for begin, end in sorted(intervals):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def member(who: Actor, team: Team) -> bool:
    """Whether a team lists this person: by mail, or by name where one of the two has no mail."""
    for text in team.people:
        try:
            name, email = parse_identity(text)
        except NoIdentity:
            continue
        if same(who, Actor(name=name or email, email=email)):
            return True
    return False


def effort(runbook: Runbook, taking_part: Sequence[Person]) -> tuple[Effort, ...]:
    """Each team's hours against the plan; none where the plan has no teams."""
    if not runbook.teams:
        return ()
    lines = [
        Effort(
            team=team.id,
            worked=sum(p.seconds for p in taking_part if p.team == team.id) / 3600,
            planned=hours(team.effort),
            rate=team.rate,
        )
        for team in runbook.teams
    ]
    others = sum(p.seconds for p in taking_part if not p.team) / 3600
    return (*lines, Effort(team=NO_TEAM, worked=others)) if others else tuple(lines)


def effort_elsewhere(runbook: Runbook) -> Mapping[str, float]:
    """Hours that the plan gives for its phases and its steps."""
    phases = [h for p in runbook.phases if (h := hours(p.effort)) is not None]
    steps = [h for s in runbook.walk() if (h := hours(s.effort)) is not None]
    sums = {"phases": sum(phases), "steps": sum(steps)}
    return {what: total for what, total in sums.items() if total}
