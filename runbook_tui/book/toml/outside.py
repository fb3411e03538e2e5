"""What a TOML plan takes in from other files, read before the plan's own tables.

Only then is it known which ids are there already, and so which tables need no title.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from runbook_tui.book.amending import KnownNode, known_nodes
from runbook_tui.book.files import Files
from runbook_tui.book.ids import slug
from runbook_tui.book.including import included
from runbook_tui.book.model import Runbook
from runbook_tui.book.places import Place
from runbook_tui.book.toml.positions import Path, Position, nearest
from runbook_tui.frozen import frozen


@frozen
class Outside:
    """The plan that is extended, and the plans included, by the number of their phase table."""

    base: Runbook | None = None
    parts: Mapping[int, tuple[Runbook, Place]] = field(default_factory=dict)

    @property
    def ids(self) -> Mapping[int, str]:
        """The ids of phases that include a plan."""
        return {number: part.phases[0].id for number, (part, _) in self.parts.items()}

    @property
    def runbooks(self) -> tuple[Runbook, ...]:
        """All of it, in order."""
        return (*((self.base,) if self.base else ()), *(part for part, _ in self.parts.values()))

    def known_nodes(self) -> dict[str, KnownNode]:
        """Every node of it by id."""
        found: dict[str, KnownNode] = {}
        for runbook in self.runbooks:
            for id_, there in known_nodes(runbook).items():
                found.setdefault(id_, there)
        return found


def taken_in(body: Mapping[str, Any], where: Mapping[Path, Position], files: Files) -> Outside:
    """Read what the plan names; a shape that is wrong is somebody else's fault to tell."""
    base = None
    if isinstance(body.get("extends"), str):
        base = files.take(body["extends"], _place(where, ("extends",), files))
    elif "extends" in body:
        files.miss()
    taken = set(known_nodes(base)) if base else set()
    parts = {}
    phases = body.get("phase")
    for number, phase in enumerate(phases if isinstance(phases, list) else ()):
        name = phase.get("include") if isinstance(phase, dict) else None
        if not isinstance(name, str):
            if name is not None:
                files.miss()
            continue
        place = _place(where, ("phase", number, "include"), files)
        plan = files.take(name, place)
        if plan is not None:
            given = phase.get("id")
            title = phase.get("title") or plan.title
            into = given if isinstance(given, str) and given else slug(str(title))
            line = nearest(where, ("phase", number))[0]
            part = included(plan, into, line)
            parts[number] = (part, place)
            ids = set(known_nodes(part)) - {into}
            if ids & taken:
                files.fault(place, f"the id “{min(ids & taken)}” is there already",
                            "give the phase another id")  # fmt: skip
            taken |= ids
    return Outside(base=base, parts=parts)


def _place(where: Mapping[Path, Position], path: Path, files: Files) -> Place:
    return Place(*nearest(where, path), files.source)
