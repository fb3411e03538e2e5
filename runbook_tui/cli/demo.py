"""``runbook demo``: the whole job in a sandbox on this machine."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended


@click.command("demo")
@click.option("--keep", is_flag=True, help="keep the sandbox and its journal afterwards")
@click.option("--no-tui", is_flag=True, help="play itself, even on a terminal")
def command(keep: bool, no_tui: bool) -> int:
    """A merge plan that goes wrong, and its rollback: on the screen, or playing itself."""
    from runbook_tui.cli.playing import Play
    from runbook_tui.demo.sandbox import SandboxFailed
    from runbook_tui.demo.story import ServiceFailed

    folder = Path(tempfile.mkdtemp(prefix="runbook-demo-"))
    # The sandbox has a journal of its own; the person's is neither read nor written.
    os.environ["RUNBOOK_HOME"] = str(folder / "home")
    status = exits.STEP_FAILED
    try:
        with Play(folder) as play:
            terminal = sys.stdin.isatty() and sys.stdout.isatty() and not no_tui
            status = play.on_screen() if terminal else play.by_itself()
    except (SandboxFailed, ServiceFailed) as error:
        raise Ended(exits.STEP_FAILED, f"the sandbox could not be made: {error}") from error
    finally:
        if keep or status != exits.DONE:
            say.err(f"the sandbox is kept: RUNBOOK_HOME={folder / 'home'} runbook log")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return status
