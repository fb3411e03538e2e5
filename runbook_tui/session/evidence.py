"""What a step names as evidence: kept when an attempt of it ends, also of one that failed."""

from __future__ import annotations

from pathlib import Path

from runbook_tui.book.model import Step
from runbook_tui.run.events import EvidenceKept, Payload, StepFinished, StepWaiting
from runbook_tui.run.prepare import working_folder
from runbook_tui.run.state import RunState
from runbook_tui.session.launching import short
from runbook_tui.session.recorder import Pair
from runbook_tui.session.workbench import Workbench

FOLDER = "evidence"
"""In the run's folder."""
ELSEWHERE = "it lies on {host}, and only files of this machine are kept"


def evidence_of(bench: Workbench, step: Step, attempt: int) -> list[Pair]:
    """Copy what the step names, as events; none where that was done for this attempt.

    One that crashes in between does it again: what was copied and not recorded is written over.
    """
    if not step.evidence or kept_of(bench.state, step.id, attempt):
        return []
    if step.hosts:
        why = ELSEWHERE.format(host=", ".join(step.hosts))
        return [(EvidenceKept(attempt=attempt, name=p, reason=why), step.id) for p in step.evidence]
    place = Path(FOLDER) / f"{short(step.id)}.{attempt}"
    folder = Path(working_folder(bench.state, step))
    found = bench.files.keep(folder, step.evidence, bench.folder / place, bench.secret_values())
    return [
        (
            EvidenceKept(
                attempt=attempt,
                name=one.name,
                file=str(place / one.file) if one.file else "",
                bytes=one.bytes,
                digest=one.digest,
                reason=one.reason,
            ),
            step.id,
        )
        for one in found
    ]


def kept_of(state: RunState, step: str, attempt: int) -> bool:
    """Whether the evidence of an attempt is recorded."""
    return any(one.attempt == attempt for one in state.step(step).evidence)


def with_evidence(bench: Workbench, pairs: list[Pair]) -> list[Pair]:
    """What was decided, with the evidence of every step of hands that it ends before its end."""
    found: list[Pair] = []
    for payload, id_ in pairs:
        step = bench.state.outline.steps.get(id_ or "")
        if step is not None and step.manual and _ends(payload):
            found += evidence_of(bench, step, max(bench.state.step(step.id).attempt, 1))
        found.append((payload, id_))
    return found


def _ends(payload: Payload) -> bool:
    return isinstance(payload, StepFinished | StepWaiting)


def copy_of(event: EvidenceKept, run_folder: Path) -> Path | None:
    """Where a copy is today; None where what was recorded leads out of the run's evidence."""
    parts = Path(event.file).parts
    inside = len(parts) == 3 and parts[0] == FOLDER and ".." not in parts
    return run_folder / event.file if inside else None
