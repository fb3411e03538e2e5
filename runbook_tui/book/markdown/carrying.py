"""What one block of a document hands on to those behind it: its variables, and its folder.

Whoever writes blocks one after the other thinks of one shell, while each step has a shell of its
own. So a step whose variable a later one reads puts it out, as an output like any other: recorded,
shown, in the environment of what follows, of its undo too. The folder that a block ends in is put
out in the same way, under a name of its own, and those behind it begin there. A block that hands
on nothing stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from runbook_tui.book.markdown.variables import USED, assigned, used
from runbook_tui.book.model import Command, Parameter, Phase, Step
from runbook_tui.book.parameters import reserved, smells_of_secrets
from runbook_tui.frozen import frozen

FOLDER = "folder_after_block_"
"""How the output is called that holds the folder in which a block ended; its number follows."""
END = "_HANDED_ON_"
EARLIER = 3
"""How many blocks before are looked at for a folder; the nearest may have been left out."""
CHANGES_FOLDER = re.compile(r"(?:^|&&|;)[ \t]*(?:cd|pushd|popd)\b(?![^\n]*\))", re.MULTILINE)
BEGINS_WITH = re.compile(r"\A\s*(?:#[^\n]*\n\s*|set [^\n]*\n\s*)*cd\b[ \t]*(?P<to>[^\s;&|#]*)")
FIXED = re.compile(r"[\"']?(?:[/~$]|\Z)")
"""Where a folder is meant that does not count from another; `cd` alone, too."""
TRAPS = re.compile(r"\btrap\b")
VALUE = re.compile(r"([A-Za-z_]\w*)\+?=([^\n]*)")


@dataclass(slots=True)
class Handed:
    """The phases with steps that hand on, and the names that each step gets from those before."""

    phases: tuple[Phase, ...]
    names: dict[str, frozenset[str]] = field(default_factory=dict)
    put_out: frozenset[str] = frozenset()
    """All names that any step hands on: what is offered in a rollback has them."""


def handed_on(
    phases: tuple[Phase, ...], parameters: Iterable[Parameter], commands: Iterable[Command] = ()
) -> Handed:
    """Let the steps of a document hand on what later ones, or their own undos, rely on.

    So do those of ``commands`` that are offered outside the steps, for a rollback or a failure.
    """
    steps = [s for p in phases for s in p.walk() if s.run is not None and not s.shell]
    known = tuple(parameters)
    sets = {s.id: assigned(s.run or "") for s in steps}
    if not any(sets.values()) and not any(_moves(s) for s in steps):
        return Handed(phases)
    hidden = _hidden(steps, known)
    given = {p.name for p in known}
    own = {s.id for s in steps}
    back = (
        c for c in commands if (c.rollback or c.for_failure) and c.runnable and c.step not in own
    )
    puts, gets = _variables(steps, sets, hidden | given, [_read(c.text) for c in back])
    folders = _folders(steps)
    made = {s.id: _made(s, sorted(puts.get(s.id, ())), folders.get(s.id, Folders())) for s in steps}
    put_out = frozenset(name for names in puts.values() for name in names)
    return Handed(tuple(_phase(p, made) for p in phases), gets, put_out)


@frozen(kw_only=False)
class Folders:
    """The output that holds the folder in which a step ends, and those in which it begins."""

    after: str = ""
    before: tuple[str, ...] = ()


def _variables(
    steps: Sequence[Step], sets: Mapping[str, set[str]], never: set[str], back: Sequence[set[str]]
) -> tuple[dict[str, set[str]], dict[str, frozenset[str]]]:
    """The names that each step puts out, and those that each gets."""
    makers: dict[str, list[str]] = {}
    puts: dict[str, set[str]] = {}
    gets: dict[str, frozenset[str]] = {}
    for step in steps:
        read = _read(step.run) - sets[step.id]
        undoing = _read(step.undo) | _read(step.verify_undo)
        names = {n for n in read | undoing if n in makers}
        gets[step.id] = frozenset(names)
        for name in names:
            for maker in makers[name]:
                puts.setdefault(maker, set()).add(name)
        if step.background:
            continue
        ours = {n for n in sets[step.id] if n not in never and not reserved(n)}
        puts.setdefault(step.id, set()).update(undoing & ours)
        gets[step.id] |= undoing & ours
        for name in ours:
            makers.setdefault(name, []).append(step.id)
    for name in (name for names in back for name in names):
        for maker in makers.get(name, ()):
            puts.setdefault(maker, set()).add(name)
    return puts, gets


def _read(text: str | None) -> set[str]:
    if not text:
        return set()
    return {name for name, _ in used(Command(id="", language="bash", text=text))}


def _hidden(steps: Sequence[Step], parameters: Iterable[Parameter]) -> set[str]:
    """Names whose values must not be written down: secrets, and what is made of them."""
    hidden = {p.name for p in parameters if p.secret is not None}
    values = [pair for s in steps for pair in VALUE.findall(s.run or "")]
    hidden |= {name for name, _ in values if smells_of_secrets(name)}
    for _ in range(EARLIER):
        more = {
            name
            for name, value in values
            if any((found[0] or found[1]) in hidden for found in USED.findall(value))
        }
        if more <= hidden:
            break
        hidden |= more
    return hidden


def _moves(step: Step) -> bool:
    return CHANGES_FOLDER.search(step.run or "") is not None


def _begins(text: str | None) -> str | None:
    """The folder to which a text goes first of all."""
    found = BEGINS_WITH.match(text or "")
    return found["to"] if found else None


def _folders(steps: Sequence[Step]) -> dict[str, Folders]:
    """In which folders the steps begin and end; none where each block begins in the plan's."""
    first = [to for s in steps if (to := _begins(s.run)) is not None and not FIXED.match(to)]
    near = [to for to in first if not to.startswith(".")]
    if len(set(near)) < len(near):
        return {}
    found: dict[str, Folders] = {}
    before: tuple[str, ...] = ()
    for number, step in enumerate(steps, 1):
        to = _begins(step.run)
        starts = () if step.cwd or (to is not None and FIXED.match(to)) else before
        after = f"{FOLDER}{number}" if _moves(step) and not step.background else ""
        matters = step.undo is not None or step is not steps[-1]
        found[step.id] = Folders(after if matters else "", starts)
        if after:
            before = (after, *before)[:EARLIER]
    return found


def _made(step: Step, names: Sequence[str], folders: Folders) -> Step:
    """The step, handing on these variables and its folder, and beginning where it should."""
    out = (*names, *([folders.after] if folders.after else []))
    run = step.run or ""
    puts = [_puts(name, f"${name}") for name in names]
    if folders.after:
        puts.append(_puts(folders.after, "$PWD"))
    text = "\n".join(puts)
    if puts and TRAPS.search(run):
        run = f"{run.rstrip()}\n# for the blocks behind it:\n{text}\n"
    elif puts:
        run = f"# for the blocks behind it:\ntrap '{text}' EXIT\n{run}"
    if folders.before:
        run = f"{_cd(folders.before)}\n{run}"
    undo = step.undo
    around = (*([folders.after] if folders.after else []), *folders.before)[:EARLIER]
    if undo is not None and around and _begins(undo) is None:
        undo = f"{_cd(around)}\n{undo}"
    if not out and run == step.run and undo == step.undo:
        return step
    return replace(step, run=run, undo=undo, outputs=(*step.outputs, *out))


def _puts(name: str, value: str) -> str:
    """Shell text that puts a value out, if there is one, in as many lines as it has."""
    there = f'[ -z "${{{value[1:]}+x}}" ] || '
    return f'{there}printf "{name}<<{END}\\n%s\\n{END}\\n" "{value}" >> "$RUNBOOK_OUTPUT"'


def _cd(names: Sequence[str]) -> str:
    """Shell text that goes to the first of these folders that is known, else stays."""
    folder = "."
    for name in reversed(names):
        folder = f"${{{name}:-{folder}}}"
    return f'cd -- "{folder}"'


def _phase(phase: Phase, made: Mapping[str, Step]) -> Phase:
    return replace(
        phase,
        changes=tuple(replace(c, steps=_steps(c.steps, made)) for c in phase.changes),
        steps=_steps(phase.steps, made),
    )


def _steps(steps: tuple[Step, ...], made: Mapping[str, Step]) -> tuple[Step, ...]:
    found = (made.get(s.id, s) for s in steps)
    return tuple(replace(s, steps=_steps(s.steps, made)) if s.steps else s for s in found)
