"""Who acts, with which settings, at what time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from runbook_tui import settings as settings_module
from runbook_tui.settings import Settings

if TYPE_CHECKING:
    from runbook_tui.preferences.model import Preferences
    from runbook_tui.preferences.seen_hints import SeenHints
    from runbook_tui.run.events import Actor
    from runbook_tui.run.state import RunState
    from runbook_tui.session.trust import Trust


def settings() -> Settings:
    """The settings of this process."""
    return settings_module.load()


def trust() -> Trust:
    """What this user has trusted."""
    from runbook_tui.session.trust import Trust

    return Trust(settings().home)


def preferences() -> Preferences:
    """What a person has chosen for the screen; never raises, and loads nothing slow."""
    from runbook_tui.preferences.file import preferences

    return preferences()


def seen_hints() -> SeenHints:
    """Which hints this home's people have seen."""
    from runbook_tui.preferences.seen_hints import SeenHints

    return SeenHints(settings().home / "hints.json")


def identity(claimed: str | None = None) -> Actor:
    """Who acts: ``--as``, else ``RUNBOOK_AS``, else git's, else the login. Raises `NoIdentity`."""
    import socket

    from runbook_tui.run.events import Actor
    from runbook_tui.run.people import parse_identity

    user = login()
    host = socket.gethostname()
    text = claimed or settings().identity
    name, email = parse_identity(text) if text else _git_identity()
    return Actor(name=name or user, email=email, user=user, host=host)


def login() -> str:
    """The operating system's name of this user, else its number."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _git_identity() -> tuple[str, str]:
    from runbook_tui.command.runner import HelperRunner

    runner = HelperRunner()
    values = []
    for key in ("user.name", "user.email"):
        outcome = runner.run(["git", "config", "--get", key], timeout=3.0)
        text = outcome.stdout if outcome.exit == 0 else ""
        # Whatever git was told, help must not fail over it: what would mislead is left out.
        values.append(
            " ".join("".join(c for c in text if c.isprintable() and c not in "<>").split())
        )
    return values[0], values[1].replace(" ", "")


def now(state: RunState) -> float:
    """The time (epoch seconds) on the scale of a run's own times, for one without a session."""
    from runbook_tui.journal.clock import SystemClock
    from runbook_tui.run.frame import now_in

    clock = SystemClock()
    return now_in(state.frame, wall=clock.now(), mono=clock.mono(), boot=clock.boot())
