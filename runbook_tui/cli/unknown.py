"""Runs that have left a folder and that the journal does not know: it was lost, or is another."""

from __future__ import annotations

from collections.abc import Iterable


def folders() -> list[str]:
    """The names of the runs that have left a folder; to be asked for before the journal is."""
    from runbook_tui import wiring
    from runbook_tui.session.verifying import with_traces

    return with_traces(wiring.settings().runs)


def said(names: Iterable[str], known: Iterable[str]) -> str:
    """What to tell the person about those that are not known; empty where there are none."""
    from runbook_tui import wiring

    count = len(set(names) - set(known))
    if not count:
        return ""
    home = wiring.settings()
    return (
        f"the journal {home.journal} knows nothing of {count} run{'' if count == 1 else 's'} in "
        f"{home.runs}: it was lost, or is another one; `runbook verify` names them, and "
        "`runbook rollback RUN` still works for them"
    )
