"""Nodes of a plan that is extended, found again by their titles where the plan has been edited.

An id is made of a title, so other words make another id. A table that says what its node was
``titled`` is led to the node that is called so now, if only one can be meant: the same words in
the same place, whatever their number, or what holds the same steps. Where that is not certain it
is a fault, since an undo must never come to stand at another step.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from typing import Any, TypeGuard

from runbook_tui.book.amending import KnownNode
from runbook_tui.book.findings import Finding
from runbook_tui.book.places import Place
from runbook_tui.book.toml.positions import Path
from runbook_tui.frozen import frozen

Table = dict[str, Any]
INSIDE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "": (("phase", "phase"), ("criteria", "criterion"), ("procedure", "procedure"),
         ("watch", "watch")),
    "phase": (("criteria", "criterion"), ("change", "change"), ("step", "step")),
    "change": (("criteria", "criterion"), ("step", "step")),
    "step": (("checks", "check"), ("step", "step")),
    "procedure": (("stage", "stage"),),
    "stage": (("steps", "stage step"),),
}  # fmt: skip
"""The keys of each kind of table that hold tables of nodes, and what kind these are."""
REFERENCES = frozenset({"needs", "applies_to", "before", "step"})
"""Keys whose value is the id of another node, or several."""
NUMBER = re.compile(
    r"^\W*(?:(?:phase|step|stage|part|change|schritt|teil|paso|fase|étape|etape|partie|阶段|步骤)"
    r"\s*\d{1,3}(?:\.\d{1,3}){0,3}\s*[.):\-–—]?|\d{1,3}(?:\.\d{1,3}){0,3}\s*[.):\-–—])\s+",
    re.IGNORECASE,
)
FILLING = frozenset({"the", "a", "an", "and", "der", "die", "das", "den", "dem", "ein", "eine",
                     "und", "el", "la", "los", "las", "un", "una", "le", "les"})  # fmt: skip
"""Words that a title says the same without."""
LIKELY = 0.55
"""How alike two titles are, 0 to 1, for one to be named where the other was meant."""

MISSPELT = 0.75
"""The same of two ids."""


@frozen(kw_only=False)
class Lost:
    """A table whose node is not where it says; ``likely`` is the one that may be meant."""

    path: Path
    id: str
    titled: str
    likely: KnownNode | None


@frozen(kw_only=False)
class Moved:
    """A table that was led to the node that is meant."""

    path: Path
    id: str
    to: KnownNode


@frozen(kw_only=False)
class Alike:
    """There are more nodes of one title than the tables name: which is which is not certain."""

    path: Path
    titled: str
    there: int
    named: int


@dataclass(slots=True)
class FoundAgain:
    """What became of the tables that say how their node was titled."""

    moved: list[Moved] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)


def found_again(body: Table, there: Mapping[str, KnownNode]) -> FoundAgain:
    """Lead the tables of a plan to their nodes, in place, references to these too."""
    if not there and not any(True for _ in _titled(body)):
        return FoundAgain()
    search = _Search(body, there)
    search.inside(body, (), "", "")
    ids = {one.id: one.to.node.id for one in search.found.moved}
    if ids:
        _referred(body, ids)
    return search.found


def _titled(value: Any) -> Iterator[Table]:
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict) and "titled" in item:
            yield item
        if isinstance(item, dict | list):
            yield from _titled(item)


@dataclass(slots=True)
class _Search:
    body: Table
    there: Mapping[str, KnownNode]
    found: FoundAgain = field(default_factory=FoundAgain)
    claimed: set[str] = field(default_factory=set)
    within: dict[tuple[str, str], list[KnownNode]] = field(default_factory=dict)
    """The nodes of each kind in each node."""

    def __post_init__(self) -> None:
        for one in self.there.values():
            self.within.setdefault((one.kind, one.parent), []).append(one)

    def inside(self, table: Table, path: Path, kind: str, id_: str) -> None:
        """Go through what stands in a table, from the outside inwards."""
        for key, inner in INSIDE.get(kind, ()):
            held = table.get(key)
            if not isinstance(held, list):
                continue
            tables = [(n, t) for n, t in enumerate(held) if isinstance(t, dict)]
            self._siblings(tables, (*path, key), inner, id_)
            for number, one in tables:
                name = one.get("id")
                self.inside(one, (*path, key, number), inner, name if _text(name) else "")

    def _siblings(
        self, tables: list[tuple[int, Table]], path: Path, kind: str, parent: str
    ) -> None:
        near = self.within.get((kind, parent), [])
        ids = {one.node.id for one in near}
        self.claimed |= {t["id"] for _, t in tables if _text(t.get("id")) and t["id"] in ids}
        strays = [(n, t) for n, t in tables if "include" not in t and t.get("id") not in ids]
        wanted = [plain_title(t["titled"]) for _, t in strays if _text(t.get("titled"))]
        for number, table in strays:
            titled = table.get("titled")
            if not _text(titled):
                self._unnamed(table, (*path, number), kind)
                continue
            words = plain_title(titled)
            free = [one for one in near if one.node.id not in self.claimed]
            meant = [one for one in free if plain_title(one.node.title) == words]
            if wanted.count(words) > 1 or len(meant) > 1:
                meant = []
            to = meant[0] if meant else self._around(table, kind, free)
            if to is None:
                self._tell_lost(table, (*path, number), titled, kind, free)
                continue
            self.claimed.add(to.node.id)
            self.found.moved.append(Moved((*path, number), str(table.get("id", "")), to))
            table["id"] = to.node.id
        self._look_alike(tables, path, near)

    def _around(self, table: Table, kind: str, free: list[KnownNode]) -> KnownNode | None:
        """The node that all nodes stand in which are named in a table."""
        names = (
            (t.get("id"), inner)
            for key, inner in INSIDE.get(kind, ())
            for t in (table[key] if isinstance(table.get(key), list) else ())
            if isinstance(t, dict)
        )
        held = [self.there[i] for i, inner in names
                if _text(i) and i in self.there and self.there[i].kind == inner]  # fmt: skip
        parents = {one.parent for one in held}
        return next((f for f in free if parents == {f.node.id}), None)

    def _tell_lost(
        self, table: Table, path: Path, titled: str, kind: str, free: list[KnownNode]
    ) -> None:
        if table.get("id") in self.there:
            return  # It stands elsewhere, which is told where ids are taken.
        others = [o for o in self.there.values() if o.kind == kind]
        likely = _most_alike(titled, free) or _most_alike(titled, others)
        self.found.lost.append(Lost(path, str(table.get("id", "")), titled, likely))
        table.setdefault("title", titled)

    def _unnamed(self, table: Table, path: Path, kind: str) -> None:
        """A table with nothing but an id names something that is there."""
        id_ = table.get("id")
        if "title" in table or not _text(id_) or id_ in self.there:
            return
        ids = [o.node.id for o in self.there.values() if o.kind == kind]
        close = get_close_matches(id_, ids, 1, MISSPELT)
        if close:
            self.found.lost.append(Lost(path, id_, "", self.there[close[0]]))
            table["title"] = id_

    def _look_alike(
        self, tables: list[tuple[int, Table]], path: Path, near: list[KnownNode]
    ) -> None:
        named: dict[str, list[tuple[int, str]]] = {}
        for number, table in tables:
            if _text(table.get("titled")) and table.get("id") in self.claimed:
                named.setdefault(plain_title(table["titled"]), []).append((number, table["titled"]))
        for words, ours in named.items():
            there = sum(plain_title(one.node.title) == words for one in near)
            if there > max(len(ours), 1):
                self.found.alike.append(
                    Alike((*path, ours[0][0]), ours[0][1], there, len(ours))
                )  # fmt: skip


def plain_title(title: str) -> str:
    """A title without what people change in passing: its number, articles, case, punctuation."""
    text = unicodedata.normalize("NFKC", title).casefold()
    bare = NUMBER.sub("", text)
    words = re.findall(r"\w+", bare) or re.findall(r"\w+", text)
    return " ".join(w for w in words if w not in FILLING) or " ".join(words) or text


def _most_alike(titled: str, nodes: list[KnownNode]) -> KnownNode | None:
    words = plain_title(titled)
    rated = [(_likeness(words, plain_title(o.node.title)), n, o) for n, o in enumerate(nodes)]
    ratio, _, best = max(rated, key=lambda r: (r[0], -r[1]), default=(0.0, 0, None))
    return best if ratio >= LIKELY else None


def _likeness(one: str, other: str) -> float:
    """How alike two titles are; one that only says more is nearly the same."""
    some, others = set(one.split()), set(other.split())
    shared = len(some & others) / max(min(len(some), len(others)), 1)
    return max(0.9 * shared, SequenceMatcher(None, one, other).ratio())


def _referred(value: Any, ids: Mapping[str, str]) -> None:
    if not isinstance(value, dict):
        for item in value if isinstance(value, list) else ():
            _referred(item, ids)
        return
    for key, item in value.items():
        if key in REFERENCES and _text(item):
            value[key] = ids.get(item, item)
        elif key in REFERENCES and isinstance(item, list) and all(map(_text, item)):
            value[key] = [ids.get(one, one) for one in item]
        else:
            _referred(item, ids)


def _text(value: object) -> TypeGuard[str]:
    return isinstance(value, str)


Tell = Callable[[Path, str, str], None]
"""Tells a fault at a key: its path, what is wrong, what to do."""


def findings(found: FoundAgain, place: Callable[[Path], Place]) -> Iterator[Finding]:
    """What a person should look at though the plan can be run."""
    for one in found.moved:
        node = one.to.node
        at = place((*one.path, "id"))
        message = (
            f"“{one.id}” is “{node.id}” now (“{node.title}”, line {node.line}"
            f"{f' of {node.source}' if node.source else ''}); write that id"
        )
        yield Finding(code="id-moved", severity="low", message=message, line=at.line,
                      column=at.column, related_line=node.line)  # fmt: skip
    for alike in found.alike:
        at = place((*alike.path, "titled"))
        message = (
            f"{alike.there} are titled “{alike.titled}” there and {alike.named} of them"
            " named here: their ids count them, so look whether each is the one that is meant"
        )
        yield Finding(code="same-titles", message=message, line=at.line, column=at.column)


def tell_lost(found: FoundAgain, tell: Tell, *, extends: bool) -> None:
    """A fault for each table whose node is not there."""
    for one in found.lost:
        called = f" (“{one.titled}”)" if one.titled else ""
        if not extends:
            tell((*one.path, "titled"), "this plan adds to no other, in which a node is titled so",
                 'write title, or name the other: extends = "plan.md"')  # fmt: skip
            continue
        message = f"“{one.id}”{called} is not in the plan that this adds to, or not here"
        hint = "take the table out, or give a title to add something new"
        if one.likely is not None:
            node = one.likely.node
            place = f"line {node.line}" + (f" of {node.source}" if node.source else "")
            hint = f'is it “{node.title}”, {place}? Then write id = "{node.id}"'
            hint += f" and titled = {json.dumps(node.title, ensure_ascii=False)}"
        tell((*one.path, "id"), message, hint)
