"""The head of a run, written down outside of the journal: as a git note on its plan's commit.

A note can be pushed and fetched like any ref. Whoever has a copy of it has a hash that the
journal must still hold, whatever is done to the journal later.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from runbook_tui.frozen import frozen
from runbook_tui.run.events import Actor, Event, RunStarted
from runbook_tui.session.ports.runner import Outcome, Runner

REF = "runbook"
"""``refs/notes/runbook``."""
PATIENCE = 10.0
PUSHING = 60.0
LINE = re.compile(r"^runbook (\S+) event (\d+) head ([0-9a-f]{64})$", re.MULTILINE)


class NotNoted(Exception):
    """No note was written, or not sent; ``hint`` says what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@frozen
class Noted:
    """What a note on git commit ``commit`` says: event ``seq`` of ``run`` has the hash ``head``."""

    run: str
    seq: int
    head: str
    commit: str


class Notes:
    """The notes in the repositories of plans, as git finds them."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._read = lru_cache(maxsize=None)(self._all)

    def of(self, run: str, begun: RunStarted) -> list[Noted]:
        """What notes say of a run; none where it is bound to no commit, or that is not here."""
        if not begun.commit:
            return []
        found = (note for folder in _folders(begun) for note in self._read(folder))
        return [note for note in dict.fromkeys(found) if note.run == run]

    def add(self, begun: RunStarted, event: Event, actor: Actor) -> str:
        """Note an event's hash on the plan's commit; the repository's folder. Raises `NotNoted`."""
        if not begun.commit:
            raise NotNoted(
                "the run is bound to no git commit, so there is nothing to note it on",
                "write the head down elsewhere: `runbook verify --anchor HEAD` looks for it",
            )
        folder = self._repository(begun)
        if any(n.head == event.hash for n in self._all(folder) if n.run == event.run):
            return folder
        text = f"runbook {event.run} event {event.seq} head {event.hash}"
        said = {"NAME": actor.name, "EMAIL": actor.email or "-"}
        who = {f"GIT_{role}_{n}": v for role in ("AUTHOR", "COMMITTER") for n, v in said.items()}
        words = ["notes", "--ref", REF, "append", "-m", text, begun.commit]
        done = self._git(folder, words, environment=who)
        if done.exit != 0:
            raise NotNoted(f"git writes no note: {_said(done)}", f"look at the repository {folder}")
        return folder

    def push(self, folder: str, remote: str) -> None:
        """Send the notes to a remote, which refuses what would take others' away."""
        ref = f"refs/notes/{REF}"
        done = self._git(folder, ["push", "--quiet", remote, f"{ref}:{ref}"], PUSHING)
        if done.exit != 0:
            raise NotNoted(
                f"the note is written, and not sent to {remote}: {_said(done)}",
                f"fetch what is there first: git -C {folder} fetch {remote} {ref} and"
                f" git notes --ref {REF} merge FETCH_HEAD",
            )

    def _repository(self, begun: RunStarted) -> str:
        for folder in _folders(begun):
            known = self._git(folder, ["cat-file", "-e", f"{begun.commit}^{{commit}}"])
            if known.exit == 0:
                return folder
        raise NotNoted(
            f"the plan's commit {begun.commit} is in no repository here",
            f"it was looked for in {', '.join(_folders(begun))}",
        )

    def _all(self, folder: str) -> tuple[Noted, ...]:
        listed = self._git(folder, ["notes", "--ref", REF, "list"])
        pairs = [words for line in listed.stdout.splitlines() if len(words := line.split()) == 2]
        if listed.exit != 0 or not pairs:
            return ()
        return tuple(self._lines(folder, pairs))

    def _lines(self, folder: str, pairs: Iterable[Sequence[str]]) -> Iterator[Noted]:
        for blob, commit in pairs:
            text = self._git(folder, ["cat-file", "blob", blob]).stdout
            for run, seq, head in LINE.findall(text):
                yield Noted(run=run, seq=int(seq), head=head, commit=commit)

    def _git(
        self,
        folder: str,
        words: Sequence[str],
        timeout: float = PATIENCE,
        environment: dict[str, str] | None = None,
    ) -> Outcome:
        around = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        return self._runner.run(
            ["git", "-C", folder, *words],
            environment={**around, **(environment or {})},
            timeout=timeout,
        )


def contradicted(events: Sequence[Event], notes: Iterable[Noted]) -> Iterator[str]:
    """What notes say of a run and its events do not."""
    for note in notes:
        about = f"run {note.run}: a git note on commit {note.commit[:12]}"
        if not 0 < note.seq <= len(events):
            yield (
                f"{about} knows event {note.seq} ({note.head[:16]}…), and the run ends at event"
                f" {len(events)}: its end was cut off, or the journal is an older copy"
            )
        elif events[note.seq - 1].hash != note.head:
            yield (
                f"{about} has another hash of event {note.seq} ({note.head[:16]}…): that event, or"
                " one before it, was changed and all hashes computed anew"
            )


def _folders(begun: RunStarted) -> list[str]:
    """Where the plan's repository may be: where it ran, and where it was read."""
    source = Path(begun.source)
    return [begun.folder, *([str(source.parent)] if source.is_absolute() else [])]


def _said(done: Outcome) -> str:
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else "it says nothing"
