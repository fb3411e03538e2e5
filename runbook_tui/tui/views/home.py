"""Home in rows: open runs, plans here, past runs; and all about the chosen one."""

from __future__ import annotations

from collections.abc import Sequence

from runbook_tui.book.plain_text import printable
from runbook_tui.frozen import frozen
from runbook_tui.tui.home.offers import PlanRow, Row, RunRow
from runbook_tui.tui.views.tone import Line, cells, cut, length, spread, wrap

SEVERITY = {"high": "bad", "medium": "warn", "low": "dim", "info": "dim"}
READABLE = 20
"""Cells in which the beginning of what a run waits for says something."""


@frozen(kw_only=False)
class Heading:
    """A line between rows; the cursor passes over it."""

    words: str
    more: str = ""
    tone: str = "dim"
    """That of ``more``."""


Shown = Heading | RunRow | PlanRow


@frozen(kw_only=False)
class Nothing:
    """Why a list may have no rows."""

    loaded: bool
    no_runs: str = ""
    """Why it is not known which runs there are; empty where it is."""
    no_plans: str = ""


def shown(
    runs: list[RunRow], plans: list[PlanRow], wanted: str, none: Nothing
) -> tuple[Shown, ...]:
    """All rows, those that hold ``wanted`` in any of their words."""
    found = wanted.casefold()
    open_runs = [r for r in runs if r.open and _holds(r, found)]
    past = [r for r in runs if not r.open and _holds(r, found)]
    here = [p for p in plans if _holds(p, found)]
    words = ("none with these words" if wanted else "none") if none.loaded else "looking …"
    begin = f"{words}: `runbook init` writes one" if none.loaded and not plans else words
    no_run = ("bad", f"cannot be read: {none.no_runs}") if none.no_runs else ("dim", words)
    no_plan = ("bad", f"cannot be listed: {none.no_plans}") if none.no_plans else ("dim", begin)
    return (
        _heading("OPEN RUNS", open_runs, *no_run), *open_runs,
        _heading("PLANS HERE", here, *no_plan), *here,
        _heading("PAST RUNS", past, *no_run), *past,
    )  # fmt: skip


def _heading(words: str, rows: Sequence[Row], tone: str, more: str) -> Heading:
    return Heading(words) if rows else Heading(words, more, tone)


def _holds(row: Row, wanted: str) -> bool:
    run = (row.title, row.run, row.lead, row.word) if isinstance(row, RunRow) else ()
    plan = (row.name, row.title) if isinstance(row, PlanRow) else ()
    words = " ".join((*run, *plan)).casefold()
    return all(part in words for part in wanted.split())


def row(item: Shown, width: int) -> Line:
    """One row."""
    if isinstance(item, Heading):
        more = cut(printable(item.more, 300), width - cells(item.words) - 1)
        return [(f"{item.words} ", "accent"), (more, item.tone)]
    if isinstance(item, RunRow):
        return _run(item, width)
    return _plan(item, width)


def _run(item: RunRow, width: int) -> Line:
    glyph, tone = _standing(item)
    left: Line = [(f"  {glyph} ", tone), (printable(item.title, 200), _name(item))]
    right: Line = [(item.word, tone), (f"  {item.when}", "dim")]
    room = width - length(left) - length(right)
    if item.open and (item.broken or item.waits) and room >= READABLE:
        words, tone_ = (item.broken[0], "bad") if item.broken else (item.waits[0], "warn")
        left.append((f"  {printable(words, 200)}", tone_))
    return spread(left, right, width)


def _name(item: RunRow) -> str:
    return "strong" if item.open else "dim"


def _standing(item: RunRow) -> tuple[str, str]:
    if item.urgent:
        return "!", "bad"
    if item.open and item.broken:
        return "✗", "bad"
    if item.word == "running":
        return "▶", "busy"
    if item.open:
        return "◇", "warn" if item.waits else "plain"
    return ("↶", "warn") if item.word == "rolled back" else ("✓", "good")


def _plan(item: PlanRow, width: int) -> Line:
    name = printable(item.name, 200)
    left: Line = [("  ○ ", "dim"), (name, "strong" if item.read else "plain")]
    if item.title:
        left.append((f"  {printable(item.title, 200)}", "dim"))
    if not item.read:
        return spread(left, [("reading …", "dim")], width)
    return spread(left, _found(item), width)


def _found(item: PlanRow) -> Line:
    if item.faults:
        return [(f"✗ {item.faults} fault{'' if item.faults == 1 else 's'}", "bad")]
    parts: Line = []
    for severity, number in item.findings:
        if severity in {"high", "medium"}:
            parts.append((f"{'  ' if parts else ''}{number} {severity}", SEVERITY[severity]))
    return parts or [("✓ sound", "good")]


def card(
    item: Row | None, width: int, height: int, wanted: str = "", no_runs: str = ""
) -> list[Line]:
    """All about the chosen row, what to press first; ``wanted`` are words that rows must hold,
    ``no_runs`` why it is not known which runs there are."""
    if item is None and wanted:
        return [[(cut(f"no row holds “{printable(wanted, 100)}”", width), "warn")],
                [("Esc", "key"), (" shows all again   ", "plain"),
                 ("/", "key"), (" other words", "plain")]]  # fmt: skip
    if item is None and no_runs:
        why = wrap(f"the runs cannot be read: {printable(no_runs, 400)}", width)
        deed: Line = [("runbook rollback", "accent"), (" brings one back without them", "plain")]
        return [*([(text, "bad")] for text in why), deed]
    if item is None:
        return [[("nothing here yet", "dim")],
                [("runbook init", "accent"), (" writes a plan to begin with", "plain")],
                [("runbook demo", "accent"), (" shows the whole job", "plain")],
                [("Ctrl+P", "key"), (" opens a plan that lies elsewhere", "plain")]]  # fmt: skip
    lines = _run_card(item, width) if isinstance(item, RunRow) else _plan_card(item, width)
    return lines[:height]


def _run_card(item: RunRow, width: int) -> list[Line]:
    lines: list[Line] = [[(cut(printable(item.title, 300), width), "strong")]]
    if item.open:
        lines.append([("Enter", "key"), (" goes on with it   ", "plain"), ("F9", "panic"),
                      (" shows its rollback", "plain")])  # fmt: skip
    else:
        lines.append([("Enter", "key"), (" what happened in it", "plain")])
    facts = f"{item.run} · {item.word} · {item.when} · lead {printable(item.lead, 60)}"
    lines += [[(text, "dim")] for text in wrap(facts, width)]
    if item.undo:
        lines.append([(item.undo, "good")])
    for words in item.broken:
        lines += [[(text, "bad")] for text in wrap(f"✗ {printable(words, 300)}", width)]
    for need in item.waits:
        lines += [[(text, "warn")] for text in wrap(f"waits: {printable(need, 300)}", width)]
    if item.open and not item.looked:
        lines.append([("looking what it waits for …", "dim")])
    return lines


def _plan_card(item: PlanRow, width: int) -> list[Line]:
    lines: list[Line] = [[(cut(printable(item.title or item.name, 300), width), "strong")]]
    if item.faults:
        lines.append([("it cannot be run: mend it, ", "plain"), ("r", "key"),
                      (" reads it again", "plain")])  # fmt: skip
    else:
        lines.append([("Enter", "key"), (" starts a run of it", "plain")])
    name = printable(item.name, 300) if item.title else ""
    facts = " · ".join(filter(None, (name, item.about)))
    lines += [[(text, "dim")] for text in wrap(facts, width) if text]
    tone = "bad" if item.faults else "warn"
    for line in item.lines:
        first, *rest = wrap(printable(line, 400), width - 2) or [""]
        lines.append([("! ", tone), (first, tone)])
        lines += [[("  ", "plain"), (text, tone)] for text in rest]
    return lines


def foot(width: int) -> Line:
    """The keys."""
    panic: Line = [(" F9 PANIC: roll back ", "panic")]
    left: Line = [(" ", "plain")]
    for key, word in (("Enter", "open"), ("/", "filter"), ("r", "read again"), ("?", "help"),
                      ("q", "leave")):  # fmt: skip
        left += [(key, "key"), (f" {word}  ", "plain")]
    return spread(left, panic, width)
