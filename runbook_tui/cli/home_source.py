"""Where the rows of the home screen come from: the journal, and the plans of this folder."""

from __future__ import annotations

import os
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_tui.cli.plans_here import plans_here
from runbook_tui.tui.home.offers import Field, Form, NoForm, NoList, PlanRow, RunRow

if TYPE_CHECKING:
    from runbook_tui.book.model import Parameter, Runbook
    from runbook_tui.run.events import RunStarted
    from runbook_tui.session.ports.journal import Journal

PAST = 50
MOST_LINES = 8
LARGEST = 2 * 1024 * 1024
"""Bytes of a plan that is read only to say what is in it."""


class HomeSource:
    """What is in a folder and in the journal now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def runs(self) -> list[RunRow]:
        """Open runs, those with an unfinished rollback first, then the newest past ones."""
        from runbook_tui.cli.choosing import glances
        from runbook_tui.cli.reading import reading

        with reading() as journal:
            found = glances(journal)
        found.sort(key=lambda run: (run.finished, not run.rolling_back))
        past = 0
        rows = []
        for run in found:
            past += run.finished
            if past <= PAST:
                rows.append(
                    RunRow(
                        run=run.entry.run, title=run.entry.title, word=run.word,
                        when=_when(run.began), lead=run.lead.partition(" <")[0],
                        open=not run.finished, urgent=run.rolling_back,
                    )
                )  # fmt: skip
        return rows

    def look(self, row: RunRow) -> RunRow:
        """The run with what it waits for, as its own copy of the plan says."""
        from dataclasses import replace

        from runbook_tui import wiring
        from runbook_tui.cli.needs import needs
        from runbook_tui.run.readiness import counted
        from runbook_tui.run.rollback import plan
        from runbook_tui.run.state import BROKEN

        state = wiring.state_of(row.run)
        if state is None:
            return replace(row, looked=True)
        words = counted(plan(state, "run", ""))
        broken = [f"“{state.outline[id_].title}” {step.status.value}"
                  for id_, step in state.steps.items()
                  if step.status in BROKEN and id_ in state.outline.steps]  # fmt: skip
        return replace(
            row, waits=tuple(need.text for need in needs(state)[:MOST_LINES]), looked=True,
            broken=tuple(broken[:MOST_LINES]), undo=f"↶ {words}" if words else "",
        )  # fmt: skip

    def plans(self) -> list[PlanRow]:
        """The plans here and below, by name."""
        folder = self._folder
        try:
            found = plans_here(folder)
        except OSError as error:
            raise NoList(f"{folder}: {error.strerror}") from None
        return [PlanRow(path=str(path), name=str(path.relative_to(folder))) for path in found]

    def read(self, row: PlanRow) -> PlanRow:
        """The plan with what `check` finds in it."""
        from dataclasses import replace

        from runbook_tui.book.findings import SEVERITIES, PlanFaults, by_weight
        from runbook_tui.session.plan_files import read_files

        path = Path(row.path)
        try:
            if path.stat().st_size > LARGEST:
                return replace(row, read=True, about="too large to be read here; Enter reads it")
            book = read_files(path, remarks=True).runbook
        except PlanFaults as error:
            lines = tuple(f"line {f.line}: {f.message}" for f in error.faults[:MOST_LINES])
            return replace(row, faults=len(error.faults), lines=lines, read=True)
        except OSError as error:
            words = f"cannot be read: {error.strerror}; r looks what is here now"
            return replace(row, faults=1, lines=(words,), read=True)
        found = by_weight(book.findings)
        many = Counter(finding.severity for finding in found)
        told = [f for f in found if f.severity in {"high", "medium"}]
        return replace(
            row, title=book.title, about=_about(book), read=True,
            findings=tuple((s, many[s]) for s in SEVERITIES if many[s]),
            lines=tuple(f"line {f.line}: {f.message}" for f in told[:MOST_LINES]),
        )  # fmt: skip

    def form(self, path: str) -> Form:
        """What the plan asks before it starts. Raises `NoForm` where it cannot be read."""
        from runbook_tui.book.findings import PlanFaults
        from runbook_tui.session.plan_files import read_files

        file = Path(path).expanduser()
        if not os.access(file, os.F_OK):
            raise NoForm(f"there is no file {path} (any more): r looks again")
        try:
            book = read_files(file).runbook
        except PlanFaults as error:
            first = error.faults[0]
            raise NoForm(
                f"{file.name}:{first.line}: {first.message}; `runbook check {file.name}` tells all"
            ) from None
        except OSError as error:
            raise NoForm(f"{path} cannot be read: {error.strerror}") from None
        last = self._last(book, file)
        declared = [p for p in book.parameters if p.declared]
        return Form(
            path=str(file),
            title=f"Start “{book.title}”?",
            about=_about(book),
            fields=tuple(_field(p, last.get(p.name, ""), self._folder) for p in declared),
            environments=tuple(e.name for e in book.environments),
            production=frozenset(e.name for e in book.environments if e.production),
            given={e.name: frozenset(e.values) for e in book.environments},
        )

    def _last(self, book: Runbook, file: Path) -> dict[str, str]:
        """The values of the newest run of a plan of this title or file, secrets left out."""
        from runbook_tui.cli.reading import reading

        with reading() as journal:
            for entry in journal.runs():
                same = Path(entry.source).name == file.name or entry.title == book.title
                if same and (begun := _begun(journal, entry.run)) is not None:
                    return dict(begun.parameters)
        return {}

    def report(self, run: str) -> str:
        """What happened in a run."""
        from runbook_tui import wiring
        from runbook_tui.report.markdown import to_markdown

        return to_markdown(wiring.report(run))


def _begun(journal: Journal, run: str) -> RunStarted | None:
    from runbook_tui.run.events import RunStarted

    payloads = (event.payload for event in journal.events(run, 0, 1))
    return next((found for found in payloads if isinstance(found, RunStarted)), None)


def _when(at: float) -> str:
    """A moment: today its time, else its day too."""
    from runbook_tui.run.times import said

    return said(at, time.time())


def _about(book: Runbook) -> str:
    steps = len(list(book.walk()))
    phases = len(book.phases)
    undos = sum(step.undo is not None for step in book.walk())
    return (
        f"{phases} phase{'' if phases == 1 else 's'} · {steps} step{'' if steps == 1 else 's'}"
        f" · {undos} with an undo"
    )


def _field(parameter: Parameter, last: str, folder: Path) -> Field:
    """A parameter as a field; a secret that has a source is fetched, not typed."""
    from runbook_tui.cli.values import source, unfit

    secret = parameter.secret
    fetched = secret is not None and not secret.ask
    if unfit(parameter, last):
        # The plan has other choices, or another pattern, by now.
        last = ""
    value = "" if secret is not None else parameter.default or last
    return Field(
        name=parameter.name,
        description=parameter.description,
        value=value,
        last=last if secret is None and last != value else "",
        choices=parameter.choices,
        secret=secret is not None,
        required=parameter.required or (secret is not None and secret.ask),
        source=f"a secret, from {source(secret)}" if secret is not None and fetched else "",
        unfit=partial(unfit, parameter),
    )
