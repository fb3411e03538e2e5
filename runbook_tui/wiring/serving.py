"""A run in a browser: what is started for somebody who was let in, and when that ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from runbook_tui.wiring.person import identity, settings
from runbook_tui.wiring.records import journal

if TYPE_CHECKING:
    from runbook_tui.command.terminal_program import TerminalProgram
    from runbook_tui.run.events import Actor
    from runbook_tui.session.guest import Guest

TO_LOOK = frozenset({
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "LC_TIME", "TZ", "TMPDIR",
    "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV",
})  # fmt: skip
"""All that a screen needs which only looks."""
NOT_THEIRS = frozenset({
    "RUNBOOK_AS", "RUNBOOK_KEY", "RUNBOOK_CONFIG", "RUNBOOK_TRACES", "NO_COLOR", "COLUMNS", "LINES",
    "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "BROWSER", "EDITOR", "VISUAL", "SSH_ASKPASS",
    "SUDO_ASKPASS", "SSH_TTY", "TMUX", "TMUX_PANE", "STY", "TERM_PROGRAM", "TERM_PROGRAM_VERSION",
})  # fmt: skip
"""What says who serves, how their screen looks, and where they sit."""


PATIENCE = 1.0
"""Seconds for which news of a run are waited for."""


def guest(who: Actor, may: str, *, proves: bool) -> Guest:
    """Somebody in a browser; the record says of what they do that it came that way."""
    from dataclasses import replace

    from runbook_tui.session.guest import Guest

    return Guest(actor=replace(who, host=f"{who.host} via web"), may=may, proves=proves)


def has_keys(who: str) -> bool:
    """Whether somebody is the person whose login, and keys, this is."""
    return identity(who).key == identity().key


def environment(may: str, around: Mapping[str, str]) -> dict[str, str]:
    """What the screen of somebody in a browser finds in its environment.

    Who may bring the run back needs for it what an undo would find in a terminal here: secrets by
    their variables, an agent, a proxy. Who only looks needs none of it.
    """
    from runbook_tui.session.guest import VIEWER

    kept = {
        name: value
        for name, value in around.items()
        if (name in TO_LOOK if may == VIEWER else name not in NOT_THEIRS)
    }
    if not any("utf" in kept.get(name, "").lower() for name in ("LC_ALL", "LC_CTYPE", "LANG")):
        kept["LC_ALL"] = "C.UTF-8"
    return {**kept, "RUNBOOK_HOME": str(settings().home), "TERM": "xterm-256color",
            "COLORTERM": "truecolor"}  # fmt: skip


def screen_for(run: str, who: str, may: str, rows: int, columns: int) -> TerminalProgram:
    """Start the screen of a run for somebody, on a terminal of that size. Raises OSError."""
    from runbook_tui.command.terminal_program import TerminalProgram

    # -P: what lies in a folder must not be taken for this program.
    argv = [sys.executable, "-P", "-m", "runbook_tui", "join", run, "--as", who, "--served", may]
    if has_keys(who):
        argv.append("--own-keys")
    place = settings().run_folder(run)
    return TerminalProgram(argv, str(place), environment(may, os.environ), rows, columns)


class PruneWatch:
    """Tells when a run's output is removed; asked again and again by one thread."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._seen = 0
        self.look(0.0)

    def look(self, patience: float = PATIENCE) -> bool:
        """Whether it was pruned since the last look; waits for news, as long as ``patience``.

        A journal that is away says nothing.
        """
        import time
        from contextlib import closing

        from runbook_tui.run.events import OutputPruned
        from runbook_tui.session.ports.journal import JournalError

        try:
            with closing(journal(reading=True)) as record:
                if patience:
                    record.wait(self._run, self._seen, patience)
                news = record.events(self._run, self._seen)
        except JournalError:
            time.sleep(patience)
            return False
        first = self._seen == 0
        self._seen = news[-1].seq if news else self._seen
        return not first and any(isinstance(e.payload, OutputPruned) for e in news)
