"""Starting a run and opening one again: from the plan's copy in the journal, never the file."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from runbook_tui.book.files import Load
from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.model import Forge, Runbook, Step
from runbook_tui.book.spreading import each_step, spread
from runbook_tui.run.events import (
    Actor,
    Draft,
    LeadHandedOver,
    PlanCopy,
    RunResumed,
    RunStarted,
)
from runbook_tui.run.fold import begin, fold
from runbook_tui.run.state import RunState
from runbook_tui.session.plan_commit import PlanCommit
from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.journal import Journal, JournalError
from runbook_tui.session.ports.surroundings import Surroundings

if TYPE_CHECKING:
    from runbook_tui.session.recorder import Pair

Reader = Callable[[str, str, Load], Runbook]
"""Reads a plan: its text, its name, and what gives the files that it takes in by their names."""


class NoSuchRun(Exception):
    """No run, or more than one, goes by that name; ``candidates`` are those that could."""

    def __init__(self, message: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.candidates = candidates


def start_run(
    journal: Journal,
    *,
    plan: str,
    runbook: Runbook,
    source: str,
    folder: str,
    parameters: Mapping[str, str],
    actor: Actor,
    clock: Clock,
    includes: Mapping[str, str] = {},
    sources: Mapping[str, str] = {},
    role: str = "lead",
    rehearse: bool = False,
    signers: str | None = None,
    commit: PlanCommit | None = None,
    environment: str | None = None,
    automatic_rollback: bool = False,
) -> str:
    """Record a new run and return its id; ``folder`` is where its commands run.

    ``includes`` are the texts of the files that the plan takes in, by the names it was read with;
    ``sources`` says where each parameter's value comes from. ``signers`` is the text of its allowed
    signers, ``commit`` what git knows of the plan.
    """
    taken = {entry.run for entry in journal.runs()}
    day = datetime.fromtimestamp(clock.now(), UTC).strftime("%Y%m%d")
    run = f"{day}-{os.urandom(2).hex()}"
    while run in taken:
        run = f"{day}-{os.urandom(3).hex()}"
    payload = RunStarted(
        title=runbook.title,
        source=source,
        format=runbook.format,
        plan=plan,
        digest=plan_digest(plan, includes),
        folder=folder,
        includes=dict(includes),
        parameters=dict(parameters),
        sources=dict(sources),
        secrets={p.name: source_of(p.secret) for p in runbook.parameters if p.secret},
        role=role,
        rehearse=rehearse,
        allowed_signers=signers,
        commit=commit.commit if commit else None,
        uncommitted=commit.uncommitted if commit else None,
        environment=environment,
        automatic_rollback=automatic_rollback or None,
    )
    journal.append(run, [Draft(payload=payload)], actor, expect=0)
    return run


def plan_digest(plan: str, includes: Mapping[str, str]) -> str:
    """The hash of everything a plan says: of its text, and of each file that it takes in."""
    whole = hashlib.sha256(plan.encode("utf-8", "surrogatepass"))
    for name in sorted(includes):
        for text in (name, includes[name]):
            # Each behind a NUL and as a hash of its own, so that no text can pass for two.
            whole.update(b"\0" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    return whole.hexdigest()


def source_of(secret: object) -> str:
    """Where a secret comes from, in words; never its value."""
    env = getattr(secret, "env", None)
    file = getattr(secret, "file", None)
    command = getattr(secret, "command", None)
    if env:
        return f"env {env}"
    if file:
        return f"file {file}"
    return f"command {command}" if command else "asked"


def open_run(journal: Journal, run: str, read: Reader, surroundings: Surroundings) -> RunState:
    """The run's state, folded from its events over the plan's copy. Raises `JournalError`, also
    where one of them is missing."""
    events = journal.events(run)
    begun = next((ev.payload for ev in events if isinstance(ev.payload, RunStarted)), None)
    if begun is None:
        raise JournalError(f"the journal holds no start of run {run}", "runbook runs lists them")
    for number, event in enumerate(events, 1):
        if event.seq != number:
            # What would be taken back, or is over, may stand in what is not there any more.
            raise JournalError(
                f"event {number} of run {run} is missing",
                f"runbook verify says more; bring it back: runbook rollback {run}",
            )
    reads = Readings(lambda plan: expanded(plan_of(plan, read), surroundings))
    first = reads.first(begun)
    return fold(begin(run, first, reads), events)


class UnreadablePlan(JournalError):
    """A plan that a run has taken over and that this version cannot read."""


class Readings:
    """What the copies of plans in a run's events say, each read once; a fold asks for them."""

    def __init__(self, read: Callable[[PlanCopy], Runbook]) -> None:
        self._read = read
        self._known: dict[str, Runbook] = {}

    def first(self, plan: PlanCopy) -> Runbook:
        """What a plan says; raises `PlanFaults` where this version cannot read it."""
        if plan.digest not in self._known:
            self._known[plan.digest] = self._read(plan)
        return self._known[plan.digest]

    def __call__(self, plan: PlanCopy) -> Runbook:
        """The same in the middle of a run, where it raises `UnreadablePlan`."""
        try:
            return self.first(plan)
        except (PlanFaults, LookupError) as error:
            raise UnreadablePlan(
                f"the plan that the run has taken over cannot be read here: {error}",
                "another version of runbook wrote it; open the run with that",
            ) from error


def plan_of(begun: PlanCopy, read: Reader) -> Runbook:
    """What the run's own copy of its plan says; the files it was read from are not looked at."""
    name = begun.source
    if begun.format != "markdown" and not name.endswith(".toml"):
        name = "p.toml"
    return read(begun.plan, name, begun.includes.__getitem__)


def resumption(state: RunState, actor: Actor, reason: str = "") -> list[Pair]:
    """That this person leads from now on; another person's lead is handed over."""
    pairs: list[Pair] = [(RunResumed(), None)]
    if state.lead is not None and state.lead.key != actor.key:
        handed = LeadHandedOver(name=actor.name, email=actor.email,
                                reason=reason.strip() or "resumed the run")  # fmt: skip
        pairs.insert(0, (handed, None))
    return pairs


def expanded(runbook: Runbook, surroundings: Surroundings) -> Runbook:
    """The runbook as it is carried out: every built-in action as shell text, a step for each
    machine of those on several."""
    if any(step.action for step in runbook.walk()):
        forge = runbook.forge
        runbook = each_step(
            runbook, lambda s: surroundings.expand(_at(s, forge)) if s.action else s
        )
    return spread(runbook)


def _at(step: Step, forge: Forge | None) -> Step:
    """An action at GitHub is about the plan's repository, where it names no other."""
    if forge is None or "repo" in step.arguments or not (step.action or "").startswith("github."):
        return step
    return dataclasses.replace(step, arguments={**step.arguments, "repo": forge.github})


def find_run(journal: Journal, name: str | None) -> str:
    """The id of a run: by its id or the unique end or beginning of one; newest open by default.
    Raises `NoSuchRun`."""
    entries = journal.runs()
    if not entries:
        raise NoSuchRun("there are no runs yet")
    if not name:
        return entries[0].run
    exact = [e.run for e in entries if e.run == name]
    close = exact or [e.run for e in entries if e.run.endswith(name) or e.run.startswith(name)]
    if len(close) == 1:
        return close[0]
    if close:
        raise NoSuchRun(f"“{name}” fits {len(close)} runs", tuple(close))
    raise NoSuchRun(f"there is no run “{name}”", tuple(e.run for e in entries[:5]))
