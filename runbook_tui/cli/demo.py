"""``runbook demo``: the whole job in a sandbox on this machine."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended

if TYPE_CHECKING:
    from runbook_tui.cli.playing import Play


@click.command("demo")
@click.option("--keep", is_flag=True, help="keep the sandbox and its journal afterwards")
@click.option("--no-tui", is_flag=True, help="play itself, even on a terminal")
@click.option("--plain", is_flag=True, help="as lines and questions: nothing is drawn over")
@click.option("--drill", "drills", is_flag=True, help="break it at random steps, and time recovery")
@click.option("--rounds", default=6, type=click.IntRange(1, 1000), help="how often (with --drill)")
@click.option("--seed", default=None, type=int, help="the number that repeats a drill")
def command(
    keep: bool, no_tui: bool, plain: bool, drills: bool, rounds: int, seed: int | None
) -> int:
    """A merge plan that goes wrong, and its rollback: on the screen, or playing itself."""
    if drills:
        return _drill(rounds, seed, keep=keep)
    from runbook_tui.cli.playing import Play
    from runbook_tui.demo.sandbox import SandboxFailed
    from runbook_tui.demo.story import ServiceFailed

    if plain:
        from runbook_tui.cli.plain import need_person

        need_person()
    folder = Path(tempfile.mkdtemp(prefix="runbook-demo-"))
    # The sandbox has a journal of its own; the person's is neither read nor written.
    os.environ["RUNBOOK_HOME"] = str(folder / "home")
    terminal = plain or (sys.stdin.isatty() and sys.stdout.isatty() and not no_tui)
    status = exits.STEP_FAILED
    kept = keep
    try:
        with Play(folder) as play:
            if terminal:
                status = _as_lines(play) if plain else _on_screen(play)
                kept = play.kept = keep or (not play.over and _wants_to_go_on(play))
            else:
                status = play.by_itself()
            kept = kept or status != exits.DONE
    except (SandboxFailed, ServiceFailed) as error:
        kept = True
        raise Ended(exits.STEP_FAILED, f"the sandbox could not be made: {error}") from error
    finally:
        if kept:
            say.err(f"the sandbox is kept: RUNBOOK_HOME={folder / 'home'} runbook log")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if terminal:
        _say_after(play, folder)
    return status


def _drill(rounds: int, seed: int | None, *, keep: bool) -> int:
    from runbook_tui.cli.drilling import drill
    from runbook_tui.demo.sandbox import SandboxFailed
    from runbook_tui.demo.story import ServiceFailed

    number = seed if seed is not None else int.from_bytes(os.urandom(3), "big")
    try:
        return drill(rounds, number, keep=keep)
    except (SandboxFailed, ServiceFailed) as error:
        raise Ended(exits.STEP_FAILED, f"the sandbox could not be made: {error}") from error


def _on_screen(play: Play) -> int:
    """Say what it is about and how others take part, then open the screen."""
    from runbook_tui.cli.typed import typed
    from runbook_tui.demo.story import introduction

    for line in introduction(shutil.get_terminal_size().columns):
        say.err(line)
    say.err("from a second terminal:")
    _say_commands(play.commands()[:2])
    typed("Enter opens the screen ")
    return play.on_screen()


def _as_lines(play: Play) -> int:
    """Say what it is about, then ask."""
    from runbook_tui.demo.story import AS_LINES, introduction

    for line in introduction(shutil.get_terminal_size().columns, AS_LINES):
        say.err(line)
    return play.as_lines()


def _wants_to_go_on(play: Play) -> bool:
    """Whether a run that is not over is kept; who cannot be asked loses nothing."""
    from runbook_tui.cli.values import confirmed

    how = "all is back, the run is still open" if play.brought_back else "the run is not over"
    try:
        question = f"{how}: keep the sandbox and its service to go on later?"
        return confirmed(question, default=not play.brought_back)
    except (click.Abort, OSError):
        return True


def _say_after(play: Play, folder: Path) -> None:
    """How to go on with what was kept, and how to be rid of it."""
    if not play.kept:
        say.err("the sandbox, its service and its journal are gone; `runbook demo` makes another")
        return
    throw = ("throw it away (its service ends by itself then)", f"rm -rf {folder}")
    _say_commands([*play.commands(), throw])


def _say_commands(found: Iterable[tuple[str, str]]) -> None:
    for what, words in found:
        say.err(f"  {what}:")
        say.err(f"    {words}")
