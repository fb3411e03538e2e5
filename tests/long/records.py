"""Rounds on the journal: three writers killed at a random moment, and power cuts, replayed."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from runbook_tui.journal.store import SqliteJournal
from tests.integration.journal import power
from tests.integration.journal.scenes import filled, writer
from tests.integration.journal.test_processes import kill_at

CUTS = 20
APPENDS = 60


def writers_die(place: Path, seed: int) -> tuple[str, list[str]]:
    """Kill three writers of one journal at a random moment, three times in a row."""
    path = place / str(seed) / "journal.db"
    filled(path, 1)
    chance = random.Random(seed)
    acked: list[str] = []
    faults: list[str] = []
    for _ in range(3):
        writers = [writer(path, "flood", "7f3a", chance.randrange(1 << 30)) for _ in range(3)]
        acked += kill_at(writers, 3 + chance.randrange(200))
        with SqliteJournal.open_reading(path) as reader:
            faults += reader.verify().problems
            recorded = {record.id for record in reader.records("7f3a")}
        faults += [f"{id_} is lost" for id_ in acked if id_ not in recorded]
    return f"rounds of {3 * 3} kills", faults


def power_fails(place: Path, seed: int) -> tuple[str, list[str]]:
    """Replay what one writer did up to random moments, twenty times."""
    home = place / str(seed) / "home"
    home.mkdir(parents=True)
    calls = power.traced(home, "FULL", APPENDS)
    faults = []
    for number in range(CUTS):
        folder = place / str(seed) / "cut"
        folder.mkdir()
        acknowledged = power.cut(calls, random.Random(f"{seed} {number}"), folder)
        if wrong := power.lost(folder, acknowledged):
            faults.append(f"cut {number}: {wrong}")
        shutil.rmtree(folder)
    return f"rounds of {CUTS} power cuts", faults
