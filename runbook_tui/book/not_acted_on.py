"""What a plan says and this version does not do: told by ``check``, so that nobody relies on it."""

from __future__ import annotations

from collections.abc import Iterator

from runbook_tui.book.findings import Finding
from runbook_tui.book.model import Phase, Placed, Runbook, Step
from runbook_tui.book.moments import ALLOWED, parse_moment

CODE = "not-acted-on"


def not_acted_on(runbook: Runbook) -> Iterator[Finding]:
    """A finding for each such key, at the node that has it."""
    for phase in runbook.phases:
        yield from _window(phase)
    for step in runbook.walk():
        yield from _step(step)


def _window(phase: Phase) -> Iterator[Finding]:
    for key, text in (("starts", phase.starts), ("ends", phase.ends)):
        if text is not None and parse_moment(text) is None:
            yield _found(phase, f"“{key}” of “{phase.title}” is shown, not reckoned with: “{text}”"
                         f" is no moment; write {ALLOWED}")  # fmt: skip


def _step(step: Step) -> Iterator[Finding]:
    about = f"of “{step.title}”"
    if step.evidence and step.hosts:
        yield _found(step, f"“evidence” {about} is not fetched from another machine; only"
                     " files of this one are kept: let it put out what it has found")  # fmt: skip

    for name in step.evidence:
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if name.startswith(("/", "~")) or ".." in parts or not parts:
            yield _found(step, f"“evidence” {about} never keeps “{name}”: only files of its folder"
                         " are kept; copy it there, or put it out")  # fmt: skip


def _found(item: Placed, message: str, severity: str = "medium") -> Finding:
    return Finding(
        code=CODE, message=message, severity=severity, line=item.line, source=item.source
    )
