"""``runbook run FILE``: start a run of a plan."""

from __future__ import annotations

from pathlib import Path

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.people import actor, as_option
from runbook_tui.run.events import Actor

FROM = "--from"


@click.command("run")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-p", "pairs", multiple=True, metavar="NAME=VALUE", help="the value of a parameter")
@as_option
@click.option("--role", default="lead", help="the role in which you lead")
@click.option("--cwd", type=click.Path(path_type=Path), help="where commands run")
@click.option("--no-tui", is_flag=True, help="work as lines of text; stop where a person is needed")
@click.option("--yes", is_flag=True, help="answer confirmations; never a sign-off, gate or tick")
@click.option("--rehearse", is_flag=True, help="go through it without changing anything")
@click.option(FROM, "first", metavar="STEP", help="begin there; what is before it is skipped")
def command(
    file: Path,
    pairs: tuple[str, ...],
    claimed: str | None,
    role: str,
    cwd: Path | None,
    no_tui: bool,
    yes: bool,
    rehearse: bool,
    first: str | None,
) -> int:
    """Start a run of a plan, on the screen or as lines of text."""
    from runbook_tui import wiring
    from runbook_tui.cli.leading import lead, need_terminal
    from runbook_tui.cli.opening import check_home
    from runbook_tui.cli.starting_at import left_out
    from runbook_tui.cli.values import complete, given

    if rehearse:
        raise Ended(
            exits.USAGE,
            "this version cannot rehearse a plan yet, and nothing was started",
            f"look at what would run with `runbook show {file}`",
        )
    if cwd is not None and not cwd.is_dir():
        raise Ended(exits.USAGE, f"--cwd {cwd} is not a folder")
    _, runbook = wiring.read_plan(file)
    values = given(pairs, runbook)
    skipped = left_out(runbook, first) if first else []
    need_terminal(no_tui)
    check_home()
    values = complete(
        values, runbook, str(cwd or wiring.folder_of(file)), may_ask=say.interactive()
    )
    who = actor(claimed)
    run = wiring.start(file, parameters=values.plain, actor=who, folder=cwd, role=role)
    say.err(f"run {run}: {runbook.title}")
    if skipped:
        _skip(run, who, skipped)
    return lead(run, who, values, no_tui=no_tui, yes=yes, resume=False, after=0)


def _skip(run: str, who: Actor, steps: list[str]) -> None:
    from runbook_tui.cli.opening import ask, taking_part
    from runbook_tui.run.requests import SkipStep
    from runbook_tui.run.state import OVER

    with taking_part(run, who) as session:
        for step in steps:
            if session.state.step(step).status not in OVER:
                ask(session, SkipStep(step=step, reason=FROM))
