"""What Ctrl+P offers at home: all that can be done with each row, and what has no row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from runbook_tui.book.plain_text import printable
from runbook_tui.tui.home.offers import Choice, RunRow
from runbook_tui.tui.home.screen import HomeScreen

if TYPE_CHECKING:
    from runbook_tui.tui.home.app import HomeApp

LONGEST = 60
GUIDE = """\
WHAT TO BEGIN WITH

runbook demo
    the whole job in a sandbox: merges, a deployment that
    goes wrong, and its rollback
runbook init
    writes a first plan into this folder, to be changed
runbook check FILE
    what is wrong or missing in a plan, line by line
runbook run FILE --rehearse
    goes through a plan without changing anything
runbook doctor
    whether this machine is ready for it

AT HOME

Enter   starts a plan, goes on with an open run,
        tells of a past one
F9      shows the rollback of the chosen open run;
        nothing is started by that
Ctrl+P  offers all of it by name

IN A RUN

Enter   runs the step, Space ticks, s signs off,
        x leaves out
F9      shows the rollback; F9 once more starts it
q       leaves; commands go on, and Enter at home
        comes back to them

Every option: runbook --help, runbook COMMAND --help.
The guide, the plan format and the contract lie in the
folder docs of the sources.
"""


def commands(app: HomeApp) -> Iterator[SystemCommand]:
    """What is wanted first: to go on, to bring back, to begin."""
    open_ = app.known.open_runs
    for run in open_:
        yield _of(run, "Go on with", partial(app.open_row, run))
    for run in open_:
        yield SystemCommand(
            f"Roll back {_name(run.title)}", f"{run.run}: shows its rollback, as F9 does",
            partial(app.end, Choice(run=run.run, panic=True)),
        )  # fmt: skip
    for plan in app.known.plans:
        if not plan.faults:
            title = _name(plan.title or plan.name)
            yield SystemCommand(
                f"New run of {title}", printable(plan.name, LONGEST), partial(app.open_row, plan)
            )
    yield SystemCommand(
        "Open a plan", "a file anywhere: what it needs is asked, then it starts", app.ask_plan
    )
    for run in open_:
        yield SystemCommand(
            f"Join {_name(run.title)}", f"{run.run}: look on, tick, sign off beside its lead",
            partial(app.end, Choice(run=run.run, beside=True)),
        )  # fmt: skip
    yield SystemCommand(
        "Join a run on another machine", "one that is shared over a git remote", app.ask_remote
    )
    for run in app.known.runs:
        yield _of(run, "Report of", partial(app.show_report, run.run))
    yield from _everywhere(app)


def _of(run: RunRow, deed: str, do: Callable[[], object]) -> SystemCommand:
    return SystemCommand(f"{deed} {_name(run.title)}", f"{run.run}, {run.word}, {run.when}", do)


def _everywhere(app: HomeApp) -> Iterator[SystemCommand]:
    home = app.screen_stack[0]
    if isinstance(home, HomeScreen):
        yield SystemCommand("Only some rows", "those with some words, as / does",
                            home.action_filter)  # fmt: skip
        yield SystemCommand("All rows", "as Esc does", home.action_unfilter)
    yield SystemCommand("Read again", "runs and plans", partial(app.reload, aloud=True))
    yield SystemCommand(
        "Settings", "each with its value and where that comes from", app.action_settings
    )
    yield SystemCommand("Theme", "other colours", app.action_change_theme)
    yield SystemCommand("Keys", "what each key does", app.action_help)
    yield SystemCommand("Guide", "what to begin with", app.action_guide)
    yield SystemCommand("Leave", "nothing is touched", app.action_leave)


def _name(text: str) -> str:
    return f"“{printable(text, LONGEST)}”"
