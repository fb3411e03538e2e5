"""Does the record hold, and is what lies beside it still what was recorded?

The journal checks its own chain. Here the logs of the commands are held against the size and
digest that the journal has of them, and the folders of the runs against its list of runs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from runbook_tui.run.events import (
    CommandFinished,
    Event,
    EvidenceKept,
    OutputPruned,
    PlanChanged,
)
from runbook_tui.session import spare, undo_file
from runbook_tui.session.evidence import FOLDER as EVIDENCE
from runbook_tui.session.evidence import copy_of
from runbook_tui.session.opening import plan_digest
from runbook_tui.session.ports.journal import Journal, JournalError, Verdict
from runbook_tui.session.ports.logs import KeptLog, Logs
from runbook_tui.session.proofs import Examiner

MOST = 50
"""Problems that are named one by one."""
COMMANDS = "commands"
TRACES = (COMMANDS, EVIDENCE, undo_file.NAME, spare.NAME, "reading.json")
"""What a run leaves in its folder; a folder without any of it is no sign of one."""


@dataclass(slots=True)
class _Found:
    logs: int = 0
    proofs: dict[str, Mapping[int, str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def verify(
    journal: Journal,
    logs: Logs,
    runs: Path,
    run: str | None = None,
    anchor: str | None = None,
    examiner: Examiner | None = None,
    *,
    copied: bool = False,
) -> Verdict:
    """Check one run or all; ``runs`` is the folder that holds the runs' folders, ``examiner`` looks
    at the signatures. ``copied``: the runs are led elsewhere, and so are their logs."""
    # Looked at before the journal: a run is recorded before its folder is made, so that one
    # which begins meanwhile is never taken for one that was deleted.
    folders = with_traces(runs) if run is None else []
    verdict = journal.verify(run, anchor)
    found = _Found()
    # What cannot be read at all has a problem of its own, and no list of runs to look names up in.
    if verdict.heads or not verdict.problems:
        found.problems += [gone(runs / name) for name in folders if name not in verdict.heads]
    for name in verdict.heads:
        filed = filed_after(runs / name)
        try:
            events = journal.events(name)
        except JournalError:
            told = f"run {name}: its events cannot be read, its logs not compared"
            (found.remarks if verdict.problems else found.problems).append(told)
            continue
        if not verdict.problems and any(e.seq != n for n, e in enumerate(events, 1)):
            # The chain is gone through by the ends of its events; here they are read whole.
            found.problems.append(
                f"run {name}: an event is filed under another number than it says"
            )
        _look_beside(found, runs / name, filed, events)
        if copied:
            found.remarks.append(f"run {name}: a copy; its logs are on the lead's machine")
        else:
            _compare(found, logs, runs / name, events)
        if examiner is not None:
            examined = examiner.examine(events)
            found.proofs[name] = examined.good
            found.problems += examined.problems
            found.remarks += examined.remarks
    return dataclasses.replace(
        verdict,
        problems=(*verdict.problems, *limited(found.problems)),
        logs=found.logs,
        proofs=found.proofs,
        remarks=limited(found.remarks),
    )


def _look_beside(found: _Found, place: Path, filed: int, events: Sequence[Event]) -> None:
    """Hold a run's events against what lies in its folder, and against their own plans; ``filed``:
    the event after which its undo file was written."""
    if waiting := spare.accounts(place, place.name):
        # Its undo file may count events that only the account holds.
        found.remarks.append(
            f"run {place.name}: what a rollback did while the journal was away is entered by the "
            f"next command that opens the run ({waiting[0]})"
        )
    else:
        found.problems += cut_off(filed, events)
    found.problems += wrong_digests(events)


def with_traces(runs: Path) -> list[str]:
    """The names of the folders in which a run has left something."""
    try:
        return sorted(folder.name for folder in runs.iterdir() if has_traces(folder))
    except OSError:
        return []


def has_traces(folder: Path) -> bool:
    """Whether a run has left something in the folder."""
    return folder.is_dir() and any((folder / name).exists() for name in TRACES)


def gone(folder: Path) -> str:
    """The problem of a run that has a folder and no events."""
    return (
        f"run {folder.name}: the journal has no event of it, but it has left a folder: "
        f"it was deleted from the journal, or the journal is another ({folder})"
    )


def filed_after(folder: Path) -> int:
    """The event after which a run's undo file was written; 0: none. To be asked before the events
    are read: a run that goes on records more meanwhile."""
    try:
        return undo_file.read(folder / undo_file.NAME).seq
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return 0


def cut_off(filed: int, events: Sequence[Event]) -> Iterator[str]:
    """Whether the run's undo file was written after more events than there are."""
    if events and filed > events[-1].seq:
        yield (
            f"run {events[-1].run}: it ends at event {events[-1].seq}, and its undo file was "
            f"written after event {filed}: its end was cut off, or the journal is an older copy"
        )


def wrong_digests(events: Sequence[Event]) -> Iterator[str]:
    """Whether each plan that was taken over in a run is the one that its digest is of."""
    for event in events:
        plan = event.payload
        if isinstance(plan, PlanChanged) and plan_digest(plan.plan, plan.includes) != plan.digest:
            yield f"run {event.run}, event {event.seq}: its plan is not the one of its digest"


def limited(problems: list[str]) -> tuple[str, ...]:
    """The first of them, and how many more there are."""
    more = len(problems) - MOST
    return (*problems[:MOST], f"and {more} more") if more > 0 else tuple(problems)


def pruned_at(events: Sequence[Event]) -> int:
    """The event by which the logs of all commands that had ended before it were removed; 0: none.

    What is missing of them is as it should be; what is still there must be what it was.
    """
    return max((ev.seq for ev in events if isinstance(ev.payload, OutputPruned)), default=0)


def pruned_words(run: str, events: Sequence[Event], count: int) -> str:
    """That so many logs and files of evidence are not there because somebody removed them."""
    last = [ev for ev in events if isinstance(ev.payload, OutputPruned)][-1]
    evidence = any(True for _ in kept_evidence(events))
    what = "log or file of evidence" if evidence else "log"
    if count != 1:
        what = "logs and files of evidence" if evidence else "logs"
    return f"run {run}: {count} {what} removed by {last.actor.name} on {last.at[:10]} to save room"


def _compare(found: _Found, logs: Logs, folder: Path, events: Sequence[Event]) -> None:
    """Hold a run's logs against its events; ``folder`` is where the run lives today."""
    missing: list[str] = []
    pruned, removed = pruned_at(events), 0
    for event, ended in recorded(events):
        place = current(ended.folder, folder)
        due = ended.bytes - ended.dropped
        kept = logs.kept(place, due)
        name = f"run {event.run}, step {event.step}, {ended.kind} (event {event.seq})"
        if event.seq < pruned and (kept is None or (kept.size < due and not kept.trouble)):
            removed += 1
        elif kept is None and not place.is_relative_to(folder):
            found.remarks.append(f"{name}: its log lay in a temporary folder and is gone ({place})")
        elif kept is None:
            missing.append(f"{name}: its log is missing ({place})")
        elif not (wrong := difference(ended, kept)):
            found.logs += 1
        elif ended.lingered and kept.turned:
            found.remarks.append(f"{name}: what it left running has overwritten its log ({place})")
        else:
            found.problems.append(f"{name}: its log {wrong} ({place})")
    removed += _compare_evidence(found, missing, logs, folder, events)
    if removed:
        found.remarks.append(pruned_words(folder.name, events, removed))
    if len(missing) > 1 and not folder.exists():
        missing = [f"run {folder.name}: its folder is missing, with {len(missing)} logs ({folder})"]
    found.problems += missing


def _compare_evidence(
    found: _Found, missing: list[str], logs: Logs, folder: Path, events: Sequence[Event]
) -> int:
    """Hold the files of evidence against the events; returns how many were removed by rights."""
    removed = 0
    for event, said in kept_evidence(events):
        copy = copy_of(said, folder)
        kept = logs.copy(copy) if copy is not None else None
        name = f"run {event.run}, step {event.step}, evidence {said.name} (event {event.seq})"
        if kept is None and event.seq < pruned_at(events):
            removed += 1
        elif kept is None:
            missing.append(f"{name}: it is missing ({folder / said.file})")
        elif wrong := changed(said, kept):
            found.problems.append(f"{name}: it {wrong} ({copy})")
    return removed


def kept_evidence(events: Iterable[Event]) -> Iterator[tuple[Event, EvidenceKept]]:
    """The files that were kept as evidence."""
    for event in events:
        if isinstance(event.payload, EvidenceKept) and event.payload.digest:
            yield event, event.payload


def changed(said: EvidenceKept, kept: KeptLog) -> str:
    """How a copy is not what was recorded; empty where it is."""
    same = kept.digest == said.digest and kept.size == said.bytes
    return kept.trouble or ("" if same else "was changed")


def recorded(events: Iterable[Event]) -> Iterator[tuple[Event, CommandFinished]]:
    """The ends of commands that left a log, each log once."""
    seen: set[str] = set()
    for event in events:
        ended = event.payload
        if isinstance(ended, CommandFinished) and ended.digest and ended.folder not in seen:
            seen.add(ended.folder)
            yield event, ended


def current(recorded_folder: str, run_folder: Path) -> Path:
    """Where a command's folder is today: the home may have been moved, or be a copy."""
    place = Path(recorded_folder)
    if place.parts[-4:-1] == (*run_folder.parts[-2:], COMMANDS):
        return run_folder / COMMANDS / place.name
    return place


def difference(ended: CommandFinished, kept: KeptLog) -> str:
    """How the log is not what was recorded; empty where it is."""
    due = ended.bytes - ended.dropped
    if kept.trouble:
        return kept.trouble
    if kept.digest != ended.digest:
        shorter = ended.lingered is not None and kept.size < due
        return f"is shorter than it was: {kept.size} of {due} bytes" if shorter else "was changed"
    if ended.lingered is False and kept.size > due:
        return f"is longer than it was: {kept.size} instead of {due} bytes"
    return ""
