"""What is too large to be started or recorded, found out before anything is."""

from __future__ import annotations

import os
from collections.abc import Iterator

from runbook_tui.book.model import Step
from runbook_tui.book.parameters import IN_A_FILE, LONGEST, too_long
from runbook_tui.run.requests import Refusal
from runbook_tui.run.wire import limit, size, wire_name
from runbook_tui.session.arming import undo_of
from runbook_tui.session.launching import Launch, prepare_step
from runbook_tui.session.ports.commands import EVALUATING, CommandSpec
from runbook_tui.session.workbench import Workbench

SLACK = 8192
"""Bytes left for what is added on the way: a name of a file, the kernel's own."""
POINTER = 8


def too_large(bench: Workbench, step: Step) -> Refusal | None:
    """Why a step's commands or its undo could not be started or recorded, as far as known now."""
    for launch in _launches(bench, step):
        if refusal := unfit(step.title, launch):
            return refusal
    armed = undo_of(bench, bench.state, step.id)
    if size(armed) > limit(wire_name(armed)):
        return Refusal(
            reason=f"“{step.title}” cannot start: its undo and environment have {size(armed)}"
            f" bytes, at most {limit(wire_name(armed))} can be recorded",
            hint="put what is long into a file that the undo reads",
            exit_code=2,
        )
    return None


def _launches(bench: Workbench, step: Step) -> Iterator[Launch]:
    texts = [("before", step.before), ("run", step.run), ("ready", step.ready)]
    texts += [("probe", check.probe) for check in step.checks]
    for kind, text in texts:
        if text:
            yield prepare_step(bench, step, kind, text)


def unfit(title: str, launch: Launch) -> Refusal | None:
    """Why a command could not be started or recorded; None where it can."""
    why, hint = _unfit(launch)
    if not why:
        return None
    return Refusal(reason=f"“{title}” cannot start: {why}", hint=hint, exit_code=2)


def _unfit(launch: Launch) -> tuple[str, str]:
    spec = launch.spec
    there = spec.remote.environment if spec.remote is not None else spec.environment
    for name, value in there.items():
        if wrong := too_long(name, value):
            return wrong, IN_A_FILE
    text = len(spec.argv[-1].encode("utf-8", "surrogateescape"))
    if text > LONGEST and not handed_over(spec):
        return (
            f"its text has {text} bytes, and {spec.argv[0]} takes {LONGEST}",
            "put the text into a file that the step runs",
        )
    given = text if text <= LONGEST else 0
    sizes = {n: len(os.fsencode(f"{n}={v}")) + 1 + POINTER for n, v in spec.environment.items()}
    whole = sum(sizes.values()) + given
    most = os.sysconf("SC_ARG_MAX") - SLACK
    if whole > most:
        largest = ", ".join(sorted(sizes, key=lambda name: -sizes[name])[:3])
        have = f"{whole} bytes, and this system takes {most}; the largest are {largest}"
        hint = "put long values into files, and give the files' names"
        return f"its environment has {have}", hint
    event, most = size(launch.started), limit(wire_name(launch.started))
    if event > most:
        return (
            f"its text and environment have {event} bytes, at most {most} can be recorded",
            "put the text into a file that the step runs",
        )
    return "", ""


def handed_over(spec: CommandSpec) -> bool:
    """Whether a text may be longer than an argument: its shell reads it another way then."""
    return os.path.basename(spec.argv[0]) in EVALUATING and spec.argv[-2:-1] == ("-c",)
