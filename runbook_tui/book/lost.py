"""What could not be read of a faulty plan, so that nobody complains that it is not there.

A fault in the shape of a plan takes something away that the rest may refer to. The rules are held
against the rest all the same; what they miss counts as a fault only if it cannot be in what was
lost.
"""

from __future__ import annotations

from typing import Any

from runbook_tui.book.actions import ACTIONS
from runbook_tui.book.ids import slug

Path = tuple[str | int, ...]
LONGEST_TITLE = 400
NODES = frozenset({"phase", "change", "step", "checks", "criteria", "stage", "steps"})
HOLDERS = frozenset({"phase", "change", "step"})


class Lost:
    """What is missing from the tables of a plan, over all of its files."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        """Every text that was left out, and the id each would give a node as its title."""
        self.misplaced: set[str] = set()
        """Texts in what was read, but not in its order among the steps."""
        self.ids = False
        self.values = False
        self.roles = False
        self.signers = False
        self.forge = False
        self.telling = False
        self.boxes = False
        self.steps = False
        """Whether what was lost may have been or held an id, a value, a role … of any name."""
        self.unsure: set[str] = set()
        """Names of parameters, roles and teams that were read only in part."""

    def all(self) -> None:
        """A whole file is missing: anything may have been in it."""
        self.ids = self.values = self.roles = self.signers = self.boxes = self.steps = True
        self.forge = self.telling = True

    def take(self, path: Path, value: Any, *, known: bool = True) -> None:
        """The value at a path was left out; ``known`` is whether the format has such a key."""
        texts, nested = _texts(value)
        self.names.update(texts)
        self.names.update(slug(text) for text in texts if len(text) <= LONGEST_TITLE)
        self.steps = self.steps or nested
        if known:
            self._of_known(path, [part for part in path if isinstance(part, str)])

    def _of_known(self, path: Path, keys: list[str]) -> None:
        last = keys[-1] if keys else ""
        if last in {"include", "extends"} or not keys:
            self.all()
        elif last in HOLDERS:
            self.ids = self.values = self.steps = True
        elif last in NODES:
            self.boxes = True
        elif last in {"id", "title"} and len(keys) > 1:
            self.ids = self.ids or keys[-2] in HOLDERS
            self.boxes = True
        elif last == "outputs" or keys == ["parameters"]:
            self.values = True
        elif keys == ["roles"]:
            self.roles = True
        elif keys[0] == "policy":
            self.signers = True
        elif keys[0] == "forge":
            self.forge = True
        elif keys[0] == "tell":
            self.telling = True
        if keys[:1] in (["parameters"], ["roles"], ["team"]) and len(keys) > 1:
            self.unsure.add(keys[1])

    def misplace(self, value: Any) -> None:
        """The value was read, but where it stands among others is not known."""
        texts, _ = _texts(value)
        self.misplaced |= texts

    def id(self, name: str) -> bool:
        """Whether a node of this id may have been lost."""
        return self.ids or self._named(name)

    def value(self, name: str) -> bool:
        """Whether a parameter or output of this name may have been lost."""
        return self.values or name in self.misplaced or self._named(name)

    def role(self, name: str) -> bool:
        """Whether a role of this name may have been lost."""
        return self.roles or self._named(name)

    def _named(self, name: str) -> bool:
        # An id of a plan that is taken in has those of the phases around it before it.
        parts = name.split(".")
        return any(".".join(parts[at:]) in self.names for at in range(len(parts)))


def _texts(value: Any) -> tuple[set[str], bool]:
    """Every text and key in a value, however deep, and what actions that it names put out; and
    whether it holds others at all."""
    found: set[str] = set()
    left = [value]
    nested = isinstance(value, dict | list)
    while left:
        item = left.pop()
        if isinstance(item, str):
            found.add(item)
        elif isinstance(item, dict):
            found.update(item)
            left += item.values()
        elif isinstance(item, list):
            left += item
    for name in found & set(ACTIONS):
        found.update(ACTIONS[name].outputs)
    return found, nested
