"""Power cuts, replayed: what a disk may hold when the current goes away at any moment.

A writer runs under strace, which tells every write, truncation and sync of the journal's files. A
cut is a moment in that list. What was synced by then is there; of what was written to a file since
its last sync anything may be there: all, nothing, some writes and not others, or a part of one, in
sectors of 512 bytes. Names of files count as durable at once, and nothing that is on the disk rots.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from runbook_tui.journal.store import SqliteJournal
from runbook_tui.session.ports.journal import JournalError
from tests.integration.journal.scenes import ADA, ROOT, WRITER, begun, opened

CALLS = "openat,write,pwrite64,fsync,fdatasync,ftruncate,unlink,rename"
CALL = re.compile(
    rb'^(\w+)\((?:(\d+)<([^>]*)>|AT_FDCWD<[^>]*>)?(?:, )?(?:"([^"]*)")?(.*)\) += (-?\d+)'
)
SECTOR = 512


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the writer: ``kind`` is write, sync, cut (to ``at`` bytes), gone or said."""

    kind: str
    file: str = ""
    at: int = 0
    data: bytes = b""


@dataclass(slots=True)
class File:
    """A file on the disk: what is safe, and what was done to it since."""

    safe: bytes = b""
    since: list[Call] = field(default_factory=list)


def traced(home: Path, level: str, count: int) -> list[Call]:
    """Let a writer append ``count`` events three times over, and what it did to its files."""
    trace = home.parent / "trace"
    words = ["strace", "-y", "-xx", "-s", "2000000", "-o", str(trace), "-e", f"trace={CALLS}"]
    writer = [sys.executable, str(WRITER), str(home / "journal.db"), "power", level, str(count)]
    subprocess.run([*words, *writer], cwd=ROOT, check=True, stdout=subprocess.PIPE, timeout=100)
    with trace.open("rb") as lines:
        return [call for line in lines for call in _calls(line, str(home))]


def _calls(line: bytes, home: str) -> Iterator[Call]:
    found = CALL.match(line)
    if found is None or found[6].startswith(b"-"):
        return
    name, fd, path, text, rest, result = found.groups()
    data = _unhexed(text or b"")
    if name == b"write" and fd == b"1":
        yield Call("said", data=data)
        return
    file = _unhexed(path or b"").decode() if path else data.decode()
    if not file.startswith(home) or file.endswith((".lock", ".bell", "-shm")):
        return
    if name in {b"fsync", b"fdatasync"}:
        yield Call("sync", file)
    elif name == b"ftruncate":
        yield Call("cut", file, int(rest.strip(b", ")))
    elif name == b"unlink":
        yield Call("gone", file)
    elif name == b"pwrite64":
        assert int(result) == len(data), "a short write"
        yield Call("write", file, int(rest.rsplit(b",", 1)[1]), data)
    else:
        assert name == b"openat", line


def _unhexed(text: bytes) -> bytes:
    return bytes.fromhex(text.replace(b"\\x", b"").decode())


def cut(calls: list[Call], chance: random.Random, into: Path) -> list[str]:
    """Lay down what may be on the disk after a cut at a random moment; the ids that had been
    acknowledged by then."""
    files: dict[str, File] = {}
    said: list[str] = []
    for call in calls[: chance.randrange(len(calls) + 1)]:
        if call.kind == "said":
            said += call.data.decode().split()
        elif call.kind == "gone":
            files.pop(call.file, None)
        elif call.kind == "sync":
            there = files.setdefault(call.file, File())
            there.safe, there.since = _done(there.safe, there.since), []
        else:
            files.setdefault(call.file, File()).since.append(call)
    for name, there in files.items():
        (into / Path(name).name).write_bytes(_done(there.safe, _left(there.since, chance)))
    return [word for word in said if word != "ready"]


def _done(content: bytes, calls: list[Call]) -> bytes:
    """The content after these calls."""
    made = bytearray(content)
    for call in calls:
        if call.kind == "cut":
            del made[call.at :]
            continue
        made.extend(bytes(max(0, call.at + len(call.data) - len(made))))
        made[call.at : call.at + len(call.data)] = call.data
    return bytes(made)


def _left(calls: list[Call], chance: random.Random) -> list[Call]:
    """What of these calls reached the disk before the cut."""
    how = chance.choice(("all", "none", "some", "torn"))
    if how in {"all", "none"}:
        return calls if how == "all" else []
    kept = [call for call in calls if chance.random() < 0.5]
    if how == "some":
        return kept
    return [part for call in kept for part in _torn(call, chance)]


def _torn(call: Call, chance: random.Random) -> Iterator[Call]:
    if call.kind == "cut":
        yield call
        return
    for start in range(0, len(call.data), SECTOR):
        if chance.random() < 0.5:
            yield Call("write", call.file, call.at + start, call.data[start : start + SECTOR])


def lost(folder: Path, acknowledged: list[str]) -> str:
    """What is wrong with the journal that a cut has left; empty where nothing is."""
    try:
        with opened(folder / "journal.db") as journal:
            found = {record.id for run in journal.runs() for record in journal.records(run.run)}
            if gone := [id_ for id_ in acknowledged if id_ not in found]:
                return f"{len(gone)} of {len(acknowledged)} acknowledged events are gone"
            if problems := journal.verify().problems:
                return problems[0]
            # And it goes on: whoever comes next can record.
            journal.append("after", begun("after"), ADA)
    except JournalError as error:
        return str(error)
    return ""


def open_level(path: Path, level: str) -> SqliteJournal:
    """The journal as it is, or for the control with a level at which SQLite does not sync."""
    journal = opened(path)
    if level != "FULL":
        assert journal._db is not None
        journal._db.execute(f"PRAGMA synchronous={level}")
    return journal
