"""What home shows and what it hands back; where it comes from is somebody else's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Protocol

from runbook_tui.frozen import frozen


@frozen
class RunRow:
    """A run. ``waits``, ``broken`` and ``undo`` come later: for them its plan is looked at."""

    run: str
    title: str
    word: str
    when: str
    lead: str
    open: bool
    urgent: bool = False
    """A rollback that is not finished."""
    undo: str = ""
    waits: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    """Steps that did not end well, and how."""
    looked: bool = False


@frozen
class PlanRow:
    """A plan's file. All but its path comes once it has been read."""

    path: str
    name: str
    title: str = ""
    about: str = ""
    findings: tuple[tuple[str, int], ...] = ()
    """How many of each severity, the worst first."""
    lines: tuple[str, ...] = ()
    """The worst of them, or its faults, with their lines."""
    faults: int = 0
    read: bool = False


Row = RunRow | PlanRow


@frozen
class Field:
    """A parameter to be given. ``source``: where it comes from, if nobody has to type it."""

    name: str
    description: str = ""
    value: str = ""
    last: str = ""
    """What the last run of the plan had; empty where that is the same, or there was none."""
    choices: tuple[str, ...] = ()
    secret: bool = False
    required: bool = True
    source: str = ""
    unfit: Callable[[str], str] = lambda value: ""
    """Why a value cannot be taken; empty where it can."""


@frozen
class Form:
    """What is asked before a plan is started."""

    path: str
    title: str
    about: str
    fields: tuple[Field, ...] = ()
    environments: tuple[str, ...] = ()
    production: frozenset[str] = frozenset()
    given: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Names of the parameters that each environment gives."""


@frozen
class Choice:
    """What a person wants: a run to go on with, or a plan to start with these values."""

    run: str = ""
    panic: bool = False
    """Whether its rollback is to be shown at once."""
    beside: bool = False
    """Whether to take part in it without leading."""
    share: str = ""
    """The remote over which a run is shared that is led elsewhere."""
    plan: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    environment: str = ""
    rehearse: bool = False


class NoForm(Exception):
    """A plan cannot be started; the message says why and what to do."""


class NoList(Exception):
    """The plans here cannot be listed; the message says why."""


class Source(Protocol):
    """Where home's rows come from. All of it may take its time: it is asked on a thread."""

    def runs(self) -> list[RunRow]:
        """Open runs, those that need attention first, then past ones."""
        ...

    def look(self, row: RunRow) -> RunRow:
        """The same run with what it waits for."""
        ...

    def plans(self) -> list[PlanRow]:
        """The plans here, unread; raises `NoList`."""
        ...

    def read(self, row: PlanRow) -> PlanRow:
        """The same plan, read, with what was found in it."""
        ...

    def form(self, path: str) -> Form:
        """What a plan asks before it starts; raises `NoForm`."""
        ...

    def report(self, run: str) -> str:
        """What happened in a run, as text."""
        ...
