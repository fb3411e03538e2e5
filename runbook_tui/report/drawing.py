"""The timeline of a report as SVG in HTML: a row a part, planned outlined, actual filled."""

from __future__ import annotations

from runbook_tui.book.durations import spoken
from runbook_tui.report import words
from runbook_tui.report.chart import Axis, Bar, Chart, Row, chart
from runbook_tui.report.escaping import Html, element
from runbook_tui.report.model import Part, Report
from runbook_tui.report.words import Clock, length

HEIGHT = 26
THINNEST = 0.5
"""Percent of the width that a bar has at least, so that what was short is seen too."""
HATCH = Html(
    '<svg class="defs" aria-hidden="true"><defs><pattern id="failed" width="6" height="6"'
    ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="stripe" x1="1"'
    ' y1="0" x2="1" y2="6"></line></pattern></defs></svg>'
)
LEGEND = (("planned", "planned"), ("done", "happened"), ("failed", "failed (striped)"),
          ("back", "rollback"), ("pause", "pause: the lead was away"))  # fmt: skip


def timeline(report: Report, clock: Clock) -> Html:
    """The chart with what its marks mean."""
    found = chart(report)
    rows = [_row(row, found, clock) for row in found.rows]
    rows += [
        _line(
            0,
            f"Rollback {number}" if len(found.undone) > 1 else "Rollback",
            _svg(found, None, (bar,), f"rollback, {words.RESULTS.get(back.result, back.result)}"),
            f"{clock.short(back.started)}, {length(back.restored)}",
        )
        for number, (bar, back) in enumerate(zip(found.undone, report.rollbacks, strict=True), 1)
    ]
    cuts = [
        element("li", f"{spoken(end - begin)} in which nothing ran, from {clock.short(begin)} to"
                f" {clock.short(end)}, are cut out (dashed line)")
        for begin, end in found.axis.breaks
    ]  # fmt: skip
    fewer = element("p", "Steps are left out here: there are too many.", class_="soft small")
    return Html(
        HATCH
        + _legend()
        + element("div", _ticks(found.axis), *rows, class_="chart")
        + (element("ul", *cuts, class_="soft small") if cuts else "")
        + ("" if found.whole else fewer)
    )


def _legend() -> Html:
    items = []
    for kind, meaning in LEGEND:
        box = element("rect", x=1, y=2, width=30, height=10, class_=kind)
        items.append(
            element("span", element("svg", box, viewBox="0 0 32 14", aria_hidden="true"), meaning)
        )
    return element("p", *items, class_="legend")


def _ticks(axis: Axis) -> Html:
    spans = [
        element("span", spoken(seconds) if seconds else "0", style=f"left:{share:.2%}",
                class_="last" if share > 0.97 else None)
        for seconds, share in axis.ticks()
    ]  # fmt: skip
    return element("div", element("div", *spans, class_="ticks"), class_="axis")


def _line(depth: int, what: str, line: Html, when: str) -> Html:
    return element(
        "div",
        element("div", what, class_="what"),
        element("div", line, class_="line"),
        element("div", when, class_="when"),
        class_=f"row d{min(depth, 4)}",
    )


def _row(row: Row, found: Chart, clock: Clock) -> Html:
    part = row.part
    when = _when(part, clock)
    return _line(part.depth, part.title, _svg(found, row.planned, row.bars, when), when)


def _when(part: Part, clock: Clock) -> str:
    word = words.became(part) if part.kind == "step" else ""
    if part.began is None:
        return word or (f"{length(part.planned)} planned" if part.planned else "")
    planned = f" of {length(part.planned)}" if part.planned else ""
    return f"{clock.short(part.began)}, {length(part.took)}{planned}" + (f", {word}" * bool(word))


def _svg(
    found: Chart, planned: tuple[float, float] | None, bars: tuple[Bar, ...], label: str
) -> Html:
    marks = [_band(begin, end, 0, HEIGHT, "pause") for begin, end in found.pauses]
    marks += [_upright(share, "grid") for _, share in found.axis.ticks()]
    marks += [_upright(found.axis.place(begin), "cut") for begin, _ in found.axis.breaks]
    if planned is not None:
        marks.append(_band(*planned, 4, HEIGHT - 8, "planned"))
    marks += [_band(bar.begin, bar.end, 8, HEIGHT - 16, bar.kind) for bar in bars]
    return element("svg", *marks, class_="bar", role="img", aria_label=label or "not begun")


def _band(begin: float, end: float, y: int, height: int, kind: str) -> Html:
    width = max(THINNEST, (end - begin) * 100)
    left = min(begin * 100, 100 - width)
    return element("rect", x=f"{left:.2f}%", y=y, width=f"{width:.2f}%", height=height, class_=kind)


def _upright(share: float, kind: str) -> Html:
    at = f"{share:.2%}"
    return element("line", x1=at, x2=at, y1=0, y2=HEIGHT, class_=kind)
