"""A run as an archive: what goes into one, and whether one that came back still holds.

An archive holds the run's events as they are kept, their hashes, the plan's texts and the
commands' logs. It needs neither the journal it came from nor this machine to be checked.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from runbook_tui import __version__
from runbook_tui.run.events import CommandFinished, Event, EvidenceKept, PlanCopy, RunStarted
from runbook_tui.run.times import epoch
from runbook_tui.session.evidence import copy_of
from runbook_tui.session.opening import plan_digest
from runbook_tui.session.ports.archive import (
    ABOUT,
    EVENTS,
    EVIDENCE,
    HASHES,
    LOGS,
    PLAN,
    SUMS,
    Archived,
    Chain,
    Chained,
    Lines,
    Packed,
)
from runbook_tui.session.ports.journal import Verdict
from runbook_tui.session.ports.logs import KeptLog, Logs
from runbook_tui.session.proofs import Examiner
from runbook_tui.session.verifying import (
    COMMANDS,
    changed,
    current,
    difference,
    kept_evidence,
    limited,
    pruned_at,
    pruned_words,
    recorded,
)

FORMAT = 1
UNSAFE_NAME = re.compile(r"[^a-z0-9._-]+")


def contents(lines: Lines, events: Sequence[Event], logs: Logs, folder: Path) -> Iterator[Packed]:
    """The files of a run's archive, in their order; ``folder`` is where the run lives today."""
    begun = events[0].payload
    assert isinstance(begun, RunStarted)
    about = {
        "format": FORMAT,
        "run": events[0].run,
        "title": begun.title,
        "program": __version__,
        "events": len(events),
        "head": events[-1].hash,
        "genesis": lines.genesis,
        "plan": {k: v for _, plan, at in plans(events) for k, v in plan_names(plan, at).items()},
    }
    yield _text(ABOUT, json.dumps(about, indent=1) + "\n")
    yield _bytes(EVENTS, b"".join(body + b"\n" for body in lines.bodies))
    yield _text(HASHES, "".join(f"{digest}\n" for digest in lines.hashes))
    for _, plan, at in plans(events):
        for name, text in plan_texts(plan, at).items():
            yield _bytes(name, text)
    gone = pruned_at(events)
    for event, ended in recorded(events):
        place = current(ended.folder, folder)
        due = ended.bytes - ended.dropped
        kept = logs.kept(place, due)
        if kept is None or (event.seq < gone and kept.size < due):
            continue
        if kept.trouble or _overwritten(ended, kept):
            continue
        size = min(kept.size, due)
        yield Packed(name=log_name(event, ended), size=size, blocks=_reading(logs, place, size))
    yield from _evidence(events, logs, folder)


def _evidence(events: Sequence[Event], logs: Logs, folder: Path) -> Iterator[Packed]:
    """The files that were kept as evidence and are still what they were."""
    for event, said in kept_evidence(events):
        copy = copy_of(said, folder)
        kept = logs.copy(copy) if copy is not None else None
        if copy is not None and kept is not None and not changed(said, kept):
            yield Packed(name=evidence_name(event, said), size=said.bytes,
                         blocks=partial(logs.blocks, copy))  # fmt: skip


def _overwritten(ended: CommandFinished, kept: KeptLog) -> bool:
    """Whether a command's own leftovers have written over its log: it proves nothing then."""
    return bool(ended.lingered and kept.turned and difference(ended, kept))


def _reading(logs: Logs, place: Path, size: int) -> Callable[[], Iterator[bytes]]:
    return lambda: logs.read(place, size)


def _text(name: str, text: str) -> Packed:
    return _bytes(name, text.encode())


def _bytes(name: str, data: bytes) -> Packed:
    return Packed(name=name, size=len(data), blocks=lambda: iter((data,)))


def plans(events: Sequence[Event]) -> list[tuple[Event, PlanCopy, str]]:
    """The plans that a run had, each with its event and what its files' names begin with."""
    found: list[tuple[Event, PlanCopy, str]] = []
    for event in events:
        if isinstance(event.payload, PlanCopy):
            found.append((event, event.payload, f"taken-{event.seq:06}-" if found else ""))
    return found


def plan_names(plan: PlanCopy, at: str = "") -> dict[str, str]:
    """The plan's files by what they are called in the archive; a name of its own for each, since
    a plan may call them anything. ``at`` tells one that was taken over later from the first."""
    kind = ".toml" if plan.format == "toml" else ".md"
    names = {f"{PLAN}{at}plan{kind}": plan.source}
    for number, name in enumerate(sorted(plan.includes), 1):
        ending = ".toml" if name.endswith(".toml") else ".md"
        names[f"{PLAN}{at}included-{number:03}{ending}"] = name
    return names


def plan_texts(plan: PlanCopy, at: str = "") -> dict[str, bytes]:
    """The plan's texts by what they are called in the archive."""
    texts = [plan.plan, *(plan.includes[name] for name in sorted(plan.includes))]
    encoded = (text.encode("utf-8", "surrogatepass") for text in texts)
    return dict(zip(plan_names(plan, at), encoded, strict=True))


def log_name(event: Event, ended: CommandFinished) -> str:
    """What a command's log is called in the archive: its event's number, its step, what it was."""
    step = UNSAFE_NAME.sub("_", (event.step or "").lower())[:40]
    kind = UNSAFE_NAME.sub("_", ended.kind.lower())[:20]
    return f"{LOGS}{event.seq:06}-{step}-{kind}.log"


def evidence_name(event: Event, said: EvidenceKept) -> str:
    """What a file of evidence is called in the archive: its event's number, its step, its name."""
    step = UNSAFE_NAME.sub("_", (event.step or "").lower())[:40]
    return f"{EVIDENCE}{event.seq:06}-{step}-{UNSAFE_NAME.sub('_', said.name.lower())[-60:]}"


def check(
    archive: Archived, chain: Chain, anchor: str | None = None, examiner: Examiner | None = None
) -> Verdict:
    """Whether an archive holds: its sums, the chain, the plan, the logs, the signatures and the
    anchor."""
    problems = [*archive.problems, *_sums(archive)]
    about = _about(archive)
    run, genesis = str(about.get("run", "")), str(about.get("genesis", ""))
    missing = [name for name in (ABOUT, EVENTS, HASHES, SUMS) if name not in archive.members]
    problems += [f"{name} is missing" for name in missing]
    bodies = _lines(archive, EVENTS)
    hashes = [line.decode("ascii", "replace") for line in _lines(archive, HASHES)]
    found = chain(run, genesis, bodies, hashes)
    problems += found.problems
    told = _Told(problems=problems)
    try:
        _said(told, archive, about, found)
        if examiner is not None and found.events:
            examined = examiner.examine(found.events)
            told.proofs[run] = examined.good
            told.problems += examined.problems
            told.remarks += examined.remarks
    except (ValueError, TypeError, AttributeError, LookupError, OverflowError):
        # Whoever has made these events, no program of ours has.
        told.problems.append("its events say what no run can say")
    if anchor is not None and not any(h.startswith(anchor.strip().lower()) for h in hashes):
        told.problems.append(f"the anchor {anchor} is no hash of this archive")
    return Verdict(
        events=len(found.events),
        heads={run: found.head} if found.head else {},
        problems=limited(told.problems),
        logs=told.logs,
        proofs=told.proofs,
        remarks=limited(told.remarks),
    )


@dataclasses.dataclass(slots=True)
class _Told:
    problems: list[str]
    remarks: list[str] = dataclasses.field(default_factory=list)
    logs: int = 0
    proofs: dict[str, Mapping[int, str]] = dataclasses.field(default_factory=dict)


def _said(told: _Told, archive: Archived, about: dict[str, Any], found: Chained) -> None:
    """Hold the archive against what its events say, whatever stands in them."""
    told.problems += _described(archive, about, found)
    begun = found.events[0].payload if found.events else None
    if isinstance(begun, RunStarted):
        told.problems += _plans(archive, found.events)
        _logs(told, archive, found.events, str(about.get("run", "")))
    else:
        told.problems.append("it does not begin with the start of a run")


def _about(archive: Archived) -> dict[str, Any]:
    try:
        about = json.loads(archive.members[ABOUT].data)
    except (KeyError, ValueError, RecursionError):
        return {}
    return about if isinstance(about, dict) else {}


def _lines(archive: Archived, name: str) -> list[bytes]:
    data = archive.members[name].data if name in archive.members else b""
    return data.removesuffix(b"\n").split(b"\n") if data else []


def _sums(archive: Archived) -> Iterator[str]:
    """Whether the list of sums is that of the files."""
    if SUMS not in archive.members:
        return
    due = {name: m.sha256 for name, m in archive.members.items() if name != SUMS}
    text = "".join(f"{digest}  {name}\n" for name, digest in due.items())
    if archive.members[SUMS].data == text.encode():
        return
    listed = {
        parts[1]: parts[0]
        for line in archive.members[SUMS].data.decode("utf-8", "replace").splitlines()
        if len(parts := line.split("  ", 1)) == 2
    }
    wrong = [name for name, digest in due.items() if listed.get(name) != digest]
    gone = [name for name in listed if name not in due]
    yield from (f"{name}: it was changed, or its sum in {SUMS} was" for name in wrong)
    yield from (f"{name}: it is in {SUMS} and not in the archive" for name in gone)
    if not wrong and not gone:
        yield f"{SUMS}: it was changed"


def _described(archive: Archived, about: dict[str, Any], found: Chained) -> Iterator[str]:
    """Whether what the archive says of itself is so."""
    if about.get("format") != FORMAT:
        yield f"{ABOUT}: this version knows format {FORMAT} alone"
    if about.get("head") != found.head:
        yield f"{ABOUT}: the head is not that of the events"
    if about.get("events") != len(_lines(archive, EVENTS)):
        yield f"{ABOUT}: the number of events is another"
    if archive.members and archive.folder != folder_name(str(about.get("run", ""))):
        yield "its folder is not that of its run"
    if found.events and about.get("title") != getattr(found.events[0].payload, "title", None):
        yield f"{ABOUT}: the title is not that of the run"
    if found.events and archive.at != stamp(found.events):
        yield "its files are of another time than its run"


def _plans(archive: Archived, events: Sequence[Event]) -> Iterator[str]:
    """Whether the plans' files are those that the run has had."""
    known: set[str] = set()
    for event, plan, at in plans(events):
        first = not at
        if plan_digest(plan.plan, plan.includes) != plan.digest:
            which = "of the run" if first else f"of event {event.seq}"
            yield f"the plan {which} is not the one that its digest is of"
        for name, text in plan_texts(plan, at).items():
            known.add(name)
            how = "that the run was started with" if first else f"of event {event.seq}"
            if name not in archive.members:
                yield f"{name} is missing"
            elif archive.members[name].data != text:
                yield f"{name}: it is not the plan {how}"
    for name in archive.members:
        if name.startswith(PLAN) and name not in known:
            yield f"{name}: the run knows no such file"


def _logs(told: _Told, archive: Archived, events: Sequence[Event], run: str) -> None:
    """Hold the archived logs against the events."""
    known = {ABOUT, EVENTS, HASHES, SUMS}
    pruned, removed = pruned_at(events), 0
    for event, ended in recorded(events):
        name = log_name(event, ended)
        known.add(name)
        member = archive.members.get(name)
        about = f"step {event.step}, {ended.kind} (event {event.seq})"
        if member is None and event.seq < pruned:
            removed += 1
            continue
        if member is None:
            missing = f"{about}: its log is not in the archive"
            (told.remarks if may_be_absent(ended, run) else told.problems).append(missing)
            continue
        kept = KeptLog(size=member.size, digest=member.sha256)
        if wrong := difference(ended, kept):
            told.problems.append(f"{about}: its log {wrong} ({name})")
        else:
            told.logs += 1
    for event, said in kept_evidence(events):
        name = evidence_name(event, said)
        known.add(name)
        member = archive.members.get(name)
        about = f"step {event.step}, evidence {said.name} (event {event.seq})"
        if member is None and event.seq < pruned:
            removed += 1
        elif member is None:
            told.problems.append(f"{about}: it is not in the archive")
        elif wrong := changed(said, KeptLog(size=member.size, digest=member.sha256)):
            told.problems.append(f"{about}: it {wrong} ({name})")
    if removed:
        told.remarks.append(pruned_words(run, events, removed))
    for name in archive.members:
        if name not in known and not name.startswith(PLAN):
            told.problems.append(f"{name}: the run knows no such file")


def may_be_absent(ended: CommandFinished, run: str) -> bool:
    """Whether a log that is not there proves nothing: it lay in a temporary folder, or what its
    command left running has written over it."""
    parts = Path(ended.folder).parts
    return bool(ended.lingered) or parts[-3:-1] != (run, COMMANDS)


def folder_name(run: str) -> str:
    """The folder that an archive unpacks into."""
    return f"runbook-{run}"


def stamp(events: Sequence[Event]) -> int:
    """When the files of an archive say they were made: the start of the run, epoch seconds."""
    return int(epoch(events[0].at))
