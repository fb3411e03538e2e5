"""What was read of a run's plans, kept in its folder: nobody who opens it again needs a parser."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from runbook_tui import __version__
from runbook_tui.book.files import Load
from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.kept import pack, unpack
from runbook_tui.book.model import Runbook
from runbook_tui.book.reader import read
from runbook_tui.run.events import Event, PlanCopy, RunStarted
from runbook_tui.run.state import Reads
from runbook_tui.session.home import make_folder
from runbook_tui.session.opening import plan_digest, plan_of
from runbook_tui.session.plan_files import PlanFiles
from runbook_tui.session.ports.journal import JournalError

READING = "reading.json"


def keep_reading(place: Path, plan: PlanFiles) -> None:
    """Keep what was read in a run's folder, for sessions that may not wait for a parser.

    What was kept of the plan before it stays, under the name of its digest: who goes through the
    run's events comes by it.
    """
    digest = plan_digest(plan.text, plan.includes)
    body = {"program": __version__, "plan": digest, "includes": list(plan.includes),
            "runbook": pack(plan.runbook)}  # fmt: skip
    try:
        make_folder(place)
        before = _body(place / READING)
        if before.get("plan", digest) != digest:
            _write(place / _named(str(before["plan"])), before)
        _write(place / READING, body)
    except OSError:
        pass  # Without it the plan is read again, only slower.


def _write(path: Path, body: Mapping[str, Any]) -> None:
    """Whole or not at all: somebody may read it at this moment."""
    other = path.with_name(f"{path.name}.{os.getpid()}")
    other.write_text(json.dumps(body), encoding="utf-8")
    other.replace(path)


def _named(digest: str) -> str:
    return f"reading-{digest[:16]}.json"


def read_kept(place: Path, text: str, name: str, load: Load) -> Runbook:
    """What was read when the plan was taken, if this program read it so; else read it now."""
    kept = _of_plan(place, text, load)
    return kept if kept is not None else read(text, name, load, remarks=False)


def only_kept(place: Path, text: str, name: str, load: Load) -> Runbook:
    """The same without a parser; raises LookupError where it was not kept."""
    kept = _of_plan(place, text, load)
    if kept is None:
        raise LookupError(f"what was read of {name} was not kept")
    return kept


def kept_reading(place: Path) -> Runbook | None:
    """What was read of the newest plan of a folder's run; None where it was not kept."""
    return _unpacked(_body(place / READING))


def kept_before(place: Path) -> Iterator[Runbook]:
    """What was read of the plans that a run had before its newest one, in no order."""
    for path in sorted(place.glob(_named("*"))):
        if (kept := _unpacked(_body(path))) is not None:
            yield kept


def _of_plan(place: Path, text: str, load: Load) -> Runbook | None:
    def same(body: Mapping[str, Any]) -> bool:
        try:
            names = {other: load(other) for other in body["includes"]}
        except (LookupError, TypeError):
            return False
        return bool(body.get("plan") == plan_digest(text, names))

    newest = _body(place / READING)
    if same(newest):
        return _unpacked(newest)
    paths = sorted(place.glob(_named("*")))
    return next((_unpacked(b) for b in map(_body, paths) if same(b)), None)


def _body(path: Path) -> dict[str, Any]:
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _unpacked(body: Mapping[str, Any]) -> Runbook | None:
    try:
        if body["program"] == __version__:
            return unpack(body["runbook"])
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    return None


@dataclass(frozen=True, kw_only=True)
class RecordedPlans:
    """What the plans of a recorded run say: the ``first``, and what ``reads`` any later one;
    ``remarks`` where one cannot be read any more."""

    first: Runbook
    reads: Reads
    remarks: tuple[str, ...] = ()


def recorded_plans(run: str, events: Sequence[Event], place: Path) -> RecordedPlans:
    """The plans of a recorded run, each as far as this version can read it.

    Raises `JournalError` where the run has no beginning.
    """
    begun = events[0].payload if events else None
    if not isinstance(begun, RunStarted):
        raise JournalError(f"the journal holds no start of run {run}", "runbook runs lists them")
    known: dict[str, Runbook] = {}
    remarks: list[str] = []
    for event in events:
        plan = event.payload
        if isinstance(plan, PlanCopy) and plan.digest not in known:
            try:
                known[plan.digest] = plan_of(plan, partial(read_kept, place))
            except (PlanFaults, LookupError) as error:
                remarks.append("the plan cannot be read by this version; parts go by their ids"
                               f" ({error})")  # fmt: skip
                known[plan.digest] = Runbook(title=plan.title, format=plan.format)
    return RecordedPlans(
        first=known[begun.digest], reads=lambda p: known[p.digest], remarks=tuple(remarks)
    )
