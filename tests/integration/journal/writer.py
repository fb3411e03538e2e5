"""A program of its own that writes to a journal, to be killed, stopped or starved by the tests."""

from __future__ import annotations

import os
import random
import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from runbook_tui.journal import store
from runbook_tui.journal.lock import FileLock
from runbook_tui.journal.schema import side
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.session.ports.journal import Conflict, JournalError
from tests.integration.journal.power import open_level
from tests.integration.journal.scenes import ADA, begun, note, opened


def say(text: str) -> None:
    """One line, at once: what is said survives a kill."""
    os.write(1, f"{text}\n".encode())


def flood(journal: SqliteJournal, run: str, seed: int) -> None:
    """Append for ever, small and large, one or several, and say each id that is durable."""
    chance = random.Random(seed)
    while True:
        count = chance.choice((1, 1, 1, 4))
        drafts = [note("x" * chance.choice((10, 300, 60_000)))[0] for _ in range(count)]
        recorded = journal.append(run, drafts, ADA)
        say(" ".join(event.id for event in recorded))


def attempt(journal: SqliteJournal, run: str, text: str, seen: int) -> list[int] | None:
    """Append one event after ``seen`` others; else the numbers of those that came before it."""
    try:
        journal.append(run, note(text), ADA, expect=seen)
    except Conflict as conflict:
        return [event.seq for event in conflict.events]
    return None


def compete(journal: SqliteJournal, run: str, wanted: int) -> None:
    """Append ``wanted`` events, each decided on the newest state that is known here."""
    seen = len(journal.events(run))
    done = conflicts = 0
    while done < wanted:
        newer = attempt(journal, run, f"{os.getpid()} {done}", seen)
        if newer is None:
            seen += 1
            done += 1
            continue
        conflicts += 1
        assert newer == [seen + number for number in range(1, len(newer) + 1)]
        seen = newer[-1]
    say(str(conflicts))


def starve(journal: SqliteJournal, run: str, room: int) -> None:
    """Append until the file may grow no more, then once more with room again."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    done = 0
    try:
        while True:
            journal.append(run, note("x" * 5000), ADA)
            done += 1
    except JournalError as error:
        say(f"{done} {bool(error.hint)} {error}")
    assert len(journal.events(run)) == done + 1
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    journal.append(run, note("room again"), ADA)
    say(str(len(journal.events(run))))


def trickle(journal: SqliteJournal, run: str) -> None:
    """Append one event for each line that is read."""
    for word in sys.stdin:
        journal.append(run, note(word.strip()), ADA)


def power(path: Path, level: str, count: int) -> None:
    """Open, append and close, three times over, and say each id that is durable."""
    store.TIDY_AFTER = 7
    for time in range(3):
        with open_level(path, level) as journal:
            say("ready")
            run = f"run{time}"
            journal.append(run, begun(run), ADA)
            for number in range(count):
                size = 60_000 if number % 10 == 5 else 300
                say(journal.append(run, note("x" * size), ADA)[0].id)


def hold(path: Path) -> None:
    """Take the journal's lock and keep it."""
    with FileLock(side(path, ".lock")).held():
        say("held")
        sys.stdin.read()


def main() -> None:
    """``writer.py JOURNAL MODE [ARGUMENT]…``."""
    path, mode, *args = Path(sys.argv[1]), *sys.argv[2:]
    if mode == "hold":
        hold(path)
        return
    if mode == "power":
        power(path, args[0], int(args[1]))
        return
    with opened(path) as journal:
        say("ready")
        if mode == "flood":
            flood(journal, args[0], int(args[1]))
        elif mode == "compete":
            sys.stdin.readline()
            compete(journal, args[0], int(args[1]))
        elif mode == "starve":
            starve(journal, args[0], int(args[1]))
        else:
            trickle(journal, args[0])


if __name__ == "__main__":
    main()
