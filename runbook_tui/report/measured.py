"""What was measured in a run: breaches, what nobody could read, and the samples as they were."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from runbook_tui.book.model import Watch
from runbook_tui.report.escaping import Html, element
from runbook_tui.report.gathered import Gathered
from runbook_tui.report.incidents import Alarm, Override, Plotted
from runbook_tui.run import events as e
from runbook_tui.run.events import Event
from runbook_tui.run.times import epoch
from runbook_tui.run.watched import Point, read, thinned
from runbook_tui.run.watching import Standing, bounds, limit_words, number

MOST = 600
"""Samples of a watch that are plotted."""
WIDTH, HEIGHT, EDGE = 600, 72, 6
BANDS = {Standing.BREACHED: "failed", Standing.UNKNOWN: "pause"}


def breached(found: Gathered, event: Event, payload: e.WatchBreached) -> None:
    """A watch is beyond its threshold from here on."""
    _end(found, payload.watch, event)
    found.alarms.append(
        Alarm(watch=payload.watch, title=payload.watch, severity=payload.severity or "",
              limit=payload.limit or "", began=epoch(event.at), value=payload.value,
              remark="red before the start" if payload.before_start else "")
    )  # fmt: skip


def unknown(found: Gathered, event: Event, payload: e.WatchUnknown) -> None:
    """Nobody knows how it is from here on."""
    found.alarms.append(
        Alarm(watch=payload.watch, title=payload.watch, severity="", limit="",
              began=epoch(event.at), remark=f"unknown: {payload.reason}")
    )  # fmt: skip


def cleared(found: Gathered, event: Event, payload: e.WatchCleared) -> None:
    """It is well again."""
    _end(found, payload.watch, event)


def _end(found: Gathered, watch: str, event: Event) -> None:
    for at, alarm in enumerate(found.alarms):
        if alarm.watch == watch and alarm.cleared is None:
            found.alarms[at] = dataclasses.replace(alarm, cleared=epoch(event.at))


def overridden(found: Gathered, event: Event, payload: e.WatchOverridden) -> None:
    """The lead went on all the same."""
    for at, alarm in enumerate(found.alarms):
        if alarm.watch == payload.watch and alarm.cleared is None:
            said = f"overridden by {event.actor.name}: {payload.reason}"
            remark = "; ".join(filter(None, (alarm.remark, said)))
            found.alarms[at] = dataclasses.replace(alarm, remark=remark)
    found.overrides.append(
        Override(seq=event.seq, at=epoch(event.at), reason=payload.reason, by=event.actor,
                 what=f"the run went on though the watch “{found.title(payload.watch)}” was red")
    )  # fmt: skip


def probed(found: Gathered, event: Event, payload: e.CheckProbed) -> None:
    """What the probe of a box says from here on."""
    found.probes[payload.node] = bool(payload.holds)


def plotted(watches: Iterable[Watch], events: Iterable[Event]) -> Iterator[Plotted]:
    """The samples of each watch of which some were recorded."""
    points: dict[str, list[Point]] = {}
    for event in events:
        if isinstance(event.payload, e.WatchSampled):
            for id_, found in read(event.payload, epoch(event.at)).items():
                points.setdefault(id_, []).extend(found)
    for watch in watches:
        if watch.id not in points:
            continue
        limits = bounds(watch)
        yield Plotted(
            title=watch.title,
            unit=watch.unit,
            limit=limit_words(watch),
            bounds=tuple(b for b in (limits.below, limits.above, limits.equal) if b is not None),
            points=tuple((p.at, p.value, str(p.standing)) for p in thinned(points[watch.id], MOST)),
        )


def graph(one: Plotted, start: float, end: float) -> Html:
    """The samples over the run as SVG: limits dashed, breaches striped, what is unknown grey."""
    values = [value for _, value, _ in one.points if value is not None]
    # A limit far from all that was is not drawn: it would make a flat line of the rest.
    limits = [b for b in one.bounds if not values or _near(b, values)]
    least, most = min((*values, *limits), default=0.0), max((*values, *limits), default=0.0)

    def across(at: float) -> float:
        return WIDTH * min(1.0, max(0.0, (at - start) / (end - start) if end > start else 0.5))

    def down(value: float) -> float:
        share = (value - least) / (most - least) if most > least else 0.5
        return HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)

    marks = [
        element("rect", x=f"{across(begin):.1f}", y=0, height=HEIGHT, class_=kind,
                width=f"{max(2.0, across(until) - across(begin)):.1f}")
        for begin, until, kind in _bands(one)
    ]  # fmt: skip
    marks += [element("line", x1=0, x2=WIDTH, y1=f"{down(b):.1f}", y2=f"{down(b):.1f}",
                      class_="cut") for b in limits]  # fmt: skip
    for part in _stretches(one):
        places = [(across(at), down(value)) for at, value in part]
        marks.append(element("polyline", points=_stepped(places), class_="sampled"))
    return element("svg", *marks, viewBox=f"0 0 {WIDTH} {HEIGHT}", preserveAspectRatio="none",
                   role="img", aria_label=f"{one.title}: {span(one)}", class_="gauge")  # fmt: skip


def span(one: Plotted) -> str:
    """From the least value to the greatest, the last one, and when it is breached."""
    values = [value for _, value, _ in one.points if value is not None]
    if not values:
        return f"never read; breached {one.limit}"
    least, most = number(min(values)), number(max(values), one.unit)
    return f"{least} to {most}, at last {number(values[-1], one.unit)}; breached {one.limit}"


def _near(bound: float, values: list[float]) -> bool:
    least, most = min(values), max(values)
    room = 3 * (most - least) or abs(most) or 1.0
    return least - room <= bound <= most + room


def _bands(one: Plotted) -> Iterator[tuple[float, float, str]]:
    """Stretches in which it was breached or unknown: from the first such sample to another."""
    begun, kind = 0.0, None
    for at, _, standing in one.points:
        found = BANDS.get(Standing(standing))
        if found is not kind:
            if kind is not None:
                yield begun, at, kind
            begun, kind = at, found
    if kind is not None:
        yield begun, one.points[-1][0], kind


def _stepped(places: list[tuple[float, float]]) -> str:
    """A line that stays where it is until the next sample: what was between is not made up."""
    found = places[:1]
    for x, y in places[1:]:
        found += [(x, found[-1][1]), (x, y)]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in found)


def _stretches(one: Plotted) -> Iterator[list[tuple[float, float]]]:
    """Neighbours that could be read; what lies between is not drawn as if it were known."""
    part: list[tuple[float, float]] = []
    for at, value, _ in one.points:
        if value is not None:
            part.append((at, value))
        elif part:
            yield part
            part = []
    if part:
        yield part
