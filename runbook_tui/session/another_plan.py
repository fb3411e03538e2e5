"""The plan's file says something else than the run's copy: what it says, and taking it over."""

from __future__ import annotations

import os
from pathlib import Path

from runbook_tui.book.findings import PlanFaults
from runbook_tui.frozen import frozen
from runbook_tui.run import sources
from runbook_tui.run.events import PlanChanged
from runbook_tui.run.plan_diff import Difference, plan_differences
from runbook_tui.run.plan_words import explained, in_short
from runbook_tui.run.requests import Refusal, TakePlan
from runbook_tui.run.state import RunState
from runbook_tui.session.answering import Answer
from runbook_tui.session.kept_readings import keep_reading
from runbook_tui.session.opening import plan_digest, source_of
from runbook_tui.session.plan_commit import PlanCommit, plan_commit
from runbook_tui.session.plan_files import PlanFiles, read_files
from runbook_tui.session.session import Session


@frozen
class AnotherPlan:
    """A plan that was read, what of it would be recorded, and the digest of what it replaces."""

    files: PlanFiles
    event: PlanChanged
    instead: str

    @property
    def is_new(self) -> bool:
        """Whether it is another one than the run has."""
        return self.event.digest != self.instead

    def request(self, reason: str = "") -> TakePlan:
        """What is asked of the run to take it over."""
        return TakePlan(plan=self.event, instead=self.instead, reason=reason)

    def differences(self, state: RunState) -> tuple[Difference, ...]:
        """How it differs from the plan that the run has; none of a run without a start."""
        if state.plan is None:
            return ()
        return plan_differences(state.reads(state.plan), state.reads(self.event))

    def words(self, state: RunState) -> list[str]:
        """The differences and what taking it over does, in lines."""
        return explained(state, self.event, state.reads(self.event))


def another_plan(
    state: RunState, path: Path, files: PlanFiles, commit: PlanCommit | None
) -> AnotherPlan:
    """A plan that was read from ``path``, as what a run would record of it.

    A new value with a default gets it; one that had its default gets the new one.
    """
    plain: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for parameter in files.runbook.parameters:
        name, default = parameter.name, parameter.default
        if parameter.secret is not None:
            if state.secrets.get(name) != source_of(parameter.secret):
                secrets[name] = source_of(parameter.secret)
            continue
        own = name in state.values and state.sources.get(name) != sources.DEFAULT
        if default is not None and not own and state.values.get(name) != default:
            plain[name] = default
    event = PlanChanged(
        title=files.runbook.title,
        source=os.fsencode(path.absolute()).decode("utf-8", "backslashreplace"),
        format=files.runbook.format,
        plan=files.text,
        digest=plan_digest(files.text, files.includes),
        includes=dict(files.includes),
        parameters=plain,
        sources=dict.fromkeys(plain, sources.DEFAULT),
        secrets=secrets,
        commit=commit.commit if commit else None,
        uncommitted=commit.uncommitted if commit else None,
    )
    return AnotherPlan(
        files=files, event=event, instead=state.plan.digest if state.plan is not None else ""
    )


def read_another(session: Session, path: Path, files: PlanFiles | None = None) -> AnotherPlan:
    """The plan in a file, as one that the session's run may take over; ``files`` is what was read
    of it already. Raises `PlanFaults`."""
    files = files if files is not None else read_files(path)
    names = [path, *(path.parent / name for name in files.includes)]
    return another_plan(session.state, path, files, plan_commit(session.runner, names))


def plan_file(state: RunState) -> Path | None:
    """The file that a run's plan was read from, where it still is there."""
    if state.plan is None or state.begun is None:
        return None
    named = Path(state.plan.source)
    places = [named] if named.is_absolute() else [Path(state.begun.folder) / named.name, named]
    try:
        return next((place for place in places if place.is_file()), None)
    except (OSError, ValueError):
        return None


@frozen
class Changed:
    """That the plan's file says something else by now, in short; ``faulty``: it cannot be run."""

    path: Path
    words: str
    faulty: bool = False


def changed(state: RunState) -> Changed | None:
    """What became of the plan's file since the run has read it; None where it says the same.

    The run is not changed by it. Reads the plan only where its text is another.
    """
    path = plan_file(state)
    if path is None or state.plan is None or state.rehearsal or state.finished is not None:
        return None
    try:
        if _same_texts(state, path):
            return None
        files = read_files(path)
    except OSError:
        return None
    except PlanFaults as error:
        many = len(error.faults)
        faults = "a fault" if many == 1 else f"{many} faults"
        words = f"the plan {path} has changed and has {faults}; `runbook check` shows them"
        return Changed(path=path, words=words, faulty=True)
    found = another_plan(state, path, files, None)
    if not found.is_new:
        return None
    short = in_short(found.differences(state)) or "nothing that is carried out"
    return Changed(path=path, words=f"the plan {path} has changed: {short}")


def _same_texts(state: RunState, path: Path) -> bool:
    """Whether the plan's files hold what the run has recorded of them, byte by byte."""
    plan = state.plan
    if plan is None:
        return True
    texts = {path: plan.plan, **{path.parent / n: text for n, text in plan.includes.items()}}
    return all(_holds(file, text.encode("utf-8", "surrogatepass")) for file, text in texts.items())


def _holds(file: Path, data: bytes) -> bool:
    return file.is_file() and file.stat().st_size == len(data) and file.read_bytes() == data


def take(session: Session, found: AnotherPlan, reason: str = "") -> Answer:
    """Ask for it, and keep what was read in the run's folder for those who only help."""
    answer = session.ask(found.request(reason)).result()
    if not isinstance(answer, Refusal):
        keep_reading(session.folder, found.files)
    return answer
