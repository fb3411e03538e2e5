"""``python -m tests.long [ROUNDS [NAME…]]``: kills and crowds, as many rounds as there is time.

``supervisor`` and ``viewer`` kill one of them each round, ``rollback`` all that takes part in one
until somebody has brought it to its end, ``row`` starts fifty commands a round,
``respawners`` ends a tree of 200 every twentieth round. ``journal`` kills three writers of one
journal nine times a round, ``merge`` one `git.merge` each, ``power`` replays twenty power cuts (it
needs strace), ``share`` kills twelve pushes of a lead and a reviewer to their remote. ``texts``
reads 25 made-up documents a round and as many changed ones. Ends with 1
where anything is not so; Ctrl+C ends the kills of one kind and tells of them.
"""

from __future__ import annotations

import collections
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.long import crowds, deaths, merges, records, rollbacks, shares, texts

ROW = 50
TREE = 200


def main() -> None:
    """Run what was asked for, all by default, and say what came of it."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    broken = 0
    for name in sys.argv[2:] or list(KINDS):
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as place:
            told, faults = KINDS[name](Path(place), rounds)
        minutes = (time.monotonic() - began) / 60
        print(f"{name}: {told}; {len(faults)} faults; {minutes:.1f} min", flush=True)
        for fault in faults:
            print(f"  {fault}", flush=True)
        broken += len(faults)
    sys.exit(1 if broken else 0)


def _deaths(one: Callable[[Path, int], tuple[str, list[str]]]) -> Callable[[Path, int], Told]:
    def rounds_of(place: Path, rounds: int) -> Told:
        ends: collections.Counter[str] = collections.Counter()
        faults: list[str] = []
        try:
            for seed in range(rounds):
                told, found = one(place, seed)
                ends[told] += 1
                faults += [f"round {seed}: {fault}" for fault in found]
                print(f"round {seed}: {told}", *found, sep="; ", file=sys.stderr, flush=True)
                shutil.rmtree(place / str(seed), ignore_errors=True)
        except KeyboardInterrupt:
            print("interrupted: what follows is of the rounds until now")
        what = ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
        return f"{ends.total()} rounds: {what}", faults

    return rounds_of


def _row(place: Path, rounds: int) -> Told:
    return f"{rounds * ROW} commands", crowds.row(place, rounds * ROW)


def _respawners(place: Path, rounds: int) -> Told:
    times, faults = [], []
    for number in range(max(1, rounds // 20)):
        folder = place / str(number)
        folder.mkdir()
        took, found = crowds.respawners(folder, TREE)
        times.append(took)
        faults += found
    return f"{len(times)} trees of {TREE}, at most {max(times):.2f} s", faults


def _texts(place: Path, rounds: int) -> Told:
    return texts.read_all(rounds * 25, lambda told: print(told, file=sys.stderr, flush=True))


Told = tuple[str, list[str]]
KINDS: dict[str, Callable[[Path, int], Told]] = {
    "supervisor": _deaths(deaths.supervisor_dies),
    "viewer": _deaths(deaths.viewer_dies),
    "rollback": _deaths(rollbacks.rollback_dies),
    "merge": _deaths(merges.merge_dies),
    "journal": _deaths(records.writers_die),
    "power": _deaths(records.power_fails),
    "share": _deaths(shares.pushes_die),
    "row": _row,
    "respawners": _respawners,
    "texts": _texts,
}


if __name__ == "__main__":
    main()
