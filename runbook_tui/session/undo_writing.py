"""Writes down how a run is taken back: as data, as a script, and as a page to print.

All three before each step's command starts and after each step ends, whatever becomes of us then.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pwd
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from runbook_tui.frozen import frozen
from runbook_tui.run.scopes import default_scope
from runbook_tui.run.state import RunState
from runbook_tui.session import undo_file, undo_script, undo_sheet
from runbook_tui.session.home import make_folder, opened
from runbook_tui.session.undo_file import Running, UndoFile
from runbook_tui.session.undo_filing import Filing, running
from runbook_tui.session.undo_script import Bodies, Owner


@frozen(kw_only=False)
class Paper:
    """One file as it is to be; ``durable`` where a disk is waited for."""

    path: Path
    text: str
    mode: int
    durable: bool = True


class Papers:
    """What is written down of one run, and kept from one time to the next. Not thread-safe."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filing = Filing()
        self._bodies = Bodies()

    def write(self, state: RunState, at: float) -> None:
        """Replace the run's undo file, its script and its page; raises OSError, the old ones stay.

        The file comes first: it is what the program itself goes by.
        """
        for paper in self.papers(state, at):
            _aside(paper, "").replace(paper.path)

    def ahead(self, state: RunState, at: float) -> Ahead:
        """Write all of it beside what is there, which stays as it is. Raises OSError."""
        ahead = Ahead()
        try:
            for paper in self.papers(state, at):
                ahead.files.append((_aside(paper, ".ahead"), paper.path))
        except OSError:
            ahead.drop()
            raise
        return ahead

    def papers(self, state: RunState, at: float) -> Sequence[Paper]:
        """What would be written now, in the order in which it is."""
        items, around = self._filing.file(state)
        scope, node = default_scope(state)
        file = UndoFile(
            run=state.run,
            title=state.runbook.title,
            at=at,
            items=tuple(item.undo for item in items),
            running=(commands := _commands(state)),
            folders=tuple(command.folder for command in commands),
            seq=state.seq,
            scope=scope,
            node=node,
            rehearsal=state.rehearsal,
            base=state.begun.folder if state.begun is not None else "/",
            sources={p.name: p.secret for p in state.runbook.parameters if p.secret is not None},
            environment=around,
        )
        place = Path(os.path.realpath(self.folder))
        script = undo_script.script(file, place, _owner(), self._bodies)
        page = undo_sheet.sheet(file, state.runbook, place)
        return (
            Paper(place / undo_file.NAME, _lines(file, [item.text for item in items]), 0o600),
            Paper(place / undo_script.NAME, script, 0o700),
            Paper(place / undo_sheet.NAME, page, 0o600, durable=False),
        )


class Ahead:
    """Files that are written and not in their places yet: nobody looks at them."""

    def __init__(self) -> None:
        self.files: list[tuple[Path, Path]] = []

    def put(self) -> None:
        """Put them in their places; raises OSError."""
        for aside, path in self.files:
            aside.replace(path)

    def drop(self) -> None:
        """Take away those that are not in their places."""
        for aside, _ in self.files:
            aside.unlink(missing_ok=True)


def write(folder: Path, state: RunState, at: float) -> None:
    """Write down once how a run is taken back; raises OSError, the old files stay then."""
    Papers(folder).write(state, at)


def renew(folder: Path, state: RunState, at: float) -> None:
    """Write down anew what is there already, unless that knows more; raises OSError."""
    try:
        seq = undo_file.read(folder / undo_file.NAME).seq
    except (OSError, ValueError, KeyError, TypeError):
        return
    if seq <= state.seq:
        write(folder, state, at)


def _commands(state: RunState) -> tuple[Running, ...]:
    return tuple(
        Running(step=id_, kind=c.kind, attempt=c.attempt, folder=c.folder)
        for id_, step in state.steps.items()
        for c in running(step)
    )


def _lines(file: UndoFile, items: Sequence[str]) -> str:
    """JSON that people can read too, a line each; all of it indented takes many times as long."""
    dumps = partial(json.dumps, ensure_ascii=False)
    commands = [dumps(dataclasses.asdict(command)) for command in file.running]
    body: Mapping[str, Any] = {
        "format": undo_file.FORMATS[-1],
        "run": file.run,
        "title": file.title,
        "at": file.at,
        "environment": dict(file.environment),
        "seq": file.seq,
        "scope": file.scope,
        "node": file.node,
        "rehearsal": file.rehearsal,
        "base": file.base,
        "secrets": {name: dataclasses.asdict(source) for name, source in file.sources.items()},
    }
    parts = [f" {dumps(name)}: {dumps(value)}" for name, value in body.items()]
    lists = {"items": items, "running": [dumps(f) for f in file.folders], "commands": commands}
    for name, texts in lists.items():
        parts.append(
            f" {dumps(name)}: [" + ("\n  " + ",\n  ".join(texts) + "\n " if texts else "") + "]"
        )
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _aside(paper: Paper, mark: str) -> Path:
    """Write a file beside its place, on the disk where it is to be durable; returns where."""
    make_folder(paper.path.parent)
    temporary = paper.path.with_name(f".{paper.path.name}.{os.getpid()}{mark}")
    fd = opened(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, paper.mode)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(paper.text)
        file.flush()
        if paper.durable:
            os.fsync(file.fileno())
    return temporary


def _owner() -> Owner:
    uid = os.getuid()
    try:
        return Owner(uid=uid, name=pwd.getpwuid(uid).pw_name)
    except KeyError:
        return Owner(uid=uid, name=str(uid))
