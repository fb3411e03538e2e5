"""What a step's commands become: texts with their values, and the undo that goes with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from runbook_tui.book.hosts import wrong_with
from runbook_tui.book.model import Step
from runbook_tui.book.parameters import (
    FilledIn,
    Gap,
    Refused,
    fill_in,
    private,
    reserved,
    stands_in,
)
from runbook_tui.book.shell.inner import foreign
from runbook_tui.book.shell.passing_over import passing_over
from runbook_tui.book.shell.variables import read_from_outside
from runbook_tui.run import remote
from runbook_tui.run.events import UndoArmed
from runbook_tui.run.pulls import signed_for
from runbook_tui.run.sources import sources
from runbook_tui.run.state import RunState, Status

TELLING = 4
"""Characters of a secret from which on it is looked for inside of other values."""
UNDER_WAY = frozenset({Status.RUNNING, Status.WAITING, Status.DONE})


def resolve(
    state: RunState,
    text: str,
    values: Mapping[str, str],
    *,
    shell: str | None = None,
    places: tuple[Gap, ...] | None = None,
) -> FilledIn:
    """A command text with its values, each quoted for the shell, and the names still open in it.

    A secret's value never enters the text: the shell reads it from the environment. ``shell`` is
    what the plan or the record runs the text with; ``places`` are those of `FilledIn`, where it
    was filled before.
    """
    return fill_in(text, values, placeholders=state.outline.beside.literals, secrets=state.secrets,
                   places=places, shell=shell or "")  # fmt: skip


def resolve_undo(state: RunState, armed: UndoArmed, values: Mapping[str, str]) -> FilledIn:
    """A recorded undo with what was still open in it."""
    return _completed(state, armed, armed.text, armed.places, values)


def resolve_verify(state: RunState, armed: UndoArmed, values: Mapping[str, str]) -> FilledIn:
    """How a recorded undo is verified, with what was still open in it."""
    return _completed(state, armed, armed.verify, armed.verify_places, values)


def resolve_ready(state: RunState, armed: UndoArmed, values: Mapping[str, str]) -> FilledIn:
    """What says whether a recorded undo could work now, with what was still open in it."""
    return _completed(state, armed, armed.ready, armed.ready_places, values)


def _completed(
    state: RunState,
    armed: UndoArmed,
    text: str,
    places: tuple[str, ...] | None,
    values: Mapping[str, str],
) -> FilledIn:
    # A record of an earlier version does not say where its names stand.
    where = None if places is None else tuple(Gap.parsed(p) for p in places)
    return resolve(state, text, values, shell=" ".join(armed.shell), places=where)


def own_values(state: RunState, step: Step) -> dict[str, str]:
    """Values for the step's own undo: what it puts out is its own, never another step's."""
    others = {name: v for name, v in state.values.items() if name not in step.outputs}
    return {**others, **state.step(step.id).outputs}


def unset(state: RunState, step: Step, armed: UndoArmed) -> tuple[str, ...]:
    """Variables that the step's undo reads and nobody has given: a shell would find them empty.

    They are values that steps put out; what else a text reads is the affair of its author.
    """
    values = own_values(state, step)
    return tuple(
        name for name in undo_variables(state, step, armed)
        if name not in armed.environment and name not in values
    )  # fmt: skip


def undo_environment(state: RunState, step: Step, armed: UndoArmed) -> dict[str, str]:
    """What was recorded of the step's environment, with what its undo reads and came later."""
    return {**came_later(state, step, undo_variables(state, step, armed)), **armed.environment}


def came_later(state: RunState, step: Step, names: Sequence[str]) -> dict[str, str]:
    """The values of these names that the step's undo has."""
    values = own_values(state, step) if names else {}
    return {name: values[name] for name in names if name in values}


def undo_variables(state: RunState, step: Step, armed: UndoArmed) -> tuple[str, ...]:
    """Names of values of steps that the undo, or its check, reads as variables."""
    if armed.kind != "command" or foreign(" ".join(armed.shell)):
        return ()
    names = (
        n for text in (armed.text, armed.verify) if "$" in text for n in read_from_outside(text)
    )
    return tuple(dict.fromkeys(n for n in names if n in state.outline.makers))


def way_back(state: RunState, text: str, shell: Sequence[str] = remote.DEFAULT_SHELL) -> str:
    """A text that brings something back, as it runs: what is closed already keeps nothing up."""
    return passing_over(text, shell, _placeholders(state, text))


def _placeholders(state: RunState, text: str) -> Iterator[str]:
    for p in state.runbook.parameters:
        if p.placeholder and stands_in(p.placeholder, text):
            yield p.placeholder


def secrets_of(state: RunState, step: Step) -> tuple[str, ...]:
    """Names of the secrets that the step's own commands read."""
    texts = " ".join(t for t in (step.before, step.run, step.ready, *step.env.values()) if t)
    return secrets_in(state, texts)


def secrets_in(state: RunState, text: str) -> tuple[str, ...]:
    """Names of the secrets that a text reads from its environment."""
    return tuple(n for n in state.secrets if re.search(r"\$\{?\{?\s*" + re.escape(n) + r"\b", text))


def named_secrets(state: RunState, step: Step, text: str) -> tuple[str, ...]:
    """Names of the secrets that one command of a step reads, by its text or its variables."""
    return secrets_in(state, " ".join((text, *step.env.values())))


def missing_values(state: RunState, step: Step) -> tuple[str, ...]:
    """Names that the step's own command needs and nobody gave yet, or not as they must be.

    What ``before`` puts out is known by the time ``run`` starts, so it does not count.
    """
    own = set(step.outputs) if step.before else set()
    names = [name for filled in _own_texts(state, step) for name in filled.open]
    for value in (*step.env.values(), *step.hosts):
        names += substitute_plain(value, state.values)[1]
    names = [n for n in names if n not in own and n not in state.secrets]
    texts = (t for t in (step.before, step.run) if t)
    names += [n for t in texts for n in empty_in(state, step, t) if n not in step.outputs]
    return tuple(dict.fromkeys(names))


def empty_in(state: RunState, step: Step, text: str) -> tuple[str, ...]:
    """Variables that a text of the step reads, that steps put out, and that nobody has given.

    A shell would find them empty, whatever has become of the step that was to put them out; who
    counts with that writes `${name:-}`.
    """
    if "$" not in text or foreign(step.shell or ""):
        return ()
    known = {*state.values, *state.step(step.id).outputs, *step.env}
    names = (name for name in read_from_outside(text) if name not in known)
    return tuple(name for name in names if _could_have(state, step, name))


def _could_have(state: RunState, step: Step, name: str) -> bool:
    """Whether the value is one that the step or one before it puts out; a variable that is called
    as what only a later step puts out is another thing."""
    makers = state.outline.makers.get(name, ())
    if not makers:
        return False
    order = state.outline.order
    until = order.index(step.id) if step.id in order else len(order)
    return any(state.step(id_).touched or order.index(id_) <= until for id_ in makers)


def refused_values(state: RunState, step: Step) -> tuple[Refused, ...]:
    """Values that would be run as code where the step's own command has them."""
    own = set(step.outputs) if step.before else set()
    found = {r.name: r for filled in _own_texts(state, step) for r in filled.refused}
    return tuple(r for r in found.values() if r.name not in own)


def _own_texts(state: RunState, step: Step) -> list[FilledIn]:
    texts = (step.before, step.run)
    return [resolve(state, t, state.values, shell=step.shell) for t in texts if t]


def working_folder(state: RunState, step: Step) -> str:
    """The absolute folder in which the step's commands run; on another machine as the plan says.

    There it counts from the folder of the login, which an empty one is.
    """
    if step.hosts:
        return substitute_plain(step.cwd or "", state.values)[0]
    base = state.begun.folder if state.begun else "/"
    if not step.cwd:
        return base
    filled, _ = substitute_plain(step.cwd, state.values)
    return str(PurePosixPath(base) / filled)


def host_of(state: RunState, step: Step) -> tuple[str, str]:
    """The other machine on which the step's commands run, and what is wrong with that name.

    Both are empty for a step of this machine. What the step puts out itself moves it nowhere: it
    stays where it was started.
    """
    if not step.hosts:
        return "", ""
    at = state.step(step.id)
    armed = at.undo.host if at.undo is not None and at.status in UNDER_WAY else ""
    name = armed or substitute_plain(step.hosts[0], state.values)[0]
    return name, wrong_with(name)


def substitute_plain(text: str, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Values put in as they are, for what is no shell text: a folder, an environment value."""
    missing: list[str] = []

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in values:
            return values[name]
        missing.append(name)
        return match.group(0)

    return re.sub(r"\$\{\{\s*([A-Za-z_][\w.-]*)\s*\}\}", value, text), tuple(missing)


def step_environment(
    state: RunState, step: Step, base: Mapping[str, str], *, typed: bool = False
) -> dict[str, str]:
    """What the step's commands find in their environment, secrets' values left out.

    ``base`` is that of this machine: on another one its own comes in its place, with what keeps a
    command there from waiting for a person where none types into it (``typed``).
    """
    environment = dict(_calm(typed=typed) if step.hosts else base)
    environment |= variables({**state.values, **state.step(step.id).outputs})
    for name, value in step.env.items():
        environment[name] = substitute_plain(value, state.values)[0]
    environment["RUNBOOK_RUN"] = state.run
    environment["RUNBOOK_STEP"] = step.id
    return {**environment, **signed_for(state, step.id)}


def _calm(*, typed: bool) -> Mapping[str, str]:
    return {} if typed else remote.CALM


def variables(values: Mapping[str, str]) -> dict[str, str]:
    """Those of a run's values that commands find under their names.

    A placeholder of Markdown may be called PATH; commands still need the real one.
    """
    return {
        name: value
        for name, value in values.items()
        if re.fullmatch(r"[A-Za-z_]\w*", name) and not reserved(name)
    }


def step_sources(
    state: RunState, step: Step, ours: Iterable[str], *, typed: bool = False
) -> dict[str, str]:
    """Where the variables of `step_environment` come from, but for what is inherited.

    ``ours`` are those that this program sets on this machine.
    """
    return sources(
        ours=_calm(typed=typed) if step.hosts else ours,
        values=variables(state.values),
        known=state.sources,
        outputs=variables(state.step(step.id).outputs),
        step=step.id,
        env=step.env,
    )


def recordable(
    environment: Mapping[str, str], hidden: Collection[str] = (), known: Collection[str] = ()
) -> dict[str, str]:
    """The part of an environment that may be written down.

    Nothing that holds one of the ``hidden`` values; of the rest nothing that is private, unless
    its name is ``known``: the run's own values stand in its record anyway.
    """
    return {
        name: value
        for name, value in environment.items()
        if (name in known or not private(name, value)) and not _holds(value, hidden)
    }


def _holds(value: str, hidden: Collection[str]) -> bool:
    """Whether a value holds a secret; a very short one stands in everything."""
    return any(h and (h in value if len(h) >= TELLING else h == value) for h in hidden)


def withheld(environment: Mapping[str, str], recorded: Collection[str]) -> tuple[str, ...]:
    """Names of variables that are set and not written down."""
    return tuple(sorted(n for n, value in environment.items() if value and n not in recorded))


def arm(
    state: RunState,
    step: Step,
    environment: Mapping[str, str],
    shell: tuple[str, ...],
    hidden: Collection[str] = (),
) -> UndoArmed:
    """How the step is taken back, with every value known so far.

    ``environment`` is what commands inherit; ``shell`` the argument vector that the undo's text
    is appended to; ``hidden`` are values that are never written down.
    """
    whole = step_environment(state, step, environment)
    # What the plan sets for the step stands in the plan, whatever it is called.
    own = {**state.values, **state.step(step.id).outputs, **step.env}
    recorded = recordable(whole, hidden, own)
    cwd = working_folder(state, step)
    host, _ = host_of(state, step)
    if not step.effect or step.irreversible or step.undo is None:
        return _not_taken_back(step, cwd, host)
    values = own_values(state, step)
    called = " ".join(shell)
    text = resolve(state, way_back(state, step.undo, shell), values, shell=called)
    verify = resolve(state, step.verify_undo or "", values, shell=called)
    ready = resolve(state, step.undo_ready or "", values, shell=called)
    needed = f"{step.undo}\n{step.verify_undo or ''}"
    secrets = secrets_in(state, needed)
    found = UndoArmed(
        kind="command",
        text=text.text,
        places=tuple(str(p) for p in text.places),
        verify=verify.text,
        verify_places=tuple(str(p) for p in verify.places),
        missing=tuple(dict.fromkeys((*text.open, *verify.open))),
        secrets=secrets,
        cwd=cwd,
        shell=shell,
        environment=recorded,
        withheld=tuple(n for n in withheld(whole, recorded) if n not in state.secrets),
        ready=ready.text,
        ready_places=tuple(str(p) for p in ready.places),
        timeout=step.undo_timeout,
        host=host,
        ssh=environment.get(remote.PROGRAM, "") if host else "",
    )
    missing = dict.fromkeys((*found.missing, *unset(state, step, found)))
    return replace(found, missing=tuple(missing))


def _not_taken_back(step: Step, cwd: str, host: str) -> UndoArmed:
    """Why no command takes the step back: it need not, it cannot be, or a person has to."""
    if not step.effect:
        return UndoArmed(kind="nothing", reason="it only looks", host=host)
    if step.irreversible:
        return UndoArmed(kind="irreversible", reason=step.irreversible, host=host)
    kind = "manual" if step.manual else "none"
    reason = "done by hand" if step.manual else "the plan gives no undo"
    if step.action is not None:
        reason = f"{step.action} has no undo of its own, and the plan gives none"
    return UndoArmed(kind=kind, reason=reason, cwd=cwd, host=host)
