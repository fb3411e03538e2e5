"""Looking into the journal of this home, for a command that opens no run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from runbook_tui.cli import exits
from runbook_tui.cli.choosing import choose
from runbook_tui.cli.exits import Ended
from runbook_tui.session.ports.journal import Journal


def check_home() -> None:
    """Refuse a ``RUNBOOK_HOME`` that cannot be a folder, before anything else is tried."""
    from runbook_tui import wiring

    home = wiring.settings().home
    for place in (home, *home.parents):
        if place.is_dir():
            return
        if place.exists():
            raise Ended(
                exits.USAGE,
                f"the home {home} cannot be used: {place} is not a folder",
                "set RUNBOOK_HOME to a folder on a local disk that you may write",
            )


@contextmanager
def reading() -> Iterator[Journal]:
    """The journal for looking only."""
    from runbook_tui import wiring

    check_home()
    with closing(wiring.journal(reading=True)) as journal:
        yield journal


def run_named(name: str | None) -> str:
    """The id of the run that is meant."""
    with reading() as journal:
        return choose(journal, name)
