"""The files a plan is made of: its own text and those it takes in by ``extends`` and ``include``.

A file is named relative to the folder of the plan, whichever file names it. These names are what
``load`` is asked for and what a run keeps the texts under, so that it reads the same again when
the files are gone.
"""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Callable
from typing import Any

from runbook_tui.book.findings import Fault, Finding, PlanFaults
from runbook_tui.book.lost import Lost
from runbook_tui.book.model import Placed, Runbook
from runbook_tui.book.places import Place, Places

Load = Callable[[str], str]
DEEPEST = 16
"""How many files may lie between the plan and one that it takes in."""
MOST = 200
"""How often a plan may take in files; each may take in others twice, and so on."""


class Files:
    """Reads the files that a plan takes in, and remembers where everything stands."""

    def __init__(
        self, name: str, load: Load | None, draw: Callable[[str, str, Files], Runbook | None]
    ) -> None:
        self.places = Places()
        self.faults: list[Fault] = []
        self.lost = Lost()
        self.incomplete = False
        """Whether something that the plan takes in could not be read."""
        self._folder = posixpath.dirname(name)
        self._load = load
        self._draw = draw
        self._chain = [posixpath.basename(name)]
        self._texts: dict[str, str] = {}
        self._taken = 0

    @property
    def source(self) -> str:
        """The file being read, as people reach it; empty for the plan's own text."""
        return self._shown(self._chain[-1]) if len(self._chain) > 1 else ""

    def fault(self, place: Place, message: str, hint: str = "") -> None:
        """Something keeps the plan from being run."""
        self.faults.append(place.fault(message, hint))

    def take(self, name: str, at: Place) -> Runbook | None:
        """What another file says, each part of it with its source.

        None where it cannot be read, with a fault at the key that names it or in the file.
        """
        found = self._read(posixpath.normpath(posixpath.join(*self._here(), name)), at)
        if found is None:
            self.miss()
        return found

    def miss(self) -> None:
        """Something that the plan takes in cannot be read: nobody knows what would be in it."""
        self.incomplete = True
        self.lost.all()

    def _here(self) -> tuple[str, ...]:
        folder = posixpath.dirname(self._chain[-1])
        return (folder,) if folder else ()

    def _shown(self, name: str) -> str:
        return posixpath.normpath(posixpath.join(self._folder, name))

    def _read(self, name: str, at: Place) -> Runbook | None:
        if name in self._chain:
            ring = " → ".join([*self._chain[self._chain.index(name) :], name])
            self.fault(at, f"a ring of files: {ring}")
            return None
        self._taken += 1
        if len(self._chain) > DEEPEST or self._taken > MOST:
            self.fault(at, f"too many files in one another; at most {DEEPEST} deep, {MOST} in all")
            return None
        text = self._text(name, at)
        if text is None:
            return None
        self._chain.append(name)
        try:
            self.places.add(self.source, text)
            found = self._draw(text, name, self)
            return None if found is None else stamped(found, self.source)
        except PlanFaults as error:
            self.faults += (dataclasses.replace(f, source=self.source) for f in error.faults)
            return None
        finally:
            self._chain.pop()

    def _text(self, name: str, at: Place) -> str | None:
        if name not in self._texts:
            try:
                if self._load is None:
                    raise LookupError("other files cannot be read here")
                self._texts[name] = self._load(name)
            except (PlanFaults, OSError, LookupError, ValueError) as error:
                self.fault(at, f"“{self._shown(name)}” cannot be read: {_reason(error)}")
                return None
        return self._texts[name]


def _reason(error: Exception) -> str:
    if isinstance(error, PlanFaults):
        return error.faults[0].message
    if isinstance(error, KeyError):
        return "it is not there"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error)


def stamped(runbook: Runbook, source: str) -> Runbook:
    """The runbook with the source put in wherever something has none yet."""
    return dataclasses.replace(
        runbook,
        **{f.name: _stamped(getattr(runbook, f.name), source) for f in dataclasses.fields(runbook)
           if f.name != "source"},
    )  # fmt: skip


def _stamped(value: Any, source: str) -> Any:
    if isinstance(value, tuple):
        return tuple(_stamped(item, source) for item in value)
    if not isinstance(value, Placed | Finding):
        return value
    changed = {
        f.name: _stamped(getattr(value, f.name), source)
        for f in dataclasses.fields(value)
        if isinstance(getattr(value, f.name), tuple | Placed)
    }
    return dataclasses.replace(value, **changed, source=value.source or source)
