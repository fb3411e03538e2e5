"""A report as one HTML page: no script, nothing from elsewhere, for a phone and for paper."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from pathlib import Path

from runbook_tui.report import telling, words
from runbook_tui.report.attempts import Box, Ran
from runbook_tui.report.drawing import timeline
from runbook_tui.report.escaping import Html, element, joined, safe
from runbook_tui.report.incidents import Rollback, Undone
from runbook_tui.report.measured import graph, span
from runbook_tui.report.model import Part, PlanTaken, Report
from runbook_tui.report.words import Clock, length

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a browser may do with the page: show it."""
STYLE = Path(__file__).with_name("page.css")


def to_html(report: Report, zone: tzinfo | None = None) -> str:
    """The whole page; times are those of ``zone``, of this machine where it is None."""
    clock = Clock(report.started, zone)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{report.title}: report of run {report.run}"),
        element("style", Html(STYLE.read_text(encoding="utf-8"))),
    )
    many = len(report.rollbacks)
    main = element(
        "main",
        _head(report, clock),
        _overrides(report, clock),
        *(_plan(plan, clock) for plan in report.plans),
        *(_rollback(r, n, many, clock) for n, r in enumerate(report.rollbacks, 1)),
        _section("Planned and actual", timeline(report, clock), *_windows(report, clock)),
        _signoffs(report, clock),
        _steps(report, clock),
        _alarms(report, clock),
        _announced(report, clock),
        _told(report, clock),
        _notes(report, clock),
        _people(report),
        _values(report),
        _environments(report),
        _record(report, clock),
    )
    return f"<!doctype html>\n{element('html', head, element('body', main), lang='en')}\n"


def _section(title: str, *inside: Html) -> Html:
    return element("section", element("h2", title), *inside)


def _plan(plan: PlanTaken, clock: Clock) -> Html:
    lines = "\n".join(plan.lines) or words.SAME_PLAN
    return _section("Another plan", element("p", words.plan_taken(plan, clock)),
                    element("pre", lines))  # fmt: skip


def _facts(*pairs: tuple[str, str]) -> Html:
    rows = (element("dt", name) + element("dd", text) for name, text in pairs)
    return element("dl", Html("".join(rows)), class_="facts")


def _table(names: Iterable[str], rows: Iterable[Iterable[str]], numbers: str = "") -> Html:
    """A table; each cell knows its column's name, for where there is no room for columns.

    ``numbers`` names the columns whose digits stand below one another.
    """
    heads = list(names)
    figures = set(numbers.split(","))
    body = [
        element("tr", *(_cell(name, cell, figures) for name, cell in zip(heads, row, strict=True)))
        for row in rows
    ]
    head = element("thead", element("tr", *(element("th", n, scope="col") for n in heads)))
    return element("table", head, element("tbody", *body))


def _cell(name: str, text: str, figures: set[str]) -> Html:
    kinds = ["n"] * (name in figures) + ["empty"] * (not text)
    return element("td", text or "–", data_name=name, class_=" ".join(kinds) or None)


def _head(report: Report, clock: Clock) -> Html:
    tone = "good" if report.good else "bad" if report.ended is not None else "soft"
    real, planned = words.took(report)
    ended = report.ended
    rehearsal = element("span", "REHEARSAL", class_="tag") if report.rehearsal else Html("")
    return element(
        "header",
        element("h1", report.title),
        element("p", report.result, " ", rehearsal, class_=f"verdict {tone}"),
        _facts(
            ("Run", report.run),
            ("Plan", report.source),
            ("Lead", report.lead.identity),
            ("Started", clock.full(report.started)),
            ("Ended", clock.full(ended) if ended is not None else
             f"open at {clock.full(report.written)}"),
            ("Took", f"{real}; {planned}"),
            ("Steps", ", ".join(f"{n} {word}" for word, n in words.counts(report)) or "none"),
        ),
        *(element("p", f"Note: {remark}", class_="soft") for remark in words.remarks(report)),
    )  # fmt: skip


def _windows(report: Report, clock: Clock) -> Iterable[Html]:
    for one in report.windows:
        window, late = words.due(one, report.until, clock)
        more = [": ", element("span", late, class_="bad")] if late else []
        yield element("p", window, *more)


def _overrides(report: Report, clock: Clock) -> Html:
    if not report.overrides:
        return Html("")
    items = [
        element(
            "li",
            element("span", "AGAINST THE PLAN", class_="tag"),
            f" {clock.short(one.at)}, {one.by.identity}: ",
            element("strong", one.what, class_="bad"),
            f". Reason: {one.reason}",
        )
        for one in report.overrides
    ]
    return element("section", element("h2", "Against the plan"), element("ul", *items),
                   class_="alarm")  # fmt: skip


def _rollback(rollback: Rollback, number: int, of: int, clock: Clock) -> Html:
    which = f" {number} of {of}" if of > 1 else ""
    word = words.RESULTS.get(rollback.result, rollback.result)
    tone = "good" if rollback.result == "complete" else "bad"
    figures = [
        element("li", element("b", text), element("span", name))
        for name, text in words.figures(rollback)
    ]
    later = (
        f"The journal was away; {rollback.entered_later} events were entered when it was back, and"
        " their times are those of their entry."
    )
    left = (
        element("h3", "What remained"),
        element("ul", *(element("li", what) for what in rollback.remaining)),
    )
    procedure = (
        element("h3", "Procedure"),
        element("ul", *(_box(box, clock) for box in rollback.boxes), class_="boxes"),
    )
    return element(
        "section",
        element("h2", f"Rollback{which}: ", element("span", word, class_=tone)),
        element("ul", *figures, class_="figures"),
        _facts(
            ("Scope", rollback.scope),
            ("Trigger", f"{clock.short(rollback.trigger.at)}, {rollback.trigger.words}"),
            *(("Also open", what) for what in rollback.trigger.also),
            ("Opened", clock.short(rollback.opened)),
            ("Started", f"{clock.short(rollback.started)} by {words.started_by(rollback)}"),
            *words.budget(rollback),
        ),
        *([element("p", later)] if rollback.entered_later else []),
        _table(
            ("Undo", "Result", "Began", "Took", "Attempts"),
            (
                (undo.title, _undone(undo),
                 "" if undo.started is None else clock.short(undo.started),
                 length(undo.seconds), str(undo.attempts or ""))
                for undo in rollback.undos
            ),
            "Began,Took,Attempts",
        ),
        *(left if rollback.remaining else [element("p", words.nothing_left(rollback))]),
        *(procedure if rollback.boxes else ()),
        *(_command(command, clock) for command in rollback.offered),
    )  # fmt: skip


def _undone(undo: Undone) -> str:
    return "; ".join((undo.result + (f": {undo.reason}" if undo.reason else ""), *undo.edits))


def _signoffs(report: Report, clock: Clock) -> Html:
    if not report.decisions:
        return _section("Sign-offs", element("p", "None were given."))
    table = _table(
        ("When", "On", "Role", "Decision", "By", "Identity", "Comment"),
        (
            (clock.short(d.at), f"{d.on} of {d.title}", d.role, words.verdict(d), d.by.identity,
             words.standing(d), d.comment)
            for d in report.decisions
        ),
        "When",
    )  # fmt: skip
    return _section("Sign-offs", table, element("p", words.PROVEN, class_="soft small"))


def _steps(report: Report, clock: Clock) -> Html:
    shown = (p for p in report.parts if p.kind not in {"phase", "change"} or p.boxes)
    criteria = [element("ul", *(_box(box, clock) for box in report.criteria))]
    return _section("Steps", *(_step(p, clock) for p in shown),
                    *(criteria if report.criteria else []))  # fmt: skip


def _step(part: Part, clock: Clock) -> Html:
    last = part.attempts[-1] if part.attempts else None
    failed = part.status == "undo failed" or (
        last is not None and last.result not in {"done", "waiting", "running"}
    )
    lines = [words.attempt(attempt, clock) for attempt in part.attempts]
    if part.reason and not part.attempts:
        lines.append(part.reason)
    lines += [words.evidence(one) for one in part.evidence]
    items = [*(element("li", line) for line in lines), *(_box(box, clock) for box in part.boxes)]
    word = element("span", words.became(part), class_="bad" if failed else "soft")
    return element(
        "section",
        element("h3", f"{part.title}: ", word),
        *([element("ul", *items, class_="small")] if items else []),
        *(_command(command, clock) for command in part.commands),
        class_="step",
    )


def _box(box: Box, clock: Clock) -> Html:
    return element("li", words.box(box, clock))


def _command(command: Ran, clock: Clock) -> Html:
    tone = "" if command.ok or command.ended is None else "bad"
    about = words.output(command)
    shown = element("pre", safe("\n".join(command.lines or ()), lines=True), class_="out")
    return element(
        "div",
        element("div", words.ran(command, clock), class_=f"small {tone}".strip()),
        element("pre", safe(words.text(command), lines=True)),
        *([shown] if command.lines else []),
        *([element("div", about, class_="small soft")] if about else []),
        class_="command",
    )


def _alarms(report: Report, clock: Clock) -> Html:
    if not report.alarms:
        said = "None were recorded." if report.watched else "The plan watches nothing."
        return _section("Alerts", element("p", said), *_graphs(report))
    table = _table(words.ALARMS, words.alarms(report, clock), "When,Value,Lasted")
    return _section("Alerts", table, *_graphs(report))


def _graphs(report: Report) -> Iterable[Html]:
    """What was measured, over the run."""
    if not report.plotted:
        return
    yield element("p", words.PLOTTED, class_="soft small")
    end = report.ended if report.ended is not None else report.written
    for one in report.plotted:
        yield element("h3", one.title)
        yield graph(one, report.started, end)
        yield element("p", span(one), class_="soft small")


def _announced(report: Report, clock: Clock) -> Html:
    if not report.announced:
        return Html("")
    table = _table(words.ANNOUNCED, words.announced(report, clock), "Opened,Closed")
    return _section("Announced elsewhere", table)


def _told(report: Report, clock: Clock) -> Html:
    if not report.told:
        return Html("")
    return _section("Who was told", _table(telling.COLUMNS, telling.rows(report.told, clock)))


def _notes(report: Report, clock: Clock) -> Html:
    if not report.notes:
        return Html("")
    items = [element("li", words.note(note, clock)) for note in report.notes]
    return _section("Notes", element("ul", *items))


def _people(report: Report) -> Html:
    people = _table(
        ("Person", "Account", "Did", "Hands-on", "Team"),
        (
            (p.who.identity, words.account(p.who), ", ".join(p.did),
             length(p.seconds) if p.seconds else "", p.team)
            for p in report.people
        ),
        "Hands-on",
    )  # fmt: skip
    names = ("Team", "Hours", "Planned hours", "Rate", "Cost", "Planned cost")
    cost = _table(names, words.effort(report), ",".join(names[1:]))
    more = [element("p", line) for line in words.effort_elsewhere(report)]
    counted = element("p", f"Hands-on time is counted {words.COUNTED}.", class_="soft small")
    return _section("People, hours and cost", people, *([cost] if report.effort else []), *more,
                    counted)  # fmt: skip


def _values(report: Report) -> Html:
    if not report.values:
        return Html("")
    rows = ((v.name, v.value, v.source) for v in report.values)
    return _section("Values", _table(("Name", "Value", "Where from"), rows))


def _environments(report: Report) -> Html:
    if not report.environments:
        return Html("")
    table = _table(words.ENVIRONMENT, words.environment(report), "Commands")
    return _section("Environment of the commands", table)


def _record(report: Report, clock: Clock) -> Html:
    check = report.verified
    problems = [] if check is None else [element("li", problem) for problem in check.problems]
    bad = element("strong", "THE RECORD DOES NOT HOLD", class_="bad"), element("ul", *problems)
    remarks = [] if check is None else [element("p", f"Note: {r}") for r in check.remarks]
    return _section(
        "The record",
        element("p", f"{words.many(report.events, 'event')}. The head of their chain is"),
        element("pre", report.head),
        *(element("p", line) for line in (words.bound(report), *words.sealed(report, clock))),
        element("p", words.ANYBODY),
        element("pre", words.check(report)),
        *([joined(list(bad))] if problems else [element("p", words.holds(report))]),
        *remarks,
        element("p", f"Plan: sha256 {report.digest}", class_="soft small"),
        element("p", f"{clock.zone_name()}. Written {clock.full(report.written)}.",
                class_="soft small"),
    )  # fmt: skip
