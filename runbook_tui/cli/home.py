"""``runbook`` alone: plans here, open runs, past runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_tui.book.plain_text import printable
from runbook_tui.cli import exits, say
from runbook_tui.cli.at_once import at_once

if TYPE_CHECKING:
    from runbook_tui.cli.choosing import Glance

PAST = 10
INDENT = 6


def home() -> int:
    """The home screen; without a terminal, what is here as lines of text."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        return _on_screen()
    return _as_lines()


def _as_lines() -> int:
    from runbook_tui.cli.choosing import glances
    from runbook_tui.cli.plans_here import here, plans_here
    from runbook_tui.cli.reading import reading

    with reading() as journal:
        found = glances(journal)
    open_runs = [run for run in found if not run.finished]
    open_runs.sort(key=lambda run: not run.rolling_back)
    folder = here()
    try:
        plans = [path.relative_to(folder) for path in plans_here(folder)]
    except OSError as error:
        say.err(f"the plans of {folder} cannot be listed: {error.strerror}", colour="yellow")
        plans = []
    _print(open_runs, plans, [run for run in found if run.finished][:PAST])
    return exits.DONE


def _print(open_runs: list[Glance], plans: list[Path], past: list[Glance]) -> None:
    from runbook_tui.cli.runs import line

    number = 0
    for title, lines in (
        ("open runs", [line(run, INDENT) for run in open_runs]),
        ("plans here", [printable(str(path)) for path in plans]),
    ):
        say.out(title, bold=True)
        for text in lines:
            number += 1
            say.out(f"  {number:>2}  {text}")
        if not lines:
            say.out("      none")
    say.out("past runs", bold=True)
    for run in past:
        say.out(f"      {line(run, INDENT)}")
    if not past:
        say.out("      none")
    for run in open_runs:
        if run.rolling_back:
            name = run.entry.run
            say.err(f"the rollback of {name} is not finished: `runbook rollback {name}` goes on")
    say.err("runbook run FILE starts, runbook resume goes on, runbook --help says the rest")


def _on_screen() -> int:
    """The home screen, then what was chosen there."""
    with at_once("runbook ..."):
        from runbook_tui import wiring
        from runbook_tui.cli.home_source import HomeSource
        from runbook_tui.cli.plans_here import here
        from runbook_tui.tui.home.app import HomeApp
        from runbook_tui.tui.home.offers import Choice

        app = HomeApp(HomeSource(here()), wiring.preferences())
    app.run()
    choice: Choice | None = app.choice
    if choice is None:
        return exits.DONE
    if choice.share or choice.beside:
        from runbook_tui.cli import join

        return join.elsewhere(choice.share) if choice.share else join.on_screen(choice.run)
    if choice.run:
        return _go_on(choice.run, first="rollback" if choice.panic else "")
    from runbook_tui.cli.run import start_on_screen
    from runbook_tui.cli.starting import Start

    start = Start(
        file=Path(choice.plan),
        environment=choice.environment or None,
        rehearse=choice.rehearse,
        typed=choice.values,
    )
    return start_on_screen(start)


def _go_on(run: str, first: str) -> int:
    """Lead the run, or take part in it where somebody else does: they may roll back, too."""
    from runbook_tui.cli import join, resume

    try:
        return resume.on_screen(run, first=first)
    except exits.LedElsewhere:
        return join.on_screen(run, first=first)
