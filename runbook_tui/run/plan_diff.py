"""What is another in a new plan, as people think of it: phases, steps, checks, commands, values."""

from __future__ import annotations

import dataclasses
import difflib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runbook_tui.book.kept import pack
from runbook_tui.book.model import Gate, Runbook, Step
from runbook_tui.frozen import frozen
from runbook_tui.run.content import INSIDE, PLACE, PLANNED
from runbook_tui.run.nodes import Node
from runbook_tui.run.outline import Outline

ALIKE = 0.7
"""How much of two titles or commands must be the same for one to be likely the other."""
NAMES = {
    "run": "command", "before": "command before", "undo": "undo",
    "verify_undo": "check of the undo",
    "undo_ready": "readiness of the undo", "ready": "readiness probe", "signoff": "sign-off",
    "cwd": "folder", "env": "variables", "effect": "changes", "hosts": "machines",
    "arguments": "values", "rollback_within": "time for a rollback",
}  # fmt: skip
"""Fields by what people call them; any other goes by its own name."""
MADE = frozenset({"run", "before", "undo", "verify_undo", "undo_ready", "outputs"})
"""What a built-in action is carried out as; it follows from the action and its values."""


@frozen
class Detail:
    """One thing in a part that is another: what it was and is, empty where it is not there."""

    name: str
    old: str = ""
    new: str = ""


@frozen
class Difference:
    """One part of the plan. ``how`` is ``added``, ``removed``, ``changed`` or ``moved``; ``kind``
    what it is; ``likely`` the id that it may have now, where the plan has lost it."""

    how: str
    kind: str
    id: str
    title: str
    details: tuple[Detail, ...] = ()
    likely: str = ""


def plan_differences(old: Runbook, new: Runbook) -> tuple[Difference, ...]:
    """All differences, in the order of the new plan; what is gone comes behind what is there."""
    before, now = Outline(old), Outline(new)
    return (*_nodes(before, now), *_beside(old, new))


def _nodes(before: Outline, now: Outline) -> Iterator[Difference]:
    moved = _moved(before, now)
    for id_, node in now.nodes.items():
        about = {"kind": node.kind.value, "id": id_, "title": node.title}
        was = before.nodes.get(id_)
        if was is None or was.kind is not node.kind:
            yield Difference(how="added", details=_details(None, node), **about)
            continue
        if id_ in moved:
            yield Difference(how="moved", details=(moved[id_],), **about)
        if details := _details(was, node):
            yield Difference(how="changed", details=details, **about)
    lost = [n for id_, n in before.nodes.items()
            if id_ not in now or now[id_].kind is not n.kind]  # fmt: skip
    fresh = [n for id_, n in now.nodes.items()
             if id_ not in before or before[id_].kind is not n.kind]  # fmt: skip
    for node in lost:
        yield Difference(how="removed", kind=node.kind.value, id=node.id, title=node.title,
                         likely=_likely(node, fresh))  # fmt: skip


def _moved(before: Outline, now: Outline) -> Mapping[str, Detail]:
    """What both plans have and that stands in another part, or behind what it stood before."""
    found: dict[str, Detail] = {}
    for id_, node in now.nodes.items():
        was = before.nodes.get(id_)
        if was is not None and was.kind is node.kind and was.parent != node.parent:
            found[id_] = Detail(name="place", old=_in(before, was), new=_in(now, node))
    for parent in ("", *now.nodes):
        here = [
            id_
            for id_ in now.children(parent)
            if id_ in before and id_ not in found and before[id_].kind is now[id_].kind
        ]
        stayed = set(_rising(here, before))
        for place, id_ in enumerate(here):
            if id_ not in stayed:
                behind = f"behind “{now[here[place - 1]].title}”" if place else "first"
                found[id_] = Detail(name="place", new=behind)
    return found


def _in(outline: Outline, node: Node) -> str:
    return f"in “{outline[node.parent].title}”" if node.parent else "in the plan itself"


def _rising(ids: Sequence[str], before: Outline) -> list[str]:
    """The most of these ids that stand in the order in which they stood before."""
    ends: list[int] = []
    last: list[int] = []
    back: list[int] = []
    for place, id_ in enumerate(ids):
        index = before[id_].index
        at = bisect_left(ends, index)
        back.append(last[at - 1] if at else -1)
        ends[at:], last[at:] = ([index], [place]) if at == len(ends) else (
            [index, *ends[at + 1:]], [place, *last[at + 1:]])  # fmt: skip
    found: list[str] = []
    at = last[-1] if last else -1
    while at >= 0:
        found.append(ids[at])
        at = back[at]
    return found[::-1]


def _details(was: Node | None, node: Node) -> tuple[Detail, ...]:
    """The fields that are others; of what is new those that tell what it does."""
    fields = [
        f.name for f in dataclasses.fields(node.item) if f.name not in PLACE | INSIDE | {"id"}
    ]
    action = isinstance(node.item, Step) and node.item.action is not None
    if action and (was is None or getattr(was.item, "action", None) is not None):
        fields = [name for name in fields if name not in MADE]
    if was is None:
        fields = [name for name in fields if name in ("run", "action", "undo", "probe")]
    found = []
    for name in fields:
        old = said(getattr(was.item, name)) if was is not None else ""
        new = said(getattr(node.item, name))
        if old != new:
            found.append(Detail(name=NAMES.get(name, name.replace("_", " ")), old=old, new=new))
    return tuple(found)


def said(value: Any) -> str:
    """A field of a plan as text; empty where nothing stands in it."""
    if value is None or value == () or value == "" or value == {}:
        return ""
    if isinstance(value, Gate):
        says = (value.four_eyes, value.signed, value.github)
        also = ("four eyes", "signed", "at GitHub too")
        flags = [word for word, on in zip(also, says, strict=True) if on]
        many = f"{value.count} each of " if value.count > 1 else ""
        within = [f"within {value.within:g} s"] if value.within is not None else []
        return ", ".join([many + " and ".join(value.roles), *flags, *within])
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(said(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {said(item)}" for name, item in value.items())
    if dataclasses.is_dataclass(value):
        return said({n: v for n, v in pack(value).items() if n not in PLACE})
    return f"{value:g}" if isinstance(value, float) else str(value)


def _likely(gone: Node, fresh: Sequence[Node]) -> str:
    """The id of what is new and is most like what is gone; empty where nothing is."""
    best, found = ALIKE, ""
    for node in fresh:
        if node.kind is not gone.kind:
            continue
        how = max(_alike(gone.title.casefold(), node.title.casefold()),
                  _alike(_does(gone), _does(node)))  # fmt: skip
        if how > best:
            best, found = how, node.id
    return found


def _does(node: Node) -> str:
    return said(getattr(node.item, "run", None)) or said(getattr(node.item, "probe", None))


def _alike(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    return difflib.SequenceMatcher(None, one[:2000], other[:2000], autojunk=False).ratio()


def _beside(old: Runbook, new: Runbook) -> Iterator[Difference]:
    """What stands beside the nodes: values, procedures, watches, and words of the whole plan."""
    words = tuple(
        Detail(name=name, old=said(one), new=said(other))
        for name, one, other in (
            ("title", old.title, new.title), ("roles", old.roles, new.roles),
            ("order", "advised" if old.advised else "holds", "advised" if new.advised else "holds"),
            ("undos at once", old.undos_at_once, new.undos_at_once),
            ("allowed signers", old.allowed_signers, new.allowed_signers),
            ("forge", old.forge, new.forge),
            ("telling", told(old), told(new)),
        )
        if said(one) != said(other)
    )  # fmt: skip
    if words:
        yield Difference(how="changed", kind="plan", id="", title=new.title, details=words)
    for kind, one, other in (
        ("parameter", {p.name: p for p in old.parameters}, {p.name: p for p in new.parameters}),
        ("procedure", {p.id: p for p in old.procedures}, {p.id: p for p in new.procedures}),
        ("watch", {w.id: w for w in old.watches}, {w.id: w for w in new.watches}),
        ("announcement", {a.id: a for a in old.announcements},
         {a.id: a for a in new.announcements}),
        ("contact", {c.role: c for c in old.contacts}, {c.role: c for c in new.contacts}),
        ("escalation", {c.topic: c for c in old.escalations},
         {c.topic: c for c in new.escalations}),
    ):  # fmt: skip
        yield from _of_kind(kind, one, other)
    yield from _offered(old, new)


def told(runbook: Runbook) -> str:
    """Whom it tells of alarms, in words; empty where nobody."""
    hooks = [f"{hook.form} {hook.url}" for hook in runbook.tell.webhooks]
    return ", ".join([*filter(None, [runbook.tell.command]), *hooks])


def _offered(old: Runbook, new: Runbook) -> Iterator[Difference]:
    """Commands outside the steps, which are offered or read; they go by their text alone."""
    one, other = (
        {c.text: c for c in runbook.commands if c.step is None and c.runnable}
        for runbook in (old, new)
    )
    for how, these, those in (("added", other, one), ("removed", one, other)):
        for text, command in these.items():
            if text not in those:
                title = text.strip().partition("\n")[0]
                yield Difference(how=how, kind="command", id=command.id, title=title)


def _of_kind(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for id_, item in new.items():
        title = str(getattr(item, "title", id_))
        if id_ not in old:
            yield Difference(how="added", kind=kind, id=id_, title=title)
            continue
        details = tuple(
            Detail(name=f.name.replace("_", " "), old=one, new=other)
            for f in dataclasses.fields(item)
            if f.name not in PLACE | PLANNED | {"lines"}
            and (one := said(getattr(old[id_], f.name))) != (other := said(getattr(item, f.name)))
        )
        if details:
            yield Difference(how="changed", kind=kind, id=id_, title=title, details=details)
    for id_, item in old.items():
        if id_ not in new:
            title = str(getattr(item, "title", id_))
            yield Difference(how="removed", kind=kind, id=id_, title=title)
