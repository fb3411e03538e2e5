"""The rollback when the journal cannot be opened: from the run's undo file."""

from __future__ import annotations

import dataclasses
import os
import tempfile
import time
from pathlib import Path

from runbook_tui.cli import exits, say
from runbook_tui.cli.choosing import RECENT
from runbook_tui.cli.exits import Ended
from runbook_tui.run.events import Actor, UndoFinished
from runbook_tui.session import emergency
from runbook_tui.session.account import NAME, left_behind
from runbook_tui.session.locks import RunLock
from runbook_tui.session.undo_file import FiledUndo, UndoFile


def roll_back(
    name: str | None, who: Actor, trouble: Exception, *, only_plan: bool, yes: bool
) -> int:
    """Roll a run back by its undo file; the exit status is the contract's."""
    from runbook_tui import wiring

    say.err(f"the run cannot be opened: {trouble}", colour="red")
    file = _choose(emergency.find(wiring.settings().home / "runs"), name, trouble)
    file = _left(file, wiring.settings().run_folder(file.run) / NAME)
    if not file.items:
        say.out("nothing to roll back: the account beside the undo file says it is done")
        return exits.DONE
    say.err("rolling back from the undo file instead; the journal gets its account later")
    _print(file)
    if only_plan:
        return exits.DONE if all(_ready(item) for item in file.items) else exits.INCOMPLETE
    _consent(file.run, yes)
    run_folder = wiring.settings().run_folder(file.run)
    lock = RunLock(run_folder / "rollback.lock")
    if not lock.take(who.identity):
        raise Ended(exits.REFUSED, f"{lock.holder()} rolls it back already")
    return _carry_out(file, who, run_folder)


def _carry_out(file: UndoFile, who: Actor, run_folder: Path) -> int:
    from runbook_tui import wiring
    from runbook_tui.journal.clock import SystemClock

    folder = _writable(run_folder, file.run)
    began = time.monotonic()
    complete, remaining = emergency.roll_back(
        file,
        commands=wiring.commands(),
        environment=wiring.surroundings().environment,
        folder=folder / "commands",
        account_path=folder / NAME,
        actor=who,
        clock=SystemClock(),
        tell=lambda text: say.out(f"{say.clock(time.time())}  {text}"),
    )
    took = say.length(time.monotonic() - began)
    if folder != run_folder:
        say.err(f"the account of it stands in {folder / NAME}")
    if complete:
        count = len(file.items)
        steps = f"{count} step{'' if count == 1 else 's'}"
        say.out(f"ROLLED BACK  {steps} in {took}", colour="green", bold=True)
        return exits.ROLLED_BACK
    say.out(f"INCOMPLETE  after {took}; remaining:", colour="red", bold=True)
    for title in remaining:
        say.out(f"  {title}")
    return exits.INCOMPLETE


def _left(file: UndoFile, account: Path) -> UndoFile:
    """The undo file without what an account that nobody entered yet says is undone."""
    done = {
        draft.step
        for draft in left_behind(account)
        if isinstance(draft.payload, UndoFinished) and draft.payload.result == "done"
    }
    items = tuple(item for item in file.items if item.step not in done)
    return dataclasses.replace(file, items=items)


def _choose(files: list[UndoFile], name: str | None, trouble: Exception) -> UndoFile:
    if name:
        files = [f for f in files if f.run.startswith(name) or f.run.endswith(name)]
    else:
        files = [f for f in files if f.items]
        if len(files) == 1 and time.time() - files[0].at >= RECENT:
            raise Ended(exits.USAGE, "say which run: only an old one is there", f"  {files[0].run}")
    if not files:
        hint = getattr(trouble, "hint", "")
        raise Ended(exits.OUR_FAULT, "and there is no undo file that could be used", hint)
    if len(files) > 1:
        lines = "\n".join(f"  {f.run}  {f.title}" for f in files)
        raise Ended(exits.USAGE, f"say which run: {len(files)} have something to undo", lines)
    return files[0]


def _print(file: UndoFile) -> None:
    say.out(f"ROLLBACK  run  of {file.title}", bold=True)
    for number, item in enumerate(file.items, 1):
        say.out(f"  {number:>2}  {item.title}  [{_why(item) or 'ready'}]")
        for line in item.text.strip().splitlines():
            say.out(f"        {line}")


def _ready(item: FiledUndo) -> bool:
    return not _why(item)


def _why(item: FiledUndo) -> str:
    if item.kind != "command":
        words = {"manual": "by hand", "irreversible": "cannot be undone"}
        return words.get(item.kind, "no undo known")
    if item.held:
        return "below the floor"
    return "needs " + ", ".join(item.missing) if item.missing else ""


def _consent(run: str, yes: bool) -> None:
    if yes:
        return
    if not say.interactive():
        raise Ended(
            exits.WAITING, "nothing was started", f"start it with: runbook rollback {run} --yes"
        )
    from runbook_tui.cli.values import confirmed

    if not confirmed("Roll back now?"):
        raise Ended(exits.WAITING, "nothing was started")


def _writable(run_folder: Path, run: str) -> Path:
    """The run's folder, or where that cannot be written the runtime or temporary directory."""
    probe = run_folder / f".writable.{os.getpid()}"
    try:
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError:
        base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        return Path(tempfile.mkdtemp(prefix=f"runbook-{run}-", dir=base))
    return run_folder
