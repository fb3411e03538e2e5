"""What other programs and file systems do to a journal: each has a word of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from runbook_tui.journal import place, schema, store, waiting
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.session.ports.journal import JournalError
from tests.integration.journal.scenes import ADA, filled, line, note, opened

READER = """
import sqlite3, sys
db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
rows = db.execute("SELECT body FROM event")
rows.fetchone()
print("reading", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.db"


def test_a_program_that_reads_for_long_is_named_and_loses_nobody_anything(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(path, 3)
    monkeypatch.setattr(waiting, "MUCH", 1 << 20)
    monkeypatch.setattr(store, "TIDY_AFTER", 5)
    wal = schema.side(path, "-wal")
    words = [sys.executable, "-c", READER, str(path)]
    with opened(path) as journal:
        journal.append("7f3a", note("x"), ADA)
        with subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as reader:
            assert line(reader.stdout) == "reading"
            for _ in range(30):
                journal.append("7f3a", note("x" * 60_000), ADA)
            said = waiting.kept_waiting(path)
            assert "MiB of events wait outside of journal.db" in said
            assert f"process {reader.pid} “" in said
            assert len(journal.events("7f3a")) == 34
            reader.communicate("")
        for _ in range(6):
            journal.append("7f3a", note("x"), ADA)
        # What waited is in the one file now, and its room is used again.
        before = wal.stat().st_size
        journal.append("7f3a", note("x"), ADA)
        assert wal.stat().st_size == before
    assert waiting.kept_waiting(path) == ""
    with SqliteJournal.open_reading(path) as journal_reader:
        assert journal_reader.verify().events == 41


def test_our_own_followers_do_not_read_for_long(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two looks a follower keeps nothing open that a writer has to wait for."""
    filled(path, 3)
    monkeypatch.setattr(store, "TIDY_AFTER", 5)
    with opened(path) as journal, SqliteJournal.open_reading(path) as follower:
        journal.append("7f3a", note("x"), ADA)
        for _ in range(30):
            journal.append("7f3a", note("x" * 60_000), ADA)
            assert follower.events("7f3a", 3)
        assert schema.side(path, "-wal").stat().st_size < 1 << 20


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
def test_on_a_network_file_system_nothing_is_begun_and_it_says_where_to_go(
    path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(place, "filesystem", lambda folder: kind)
    with pytest.raises(JournalError, match=f"cannot be kept on {kind}") as caught:
        opened(path)
    assert "RUNBOOK_HOME" in caught.value.hint
    assert not path.parent.exists()
