"""What a command got: its folder, its shell, each variable and where it comes from."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from runbook_tui.book.parameters import private
from runbook_tui.book.plain_text import printable
from runbook_tui.run import sources
from runbook_tui.run.events import CommandStarted
from runbook_tui.tui.views.outputs import WORDS
from runbook_tui.tui.views.tone import Line, cut
from runbook_tui.tui.views.words import said

LONGEST = 400
UNWRITTEN = "not written down"
SECRET = sources.secret_from("")
HEADED = frozenset({sources.OURS, sources.CALLER})
"""Sources that a heading names."""


def about(record: CommandStarted, title: str, width: int) -> list[Line]:
    """Two lines: which command it was, where and by what it ran."""
    name = WORDS.get(record.kind, record.kind)
    attempt = f", attempt {record.attempt}" if record.attempt > 1 else ""
    host = f"on {printable(record.host, 60)} " if record.host else ""
    folder = printable(record.cwd, LONGEST) or "the folder of the login"
    shell = printable(shlex.join(record.shell), LONGEST)
    return [
        [(cut(f" Environment of “{said(title, 200)}”: {name}{attempt}", width), "strong")],
        [(cut(f" {host}in {folder} · by {shell}", width), "plain")],
    ]


def rows(record: CommandStarted) -> list[Line]:
    """What the plan and the run gave first, what is only inherited last."""
    environment, named = record.environment, record.sources
    found: list[Line] = []
    own = sorted(named, key=lambda name: (_rank(named[name]), name))
    for heading, names in (
        ("Given by the plan and the run", [n for n in own if _rank(named[n]) == 0]),
        ("Secrets: where they come from", [n for n in own if _rank(named[n]) == 1]),
        ("Set by Runbook for every command", [n for n in own if named[n] == sources.OURS]),
        ("Only at the terminal that rolls back", [n for n in own if named[n] == sources.CALLER]),
    ):
        if names:
            found.append([(f" {heading}", "strong")])
            found += [_variable(record, name, named[name]) for name in names]
    hidden = [name for name in record.withheld if name not in named]
    if hidden:
        found.append([(" Set, not written down: they may hold secrets", "strong")])
        found += [[(f"   {said(name, 100)}", "warn")] for name in hidden]
    rest = sources.inherited(environment, named)
    if rest:
        found.append([(f" {_whence(record)}", "strong")])
        found += [_variable(record, name, "") for name in rest]
    if not found:
        found.append([(" the record of this command names no variables", "dim")])
    elif not named:
        found.insert(0, [(" where they come from was not recorded: the run is older", "warn")])
    if record.host:
        found.append([(" Its other variables are those of the machine itself", "dim")])
    return found


def _whence(record: CommandStarted) -> str:
    if record.kind in {"undo", "verify_undo"}:
        return "As they were recorded for its step"
    return "Inherited from the terminal where it was started"


def _rank(source: str) -> int:
    if source in HEADED:
        return 2
    return 1 if source.startswith(SECRET) else 0


def _variable(record: CommandStarted, name: str, source: str) -> Line:
    value = record.environment.get(name)
    line: Line = [(f"   {said(name, 100)}", "accent")]
    if source.startswith(SECRET):
        return [*line, (f"  {printable(source.removeprefix(SECRET), LONGEST)}", "dim")]
    if name == "RUNBOOK_OUTPUT":
        line.append(("  the file that takes what the command puts out", "dim"))
    elif value is None or (private(name, value) and name in record.withheld):
        line.append((f"  {UNWRITTEN}", "warn"))
    else:
        line.append((f"={printable(value, LONGEST)}", "plain"))
    return [*line, *_from(source)]


def _from(source: str) -> Iterator[tuple[str, str]]:
    if source and source not in HEADED:
        yield (f"  {printable(sources.told(source), 200)}", "dim")
