"""A report as Markdown. Every text of a plan, a person or a command is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo

from runbook_tui.report import telling, words
from runbook_tui.report.attempts import Box, Ran
from runbook_tui.report.escaping import block
from runbook_tui.report.escaping import markdown as said
from runbook_tui.report.incidents import Rollback, Undone
from runbook_tui.report.model import Report
from runbook_tui.report.words import Clock, length


def to_markdown(report: Report, zone: tzinfo | None = None) -> str:
    """The whole report; times are those of ``zone``, of this machine where it is None."""
    clock = Clock(report.started, zone)
    sections = (
        _head(report, clock),
        _overrides(report, clock),
        _plans(report, clock),
        *(_rollback(r, n, len(report.rollbacks), clock) for n, r in enumerate(report.rollbacks, 1)),
        _timeline(report, clock),
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
    lines = [line for section in sections for line in section]
    return "\n".join(lines).rstrip("\n") + "\n"


def _head(report: Report, clock: Clock) -> Iterator[str]:
    yield f"# {said(report.title)}"
    yield ""
    yield f"**{said(report.result)}**" + (" · REHEARSAL" if report.rehearsal else "")
    yield ""
    real, planned = words.took(report)
    end = report.ended
    yield from _items(
        ("Run", said(report.run)),
        ("Plan", f"{said(report.source)}, sha256 {said(report.digest)}"),
        ("Lead", said(report.lead.identity)),
        ("Started", clock.full(report.started)),
        ("Ended", clock.full(end) if end is not None else f"open at {clock.full(report.written)}"),
        ("Took", f"{real}; {planned}"),
        ("Steps", ", ".join(f"{n} {said(word)}" for word, n in words.counts(report)) or "none"),
    )
    if report.overrides:
        yield f"- **Against the plan:** {len(report.overrides)}, below"
    for remark in words.remarks(report):
        yield f"- **Note:** {said(remark)}"
    yield ""


def _plans(report: Report, clock: Clock) -> Iterator[str]:
    for plan in report.plans:
        yield "## Another plan"
        yield ""
        yield f"{said(words.plan_taken(plan, clock))}"
        yield ""
        yield from block("\n".join(plan.lines) or words.SAME_PLAN, "text")
        yield ""


def _items(*pairs: tuple[str, str]) -> Iterator[str]:
    for name, text in pairs:
        yield f"- **{name}:** {text}"


def _table(names: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    heads = list(names)
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell or '–' for cell in row)} |"
    yield ""


def _overrides(report: Report, clock: Clock) -> Iterator[str]:
    if not report.overrides:
        return
    yield "## AGAINST THE PLAN"
    yield ""
    for one in report.overrides:
        yield (
            f"- 🔴 **AGAINST THE PLAN** {clock.short(one.at)}, {said(one.by.identity)}:"
            f" {said(one.what)}. Reason: {said(one.reason)}"
        )
    yield ""


def _rollback(rollback: Rollback, number: int, of: int, clock: Clock) -> Iterator[str]:
    which = f" {number} of {of}" if of > 1 else ""
    yield f"## Rollback{which}: {words.RESULTS.get(rollback.result, said(rollback.result))}"
    yield ""
    yield from _items(
        ("Scope", said(rollback.scope)),
        ("Trigger", f"{clock.short(rollback.trigger.at)}, {said(rollback.trigger.words)}"),
        *(("Also open", said(what)) for what in rollback.trigger.also),
        ("Opened", clock.short(rollback.opened)),
        ("Started", f"{clock.short(rollback.started)} by {said(words.started_by(rollback))}"),
        *words.times(rollback),
    )
    if rollback.entered_later:
        yield (
            f"- **Times:** the journal was away; {rollback.entered_later} events were entered when"
            " it was back, and their times are those of their entry"
        )
    yield ""
    yield from _table(
        ("Undo", "Result", "Began", "Took", "Attempts"),
        (
            (
                said(undo.title),
                _undo_result(undo),
                "" if undo.started is None else clock.short(undo.started),
                length(undo.seconds),
                str(undo.attempts or "–"),
            )
            for undo in rollback.undos
        ),
    )
    if rollback.remaining:
        yield "**What remained:**"
        yield ""
        yield from (f"- {said(what)}" for what in rollback.remaining)
    else:
        yield words.nothing_left(rollback)
    yield ""
    yield from _beside(rollback, clock)


def _beside(rollback: Rollback, clock: Clock) -> Iterator[str]:
    """The procedure, and what was run of it."""
    if rollback.boxes:
        yield "**Procedure:**"
        yield ""
        yield from (_box(box, clock) for box in rollback.boxes)
        yield ""
    for command in rollback.offered:
        yield from _command(command, clock)


def _undo_result(undo: Undone) -> str:
    why = f": {said(undo.reason)}" if undo.reason else ""
    edits = "".join(f"; {said(edit)}" for edit in undo.edits)
    return said(undo.result) + why + edits


def _timeline(report: Report, clock: Clock) -> Iterator[str]:
    yield "## Planned and actual"
    yield ""
    yield from _table(
        ("Part", "Became", "Began", "Took", "Planned", "Difference"),
        (
            (
                f"{'· ' * min(part.depth, 6)}{said(part.title)}",
                said(words.became(part)),
                "" if part.began is None else clock.short(part.began),
                "" if part.began is None else length(part.took),
                length(part.planned) if part.planned else "",
                words.against(part.over_by),
            )
            for part in report.parts
        ),
    )
    for one in report.windows:
        window, late = words.due(one, report.until, clock)
        yield f"- {said(window)}" + (f": **{late}**" if late else "")
    for begin, end in report.pauses:
        yield f"- pause: {clock.short(begin)} to {clock.short(end)}, {length(end - begin)}"
    if report.pauses or report.windows:
        yield ""


def _signoffs(report: Report, clock: Clock) -> Iterator[str]:
    yield "## Sign-offs"
    yield ""
    if not report.decisions:
        yield "None were given."
        yield ""
        return
    yield from _table(
        ("When", "On", "Role", "Decision", "By", "Identity", "Comment"),
        (
            (
                clock.short(d.at),
                f"{d.on} of {said(d.title)}",
                said(d.role),
                said(words.verdict(d)),
                said(d.by.identity),
                said(words.standing(d)),
                said(d.comment),
            )
            for d in report.decisions
        ),
    )
    yield words.PROVEN
    yield ""


def _steps(report: Report, clock: Clock) -> Iterator[str]:
    yield "## Steps"
    yield ""
    for part in report.parts:
        if part.kind in {"phase", "change"} and not part.boxes:
            continue
        yield f"### {said(part.title)}: {said(words.became(part))}"
        yield ""
        for attempt in part.attempts:
            yield f"- {said(words.attempt(attempt, clock))}"
        if part.reason and not part.attempts:
            yield f"- {said(part.reason)}"
        yield from (_box(box, clock) for box in part.boxes)
        yield from (f"- {said(words.evidence(one))}" for one in part.evidence)
        if part.attempts or part.reason or part.boxes or part.evidence:
            yield ""
        for command in part.commands:
            yield from _command(command, clock)
    yield from (_box(box, clock) for box in report.criteria)
    if report.criteria:
        yield ""


def _box(box: Box, clock: Clock) -> str:
    return f"- {said(words.box(box, clock))}"


def _command(command: Ran, clock: Clock) -> Iterator[str]:
    yield f"{said(words.ran(command, clock))}"
    yield ""
    yield from block(words.text(command), "sh")
    if command.lines:
        yield ""
        yield "Its last lines:"
        yield ""
        yield from block("\n".join(command.lines), "text")
    if about := words.output(command):
        yield ""
        yield f"{said(about)}"
    yield ""


def _alarms(report: Report, clock: Clock) -> Iterator[str]:
    yield "## Alerts"
    yield ""
    if not report.alarms:
        yield "None were recorded." if report.watched else "The plan watches nothing."
        yield ""
        return
    rows = (tuple(map(said, row)) for row in words.alarms(report, clock))
    yield from _table(words.ALARMS, rows)


def _announced(report: Report, clock: Clock) -> Iterator[str]:
    if not report.announced:
        return
    yield "## Announced elsewhere"
    yield ""
    rows = (tuple(map(said, row)) for row in words.announced(report, clock))
    yield from _table(words.ANNOUNCED, rows)


def _told(report: Report, clock: Clock) -> Iterator[str]:
    if not report.told:
        return
    yield "## Who was told"
    yield ""
    rows = (tuple(map(said, row)) for row in telling.rows(report.told, clock))
    yield from _table(telling.COLUMNS, rows)


def _notes(report: Report, clock: Clock) -> Iterator[str]:
    if not report.notes:
        return
    yield "## Notes"
    yield ""
    for note in report.notes:
        yield f"- {said(words.note(note, clock))}"
    yield ""


def _people(report: Report) -> Iterator[str]:
    yield "## People, hours and cost"
    yield ""
    yield from _table(
        ("Person", "Account", "Did", "Hands-on", "Team"),
        (
            (
                said(p.who.identity),
                said(words.account(p.who)),
                said(", ".join(p.did)),
                length(p.seconds) if p.seconds else "",
                said(p.team),
            )
            for p in report.people
        ),
    )
    if report.effort:
        yield from _table(
            ("Team", "Hours", "Planned hours", "Rate", "Cost", "Planned cost"),
            ([said(cell) for cell in row] for row in words.effort(report)),
        )
    for line in words.effort_elsewhere(report):
        yield line
        yield ""
    yield f"Hands-on time is counted {words.COUNTED}."
    yield ""


def _values(report: Report) -> Iterator[str]:
    if not report.values:
        return
    yield "## Values"
    yield ""
    yield from _table(
        ("Name", "Value", "Where from"),
        ((said(v.name), said(v.value), said(v.source)) for v in report.values),
    )


def _environments(report: Report) -> Iterator[str]:
    if not report.environments:
        return
    yield "## Environment of the commands"
    yield ""
    rows = words.environment(report)
    yield from _table(words.ENVIRONMENT, ([said(cell) for cell in row] for row in rows))


def _record(report: Report, clock: Clock) -> Iterator[str]:
    yield "## The record"
    yield ""
    yield f"{words.many(report.events, 'event')}. The head of their chain is"
    yield ""
    yield from block(report.head)
    yield ""
    for line in (words.bound(report), *words.sealed(report, clock)):
        yield said(line)
        yield ""
    yield words.ANYBODY
    yield ""
    yield from block(words.check(report), "sh")
    yield ""
    check = report.verified
    if check is not None and check.problems:
        yield "🔴 **THE RECORD DOES NOT HOLD:**"
        yield ""
        yield from (f"- {said(problem)}" for problem in check.problems)
    else:
        yield words.holds(report)
    for remark in check.remarks if check is not None else ():
        yield ""
        yield f"Note: {said(remark)}"
    yield ""
    yield f"{clock.zone_name()}. Written {clock.full(report.written)}."
