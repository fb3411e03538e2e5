"""Thresholds and alerts as people write them: in lists and tables, in several languages."""

from __future__ import annotations

import pytest

from runbook_tui.book.model import Threshold
from tests.unit.book.markdown_plans import book

HEAD = "# Mill\n\n1. Stop\n\n"


def metrics(text: str) -> list[tuple[str, int, str, float | None, str, float | None]]:
    """What is read of the thresholds of a text behind the steps."""
    found: tuple[Threshold, ...] = book(HEAD + text).thresholds
    return [(t.name, t.line, t.op, t.value, t.unit, t.current) for t in found]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("**Answer**: < 2 seconds (Current: ~1.5 seconds)", ("Answer", "<", 2, "seconds", 1.5)),
        ("Success: > 99.5% (Current: 99.2%)", ("Success", ">", 99.5, "%", 99.2)),
        ("Links: > 99% success (now: 99%+)", ("Links", ">", 99, "% success", 99)),
        ("Tests: 100% pass rate", ("Tests", "=", 100, "% pass rate", None)),
        ("Loss: Zero loss", ("Loss", "=", 0, "loss", None)),
        ("Memory: at most 512 MB", ("Memory", "<=", 512, "MB", None)),
        ("Verfügbarkeit: mindestens 99,9 %", ("Verfügbarkeit", ">=", 99.9, "%", None)),
        ("Fehler: unter 5 % (aktuell: 2 %)", ("Fehler", "<", 5, "%", 2)),
        ("Latencia: menos de 200 ms", ("Latencia", "<", 200, "ms", None)),
        ("Disponibilité : au moins 99 %", ("Disponibilité", ">=", 99, "%", None)),
        ("错误率：低于 5%", ("错误率", "<", 5, "%", None)),
    ],
)
def test_a_bullet_below_a_title_on_metrics(item: str, expected: tuple[object, ...]) -> None:
    ((name, line, *rest),) = metrics(f"## Mill metrics\n\n- {item}\n")
    assert (name, *rest) == expected
    assert line == 7


@pytest.mark.parametrize(
    "title", ["Metrics", "SLOs", "Kennzahlen", "Grenzwerte", "Umbrales", "Seuils", "性能指标"]
)
def test_titles_on_metrics(title: str) -> None:
    assert len(metrics(f"## {title}\n\n- Errors: < 5%\n")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "## Metrics\n\n- Owner: Ann\n- Errors\n- Errors: few\n- Errors < 5%\n",
        "## Notes\n\n- Errors: < 5%\n",
        "## Metrics\n\n1. Errors: < 5%\n",
        "## Metrics\n\n- [ ] Errors: < 5%\n",
        "## Rollback metrics\n\n- Errors: < 5%\n",
    ],
)
def test_what_is_no_threshold(text: str) -> None:
    assert metrics(text) == []


def test_what_says_how_it_is_now_is_one_under_any_title() -> None:
    assert metrics("## Notes\n\n- Errors: < 5% (current: 2%)\n") == [("Errors", 7, "<", 5, "%", 2)]


def test_a_table_of_metrics() -> None:
    text = (
        "| Metric | Target | Current | Owner |\n|---|---|---|---|\n"
        "| **Errors** | < 5% | 2% | Ann |\n| Answer | ≤ 200 ms | | Bo |\n| Mood | good | | |\n"
    )
    assert metrics(text) == [
        ("Errors", 7, "<", 5, "%", 2), ("Answer", 8, "<=", 200, "ms", None),
    ]  # fmt: skip
    german = text.replace("Metric", "Kennzahl").replace("Target", "Zielwert")
    assert metrics(german.replace("Current", "Istwert")) == metrics(text)


@pytest.mark.parametrize(
    ("title", "severity", "minutes"),
    [
        ("**CRITICAL Alerts** (Immediate Response Required):", "critical", 0),
        ("**High alerts** (response within 15 minutes):", "high", 15),
        ("### P2 alerts", "p2", None),
        ("### Kritische Alarme (Reaktion innerhalb von 10 Minuten)", "critical", 10),
        ("### Alertas bajas (respuesta en 1 hora)", "low", 60),
        ("### Alertes moyennes", "medium", None),
    ],
)
def test_alerts_below_a_title(title: str, severity: str, minutes: float | None) -> None:
    found = book(f"{HEAD}{title}\n\n- Errors > 5%\n- It smokes\n").alerts
    within = None if minutes is None else minutes * 60
    assert [(a.severity, a.condition, a.line, a.respond_within) for a in found] == [
        (severity, "Errors > 5%", 7, within), (severity, "It smokes", 8, within),
    ]  # fmt: skip


def test_alerts_in_a_table() -> None:
    text = (
        "| Severity | Condition | Response time |\n|---|---|---|\n| High | Errors > 5% | 15 min |\n"
        "| — | Nothing | |\n"
    )
    (alert,) = book(HEAD + text).alerts
    assert (alert.severity, alert.condition, alert.respond_within) == ("high", "Errors > 5%", 900)


@pytest.mark.parametrize(
    "text",
    ["### Alerts\n\n- Errors > 5%\n", "### High risk\n\n- a\n", "### High alerts\n\n1. Ask\n"],
)
def test_what_is_no_alert(text: str) -> None:
    assert book(HEAD + text).alerts == ()
