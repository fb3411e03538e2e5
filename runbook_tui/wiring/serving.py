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
"""All that a screen needs."""
AGENT = "SSH_AUTH_SOCK"
"""For whoever signs with a key of this machine."""
NOT_THEIRS = frozenset({
    "RUNBOOK_AS", "RUNBOOK_KEY", "RUNBOOK_CONFIG", "RUNBOOK_TRACES", "NO_COLOR", "COLUMNS", "LINES",
    "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "BROWSER", "EDITOR", "VISUAL", "SSH_ASKPASS",
    "SUDO_ASKPASS", "SSH_TTY", "TMUX", "TMUX_PANE", "STY", "TERM_PROGRAM", "TERM_PROGRAM_VERSION",
})  # fmt: skip
"""What says who serves, how their screen looks, and where they sit."""


PATIENCE = 1.0
"""Seconds for which news of a run are waited for."""


def guest(who: Actor, may: str, *, proves: bool, asks: int = -1) -> Guest:
    """Somebody in a browser; the record says of what they do that it came that way.

    ``asks``: the descriptor over which variables can be had from the server.
    """
    from dataclasses import replace

    from runbook_tui.session.guest import Guest
    from runbook_tui.wiring.lending import Borrower

    actor = replace(who, host=f"{who.host} via web")
    if asks < 0:
        return Guest(actor=actor, may=may, proves=proves)
    return Guest(actor=actor, may=may, proves=proves, lend=Borrower(asks).lend)


def has_keys(who: str) -> bool:
    """Whether somebody is the person whose login, and keys, this is."""
    return identity(who).key == identity().key


def environment(around: Mapping[str, str], *, proves: bool = False) -> dict[str, str]:
    """What the screen of somebody in a browser finds in its environment.

    What undos need beside that, secrets by their variables for one, is not in it: who may bring the
    run back gets it when they look at that (`lent`). ``proves``: they sign with keys of this login.
    """
    wanted = TO_LOOK | {AGENT} if proves else TO_LOOK
    kept = {name: value for name, value in around.items() if name in wanted}
    if not any("utf" in kept.get(name, "").lower() for name in ("LC_ALL", "LC_CTYPE", "LANG")):
        kept["LC_ALL"] = "C.UTF-8"
    return {**kept, "RUNBOOK_HOME": str(settings().home), "TERM": "xterm-256color",
            "COLORTERM": "truecolor"}  # fmt: skip


def lent(may: str, around: Mapping[str, str]) -> dict[str, str]:
    """What somebody in a browser may have of it once they look at the rollback."""
    from runbook_tui.session.guest import VIEWER

    if may == VIEWER:
        return {}
    return {name: value for name, value in around.items() if name not in NOT_THEIRS}


def screen_for(run: str, who: str, may: str, rows: int, columns: int) -> TerminalProgram:
    """Start the screen of a run for somebody, on a terminal of that size. Raises OSError."""
    from runbook_tui.command.terminal_program import TerminalProgram
    from runbook_tui.wiring.lending import Lender

    # -P: what lies in a folder must not be taken for this program.
    argv = [sys.executable, "-P", "-m", "runbook_tui", "join", run, "--as", who, "--served", may]
    own = has_keys(who)
    if own:
        argv.append("--own-keys")
    place = str(settings().run_folder(run))
    lender = Lender(lent(may, os.environ))
    asks = lender.other.fileno()
    argv += ["--asks", str(asks)]
    try:
        found = TerminalProgram(
            argv, place, environment(os.environ, proves=own), rows, columns, keeps=(asks,)
        )
    except OSError:
        lender.close()
        raise
    lender.begin()
    return found


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
