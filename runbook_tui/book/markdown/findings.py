"""What a person should know about a Markdown plan before it is run; nothing here stops a run."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from runbook_tui.book.findings import Finding
from runbook_tui.book.inner_code import CODE, message
from runbook_tui.book.literals import Literals
from runbook_tui.book.markdown.carrying import Handed
from runbook_tui.book.markdown.commands import BY_HAND
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.markdown.steps import Gathered
from runbook_tui.book.markdown.variables import Variables, not_carried
from runbook_tui.book.model import GateStatement, Parameter, Phase
from runbook_tui.book.parameters import in_code

ONE_BY_ONE = 4
"""From so many steps on that one thing is said of all of them at once."""


def findings(
    phases: tuple[Phase, ...],
    statements: tuple[GateStatement, ...],
    gathered: Gathered,
    parameters: tuple[Parameter, ...],
    known: Variables,
    handed: Handed,
) -> tuple[Finding, ...]:
    """Every finding on what became something."""
    return (
        *_open_placeholders(gathered, parameters),
        *_outside(gathered),
        *_not_run(gathered),
        *_by_hand(phases, gathered),
        *_unplaced(statements),
        *_in_code(gathered, parameters),
        *_not_carried(phases, gathered, known, handed),
        *_without_undo(phases, gathered),
    )


def from_a_block(line: int) -> Finding:
    """What is said of steps that stand in a code block."""
    return Finding(
        code="read-from-block", severity="info", line=line,
        message="the plan's steps stand in this code block, so they are read from it; take the "
        "fence around them away",
    )  # fmt: skip


def _not_carried(
    phases: tuple[Phase, ...], gathered: Gathered, known: Variables, handed: Handed
) -> Iterator[Finding]:
    steps = {s.id for p in phases for s in p.walk()}
    for command, lost, line in not_carried(gathered.commands, known):
        if command.step is None and not (command.rollback or command.for_failure):
            continue
        inside = command.step in steps
        there = handed.names.get(command.step or "", ()) if inside else handed.put_out
        names = [name for name in lost if name not in there]
        if not names:
            continue
        which = ", ".join(f"${name}" for name in names)
        yield Finding(
            code="variable-not-carried", line=command.line, related_line=line,
            message=f"{which}: set in another block (line {line}) and not handed on from there (a "
            "secret, or set only later), so it is empty here; set it in this block too, or write "
            f"<{names[0]}> to be asked for it",
        )  # fmt: skip


def _open_placeholders(gathered: Gathered, parameters: tuple[Parameter, ...]) -> Iterator[Finding]:
    """What a rollback asks for that no step has asked for before: somebody has to know it then."""
    back = sorted(
        (c.line, c.line + c.text.count("\n") + 1) for c in gathered.commands if c.rollback
    )
    starts = [first for first, _ in back]
    only: dict[int, list[tuple[Parameter, int]]] = {}
    for p in parameters:
        at = [bisect_right(starts, line) - 1 for line in p.lines]
        if all(n >= 0 and line <= back[n][1] for n, line in zip(at, p.lines, strict=True)):
            for n, line in dict(zip(at, p.lines, strict=True)).items():
                only.setdefault(n, []).append((p, line))
    for n in sorted(only):
        names = [p for p, _ in only[n]]
        said = ", ".join(p.placeholder or p.name for p in names[:5])
        yield Finding(
            code="placeholder-open", severity="high", line=back[n][0],
            related_line=min(line for _, line in only[n]),
            message=f"{said}: only the rollback uses that, so it is asked for in the middle of it;"
            " write down now where it comes from, or give it beforehand"
            f" (-p {names[0].name}=…)",
        )  # fmt: skip


def _outside(gathered: Gathered) -> Iterator[Finding]:
    for command in gathered.commands:
        if (
            command.runnable
            and not command.rollback
            and command.step is None
            and not (command.kept_for_failure)
        ):
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
                message=f"{_why(command.language)}, so {where}; to have it run, write the "
                "command that gives it to its program, in ```bash",
            )  # fmt: skip
    for block in gathered.unclear:
        if block.text.strip():
            yield Finding(
                code="block-not-run", severity="info", line=block.line,
                message="this block is shown, not run; if it is a shell command, mark it ```bash",
            )  # fmt: skip


def _why(language: str) -> str:
    if language in BY_HAND:
        return f"no shell runs {language}"
    return "this is not for a shell of this machine (a query, or another prompt)"


def alternatives(root: Section, phases: tuple[Phase, ...]) -> Iterator[Finding]:
    """Parts of which one is taken: nothing waits for them, so it has to be said."""
    lines = sorted(step.line for p in phases for step in p.walk())
    for section in root.walk():
        ways = [child for child in section.children if child.is_choice]
        if not ways:
            continue
        last = max(inner.line for inner in section.walk())
        ends = [*(way.line for way in ways[1:]), max(last, *lines[-1:]) + 1]
        held = [
            way for way, end in zip(ways, ends, strict=True)
            if bisect_left(lines, end) > bisect_left(lines, way.line)
        ]  # fmt: skip
        if len(held) > 1:
            names = ", ".join(f"“{way.title}”" for way in held[:6])
            yield Finding(
                code="alternatives", severity="info", line=held[0].line, related_line=held[-1].line,
                message=f"{names}: read as ways to do the same, so nothing waits for them; carry "
                "out one of them",
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
    named = Literals({p.placeholder: p.name for p in parameters if p.placeholder})
    for command in gathered.commands:
        if not command.runnable or command.by_hand:
            continue
        first = command.line - (command.id in gathered.inline)
        for place, danger in in_code(command.text, named):
            yield Finding(
                code=CODE, severity="high" if danger.shell else "medium",
                line=first + danger.line, message=message(place.name, danger),
            )  # fmt: skip


def _without_undo(phases: tuple[Phase, ...], gathered: Gathered) -> Iterator[Finding]:
    """Each such step where others have an undo; else one finding for all of them."""
    steps = [step for p in phases for step in p.walk()]
    bare = [s for s in steps if s.run and s.effect and not (s.undo or s.irreversible)]
    if len(bare) < ONE_BY_ONE or any(s.undo for s in steps):
        for step in bare:
            hint = "write “Rollback: `command`” under it, or “Rollback: not possible”"
            if step.id in gathered.in_words:
                hint = "its rollback stands in words; put the command in backticks or a fence"
            yield Finding(
                code="no-undo", severity="low", line=step.line,
                message=f"“{step.title}” has an effect and no undo command: {hint}",
            )  # fmt: skip
        return
    yield Finding(
        code="no-undo", severity="low", line=bare[0].line, related_line=bare[-1].line,
        message=f"none of the {len(bare)} steps that change something has an undo command, from"
        f" “{bare[0].title}” to “{bare[-1].title}”: write “Rollback: `command`” under each, or"
        " “Rollback: not possible”",
    )  # fmt: skip
