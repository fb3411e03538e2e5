"""From a step's text to a recorded and started command, and from its end to an event."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runbook_tui.book.model import Secret, Step
from runbook_tui.book.parameters import FilledIn
from runbook_tui.run.events import CommandFinished, CommandStarted, ParameterCaptured, UndoArmed
from runbook_tui.run.prepare import (
    arm,
    host_of,
    named_secrets,
    recordable,
    resolve,
    secrets_in,
    step_environment,
    undo_environment,
    withheld,
    working_folder,
)
from runbook_tui.run.rehearsal import as_if, left_alone
from runbook_tui.run.remote import DEFAULT_SHELL
from runbook_tui.run.rollback import folders
from runbook_tui.run.state import CommandRecord, RunState
from runbook_tui.run.undo_items import NOTHING_ABSENT, Absent
from runbook_tui.run.wire import limit, size, wire_name
from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.commands import CommandError, Commands, CommandSpec, CommandStatus
from runbook_tui.session.ports.surroundings import Surroundings
from runbook_tui.session.recorder import Pair, Recorder
from runbook_tui.session.sending import carried
from runbook_tui.session.spare import Places
from runbook_tui.session.undo_file import UNDO_SECONDS

PROBE_SECONDS = 30.0
LONGEST = 50
LONGEST_REASON = 1000
HOLDS_SECRET = "it holds a secret"
LOOK_AGAIN = 2.0
"""Seconds between two looks at whether the folders of undos are there."""
AGAIN = 2.0
"""Seconds before a secret's source that gave nothing is asked again: it may be a slow command."""


@dataclass(kw_only=True)
class Workbench:
    """What the drivers of one open run share; used by the session's thread alone."""

    recorder: Recorder
    commands: Commands
    surroundings: Surroundings
    clock: Clock
    folder: Path
    places: Places
    vault: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    """Folders of the commands that this process has started."""
    seen: set[tuple[str, str, str]] = field(default_factory=set)
    tried: dict[str, float] = field(default_factory=dict)
    absent: Absent = NOTHING_ABSENT
    """What a rollback would lack, as far as it was looked for; anybody may read it."""
    looked: float = -LOOK_AGAIN

    @property
    def state(self) -> RunState:
        """The run now."""
        return self.recorder.state

    def step(self, id_: str) -> Step:
        """The step with its action as shell text."""
        return self.state.outline.steps[id_]

    def rollback_place(self) -> Path:
        """Where an undo's supervisor writes: not in the run's folder once that is full."""
        try:
            return self.places.writable()
        except OSError:
            return self.folder  # Nowhere is room: its start fails there, and says why.

    def secret_values(self) -> dict[str, str]:
        """Values of secrets that can be had now, fetched once and kept in memory only."""
        for parameter in self.state.runbook.parameters:
            if parameter.secret is None or parameter.name in self.vault:
                continue
            if parameter.name in left_alone(self.state):
                continue
            now = self.clock.mono()
            if now - self.tried.get(parameter.name, -AGAIN) < AGAIN:
                continue
            self.tried[parameter.name] = now
            value = self._fetch(parameter.secret)
            if value is not None:
                self.vault[parameter.name] = value
        return self.vault

    def known_secrets(self) -> tuple[str, ...] | None:
        """The values of all secrets; None where one of them is not known."""
        values = self.secret_values()
        if any(not values.get(name) for name in self.state.secrets):
            return None
        return tuple(values.values())

    def absent_secrets(self, names: Iterable[str]) -> tuple[str, ...]:
        """Secrets among these that nobody can give now; they have to be asked for."""
        held = self.secret_values()
        wanted = self.state.secrets.keys() - left_alone(self.state)
        return tuple(n for n in names if n in wanted and not held.get(n))

    def look_for_secrets(self) -> None:
        """Find out which secrets have to be asked for."""
        absent = self.absent_secrets(self.state.secrets)
        self.absent = dataclasses.replace(self.absent, secrets=absent)

    def look_for_folders(self) -> bool:
        """Find out which folders of undos are gone; True if that has changed."""
        self.looked = self.clock.mono()
        gone = tuple(cwd for cwd in folders(as_if(self.state)) if not os.path.isdir(cwd))
        changed = gone != self.absent.folders
        self.absent = dataclasses.replace(self.absent, folders=gone)
        return changed

    def look_around(self) -> bool:
        """The same, but not more often than every few seconds."""
        return self.clock.mono() - self.looked >= LOOK_AGAIN and self.look_for_folders()

    def found(
        self,
        hindered: tuple[tuple[str, str], ...],
        lasted: tuple[tuple[str, float], ...],
        asked: tuple[str, ...],
    ) -> None:
        """What a look at the undos has found."""
        self.absent = dataclasses.replace(
            self.absent, hindered=hindered, lasted=lasted, asked=asked
        )

    def give_secret(self, name: str, value: str) -> None:
        """A secret that a person gave; kept in memory only."""
        self.vault[name] = value
        self.look_for_secrets()

    def _fetch(self, secret: Secret) -> str | None:
        begun = self.state.begun
        return self.surroundings.secret(secret, begun.folder if begun is not None else "/")


@dataclass(frozen=True, kw_only=True)
class Launch:
    """A command ready to be recorded and started."""

    started: CommandStarted
    spec: CommandSpec
    refused: str = ""
    """Why it is recorded and not started: not all of its text is known."""


def prepare_step(bench: Workbench, step: Step, kind: str, text: str, node: str = "") -> Launch:
    """The command of a step as it would start now; without every value it is refused."""
    state = bench.state
    values = {**state.values, **state.step(step.id).outputs}
    filled = resolve(state, text, values, shell=step.shell)
    typed = step.interactive and kind == "run"
    around = bench.surroundings
    environment = step_environment(state, step, around.interactive if typed else around.environment)
    host, wrong = host_of(state, step)
    launch = _launch(
        bench,
        step_id=step.id,
        kind=kind,
        text=filled.text,
        cwd=working_folder(state, step),
        shell=shell_of(bench, step),
        environment=environment,
        # Another machine is told no more of them than its command names.
        secrets=named_secrets(state, step, text) if host else tuple(state.secrets),
        timeout=PROBE_SECONDS if kind in {"probe", "ready"} else step.timeout,
        interactive=typed,
        node=node,
        place=bench.rollback_place() if kind == "stage" else None,
        host=host,
    )
    return dataclasses.replace(launch, refused="; ".join(filter(None, (_unready(filled), wrong))))


def shell_of(bench: Workbench, step: Step) -> tuple[str, ...]:
    """The argument vector that runs the step's texts, on the machine where they run."""
    if step.hosts and step.shell is None:
        return DEFAULT_SHELL
    return bench.surroundings.shell(step.shell)


def _unready(filled: FilledIn) -> str:
    """Why a text cannot run; empty where it can."""
    needs = [f"it needs a value for {', '.join(filled.missing)}"] if filled.missing else []
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
    return _launch(
        bench,
        step_id=step_id,
        kind=kind,
        text=text,
        cwd=recorded.cwd if recorded.host else recorded.cwd or os.getcwd(),
        shell=recorded.shell or bench.surroundings.shell(None),
        environment=environment,
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
    folder = (place or bench.folder) / "commands" / f"{_short(step_id)}.{number}-{kind}"
    values = bench.secret_values()
    known = {name: values[name] for name in secrets if name in values}
    started = CommandStarted(
        attempt=max(step.attempt, 1),
        kind=kind,
        text=text,
        cwd=cwd,
        shell=shell,
        folder=str(folder),
        environment=recordable(environment, values.values()),
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
        environment={**environment, **known},
        secrets=tuple(values.values()),
        timeout=timeout,
        interactive=interactive,
    )
    if host:
        spec = carried(spec, host, text, shell, ssh, bench.surroundings.environment)
    return Launch(started=started, spec=spec)


def _short(step_id: str) -> str:
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


def finished(record: CommandRecord, status: CommandStatus) -> CommandFinished:
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
        bytes=status.bytes,
        dropped=status.dropped,
        digest=status.digest,
        lingered=status.lingered,
        not_run=status.not_run,
        reason=status.reason,
    )


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


def rearmed(bench: Workbench, step_id: str, outputs: Mapping[str, str]) -> list[Pair]:
    """The step's undo with what it has put out by now, if that changes it."""
    state = bench.state
    step = dataclasses.replace(state.step(step_id), outputs=outputs)
    newer = dataclasses.replace(
        state, values={**state.values, **outputs}, steps={**state.steps, step_id: step}
    )
    armed = armed_undo(bench, newer, step_id)
    return [(armed, step_id)] if armed != state.step(step_id).undo else []


def armed_undo(bench: Workbench, state: RunState, step_id: str) -> UndoArmed:
    """How the step would be taken back, as far as known, and no larger than can be recorded."""
    armed = undo_of(bench, state, step_id)
    if size(armed) <= limit(wire_name(armed)):
        return armed
    if armed.kind != "command":
        return UndoArmed(kind=armed.kind, reason=armed.reason[:LONGEST_REASON], cwd=armed.cwd)
    # The step has run when what it put out makes its undo so large: a person has to know.
    return UndoArmed(kind="none", reason="its undo is too large to be recorded", cwd=armed.cwd)


def undo_of(bench: Workbench, state: RunState, step_id: str) -> UndoArmed:
    """How the step would be taken back, as far as known."""
    step = bench.step(step_id)
    shell = shell_of(bench, step)
    hidden = bench.secret_values().values()
    inherited = bench.surroundings.environment
    # A name that smells of secrets stays in, to be named; `arm` writes no value of it down.
    smelling = {n: inherited[n] for n in withheld(inherited)}
    base = {**recordable(inherited, hidden), **smelling}
    return arm(state, step, base, shell)
