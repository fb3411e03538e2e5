"""What was announced of a run elsewhere: what stood there, from when to when, and what failed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from runbook_tui.report.model import Elsewhere
from runbook_tui.run import events as e
from runbook_tui.run.announced import WORDS
from runbook_tui.run.events import Event
from runbook_tui.run.times import epoch


def elsewhere(events: Iterable[Event]) -> tuple[Elsewhere, ...]:
    """Each time that something was opened, in order; what never was, with the reason."""
    found: list[Elsewhere] = []
    last: dict[str, int] = {}
    for event in events:
        p = event.payload
        if not isinstance(p, e.Announced):
            continue
        at = last.get(p.announcement)
        if at is None or (p.result == "begun" and found[at].closed is not None):
            what = f"{WORDS.get(p.form, p.form)} at {p.where}"
            last[p.announcement] = at = len(found)
            found.append(Elsewhere(id=p.announcement, what=what))
        found[at] = _with(found[at], p, epoch(event.at))
    return tuple(found)


def _with(one: Elsewhere, p: e.Announced, at: float) -> Elsewhere:
    if p.result == "failed":
        said = f"could not be {p.deed}: {p.reason}"
        return dataclasses.replace(one, remark="; ".join(filter(None, (one.remark, said))))
    if p.result == "left":
        return dataclasses.replace(one, closed=at, remark="somebody took it away there")
    if p.result == "done" and p.deed == "closed":
        return dataclasses.replace(one, closed=at, remark=p.reason or one.remark)
    if p.result == "done" and one.opened is None:
        return dataclasses.replace(one, opened=at, ref=p.ref or "")
    return one
