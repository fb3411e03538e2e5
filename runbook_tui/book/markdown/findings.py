"""What a person should know about a Markdown plan before it is run; nothing here stops a run."""

from __future__ import annotations

from collections.abc import Iterator

from runbook_tui.book.findings import Finding
from runbook_tui.book.inner_code import CODE, message
from runbook_tui.book.markdown.placeholders import PLACEHOLDER
from runbook_tui.book.markdown.steps import Gathered
from runbook_tui.book.markdown.variables import Variables, not_carried
from runbook_tui.book.model import GateStatement, Parameter, Phase, Step
from runbook_tui.book.parameters import in_code


def findings(
    phases: tuple[Phase, ...],
    statements: tuple[GateStatement, ...],
    gathered: Gathered,
    parameters: tuple[Parameter, ...],
    known: Variables,
) -> tuple[Finding, ...]:
    """Every finding on what became something."""
    return (
        *_open_placeholders(gathered),
        *_outside(gathered),
        *_not_run(gathered),
        *_by_hand(phases, gathered),
        *_sums(phases),
        *_unplaced(statements),
        *_in_code(gathered, parameters),
        *_not_carried(gathered, known),
        *(
            finding
            for p in phases
            for step in p.walk()
            for finding in _without_undo(step, gathered)
        ),
    )


def from_a_block(line: int) -> Finding:
    """What is said of steps that stand in a code block."""
    return Finding(
        code="read-from-block", severity="info", line=line,
        message="the plan's steps stand in this code block, so they are read from it; take the "
        "fence around them away",
    )  # fmt: skip


def _not_carried(gathered: Gathered, known: Variables) -> Iterator[Finding]:
    for command, names, line in not_carried(gathered.commands, known):
        if command.step is None and not command.rollback:
            continue
        which = ", ".join(f"${name}" for name in names)
        yield Finding(
            code="variable-not-carried", line=command.line, related_line=line,
            message=f"{which}: set in another block (line {line}), and each step has a shell of "
            "its own, so it is empty here; set it in this block too, or write "
            f"<{names[0]}> to be asked for it",
        )  # fmt: skip


def _open_placeholders(gathered: Gathered) -> Iterator[Finding]:
    for command in gathered.commands:
        if command.rollback and PLACEHOLDER.search(command.text):
            yield Finding(
                code="placeholder-open", severity="high", line=command.line,
                message="a rollback command has placeholders that are open until asked",
            )  # fmt: skip


def _outside(gathered: Gathered) -> Iterator[Finding]:
    for command in gathered.commands:
        if command.runnable and not command.rollback and command.step is None:
            yield Finding(
                code="command-outside-steps", severity="info", line=command.line,
                message="this command is in no step and will not be run; put it under a number, a "
                "box or a numbered heading, or below “Rollback:”",
            )  # fmt: skip


def _by_hand(phases: tuple[Phase, ...], gathered: Gathered) -> Iterator[Finding]:
    for step in (step for p in phases for step in p.walk()):
        if step.id in gathered.by_hand:
            yield Finding(
                code="command-in-words", severity="info", line=step.line,
                message=f"“{step.title}” is done by hand; to have “{gathered.by_hand[step.id]}” "
                "run, put it in a fence or on a line of its own",
            )  # fmt: skip


def _not_run(gathered: Gathered) -> Iterator[Finding]:
    for command in gathered.commands:
        if command.by_hand:
            where = "a rollback does not offer it" if command.rollback else "a person does it"
            yield Finding(
                code="block-not-run", severity="info", line=command.line,
                message=f"no shell runs {command.language}, so {where}; to have it run, write the "
                "command that gives it to its program, in ```bash",
            )  # fmt: skip
    for block in gathered.unclear:
        if block.text.strip():
            yield Finding(
                code="block-not-run", severity="info", line=block.line,
                message="this block is shown, not run; if it is a shell command, mark it ```bash",
            )  # fmt: skip


def _sums(phases: tuple[Phase, ...]) -> Iterator[Finding]:
    for change in (c for p in phases for c in p.changes):
        total = sum(s.estimate.maximum for s in change.steps if s.estimate)
        if change.estimate and total > change.estimate.maximum:
            yield Finding(
                code="estimate-sum", line=change.line,
                message=f"the steps of “{change.title}” take {total / 3600:g} h, its "
                f"timeline says {change.estimate.maximum / 3600:g} h",
            )  # fmt: skip


def _unplaced(statements: tuple[GateStatement, ...]) -> Iterator[Finding]:
    for statement in statements:
        if statement.before is None:
            yield Finding(
                code="gate-unplaced", line=statement.line,
                message=f"nothing waits for the approval of “{statement.approver}”: name the step "
                "or phase by its number or title",
            )  # fmt: skip


def _in_code(gathered: Gathered, parameters: tuple[Parameter, ...]) -> Iterator[Finding]:
    named = {p.placeholder: p.name for p in parameters if p.placeholder}
    for command in gathered.commands:
        if not command.runnable or command.by_hand:
            continue
        first = command.line - (command.id in gathered.inline)
        for place, danger in in_code(command.text, named):
            yield Finding(
                code=CODE, severity="high" if danger.shell else "medium",
                line=first + danger.line, message=message(place.name, danger),
            )  # fmt: skip


def _without_undo(step: Step, gathered: Gathered) -> Iterator[Finding]:
    if step.run is None or step.undo or step.irreversible or not step.effect:
        return
    hint = "write “Rollback: `command`” under it, or “Rollback: not possible”"
    if step.id in gathered.in_words:
        hint = "its rollback stands in words; put the command in backticks or a fence"
    yield Finding(
        code="no-undo", severity="info", line=step.line,
        message=f"“{step.title}” has an effect and no undo command: {hint}",
    )  # fmt: skip
