"""What the drivers of one open run share: its record, its commands, what is known around it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from runbook_tui.book.model import Secret, Step
from runbook_tui.run.durations import Past
from runbook_tui.run.events import Actor
from runbook_tui.run.frame import now_in
from runbook_tui.run.rehearsal import as_if, left_alone
from runbook_tui.run.rollback import folders
from runbook_tui.run.sources import ASKED, secret_from
from runbook_tui.run.state import RunState
from runbook_tui.run.undo_items import NOTHING_ABSENT, Absent
from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.commands import Commands
from runbook_tui.session.ports.journal import Journal
from runbook_tui.session.ports.kept_files import KeptFiles
from runbook_tui.session.ports.surroundings import Surroundings
from runbook_tui.session.recorder import Recorder
from runbook_tui.session.spare import Places
from runbook_tui.session.undo_writing import Papers
from runbook_tui.session.vault import SOON, Vault

LOOK_AGAIN = 2.0
"""Seconds between two looks at whether the folders of undos are there."""
NO_SOURCES = Vault(lambda _: None)
"""Stands for those that a bench makes for itself."""


@dataclass(kw_only=True)
class Workbench:
    """What the drivers of one open run share; used by the session's thread alone."""

    recorder: Recorder
    commands: Commands
    surroundings: Surroundings
    clock: Clock
    folder: Path
    places: Places
    papers: Papers
    files: KeptFiles
    sources: Vault = NO_SOURCES
    """Where the values of secrets come from, and those that are known."""
    handed: set[str] = field(default_factory=set)
    """Names of the secrets that a person has given."""
    failures: dict[str, str] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    """Folders of the commands that this process has started."""
    seen: set[tuple[str, str, str]] = field(default_factory=set)
    helps: bool = False
    """Whether this session carries out a rollback at most."""
    absent: Absent = NOTHING_ABSENT
    """What a rollback would lack, as far as it was looked for; anybody may read it."""
    looked: float = -LOOK_AGAIN

    def __post_init__(self) -> None:
        # A bench that is made of another one, to imagine what would be, knows what that one knows.
        if self.sources is NO_SOURCES:
            self.sources = Vault(self._fetch)

    @property
    def vault(self) -> dict[str, str]:
        """The values of secrets that are known, by name."""
        return self.sources.values

    @property
    def state(self) -> RunState:
        """The run now."""
        return self.recorder.state

    def now(self) -> float:
        """The time (epoch seconds) on the scale of the run's own times, whoever sets the clock."""
        clock = self.clock
        return now_in(self.state.frame, wall=clock.now(), mono=clock.mono(), boot=clock.boot())

    def step(self, id_: str) -> Step:
        """The step with its action as shell text."""
        return self.state.outline.steps[id_]

    def rollback_place(self) -> Path:
        """Where an undo's supervisor writes: not in the run's folder once that is full."""
        try:
            return self.places.writable()
        except OSError:
            return self.folder  # Nowhere is room: its start fails there, and says why.

    def secret_values(
        self, needed: Collection[str] | None = None, soon: float = SOON
    ) -> dict[str, str]:
        """Values of secrets that can be had now, fetched once and kept in memory only.

        ``needed`` are those that are waited for; without that all are, but in a session that only
        helps, and while a rollback runs, none: what it does not need must not hold it up.
        ``soon``: seconds for those.
        """
        if needed is None and (self.helps or self.state.rolling_back):
            needed = ()
        alone = left_alone(self.state)
        wanted = (p for p in self.state.runbook.parameters if p.name not in alone)
        self.sources.ask(wanted, needed, soon)
        return self.vault

    def known_secrets(self) -> tuple[str, ...] | None:
        """The values of all secrets; None where one of them is not known."""
        values = self.secret_values()
        if any(not values.get(name) for name in self.state.secrets):
            return None
        return tuple(values.values())

    def absent_secrets(self, names: Iterable[str]) -> tuple[str, ...]:
        """Secrets among these that nobody can give now; they have to be asked for."""
        names = tuple(names)
        held = self.secret_values(names)
        wanted = self.state.secrets.keys() - left_alone(self.state)
        return tuple(n for n in names if n in wanted and not held.get(n))

    def look_for_secrets(self, needed: Collection[str] | None = None, soon: float = SOON) -> None:
        """Find out which secrets have to be asked for; ``needed`` and ``soon`` as above."""
        held = self.secret_values(needed, soon)
        wanted = self.state.secrets.keys() - left_alone(self.state)
        absent = tuple(n for n in self.state.secrets if n in wanted and not held.get(n))
        self._found(dataclasses.replace(self.absent, secrets=absent))

    def look_for_folders(self) -> bool:
        """Find out which folders of undos are gone; True if that has changed."""
        self.looked = self.clock.mono()
        gone = tuple(cwd for cwd in folders(as_if(self.state)) if not os.path.isdir(cwd))
        changed = gone != self.absent.folders
        self._found(dataclasses.replace(self.absent, folders=gone))
        return changed

    def look_around(self) -> bool:
        """The same, but not more often than every few seconds; and what secrets have come."""
        if self.sources.come():
            self.look_for_secrets(())
        return self.clock.mono() - self.looked >= LOOK_AGAIN and self.look_for_folders()

    def found(
        self, hindered: tuple[tuple[str, str], ...], past: Past, asked: tuple[str, ...]
    ) -> None:
        """What a look at the undos has found."""
        self._found(dataclasses.replace(self.absent, hindered=hindered, past=past, asked=asked))

    def _found(self, absent: Absent) -> None:
        """What is as it was stays the same object: nothing is worked out anew for it."""
        if absent != self.absent:
            self.absent = absent

    def give_secret(self, name: str, value: str) -> None:
        """A secret that a person gave; kept in memory only."""
        self.vault[name] = value
        self.handed.add(name)
        self.look_for_secrets()

    def sources_of(self, secrets: Iterable[str]) -> dict[str, str]:
        """Where the values of these secrets come from: their source, or whoever gave them."""
        known = self.state.secrets
        return {n: secret_from(ASKED if n in self.handed else known.get(n, ASKED)) for n in secrets}

    def _fetch(self, secret: Secret) -> str | None:
        begun = self.state.begun
        return self.surroundings.secret(secret, begun.folder if begun is not None else "/")


def workbench(
    state: RunState,
    actor: Actor,
    journal: Journal,
    commands: Commands,
    surroundings: Surroundings,
    clock: Clock,
    folder: Path,
    files: KeptFiles,
    *,
    helps: bool = False,
) -> Workbench:
    """The bench of a run that is opened now; ``folder`` is where it keeps what is not an event."""
    places = Places(folder, state.run)
    return Workbench(
        recorder=Recorder(journal, state, actor, clock, places),
        commands=commands,
        surroundings=surroundings,
        clock=clock,
        folder=folder,
        places=places,
        papers=Papers(folder),
        files=files,
        helps=helps,
    )
