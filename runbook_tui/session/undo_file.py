"""The undo file: the rollback of a run as plain data, for when the journal cannot be opened.

Written beside the commands' logs, replaced atomically before each step's command starts. Holds
no secret's value. Format 2: ``{format, run, title, at, environment, items: [...]}``, items newest
first. Most of what is empty in an item is left out; ``environment`` is what the undos on this
machine share. Format 1 has in each item all of its environment.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Set
from dataclasses import field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from runbook_tui.book.model import Secret
from runbook_tui.book.parameters import Gap, fill_in
from runbook_tui.frozen import frozen
from runbook_tui.run.once import once
from runbook_tui.session.ports.commands import PutOut

NAME = "undo.json"
FORMATS = (1, 2)
UNDO_SECONDS = 900.0
"""How long an undo may take where the plan does not say."""
UNDO_KINDS = frozenset({"undo", "verify_undo"})
ABSENT: Mapping[str, Any] = MappingProxyType(
    {
        "text": "", "earlier": [], "verify": "", "missing": [], "secrets": [], "held": False,
        "cwd": "", "host": "", "ssh": "", "shell": [], "environment": {}, "inside": [],
        "begun": "", "earlier_begun": [], "ready": "", "went": [], "outputs": [], "running": [],
        "needed_by": [],
        "timeout": UNDO_SECONDS, "on_failure": "ask", "needs": [], "withheld": [], "reason": "",
    }
)  # fmt: skip
"""What an item says that says nothing of it."""
ALWAYS = frozenset({"text", "verify", "missing", "cwd", "shell", "environment", "inside"})
"""What is written though it is empty: whoever reads the file looks for it."""


@frozen
class FiledUndo:
    """One item of an undo file."""

    step: str
    title: str
    kind: str
    text: str = ""
    earlier: tuple[str, ...] = ()
    verify: str = ""
    missing: tuple[str, ...] = ()
    places: tuple[str, ...] | None = None
    """Where names still stand in ``text``, as in `UndoArmed`; None: wherever one is found."""
    verify_places: tuple[str, ...] | None = None
    secrets: tuple[str, ...] = ()
    held: bool = False
    cwd: str = ""
    host: str = ""
    ssh: str = ""
    shell: tuple[str, ...] = ()
    environment: dict[str, str] | None = None
    lacking: tuple[str, ...] = ()
    """Secrets that cannot be had now; never written down."""
    inside: tuple[str, ...] = ()
    """Ids of the change and the phase around the step."""
    begun: str = ""
    """The folder of its undo, where a rollback had begun it."""
    earlier_begun: tuple[str, ...] = ()
    """The folders of ``earlier``, likewise; empty where it had not begun one."""
    ready: str = ""
    """What says whether it could work now; empty where nothing does."""
    went: tuple[str, ...] = ()
    """Those of its texts that have gone well already and are not run again."""
    outputs: tuple[str, ...] = ()
    """Names of the values that the step may put out."""
    running: tuple[str, ...] = ()
    """Folders of its commands that ran when this was written: they may have put out more since."""
    needed_by: tuple[str, ...] = ()
    """Ids of the steps that need it, as the plan has written; they are taken back before it."""
    on_failure: str = "ask"
    """What the plan wants when it fails; there is nobody to ask here."""
    timeout: float = UNDO_SECONDS
    """Seconds that it may take."""
    needs: tuple[str, ...] = ()
    """Steps that the plan says it needs, in so many words."""
    withheld: tuple[str, ...] = ()
    """Variables that its step had and that are not written down: they smell of secrets."""
    reason: str = ""
    """Why it is no command."""

    @property
    def texts(self) -> tuple[str, ...]:
        """All that its undo runs, in order."""
        return (self.text, *self.earlier)

    @property
    def begun_texts(self) -> list[tuple[str, str]]:
        """Those of its texts that a rollback had begun, with their folders."""
        folders = (self.begun, *self.earlier_begun)
        return [(text, f) for text, f in zip(self.texts, folders, strict=False) if f]


@frozen
class Running:
    """A command that ran when the file was written."""

    step: str
    kind: str
    attempt: int
    folder: str


@frozen
class UndoFile:
    """What an undo file says."""

    run: str
    title: str
    at: float
    items: tuple[FiledUndo, ...]
    folders: tuple[str, ...] = ()
    running: tuple[Running, ...] = ()
    """The same commands as ``folders``, with what they are."""
    seq: int = 0
    """The last event of the run that was known when this was written."""
    base: str = "/"
    """The run's folder, where its secrets are fetched."""
    sources: Mapping[str, Secret] = field(default_factory=dict)
    """Where the secrets that the items name come from; never their values."""
    scope: str = "run"
    node: str = ""
    """The narrowest scope that holds everything since the last gate, when this was written."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What all undos on this machine have in their environments, as far as it was looked for."""
    rehearsal: bool = False
    """Whether it is what really ran in a rehearsal; it has to be named."""

    def without_what_went(self, well: Set[tuple[str, str]]) -> UndoFile:
        """The file where also these texts, with their steps before them, have gone well."""
        items = tuple(
            dataclasses.replace(
                i, went=tuple(t for t in i.texts if t in i.went or (i.step, t) in well)
            )
            for i in self.items
        )
        return dataclasses.replace(self, items=items)

    def completed(self, put_out: Callable[[Path], PutOut]) -> UndoFile:
        """The file with what commands have put out since; ``put_out`` reads it from a folder."""
        items = tuple(_completed(item, put_out, self.sources) for item in self.items)
        return dataclasses.replace(self, items=items)

    def limited(self, scope: str | None, *, past_floor: bool) -> UndoFile:
        """The file with what lies in a scope alone; floors are looked at anew."""
        inside = self.inside(scope)
        items: list[FiledUndo] = []
        held = False
        for item in self.items:
            if item.step not in inside:
                continue
            items.append(dataclasses.replace(item, held=held))
            held = held or (item.kind == "irreversible" and not past_floor)
        return dataclasses.replace(self, items=tuple(items), scope=scope or self.scope)

    def inside(self, scope: str | None = None) -> frozenset[str]:
        """Steps of the items that lie in a scope; without one in the file's own."""
        return (
            _inside(self.items, scope, "") if scope else _inside(self.items, self.scope, self.node)
        )


def _completed(
    item: FiledUndo, put_out: Callable[[Path], PutOut], secrets: Mapping[str, Secret]
) -> FiledUndo:
    """An undo that lacks values, with those that its step has put out by now."""
    if not item.missing or not item.running:
        return item
    values: dict[str, str] = {}
    for folder in item.running:
        found = put_out(Path(folder))
        values.update({
            name: value for name, value in found.values.items()
            if name in item.outputs and name not in found.faults
        })  # fmt: skip
    shell = " ".join(item.shell)
    text = fill_in(item.text, values, secrets=secrets, places=_parsed(item.places), shell=shell)
    verify = fill_in(
        item.verify, values, secrets=secrets, places=_parsed(item.verify_places), shell=shell
    )
    # What the texts read as variables stands in no place of theirs.
    variables = (name for name in item.missing if name not in values)
    return dataclasses.replace(
        item,
        text=text.text,
        verify=verify.text,
        missing=tuple(dict.fromkeys((*text.open, *verify.open, *variables))),
        environment={**values, **(item.environment or {})},
    )


def _parsed(places: tuple[str, ...] | None) -> tuple[Gap, ...] | None:
    return None if places is None else tuple(Gap.parsed(place) for place in places)


@once
def _inside(items: tuple[FiledUndo, ...], scope: str, node: str) -> frozenset[str]:
    return frozenset(item.step for item in items if _in_scope(item, items, scope, node))


def _in_scope(item: FiledUndo, items: tuple[FiledUndo, ...], scope: str, node: str) -> bool:
    """Whether an item lies in the scope: that of ``node``, else that of the newest item."""
    if scope == "run":
        return True
    newest = items[0]
    if scope == "step":
        return item.step == (node or newest.step)
    wanted = node or (newest.inside[0] if scope == "change" else newest.inside[-1])
    return wanted in (item.step, *item.inside)


def _optional(found: list[str] | None) -> tuple[str, ...] | None:
    return None if found is None else tuple(found)


def read(path: Path) -> UndoFile:
    """Read an undo file; raises OSError or ValueError."""
    body = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(body, dict) or body.get("format") not in FORMATS:
        raise ValueError(f"{path}: not an undo file of format 1 or 2")
    return parsed(body)


def shares(item: Mapping[str, Any]) -> bool:
    """Whether an item's environment is the one of this machine, and what it has for itself."""
    return item["kind"] == "command" and not item.get("host")


def item_of(item: Mapping[str, Any]) -> FiledUndo:
    """What the JSON values of one item mean; raises ValueError, KeyError, TypeError."""
    found = {**ABSENT, **item}
    return FiledUndo(
        step=str(found["step"]),
        title=str(found["title"]),
        kind=str(found["kind"]),
        text=str(found["text"]),
        earlier=tuple(found["earlier"]),
        verify=str(found["verify"]),
        missing=tuple(found["missing"]),
        places=_optional(found.get("places")),
        verify_places=_optional(found.get("verify_places")),
        secrets=tuple(found["secrets"]),
        held=bool(found["held"]),
        cwd=str(found["cwd"]),
        host=str(found["host"]),
        ssh=str(found["ssh"]),
        shell=tuple(found["shell"]),
        environment=dict(found["environment"]),
        inside=tuple(found["inside"]),
        begun=str(found["begun"]),
        earlier_begun=tuple(found["earlier_begun"]),
        ready=str(found["ready"]),
        went=tuple(found["went"]),
        outputs=tuple(found["outputs"]),
        running=tuple(found["running"]),
        needed_by=tuple(found["needed_by"]),
        timeout=float(found["timeout"]),
        on_failure=str(found["on_failure"]),
        needs=tuple(found["needs"]),
        withheld=tuple(found["withheld"]),
        reason=str(found["reason"]),
    )


def parsed(body: Mapping[str, Any]) -> UndoFile:
    """What the JSON values of an undo file mean; raises ValueError, KeyError, TypeError."""
    around = dict(body.get("environment", {}))
    items = tuple(
        item_of({**item, "environment": {**around, **item.get("environment", {})}}
                if shares(item) else item)
        for item in body["items"]
    )  # fmt: skip
    return UndoFile(
        run=str(body["run"]),
        title=str(body.get("title", "")),
        at=float(body.get("at", 0)),
        items=items,
        folders=tuple(body.get("running", ())),
        running=tuple(Running(**command) for command in body.get("commands", ())),
        seq=int(body.get("seq", 0)),
        base=str(body.get("base", "/")),
        rehearsal=bool(body.get("rehearsal", False)),
        sources={name: Secret(**source) for name, source in body.get("secrets", {}).items()},
        scope=str(body.get("scope", "run")),
        node=str(body.get("node", "")),
        environment=around,
    )
