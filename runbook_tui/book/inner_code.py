"""Values that a plan puts where a program takes them as code: remarks, and faults for secrets."""

from __future__ import annotations

from collections.abc import Iterator

from runbook_tui.book.findings import Fault, Finding
from runbook_tui.book.literals import Literals
from runbook_tui.book.model import Placed, Runbook, Step
from runbook_tui.book.parameters import Gap, about, in_code
from runbook_tui.book.places import Place, Places
from runbook_tui.book.shell.judging import Danger
from runbook_tui.frozen import frozen

CODE = "value-in-inner-code"


@frozen(kw_only=False)
class Inner:
    """One value in code, and where it stands in the plan."""

    name: str
    danger: Danger
    place: Place
    secret: bool

    def finding(self) -> Finding:
        """What to do about it; a value that could do harm is refused when it is known."""
        return Finding(
            code=CODE, severity="high" if self.danger.shell else "medium",
            line=self.place.line, column=self.place.column, source=self.place.source,
            message=message(self.name, self.danger),
        )  # fmt: skip

    def fault(self) -> Fault:
        """A secret is never looked at, so it can never stand there."""
        return Fault(
            message=f"the secret “{self.name}” {about(self.danger)}, and a secret is not looked at",
            hint="let the program read it from its environment or standard input",
            line=self.place.line, column=self.place.column, source=self.place.source,
        )  # fmt: skip


def message(name: str, danger: Danger) -> str:
    """What a person should do about a value in code."""
    what = f"“{name}” {about(danger)}"
    if danger.demand is not None:
        return f"{what}; any other value is refused"
    return (
        f"{what}; any other value is refused; pass it as an argument or an environment variable "
        "instead"
    )


def values_in_code(runbook: Runbook, places: Places) -> Iterator[Inner]:
    """Every value of a runbook that stands in code and is not quoted for it, by step."""
    secrets = {p.name for p in runbook.parameters if p.secret is not None}
    named = Literals({p.placeholder: p.name for p in runbook.parameters if p.placeholder})
    for text, item, key, shell in _commands(runbook):
        yield from _of(text, item, key, shell, named, secrets, places)


def secrets_in_code(runbook: Runbook, places: Places) -> Iterator[Inner]:
    """The secrets among them; only texts that may hold one are looked at."""
    secrets = {p.name for p in runbook.parameters if p.secret is not None}
    named = {p.placeholder: p.name for p in runbook.parameters if p.placeholder}
    marks = secrets | {mark for mark, name in named.items() if name in secrets}
    if not marks:
        return
    literals = Literals(named)
    for text, item, key, shell in _commands(runbook):
        if any(mark in text for mark in marks):
            found = _of(text, item, key, shell, literals, secrets, places)
            yield from (inner for inner in found if inner.secret)


def _commands(runbook: Runbook) -> Iterator[tuple[str, Placed, str, str]]:
    """Each command text, what it belongs to and under which key, and the shell it asks for."""
    for step in runbook.walk():
        shell = step.shell or ""
        yield from ((text, step, key, shell) for key, text in _texts(step) if text)
        yield from ((c.probe, c, "probe", shell) for c in step.checks if c.probe)
    for procedure in runbook.procedures:
        staged = (s for stage in procedure.stages for s in stage.steps)
        yield from ((s.run, s, "run", "") for s in staged if s.run)


def _texts(step: Step) -> tuple[tuple[str, str | None], ...]:
    if step.action is not None:
        return ()
    return (("before", step.before), ("run", step.run), ("ready", step.ready),
            ("undo", step.undo), ("verify_undo", step.verify_undo),
            ("undo_ready", step.undo_ready), ("rehearse", step.rehearsal_text))  # fmt: skip


def _of(
    text: str,
    item: Placed,
    key: str,
    shell: str,
    named: Literals,
    secrets: set[str],
    places: Places,
) -> Iterator[Inner]:
    for place, danger in in_code(text, named, secrets, shell):
        where = _where(text, place, places.of(item, key), places)
        yield Inner(place.name, danger, where, place.name in secrets)


def _where(text: str, place: Gap, at: Place, places: Places) -> Place:
    """Where a name stands in the file, by its line; by itself where that is written otherwise."""
    start = text.rfind("\n", 0, place.start) + 1
    line = text[start:].partition("\n")[0]
    found = places.find(line, at)
    if found == at:
        return places.find(text[place.start : place.end], at)
    return Place(found.line, found.column + place.start - start, found.source)
