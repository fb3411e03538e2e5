"""The undo file: the rollback of a run as plain data, for when the journal cannot be opened.

Written beside the commands' logs, replaced atomically before each step's command starts. Holds
no secret's value. Format 1: ``{format, run, title, at, items: [...]}``, items newest first.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runbook_tui.run.rollback import Item, plan
from runbook_tui.run.state import RunState

NAME = "undo.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledUndo:
    """One item of an undo file."""

    step: str
    title: str
    kind: str
    text: str = ""
    verify: str = ""
    missing: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    held: bool = False
    cwd: str = ""
    shell: tuple[str, ...] = ()
    environment: dict[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoFile:
    """What an undo file says."""

    run: str
    title: str
    at: float
    items: tuple[FiledUndo, ...]
    folders: tuple[str, ...] = ()


def write(folder: Path, state: RunState, at: float) -> None:
    """Replace the run's undo file; raises OSError, the old one stays then."""
    items = [_filed(state, item) for item in plan(state, "run", "").items]
    running = [
        command.folder
        for step in state.steps.values()
        for command in step.commands
        if command.running
    ]
    body = {
        "format": 1,
        "run": state.run,
        "title": state.runbook.title,
        "at": at,
        "items": items,
        "running": running,
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
    return {
        "step": item.step,
        "title": item.title,
        "kind": item.kind,
        "text": item.text,
        "verify": item.verify,
        "missing": list(item.missing),
        "secrets": list(item.secrets),
        "held": item.held,
        "cwd": item.cwd,
        "shell": list(armed.shell) if armed else [],
        "environment": dict(armed.environment) if armed else {},
    }


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
            verify=str(item.get("verify", "")),
            missing=tuple(item.get("missing", ())),
            secrets=tuple(item.get("secrets", ())),
            held=bool(item.get("held", False)),
            cwd=str(item.get("cwd", "")),
            shell=tuple(item.get("shell", ())),
            environment=dict(item.get("environment", {})),
        )
        for item in body["items"]
    )
    return UndoFile(
        run=str(body["run"]),
        title=str(body.get("title", "")),
        at=float(body.get("at", 0)),
        items=items,
        folders=tuple(body.get("running", ())),
    )
