"""What is written down of a run."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_tui.wiring.machine import terminals
from runbook_tui.wiring.person import settings
from runbook_tui.wiring.records import journal, verification

if TYPE_CHECKING:
    from runbook_tui.report.model import Report

REPORTED_ROWS, REPORTED_COLUMNS = 12, 160
"""So much of a command's output stands in a report."""


def report(run: str) -> Report:
    """What happened in a run, with its record checked now. Raises `JournalError`."""
    from contextlib import closing

    from runbook_tui.journal.clock import SystemClock
    from runbook_tui.report.building import build
    from runbook_tui.report.model import Check
    from runbook_tui.run.sharing_events import alarms
    from runbook_tui.session.kept_readings import recorded_plans

    with closing(journal(reading=True)) as record:
        verdict = verification(record, run, None)
        events = record.events(run)
    plans = recorded_plans(run, events, settings().run_folder(run))
    return build(
        run,
        plans.first,
        events,
        reads=plans.reads,
        now=SystemClock().now(),
        verified=Check(
            events=verdict.events,
            logs=verdict.logs,
            problems=verdict.problems,
            remarks=verdict.remarks,
        ),
        lines=partial(last_lines, settings().run_folder(run)),
        proofs=verdict.proofs.get(run, {}),
        remarks=(*plans.remarks, *alarms(events)),
    )


def traces(run: str) -> str:
    """A run as spans, one request in one line. Raises `JournalError`."""
    from contextlib import closing

    from runbook_tui import __version__
    from runbook_tui.report.building import build
    from runbook_tui.report.traces import to_otlp
    from runbook_tui.session.kept_readings import recorded_plans

    with closing(journal(reading=True)) as record:
        events = record.events(run)
    plans = recorded_plans(run, events, settings().run_folder(run))
    from runbook_tui.journal.clock import SystemClock

    found = build(run, plans.first, events, reads=plans.reads, now=SystemClock().now())
    return to_otlp(found, __version__)


def is_address(where: str) -> bool:
    """Whether traces go to a collector there, rather than into a file."""
    from runbook_tui.report import sending

    return sending.is_address(where)


def hand_on(spans: str, where: str, *, patience: float) -> str:
    """Add spans to a file or send them to a collector; why not, empty where that was done."""
    from runbook_tui.report import sending

    if not sending.is_address(where):
        return sending.append(Path(where).expanduser(), spans)
    headers = os.environ.get("OTEL_EXPORTER_OTLP_HEADERS", "")
    return sending.post(spans, where, headers, patience=patience)


def last_lines(place: Path, folder: str) -> tuple[str, ...] | None:
    """The last lines that a command of a run has put out; None where they are not kept."""
    from runbook_tui.command.folder import log_parts
    from runbook_tui.session.verifying import current

    log = current(folder, place)
    if not any(path.is_file() for path, _ in log_parts(log).parts):
        return None
    rows = terminals().open(log).view(REPORTED_ROWS, REPORTED_COLUMNS).rows
    lines = ["".join(span.text for span in row).rstrip() for row in rows]
    while lines and not lines[-1]:
        lines.pop()
    return tuple(lines)
