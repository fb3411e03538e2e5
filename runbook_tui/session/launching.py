"""From a step's text to a recorded and started command, and from its end to an event."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from runbook_tui.book.model import Step
from runbook_tui.book.parameters import FilledIn
from runbook_tui.run.beginning_again import as_begun
from runbook_tui.run.events import CommandFinished, CommandStarted, UndoArmed
from runbook_tui.run.prepare import (
    empty_in,
    host_of,
    named_secrets,
    recordable,
    resolve,
    secrets_in,
    step_environment,
    step_sources,
    undo_environment,
    withheld,
    working_folder,
)
from runbook_tui.run.remote import DEFAULT_SHELL
from runbook_tui.run.sources import CALLER, NAMED
from runbook_tui.run.state import CommandRecord, RunState
from runbook_tui.run.times import utc
from runbook_tui.session.ports.commands import CommandError, CommandSpec, CommandStatus
from runbook_tui.session.sending import carried
from runbook_tui.session.undo_file import UNDO_SECONDS
from runbook_tui.session.workbench import Workbench

UNDOS = frozenset({"undo", "verify_undo"})

PROBE_SECONDS = 30.0
LONGEST = 50
STARTING = 10.0
"""Seconds from the record of a command's start to its start, at most."""


@dataclass(frozen=True, kw_only=True)
class Launch:
    """A command ready to be recorded and started."""

    started: CommandStarted
    spec: CommandSpec
    refused: str = ""
    """Why it is recorded and not started: not all of its text is known."""


def prepare_step(bench: Workbench, step: Step, kind: str, text: str, node: str = "") -> Launch:
    """The command of a step as it would start now; without every value it is refused."""
    state = as_begun(bench.state, step) if kind == "run" else bench.state
    values = {**state.values, **state.step(step.id).outputs}
    filled = resolve(state, text, values, shell=step.shell)
    typed = step.interactive and kind == "run"
    around = bench.surroundings
    inherited = around.interactive if typed else around.environment
    environment = step_environment(state, step, inherited, typed=typed)
    host, wrong = host_of(state, step)
    launch = _launch(
        bench,
        step_id=step.id,
        kind=kind,
        text=filled.text,
        cwd=working_folder(state, step),
        shell=shell_of(bench, step),
        environment=environment,
        sources=step_sources(state, step, around.ours(interactive=typed), typed=typed),
        known={**state.values, **state.step(step.id).outputs},
        # Another machine is told no more of them than its command names.
        secrets=named_secrets(state, step, text) if host else tuple(state.secrets),
        timeout=PROBE_SECONDS if kind in {"probe", "ready"} else step.timeout,
        interactive=typed,
        node=node,
        place=bench.rollback_place() if kind == "stage" else None,
        host=host,
    )
    unready = _unready(filled, _empty(state, step, kind, text, environment))
    return dataclasses.replace(launch, refused="; ".join(filter(None, (unready, wrong))))


def _empty(
    state: RunState, step: Step, kind: str, text: str, environment: Mapping[str, str]
) -> tuple[str, ...]:
    """Values of steps that the command reads as variables and would find empty.

    What the step is to put out itself may be set by its own command as it runs.
    """
    found = (n for n in empty_in(state, step, text) if n not in environment)
    return tuple(n for n in found if kind in {"probe", "ready"} or n not in step.outputs)


def shell_of(bench: Workbench, step: Step) -> tuple[str, ...]:
    """The argument vector that runs the step's texts, on the machine where they run."""
    if step.hosts and step.shell is None:
        return DEFAULT_SHELL
    return bench.surroundings.shell(step.shell)


def _unready(filled: FilledIn, empty: tuple[str, ...] = ()) -> str:
    """Why a text cannot run; empty where it can."""
    names = dict.fromkeys((*filled.missing, *empty))
    needs = [f"it needs a value for {', '.join(names)}"] if names else []
    return "; ".join([*needs, *(r.reason for r in filled.refused)])


def prepare_undo(bench: Workbench, step_id: str, kind: str, text: str) -> Launch:
    """An undo as it was recorded: its folder, shell and environment, not the caller's.

    What the record leaves out because it smells of secrets comes from the caller.
    """
    armed = bench.state.step(step_id).undo
    recorded = armed or UndoArmed(kind="command")
    caller = bench.surroundings.environment
    if recorded.host:
        caller = {name: caller[name] for name in recorded.withheld if name in caller}
    environment = {**caller, **undo_environment(bench.state, bench.step(step_id), recorded)}
    environment["RUNBOOK_RUN"] = bench.state.run
    environment["RUNBOOK_STEP"] = step_id
    ours = bench.surroundings.ours(interactive=False)
    named = step_sources(bench.state, bench.step(step_id), ours)
    sources = {n: named[n] for n in named if n in recorded.environment or n in NAMED}
    sources |= {n: CALLER for n in caller if n not in recorded.environment}
    return _launch(
        bench,
        step_id=step_id,
        kind=kind,
        text=text,
        cwd=recorded.cwd if recorded.host else recorded.cwd or os.getcwd(),
        shell=recorded.shell or bench.surroundings.shell(None),
        environment=environment,
        sources=sources,
        known=recorded.environment,
        secrets=tuple(dict.fromkeys((*recorded.secrets, *secrets_in(bench.state, text)))),
        timeout=recorded.timeout or UNDO_SECONDS,
        interactive=False,
        node="",
        place=bench.rollback_place(),
        host=recorded.host,
        ssh=recorded.ssh,
    )


def _launch(
    bench: Workbench,
    *,
    step_id: str,
    kind: str,
    text: str,
    cwd: str,
    shell: tuple[str, ...],
    environment: Mapping[str, str],
    sources: Mapping[str, str],
    known: Collection[str],
    secrets: tuple[str, ...],
    timeout: float | None,
    interactive: bool,
    node: str,
    place: Path | None = None,
    host: str = "",
    ssh: str = "",
) -> Launch:
    step = bench.state.step(step_id)
    number = len(step.commands) + 1
    folder = (place or bench.folder) / "commands" / f"{short(step_id)}.{number}-{kind}"
    values = bench.secret_values(secrets if kind in UNDOS else None)
    given = {name: values[name] for name in secrets if name in values}
    recorded = recordable(environment, values.values(), known)
    started = CommandStarted(
        attempt=max(step.attempt, 1),
        kind=kind,
        text=text,
        cwd=cwd,
        shell=shell,
        folder=str(folder),
        environment={n: v for n, v in recorded.items() if n not in given},
        sources={**sources, **bench.sources_of(given)},
        withheld=tuple(n for n in withheld(environment, recorded) if n not in given),
        secrets=secrets,
        timeout=timeout,
        interactive=interactive,
        node=node,
        host=host,
    )
    spec = CommandSpec(
        folder=folder,
        argv=(*shell, text),
        cwd=cwd,
        environment={**environment, **given},
        secrets=tuple(values.values()),
        timeout=timeout,
        interactive=interactive,
    )
    if host:
        spec = carried(spec, host, text, shell, ssh, bench.surroundings.environment)
    return Launch(started=started, spec=spec)


def short(step_id: str) -> str:
    """A name for folders; ids may be longer than names of files, and still differ at their end."""
    if len(step_id) <= LONGEST:
        return step_id
    return f"{step_id[:LONGEST]}~{hashlib.sha256(step_id.encode()).hexdigest()[:10]}"


def start(bench: Workbench, launch: Launch) -> None:
    """Start what was recorded; a start that fails is remembered and reported as its end."""
    if launch.refused:
        bench.failures[str(launch.spec.folder)] = launch.refused
        return
    try:
        bench.commands.start(launch.spec)
    except CommandError as error:
        bench.failures[str(launch.spec.folder)] = str(error)
    else:
        bench.begun.add(str(launch.spec.folder))


def ended(bench: Workbench, record: CommandRecord, status: CommandStatus) -> str | None:
    """When a command ended by the clock as it is now; None where nothing tells."""
    if not status.started:
        return None
    now = bench.clock.now()
    ago = now - status.started - status.seconds
    # Where the clock was set meanwhile, its start is known on the run's own scale as well; only
    # what starting it took is in that.
    steady = bench.now() - record.started - status.seconds
    return utc(now - max(0.0, ago if abs(ago - steady) < STARTING else steady))


def finished(bench: Workbench, record: CommandRecord, status: CommandStatus) -> CommandFinished:
    """The event of a command's end."""
    return CommandFinished(
        attempt=record.attempt,
        kind=record.kind,
        folder=record.folder,
        exit=status.exit,
        signal=status.signal,
        lost=status.phase == "lost",
        timed_out=status.timed_out,
        stopped=status.stopped,
        seconds=round(status.seconds, 3),
        ended=ended(bench, record, status),
        bytes=status.bytes,
        dropped=status.dropped,
        digest=status.digest,
        lingered=status.lingered,
        not_run=status.not_run,
        reason=status.reason,
    )
