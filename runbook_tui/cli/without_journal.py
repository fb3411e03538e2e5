"""The rollback when the journal cannot be opened: from the run's undo file."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Collection, Mapping
from pathlib import Path

from runbook_tui.cli import exits, say
from runbook_tui.cli.choosing import RECENT
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.filed_secrets import FiledSecrets
from runbook_tui.cli.output import LogFollower
from runbook_tui.cli.wish import Wish, consent
from runbook_tui.run.events import Actor, Draft, SeveritySet
from runbook_tui.session import emergency, spare
from runbook_tui.session.account import Account, Begun, left_behind, undone, undos
from runbook_tui.session.locks import ROLLBACK_LOCK, RunLock
from runbook_tui.session.ports.commands import Phase
from runbook_tui.session.spare import NAME
from runbook_tui.session.undo_file import FiledUndo, UndoFile


def roll_back(
    name: str | None,
    who: Actor,
    trouble: Exception,
    wish: Wish,
    files: list[UndoFile] | None = None,
) -> int:
    """Roll a run back by its undo file; the exit status is the contract's.

    ``files`` are those that may be meant; without them all that are there.
    Raises `Ended` where that cannot be read, or a person is needed.
    """
    from runbook_tui import wiring

    say.err(f"the run cannot be opened: {trouble}", colour="red")
    if files is None:
        files = emergency.find(wiring.settings().home / "runs")
    whole = _choose(files, name, trouble)
    run_folder = wiring.settings().run_folder(whole.run)
    whole = _left(whole, run_folder).completed(wiring.commands().outputs)
    file = whole.limited(wish.scope, past_floor=wish.past_floor)
    if not file.items and not _runs(file):
        say.out("nothing to roll back: all of it is taken back already")
        return exits.DONE
    say.err("rolling back from the undo file instead; the journal gets its account later")
    secrets = FiledSecrets(file)
    secrets.look(to_the_end=wish.only_plan)
    file = _lacking(file, secrets.lacking)
    _print(file, whole, secrets.awaited)
    if wish.only_plan:
        return exits.DONE if all(_ready(item) for item in file.items) else exits.INCOMPLETE
    consent(file.run, wish)
    lock = RunLock(run_folder / ROLLBACK_LOCK)
    if not lock.take(who.identity):
        raise Ended(exits.REFUSED, f"{lock.holder()} rolls it back already")
    # Whoever held the lock until now may have taken back what was just shown.
    file = _left(file, run_folder)
    return _carry_out(file, who, run_folder, wish.severity, secrets)


def _carry_out(
    file: UndoFile, who: Actor, run_folder: Path, severity: int | None, secrets: FiledSecrets
) -> int:
    from runbook_tui import wiring
    from runbook_tui.journal.clock import SystemClock

    places = spare.Places(run_folder, file.run)
    folder = places.writable()
    began = time.monotonic()
    account = Account(places, who)
    may_ask = say.interactive()
    if may_ask:
        secrets.ask_a_person({name for item in file.items for name in item.secrets})

    def known(names: Collection[str]) -> Mapping[str, str]:
        values = secrets.known(names)
        if may_ask:
            secrets.ask_a_person(names)
        return values

    complete, remaining = emergency.EmergencyRollback(
        file,
        commands=wiring.commands(),
        environment=wiring.surroundings().environment,
        folder=folder / "commands",
        account=account,
        begun=_begun(file, run_folder),
        secrets=known,
        clock=SystemClock(),
        teller=Lines(),
    ).run()
    if severity is not None:
        account.keep(SeveritySet(level=severity), None, time.time())
    took = say.length(time.monotonic() - began)
    if folder != run_folder:
        say.err(f"the account of it stands in {folder / NAME}")
    if complete and not file.items:
        say.out("nothing to roll back; what ran is stopped", colour="green", bold=True)
        return exits.DONE
    if complete:
        count = len(file.items)
        steps = f"{count} step{'' if count == 1 else 's'}"
        say.out(f"ROLLED BACK  {steps} in {took}", colour="green", bold=True)
        return exits.ROLLED_BACK
    say.out(f"INCOMPLETE  after {took}; remaining:", colour="red", bold=True)
    for title in remaining:
        say.out(f"  {title}")
    return exits.INCOMPLETE


def _lacking(file: UndoFile, lacking: Collection[str]) -> UndoFile:
    """The file with these secrets, which nobody gave yet, among what its items need."""
    items = tuple(
        dataclasses.replace(i, lacking=tuple(n for n in i.secrets if n in lacking))
        for i in file.items
    )
    return dataclasses.replace(file, items=items)


class Lines:
    """Tells an emergency rollback as lines, with the output of its commands while they run."""

    def __init__(self) -> None:
        self._followers: dict[Path, LogFollower] = {}

    def tell(self, text: str) -> None:
        """One line with the time."""
        say.out(f"{say.clock(time.time())}  {text}")

    def follow(self, folder: Path, *, ended: bool) -> None:
        """What a command has put out since the last call."""
        follower = self._followers.setdefault(folder, LogFollower(folder))
        for line in follower.lines(ended=ended):
            say.out(f"  | {line}")


def _kept(run_folder: Path, run: str) -> list[Draft]:
    return [draft for path in spare.accounts(run_folder, run) for draft in left_behind(path)]


def _begun(file: UndoFile, run_folder: Path) -> dict[tuple[str, str], Begun]:
    """Undos that some rollback began and did not see to the end: by journal or by account."""
    known = undos(_kept(run_folder, file.run))
    filed = {
        (item.step, text): Begun(Path(folder))
        for item in file.items
        for text, folder in item.begun_texts
        if item.step not in known.told
    }
    return {**filed, **known.begun}


def _left(file: UndoFile, run_folder: Path) -> UndoFile:
    """The undo file without what accounts that nobody entered yet say is undone."""
    kept = _kept(run_folder, file.run)
    done = undone(kept)
    items = tuple(item for item in file.items if item.step not in done)
    known = undos(kept)
    filed = {
        (item.step, text)
        for item in file.items
        for text, folder in item.begun_texts
        if Path(folder) in known.well
    }
    return dataclasses.replace(file, items=items).without_what_went(known.went | filed)


def named(files: list[UndoFile], name: str | None) -> list[UndoFile]:
    """Those of the runs that a name may mean; without a name all but rehearsals."""
    if not name:
        return [f for f in files if not f.rehearsal]
    exact = [f for f in files if f.run == name]
    return exact or [f for f in files if f.run.startswith(name) or f.run.endswith(name)]


def _choose(files: list[UndoFile], name: str | None, trouble: Exception) -> UndoFile:
    rehearsals = [f.run for f in files if f.rehearsal and f.items]
    files = named(files, name)
    if not name and rehearsals and not any(f.items for f in files):
        lines = "\n".join(f"  {run}" for run in rehearsals)
        reason = "say which run: only rehearsals have something to undo"
        raise Ended(exits.USAGE, reason, lines)
    if not name:
        files = [f for f in files if f.items] or [f for f in files if _runs(f)]
        if len(files) == 1 and time.time() - files[0].at >= RECENT:
            raise Ended(exits.USAGE, "say which run: only an old one is there", f"  {files[0].run}")
    if not files:
        hint = getattr(trouble, "hint", "")
        raise Ended(exits.OUR_FAULT, "and there is no undo file that could be used", hint)
    if len(files) > 1:
        lines = "\n".join(f"  {f.run}  {f.title}" for f in files)
        raise Ended(exits.USAGE, f"say which run: {len(files)} have something to undo", lines)
    return files[0]


def _runs(file: UndoFile) -> tuple[str, ...]:
    """Ids of the steps whose commands ran when the file was written, and still do."""
    from runbook_tui import wiring

    status = wiring.commands().status
    alive = {Phase.STARTING, Phase.RUNNING}
    return tuple(c.step for c in file.running if status(Path(c.folder)).phase in alive)


def _print(file: UndoFile, whole: UndoFile, awaited: Collection[str]) -> None:
    say.out(f"ROLLBACK  {file.scope}  of {file.title}", bold=True)
    for number, item in enumerate(file.items, 1):
        there = f"  on {item.host}" if item.host else ""
        say.out(f"  {number:>2}  {item.title}{there}  [{_why(item) or _once(item, awaited)}]")
        for text in item.texts:
            if text in item.went:
                say.out("      went well before, and is not run again:")
            for line in text.strip().splitlines():
                say.out(f"        {line}")
    for step in () if file.items else _runs(file):
        say.out(f"      “{step}” has nothing to undo: it is stopped")
    inside = {item.step for item in file.items}
    outside = [item.title for item in whole.items if item.step not in inside]
    if outside:
        say.out(f"  outside this scope and left as it is: {', '.join(outside)} (--scope run)")
    if any(item.held for item in file.items):
        say.out("  what lies below the floor is undone only with --past-floor")


def _once(item: FiledUndo, awaited: Collection[str]) -> str:
    """That it is ready, or as soon as the sources of its secrets have answered."""
    names = [name for name in item.secrets if name in awaited]
    return f"ready once there is {', '.join(names)}" if names else "ready"


def _ready(item: FiledUndo) -> bool:
    return not _why(item)


def _why(item: FiledUndo) -> str:
    if item.kind != "command":
        words = {"manual": "by hand", "irreversible": "cannot be undone"}
        return words.get(item.kind, "no undo known")
    if item.held:
        return "below the floor"
    needed = (*item.missing, *item.lacking)
    if needed:
        return "needs " + ", ".join(needed)
    gone = item.cwd and not item.host and not Path(item.cwd).is_dir()
    return f"its folder is gone: {item.cwd}" if gone else ""
