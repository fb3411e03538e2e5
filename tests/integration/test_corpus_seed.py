"""The plan that the application exists for is read as a careful reader would."""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

import pytest

from runbook_tui.book.findings import SEVERITIES, PlanFaults
from runbook_tui.book.model import Runbook
from runbook_tui.book.reader import read
from runbook_tui.book.shown import shown

FOLDER = os.environ.get("RUNBOOK_CORPUS", "")
pytestmark = pytest.mark.skipif(not FOLDER, reason="RUNBOOK_CORPUS names no folder")


@pytest.fixture(scope="module")
def seed() -> Runbook:
    path = next(Path(FOLDER).glob("o00-*.md"))
    return read(path.read_text(), path.name)


def test_phases_changes_steps_and_minutes(seed: Runbook) -> None:
    steps = list(seed.walk())
    assert [len(p.changes) for p in seed.phases] == [4, 2, 2, 1]
    assert len(steps) == 29
    assert sum(len(s.checks) for s in steps) == 99
    assert len(seed.estimates) == 26
    minutes = [sum(s.estimate.maximum for s in p.walk() if s.estimate) / 60 for p in seed.phases]
    assert minutes == [585, 1800, 1320, 0]
    numbers = [c.pull_request for p in seed.phases for c in p.changes]
    assert numbers[:6] == [324, 326, 325, 327, 322, 323]


def test_criteria_and_the_gate(seed: Runbook) -> None:
    assert sum(len(c.criteria) for p in seed.phases for c in p.changes) == 20
    assert [len(p.criteria) for p in seed.phases] == [6, 6, 6, 6]
    assert len(seed.criteria) == 22
    assert [p.gate is not None for p in seed.phases] == [False, False, True, False]
    assert seed.phases[2].gate is not None
    assert seed.phases[2].gate.roles == ("cto",)


def test_rollback_procedures_commands_and_placeholders(seed: Runbook) -> None:
    found = [p for p in seed.procedures if p.kind == "rollback"]
    windows = [[(s.from_minute, s.to_minute) for s in p.stages] for p in found]
    assert windows == [[(0, 5), (5, 15), (15, 60)], [(0, 2), (2, 10), (10, 30)]]
    assert [len(p.applies_to) for p in found] == [2, 1]
    assert all(len(s.steps) == 4 for p in found for s in p.stages)
    assert [(c.line, c.rollback) for c in seed.commands] == [
        (509, True), (521, True), (534, True), (779, False), (795, False), (807, False),
    ]  # fmt: skip
    assert [p.placeholder for p in seed.parameters] == [
        "<PR_NUMBER>", "<MERGE_COMMIT_SHA>", "<SERVICE_NAME>", "<PREVIOUS_REVISION>",
        "<APP_NAME>", "<PREVIOUS_MIGRATION>",
    ]  # fmt: skip


def test_recovery_contacts_and_ladders(seed: Runbook) -> None:
    recovery = [p for p in seed.procedures if p.kind == "recovery"]
    assert [{s.to_minute for s in p.stages} for p in recovery] == [{60}, {1440}, {10080}]
    assert [(c.role, c.who, c.line) for c in seed.contacts] == [
        ("Deployment Lead", "Lead DevOps Engineer", 821),
        ("Technical Escalation", "Engineering Director", 822),
        ("Business Escalation", "CTO", 823),
        ("Customer Impact", "Customer Success Manager", 824),
    ]
    assert [(x.topic, x.ladder, x.within, x.line) for x in seed.escalations] == [
        ("Technical Issues", ("Lead", "Director", "CTO"), 1800, 827),
        ("Business Impact", ("Lead", "Customer Success", "CTO"), 900, 828),
        ("Security Concerns", ("Lead", "Security Engineer", "CTO"), 0, 829),
        ("Customer Issues", ("Lead", "Customer Success", "Executive Team"), 600, 830),
    ]


def test_two_hundred_things_to_tick(seed: Runbook) -> None:
    ticks = shown(seed)["ticks"]
    assert len(ticks) == 200
    assert Counter(t["kind"] for t in ticks) == {"step": 35, "check": 99, "criterion": 66}
    assert [t["line"] for t in ticks] == sorted(t["line"] for t in ticks)
    assert len({t["id"] for t in ticks}) == 200


def test_what_contradicts_itself_is_found(seed: Runbook) -> None:
    found = {(f.code, f.line, f.related_line) for f in seed.findings}
    assert found >= {
        ("count-differs", 21, 41),  # Eight are counted, six named.
        ("estimate-sum", 149, 154),  # 16 hours, and steps of 30.
        *(("estimate-slack", n, n + 3) for n in (45, 71, 98, 124)),
        ("days-differ", 197, 620),
        ("days-differ", 271, 627),
        ("threshold-differs", 710, 345),
        ("threshold-differs", 732, 343),
        ("threshold-missed", 338, None),
        ("threshold-missed", 345, None),
        ("rollback-time", 317, 297),
        ("rollback-time", 481, 317),
        ("rollback-elsewhere", 803, 800),
    }
    assert len(seed.findings) <= 32
    high = {f.code for f in seed.findings if f.severity == "high"}
    assert high == {"placeholder-open", "rollback-elsewhere"}


def test_thresholds_and_alerts(seed: Runbook) -> None:
    assert len([t for t in seed.thresholds if t.unit.startswith("%")]) == 8
    assert [(t.op, t.value, t.unit, t.current) for t in seed.thresholds][:3] == [
        ("<", 2, "seconds", 1.5), (">", 99.5, "%", 99.2), (">", 99, "% success", 99.5),
    ]  # fmt: skip
    assert Counter((a.severity, a.respond_within) for a in seed.alerts) == {
        ("critical", 0): 4, ("high", 900): 4, ("medium", 3600): 4,
    }  # fmt: skip
    assert [str(p.risk) for p in seed.phases] == ["low", "high", "critical", "medium"]


def test_every_document_of_the_corpus_is_read_or_refused(seed: Runbook) -> None:
    for path in sorted(Path(FOLDER).glob("o*.*")):
        try:
            assert read(path.read_text(), path.name).title
        except PlanFaults as error:
            assert len(error.faults) == 1


@pytest.mark.parametrize("name", sorted(p.name for p in Path(FOLDER or ".").glob("o*.md*")))
def test_a_document_with_lines_lost_doubled_and_mixed_is_read_or_refused(name: str) -> None:
    """Whatever becomes of it: an answer, with findings that stand somewhere in it."""
    lines = (Path(FOLDER) / name).read_text().split("\n")
    chance = random.Random(name)
    for round_ in range(6):
        mixed = [line for line in lines for _ in range(chance.choice((0, 1, 1, 1, 1, 2)))]
        for _ in range(round_):
            a, b = chance.randrange(len(mixed)), chance.randrange(len(mixed))
            mixed[a], mixed[b] = mixed[b], mixed[a][: chance.randrange(40)]
        try:
            book = read("\n".join(mixed), name)
        except PlanFaults as error:
            assert len(error.faults) == 1
            continue
        for finding in book.findings:
            assert finding.severity in SEVERITIES
            assert 1 <= finding.line <= len(mixed)
            assert 1 <= (finding.related_line or 1) <= len(mixed)
