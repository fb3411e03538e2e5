"""A merge that is killed at a random moment: what is there then, and once more."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from pathlib import Path

from runbook_tui.book.model import Step
from runbook_tui.book.parameters import fill_in
from runbook_tui.wiring import surroundings
from tests.integration.forge.scenes import Place

FILES = 400
"""So many that git is at work for a while, and can be killed in the middle of it."""


class Killed:
    """A place with a branch that touches many files, where `git.merge` is killed."""

    def __init__(self, folder: Path) -> None:
        self.place = place = Place(folder)
        for n in range(FILES):
            (place.work / f"file{n}").write_text(f"{n}\n" * 50)
        place.git("add", "-A")
        place.git("commit", "-q", "-m", "files")
        place.git("switch", "-q", "-c", "one")
        for n in range(0, FILES, 2):
            (place.work / f"file{n}").write_text(f"{n} changed\n" * 50)
            (place.work / f"new{n}").write_text(f"{n} new\n" * 50)
        place.git("rm", "-q", "file1", "file3")
        place.git("add", "-A")
        place.git("commit", "-q", "-m", "one")
        place.git("switch", "-q", "main")
        place.commit("more", "m\n")
        (place.work / "mine").write_text("not git's\n")
        self.old = place.head
        self.tree = place.tree
        given = Step(id="s", title="S", action="git.merge", arguments={"branch": "one"})
        self.step = surroundings().expand(given)

    def reset(self) -> None:
        """As it was before anything."""
        for lock in (self.place.work / ".git").rglob("*.lock"):
            lock.unlink()
        (self.place.work / ".git" / "runbook-merging").unlink(missing_ok=True)
        self.place.git("reset", "-q", "--hard", self.old)

    def prepare(self) -> str:
        """What runs before the merge; returns its undo."""
        self.place.output.write_text("")
        assert self.place.shell(self.step.before or "").returncode == 0
        return fill_in(self.step.undo or "", self.place.outputs).text

    def merge(self, after: float | None) -> bool:
        """Merge; killed with all that it has started, ``after`` seconds if it is not over then."""
        with subprocess.Popen(
            ["bash", "-c", self.step.run or ""], cwd=self.place.work, env=self.place.env,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        ) as child:  # fmt: skip
            try:
                child.wait(after)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                return False
            return child.returncode == 0

    def faults(self, *, undo: str = "") -> list[str]:
        """What is not right once somebody has gone on, by the undo or by the action again."""
        place = self.place
        done = place.shell(undo or self.step.run or "")
        found = [] if done.returncode == 0 else [f"it ended with {done.returncode}: {done.stderr}"]
        merges = place.git("rev-list", "--merges", "--count", f"{self.old}..HEAD")
        reverts = place.git("log", "--format=%s", "--grep=This reverts", f"{self.old}..HEAD")
        if undo:
            found += [] if place.tree == self.tree else ["the files are not as they were"]
            found += [] if int(merges) == len(reverts.splitlines()) else [f"{merges}: {reverts}"]
        else:
            found += [] if merges == "1" else [f"merged {merges} times"]
        changed = place.git("status", "--porcelain")
        found += [] if changed == "?? mine" else [f"left lying: {changed[:200]}"]
        return found


def one_death(killed: Killed, seed: int, longest: float) -> tuple[str, list[str]]:
    """Kill a merge at a random moment, then go on by the action or by the undo."""
    chance = random.Random(seed)
    killed.reset()
    undo = killed.prepare()
    ended = killed.merge(chance.uniform(0.0, longest))
    before = killed.place.git("rev-list", "--merges", "--count", f"{killed.old}..HEAD")
    by_undo = bool(seed % 2)
    found = killed.faults(undo=undo if by_undo else "")
    found += [] if before in ("0", "1") else [f"merged {before} times"]
    how = "it had ended" if ended else f"killed, merged {before} times"
    return f"{how}, then {'taken back' if by_undo else 'gone on'}", found
