"""How payloads stand in the journal: their names, and their fields as JSON values."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from runbook_tui.run.events import (
    AlarmAcknowledged,
    Announced,
    ApprovalAsked,
    CheckProbed,
    CheckTicked,
    CheckUnticked,
    CommandFinished,
    CommandStarted,
    EvidenceKept,
    GateOpened,
    GateOverridden,
    HandLowered,
    HandRaised,
    LeadHandedOver,
    NoteAdded,
    OutputPruned,
    ParameterCaptured,
    Payload,
    PlanChanged,
    PullMoved,
    PullSeen,
    RollbackClosed,
    RollbackFinished,
    RollbackOpened,
    RollbackStarted,
    RunFinished,
    RunPaused,
    RunResumed,
    RunSealed,
    RunShared,
    RunStarted,
    SeveritySet,
    SignoffGiven,
    StepFinished,
    StepRehearsed,
    StepSkipped,
    StepStarted,
    StepWaiting,
    Told,
    UndoAmended,
    UndoArmed,
    UndoFinished,
    UndoStarted,
    Unknown,
    VoteRefused,
    WatchBreached,
    WatchCleared,
    WatchOverridden,
    WatchSampled,
    WatchUnknown,
)

PAYLOADS: Mapping[str, type[Payload]] = MappingProxyType(
    {
        cls.WIRE: cls
        for cls in (
            RunStarted, RunPaused, RunResumed, RunFinished, RunSealed, PlanChanged,
            LeadHandedOver,
            StepStarted, StepWaiting, StepFinished, StepSkipped, StepRehearsed,
            CheckTicked, CheckUnticked, CheckProbed, NoteAdded, HandRaised, HandLowered,
            CommandStarted, CommandFinished, ParameterCaptured, EvidenceKept,
            PullSeen, PullMoved,
            SignoffGiven, ApprovalAsked, GateOpened, GateOverridden, WatchBreached, WatchCleared,
            WatchUnknown, WatchOverridden, WatchSampled,
            UndoArmed, RollbackOpened, RollbackClosed, RollbackStarted,
            UndoStarted, UndoAmended, UndoFinished, RollbackFinished, SeveritySet, OutputPruned,
            RunShared, VoteRefused, Told, AlarmAcknowledged, Announced,
        )
    }
)  # fmt: skip

FIELDS: Mapping[type[Payload], Mapping[str, None]] = MappingProxyType(
    {
        cls: MappingProxyType(dict.fromkeys(item.name for item in dataclasses.fields(cls)))
        for cls in PAYLOADS.values()
    }
)
"""The names of each payload's fields, in their order."""


KIB = 1024
PLANS = frozenset({RunStarted.WIRE, PlanChanged.WIRE})
BY_PEOPLE = frozenset({
    "note.added", "signoff.given", "step.skipped", "gate.overridden", "approval.asked",
    "lead.handed_over", "watch.overridden", "hand.raised",
})  # fmt: skip


def limit(type_: str) -> int:
    """Bytes of data that an event may have at most.

    What a person writes is short, since output belongs in a command's log. What the program
    records is longer: a command, an undo, an environment. An event with a plan holds all of it,
    whose own limit (`book.reader.LARGEST`) is far enough below for every way to write it as JSON.
    """
    if type_ in BY_PEOPLE:
        return 64 * KIB
    return (64 if type_ in PLANS else 4) * KIB * KIB


def size(payload: Payload) -> int:
    """Bytes of an event's data as the journal keeps it."""
    text = json.dumps(encode(payload), ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "backslashreplace"))


def wire_name(payload: Payload) -> str:
    """The name that stands in the journal."""
    return payload.type if isinstance(payload, Unknown) else payload.WIRE


def encode(payload: Payload) -> dict[str, Any]:
    """The payload as JSON values; fields that are None are left out."""
    if isinstance(payload, Unknown):
        return dict(payload.data)
    values: dict[str, Any] = {}
    for name in FIELDS[type(payload)]:
        value = getattr(payload, name)
        if value is None:
            continue
        if isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, Mapping):
            value = dict(value)
        values[name] = value
    return values


def decode(type_: str, data: Mapping[str, Any]) -> Payload:
    """The payload of a recorded event; a type or a shape not known here becomes `Unknown`."""
    cls = PAYLOADS.get(type_)
    if cls is None:
        return Unknown(type=type_, data=data)
    known = FIELDS[cls]
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in data.items()
        if name in known
    }
    try:
        return cls(**values)
    except TypeError:
        return Unknown(type=type_, data=data)
