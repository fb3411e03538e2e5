"""The part of the fold that commands change in a run: how they went, and what they put out."""

from __future__ import annotations

import dataclasses
from typing import Any

from runbook_tui.run import events as e
from runbook_tui.run.draft import Draft
from runbook_tui.run.events import Event
from runbook_tui.run.replanning import void_by_value
from runbook_tui.run.sources import output_of
from runbook_tui.run.state import CommandRecord


def started(draft: Draft, event: Event, payload: e.CommandStarted) -> None:
    """A command of a step begins."""
    id_ = event.step or ""
    item = draft.outline.steps.get(id_)
    record = CommandRecord(
        attempt=payload.attempt,
        kind=payload.kind,
        text=payload.text,
        folder=payload.folder,
        seq=event.seq,
        started=draft.at,
        background=payload.kind == "run" and item is not None and item.background,
        interactive=payload.interactive,
        expected=item.expect.exits if payload.kind == "run" and item is not None else (0,),
        node=payload.node,
        host=payload.host,
        first=not draft.step(id_).acted,
    )
    step = draft.step(id_)
    fields: dict[str, Any] = {"commands": (*step.commands, record)}
    if payload.kind == "run":
        fields.update(acted=True, prepared=step.prepared if step.acted else dict(step.outputs))
    draft.change(id_, **fields)


def finished(draft: Draft, event: Event, payload: e.CommandFinished) -> None:
    """It has ended, or nobody knows how."""
    id_ = event.step or ""
    commands = tuple(
        dataclasses.replace(
            c,
            finished=draft.ended_at(event, payload.ended),
            exit=payload.exit,
            signal=payload.signal,
            lost=payload.lost,
            stopped=payload.stopped,
            timed_out=payload.timed_out,
            seconds=payload.seconds,
            reason=payload.reason,
            digest=payload.digest,
            not_run=payload.not_run,
        )
        if c.folder == payload.folder
        else c
        for c in draft.step(id_).commands
    )
    draft.change(id_, commands=commands)
    begun = not (payload.not_run and payload.kind == "run")
    if not begun and any(c.first for c in commands if c.folder == payload.folder):
        # Nothing of the step has acted on its machine, and nothing is to be undone there.
        draft.change(id_, acted=False)


def evidence(draft: Draft, event: Event, payload: e.EvidenceKept) -> None:
    """A file was kept as evidence."""
    id_ = event.step or ""
    draft.change(id_, evidence=(*draft.step(id_).evidence, payload))


def captured(draft: Draft, event: Event, payload: e.ParameterCaptured) -> None:
    """A value was given, or put out by a step."""
    step = draft.step(event.step or "")
    refused = {name: why for name, why in step.refused.items() if name != payload.name}
    if not payload.usable:
        if event.step and payload.reason:
            draft.change(event.step, refused={**refused, payload.name: payload.reason})
        return
    if not event.step:
        void_by_value(draft, payload.name, payload.value)
    if not draft.outline.on_one_of_several(event.step or ""):
        draft.values[payload.name] = payload.value
        draft.sources[payload.name] = output_of(event.step) if event.step else payload.source
    if event.step:
        outputs = {**step.outputs, payload.name: payload.value}
        draft.change(event.step, outputs=outputs, refused=refused)
