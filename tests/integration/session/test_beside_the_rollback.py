"""What people say beside a rollback while the journal cannot be written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from runbook_tui.book.model import Contact, Step
from runbook_tui.run import requests as r
from tests.integration.session.scene import Scene, ask, book, run_step
from tests.waiting import until

Make = Callable[..., Scene]


def deed(journal: Path, sql: str) -> None:
    """Do something to the journal behind the program's back."""
    with closing(sqlite3.connect(journal)) as db:
        db.execute(sql)
        db.commit()


def test_severity_and_calls_are_kept_while_the_journal_is_away(scene: Make) -> None:
    place = scene(book(
        Step(id="a", title="Merge", run="touch made", undo="rm made"),
        contacts=(Contact(role="CTO", who="Grace"),),
    ))  # fmt: skip
    session = place.open()
    run_step(session, "a")
    journal = place.folder / "home" / "journal.db"
    deed(
        journal, "CREATE TRIGGER shut BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT,'shut'); END"
    )
    ask(session, r.OpenRollback())
    ask(session, r.SetSeverity(level=2))
    assert session.state.severity is not None
    ask(session, r.StartRollback(scope="run"))
    ask(session, r.TickNode(node="call.cto"))
    until(lambda: session.state.ended is not None)
    assert "severity.set" not in place.types()
    deed(journal, "DROP TRIGGER shut")
    session.close()
    again = place.open()
    ask(again, r.OpenRollback())
    assert [t for t in place.types() if t in {"severity.set", "check.ticked"}] == [
        "severity.set", "check.ticked",
    ]  # fmt: skip
    assert "call.cto" in again.state.ticks
    assert again.state.severity is not None
    assert again.state.severity.level == 2
