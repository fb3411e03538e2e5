"""``runbook annotate PLAN.md [-o FILE.toml]``: a first overlay that names all of a plan's nodes."""

from __future__ import annotations

import os
from pathlib import Path

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.written import STANDARD, write, write_new


@click.command("annotate")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("-o", "target", type=click.Path(path_type=Path), help="another file, or “-”")
def command(plan: Path, target: Path | None) -> int:
    """Write an overlay of a plan: a TOML file that adds to it and leaves it as it is.

    It names the plan's phases, changes, steps and boxes, with what was recognised in remarks, and
    is named after the plan. A file that is there is never overwritten. Faults of the plan end it
    with 3, and nothing is written.
    """
    from runbook_tui.book.toml.overlay import overlay_text
    from runbook_tui.session.plan_files import read_files

    file = target if target is not None else plan.with_suffix(".toml")
    if target is None and plan.suffix == ".toml":
        file = plan.with_name(f"{plan.stem}.overlay.toml")
    if file != STANDARD and file.suffix != ".toml":
        ours = file.with_suffix(".toml")
        raise Ended(
            exits.USAGE,
            f"{file}: an overlay in TOML ends in .toml",
            f"runbook annotate {plan} -o {ours}",
        )
    runbook = read_files(plan).runbook
    folder = Path() if file == STANDARD else file.parent
    extends = os.path.relpath(os.path.realpath(plan), os.path.realpath(folder))
    text = overlay_text(runbook, extends)
    if file == STANDARD:
        write(file, text)
        return exits.DONE
    write_new(file, text)
    say.out(f"{file} is there")
    say.err(f"fill it in, then: runbook check {file}")
    say.err(f"and run it in the plan's place: runbook run {file}")
    if os.path.realpath(folder) != os.path.realpath(plan.parent):
        say.err(
            f"its commands then run in its own folder, not in {plan.parent}, unless --cwd is given"
        )
    return exits.DONE
