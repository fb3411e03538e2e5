"""The undo file: the rollback of a run as plain data, for when the journal cannot be opened.

Written beside the commands' logs, replaced atomically before each step's command starts. Holds
no secret's value. Format 1: ``{format, run, title, at, items: [...]}``, items newest first.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runbook_tui.book.model import Secret
from runbook_tui.book.parameters import Place, fill_in
from runbook_tui.run import remote
from runbook_tui.run.events import UndoArmed
from runbook_tui.run.rollback import Item, default_scope, plan
from runbook_tui.run.state import RunState, Status, StepState
from runbook_tui.session.ports.commands import PutOut

NAME = "undo.json"
UNDO_KINDS = frozenset({"undo", "verify_undo"})


@dataclass(frozen=True, slots=True, kw_only=True)
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
    shell: tuple[str, ...] = ()
    environment: dict[str, str] | None = None
    lacking: tuple[str, ...] = ()
    """Secrets that cannot be had now; never written down."""
    inside: tuple[str, ...] = ()
    """Ids of the change and the phase around the step."""
    begun: str = ""
    """The folder of its undo, where a rollback had begun it."""
    outputs: tuple[str, ...] = ()
    """Names of the values that the step may put out."""
    running: tuple[str, ...] = ()
    """Folders of its commands that ran when this was written: they may have put out more since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoFile:
    """What an undo file says."""

    run: str
    title: str
    at: float
    items: tuple[FiledUndo, ...]
    folders: tuple[str, ...] = ()
    seq: int = 0
    """The last event of the run that was known when this was written."""
    base: str = "/"
    """The run's folder, where its secrets are fetched."""
    sources: Mapping[str, Secret] = field(default_factory=dict)
    """Where the secrets that the items name come from; never their values."""
    scope: str = "run"
    node: str = ""
    """The narrowest scope that holds everything since the last gate, when this was written."""

    def completed(self, put_out: Callable[[Path], PutOut]) -> UndoFile:
        """The file with what commands have put out since; ``put_out`` reads it from a folder."""
        items = tuple(_completed(item, put_out, self.sources) for item in self.items)
        return dataclasses.replace(self, items=items)

    def limited(self, scope: str | None, *, past_floor: bool) -> UndoFile:
        """The file with what lies in a scope alone; floors are looked at anew."""
        scope, node = (scope, "") if scope else (self.scope, self.node)
        items: list[FiledUndo] = []
        held = False
        for item in self.items:
            if not _in_scope(item, self.items, scope, node):
                continue
            items.append(dataclasses.replace(item, held=held))
            held = held or (item.kind == "irreversible" and not past_floor)
        return dataclasses.replace(self, items=tuple(items), scope=scope)


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
    needed = tuple(dict.fromkeys((*text.open, *verify.open)))
    return dataclasses.replace(item, text=text.text, verify=verify.text, missing=needed)


def _parsed(places: tuple[str, ...] | None) -> tuple[Place, ...] | None:
    return None if places is None else tuple(Place.parsed(place) for place in places)


def _in_scope(item: FiledUndo, items: tuple[FiledUndo, ...], scope: str, node: str) -> bool:
    """Whether an item lies in the scope: that of ``node``, else that of the newest item."""
    if scope == "run":
        return True
    newest = items[0]
    if scope == "step":
        return item.step == (node or newest.step)
    wanted = node or (newest.inside[0] if scope == "change" else newest.inside[-1])
    return wanted in (item.step, *item.inside)


def write(folder: Path, state: RunState, at: float) -> None:
    """Replace the run's undo file; raises OSError, the old one stays then."""
    items = [_filed(state, item) for item in plan(state, "run", "").items]
    running = [folder for step in state.steps.values() for folder in _running(step)]
    scope, node = default_scope(state)
    body = {
        "format": 1,
        "run": state.run,
        "title": state.runbook.title,
        "at": at,
        "items": items,
        "running": running,
        "seq": state.seq,
        "scope": scope,
        "node": node,
        "base": state.begun.folder if state.begun is not None else "/",
        "secrets": {
            p.name: dataclasses.asdict(p.secret)
            for p in state.runbook.parameters
            if p.secret is not None
        },
    }
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = folder / f".{NAME}.{os.getpid()}"
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        json.dump(body, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / NAME)


def _filed(state: RunState, item: Item) -> dict[str, Any]:
    armed = state.step(item.step).undo
    node = state.outline[item.step]
    by_hand: dict[str, Any] = {}
    if armed is not None and armed.host:
        by_hand = {"host": armed.host, "by_hand": _by_hand(item, armed)}
    return {
        "step": item.step,
        "title": item.title,
        "kind": item.kind,
        "text": item.text,
        "earlier": list(item.earlier),
        "verify": item.verify,
        "missing": list(item.missing),
        "places": list(item.places),
        "verify_places": list(item.verify_places),
        "secrets": list(item.secrets),
        "held": item.held,
        "cwd": item.cwd,
        "shell": list(armed.shell) if armed else [],
        "environment": dict(armed.environment) if armed else {},
        "inside": [n for n in (node.change, node.phase) if n],
        "begun": _begun(state, item.step),
        "outputs": list(state.outline.steps[item.step].outputs),
        "running": _running(state.step(item.step)),
        **by_hand,
    }


def _by_hand(item: Item, armed: UndoArmed) -> list[str]:
    """The item's texts as they run on its host without this program; none while values lack."""
    if item.missing:
        return []
    return [
        remote.by_hand(
            host=armed.host, text=text, shell=armed.shell, cwd=armed.cwd,
            environment=armed.environment, secrets=armed.secrets,
        )
        for text in (item.text, *item.earlier, item.verify) if text
    ]  # fmt: skip


def _running(step: StepState) -> list[str]:
    return [c.folder for c in step.commands if c.running and c.kind not in UNDO_KINDS]


def _begun(state: RunState, step: str) -> str:
    """The folder of an undo that runs, or whose outcome was not recorded; empty where none."""
    record = next((c for c in reversed(state.step(step).commands) if c.kind == "undo"), None)
    undoing = state.step(step).status is Status.UNDOING
    return record.folder if record is not None and undoing else ""


def _optional(found: list[str] | None) -> tuple[str, ...] | None:
    return None if found is None else tuple(found)


def read(path: Path) -> UndoFile:
    """Read an undo file; raises OSError or ValueError."""
    body = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(body, dict) or body.get("format") != 1:
        raise ValueError(f"{path}: not an undo file of format 1")
    items = tuple(
        FiledUndo(
            step=str(item["step"]),
            title=str(item["title"]),
            kind=str(item["kind"]),
            text=str(item.get("text", "")),
            earlier=tuple(item.get("earlier", ())),
            verify=str(item.get("verify", "")),
            missing=tuple(item.get("missing", ())),
            places=_optional(item.get("places")),
            verify_places=_optional(item.get("verify_places")),
            secrets=tuple(item.get("secrets", ())),
            held=bool(item.get("held", False)),
            cwd=str(item.get("cwd", "")),
            host=str(item.get("host", "")),
            shell=tuple(item.get("shell", ())),
            environment=dict(item.get("environment", {})),
            inside=tuple(item.get("inside", ())),
            begun=str(item.get("begun", "")),
            outputs=tuple(item.get("outputs", ())),
            running=tuple(item.get("running", ())),
        )
        for item in body["items"]
    )
    return UndoFile(
        run=str(body["run"]),
        title=str(body.get("title", "")),
        at=float(body.get("at", 0)),
        items=items,
        folders=tuple(body.get("running", ())),
        seq=int(body.get("seq", 0)),
        base=str(body.get("base", "/")),
        sources={name: Secret(**source) for name, source in body.get("secrets", {}).items()},
        scope=str(body.get("scope", "run")),
        node=str(body.get("node", "")),
    )
