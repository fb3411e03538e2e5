"""What commands put out, taken in: values of their steps, and the undo that they complete."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path

from runbook_tui.run.events import ParameterCaptured
from runbook_tui.run.state import CommandRecord, RunState
from runbook_tui.session.arming import rearmed
from runbook_tui.session.recorder import Pair
from runbook_tui.session.workbench import Workbench

HOLDS_SECRET = "it holds a secret"


def captured(bench: Workbench, step_id: str, record: CommandRecord) -> list[Pair]:
    """What a command has put out since it was last looked at, and the undo it completes."""
    step = bench.step(step_id)
    known = bench.state.step(step_id).outputs
    pairs: list[Pair] = []
    values = dict(known)
    hidden = [secret for secret in bench.secret_values().values() if secret]
    found = bench.commands.outputs(Path(record.folder), bench.known_secrets())
    for name in dict.fromkeys((*found.values, *found.faults)):
        put_out = found.values.get(name, "")
        # A secret is recorded by its source alone: what holds one is no value to go on with.
        value = masked(put_out, hidden)
        fault = found.faults.get(name, "" if value == put_out else HOLDS_SECRET)
        usable = name in step.outputs and not fault
        if known.get(name) == value and usable and name not in bench.state.step(step_id).refused:
            continue
        if not usable and (record.folder, name, value + fault) in bench.seen:
            continue
        bench.seen.add((record.folder, name, value + fault))
        event = ParameterCaptured(name=name, value=value, usable=usable, reason=fault)
        pairs.append((event, step_id))
        if usable:
            values[name] = value
    if any(isinstance(p, ParameterCaptured) and p.usable for p, _ in pairs):
        pairs += rearmed(bench, step_id, values)
    return pairs


def foreseen(bench: Workbench) -> RunState:
    """The state as it will be once what running commands have put out by now is recorded.

    Only looks: for the list of a rollback, whose lead may be dead.
    """
    state = bench.state
    hidden = [secret for secret in bench.secret_values().values() if secret]
    steps = dict(state.steps)
    for id_ in state.steps.keys() & state.outline.steps.keys():
        step = state.steps[id_]
        found = {
            name: value
            for record in step.commands
            if record.running and record.kind in {"before", "run"}
            for name, value in _usable(bench, record, hidden).items()
            if name in bench.step(id_).outputs
        }
        steps[id_] = dataclasses.replace(step, outputs={**step.outputs, **found})
    return dataclasses.replace(state, steps=steps)


def _usable(bench: Workbench, record: CommandRecord, hidden: list[str]) -> Mapping[str, str]:
    """What a command has put out and nothing is wrong with."""
    found = bench.commands.outputs(Path(record.folder), bench.known_secrets())
    return {
        name: value
        for name, value in found.values.items()
        if name not in found.faults and masked(value, hidden) == value
    }


def masked(value: str, hidden: Iterable[str]) -> str:
    """A text with these secret values left out."""
    for secret in sorted(hidden, key=len, reverse=True):
        value = value.replace(secret, "***")
    return value


def settle(bench: Workbench, folder: str) -> None:
    """The end of a command is recorded: nothing it put out may hold a secret any more."""
    bench.commands.settle(Path(folder), bench.known_secrets())
