"""Writes down how a run is taken back: as data, as a script, and as a page to print.

All three before each step's command starts and after each step ends, whatever becomes of us then.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pwd
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from runbook_tui.run.failing import needed_by, on_failure, tries
from runbook_tui.run.prepare import undo_environment
from runbook_tui.run.rollback import plan
from runbook_tui.run.scopes import default_scope
from runbook_tui.run.state import CommandRecord, RunState, Status, StepState
from runbook_tui.run.undo_items import Item
from runbook_tui.session import undo_file, undo_script, undo_sheet
from runbook_tui.session.undo_file import Running
from runbook_tui.session.undo_script import Owner


def write(folder: Path, state: RunState, at: float) -> None:
    """Replace the run's undo file, its script and its page; raises OSError, the old ones stay then.

    The file comes first: it is what the program itself goes by.
    """
    planned = plan(state, "run", "").items
    needing = needed_by(state, [item.step for item in planned])
    first = {item.step: needing(item.step) for item in planned}
    after: dict[str, list[str]] = {}
    for id_, others in first.items():
        for other in others:
            after.setdefault(other, []).append(id_)
    items = [_filed(state, item, after.get(item.step, []), first[item.step]) for item in planned]
    running = [
        Running(step=id_, kind=c.kind, attempt=c.attempt, folder=c.folder)
        for id_, step in state.steps.items()
        for c in _running(step)
    ]
    scope, node = default_scope(state)
    body = {
        "format": 1,
        "run": state.run,
        "title": state.runbook.title,
        "at": at,
        "items": items,
        "running": [command.folder for command in running],
        "commands": [dataclasses.asdict(command) for command in running],
        "seq": state.seq,
        "scope": scope,
        "node": node,
        "rehearsal": state.rehearsal,
        "base": state.begun.folder if state.begun is not None else "/",
        "secrets": {
            p.name: dataclasses.asdict(p.secret)
            for p in state.runbook.parameters
            if p.secret is not None
        },
    }
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _replace(folder / undo_file.NAME, _lines(body), 0o600)
    file = undo_file.parsed(body)
    place = folder.absolute()
    _replace(folder / undo_script.NAME, undo_script.script(file, place, _owner()), 0o700)
    page = undo_sheet.sheet(file, state.runbook, place)
    _replace(folder / undo_sheet.NAME, page, 0o600, durable=False)


def _lines(body: Mapping[str, Any]) -> str:
    """JSON that people can read too, a line each; all of it indented takes many times as long."""
    dumps = partial(json.dumps, ensure_ascii=False)
    parts = []
    for name, value in body.items():
        text = dumps(value)
        if isinstance(value, list) and value:
            text = "[\n  " + ",\n  ".join(map(dumps, value)) + "\n ]"
        parts.append(f" {dumps(name)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def renew(folder: Path, state: RunState, at: float) -> None:
    """Write down anew what is there already, unless that knows more; raises OSError."""
    try:
        seq = undo_file.read(folder / undo_file.NAME).seq
    except (OSError, ValueError, KeyError, TypeError):
        return
    if seq <= state.seq:
        write(folder, state, at)


def _replace(path: Path, text: str, mode: int, *, durable: bool = True) -> None:
    """Put a file in place at once; ``durable`` waits for the disk."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        if durable:
            os.fsync(file.fileno())
    temporary.replace(path)


def _owner() -> Owner:
    uid = os.getuid()
    try:
        return Owner(uid=uid, name=pwd.getpwuid(uid).pw_name)
    except KeyError:
        return Owner(uid=uid, name=str(uid))


def _filed(state: RunState, item: Item, needs: list[str], needed_by: list[str]) -> dict[str, Any]:
    """``needed_by``: which steps need this one and are taken back before it; ``needs``: the
    other way round."""
    armed = state.step(item.step).undo
    node = state.outline[item.step]
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
        "environment": undo_environment(state, state.outline.steps[item.step], armed)
        if armed
        else {},
        "inside": [n for n in (node.change, node.phase) if n],
        "begun": _begun(state, item.step, item.text),
        "earlier_begun": [_begun(state, item.step, text) for text in item.earlier],
        "ready": item.check,
        "went": list(item.went),
        "outputs": list(state.outline.steps[item.step].outputs),
        "running": [c.folder for c in _running(state.step(item.step))],
        "needs": needs,
        "needed_by": needed_by,
        "timeout": (armed.timeout if armed else None) or undo_file.UNDO_SECONDS,
        "on_failure": on_failure(state, item.step),
        "withheld": list(armed.withheld) if armed else [],
        "reason": item.reason,
        "host": item.host,
        "ssh": armed.ssh if armed else "",
    }


def _running(step: StepState) -> list[CommandRecord]:
    return [c for c in step.commands if c.running and c.kind not in undo_file.UNDO_KINDS]


def _begun(state: RunState, step: str, text: str) -> str:
    """The folder of an undo that runs, or whose outcome was not recorded; empty where none.

    Also of one that was lost in a rollback that is not over: whoever goes on with that one knows
    no better whether it has done its work.
    """
    record = tries(state, step).get(text)
    if record is None:
        return ""
    rollback = state.rollback
    under_way = rollback is not None and rollback.started is not None and rollback.finished is None
    open_ = state.step(step).status is Status.UNDOING
    return record.folder if open_ or (record.lost and under_way) else ""
