"""Thresholds that say two things, are missed from the start, or have an alert inside."""

from __future__ import annotations

import pytest

from runbook_tui.book.measures import measure_in
from runbook_tui.book.reader import read
from tests.unit.book.markdown_plans import book

HEAD = "# Mill\n\n1. Stop\n\n"


def told(text: str, name: str = "plan.md") -> list[tuple[str, int, int | None]]:
    """Code and both lines of what is said about thresholds."""
    codes = {"threshold-differs", "threshold-missed", "alert-within-target"}
    return [(f.code, f.line, f.related_line) for f in read(text, name).findings if f.code in codes]


def two(first: str, second: str) -> str:
    """A metric in line 7 and a criterion in line 11."""
    return f"{HEAD}## Mill metrics\n\n- {first}\n\n## Success criteria\n\n- [ ] {second}\n"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Uptime: > 99%", "Uptime above 99.9%"),
        ("**Grinding success rate**: > 95 %", "Grinding success rate at least 90 %"),
        ("Flour loss: < 5%", "Flour loss maintained below 3%"),
        ("Grinding time: < 2 seconds", "Grinding time under 500 ms"),
        ("Health score: > 75% (Current: 79%)", "Mill health score >80% (improvement from 79%)"),
        ("Discovery rate: > 50%", "Discovery rate improved >200% (from 1.5% to >3%)"),
        ("Discovery rate: > 3%", "Discovery rate improved (target: >50% vs current 4%)"),
        ("Fehlerquote: < 5 %", "Fehlerquote unter 3 %"),
        ("Tasa de errores: < 5 %", "Tasa de errores por debajo de 3 %"),
        ("Erreurs : < 5 %", "Erreurs en dessous de 3 %"),
    ],
)
def test_two_values_for_one_thing(first: str, second: str) -> None:
    assert told(two(first, second)) == [("threshold-differs", 11, 7)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Uptime: > 99%", "Uptime above 99 %"),
        ("Grinding time: < 2 seconds", "Grinding time under 2000 ms"),
        ("Uptime: > 99%", "Health above 80%"),
        ("Error rate: < 5%", "Error rate of the left wheel < 3%"),
        ("Latency p95: < 200 ms", "Latency p99 < 500 ms"),
        ("Uptime: > 99%", "Uptime is good for 5 minutes"),
        ("Load: > 20%", "Load < 80%"),
        ("Uptime: > 99%", "Uptime improved by 3%"),
        ("Memory: < 80%", "Memory < 512 MB"),
        ("Good: < 2 s", "Good: < 200 ms"),
    ],
)
def test_values_that_agree_or_are_of_something_else(first: str, second: str) -> None:
    assert told(two(first, second)) == []


def test_each_phase_and_each_change_may_have_its_own_value() -> None:
    text = (
        "# Mill\n\n## Phase 1\n\n1. a\n\n## Phase 2\n\n1. b\n\n## Phase 1 success criteria\n\n"
        "- [ ] Errors < 5%\n\n## Phase 2 success criteria\n\n- [ ] Errors < 1%\n"
    )
    assert told(text) == []
    assert told(text + "\n## Success criteria\n\n- [ ] Errors < 3%\n") != []


@pytest.mark.parametrize(
    ("metric", "missed"),
    [
        ("Success rate: > 99.5% (Current: 99.2%)", True),
        ("Antwortzeit: < 2 Sekunden (aktuell: 3,5 Sekunden)", True),
        ("Disponibilidad: > 99% (actual: 98%)", True),
        ("Compliance: > 99% (Current: 99%+)", False),
        ("Answer: < 2 seconds (Current: ~1.5 seconds)", False),
        ("Loss: Zero loss", False),
        ("Success rate: > 99.5%", False),
    ],
)
def test_red_before_anything_has_begun(metric: str, missed: bool) -> None:
    text = f"{HEAD}## Metrics\n\n- {metric}\n"
    assert told(text) == ([("threshold-missed", 7, None)] if missed else [])


def test_an_alert_that_comes_while_the_target_is_met() -> None:
    text = (
        f"{HEAD}## Metrics\n\n- Uptime: > 95%\n\n## Alerts\n\n**HIGH alerts**:\n- Uptime < {{}}%\n"
    )
    assert told(text.format(97)) == [("alert-within-target", 12, 7)]
    assert told(text.format(90)) == []


def test_a_toml_plan_is_held_to_the_same() -> None:
    text = (
        'format = 1\ntitle = "Mill"\n[[phase]]\ntitle = "a"\ncriteria = ["Uptime above 99.9%"]\n'
        '[[phase.step]]\ntitle = "b"\n[[threshold]]\nname = "Uptime"\nabove = 99\nunit = "%"\n'
        "current = {}\n"
    )
    assert told(text.format(99.5), "p.toml") == [("threshold-differs", 5, 8)]
    assert ("threshold-missed", 8, None) in told(text.format(98), "p.toml")


def test_what_a_finding_says_is_enough_to_act_on() -> None:
    (finding,) = (
        f for f in book(two("Uptime: > 99%", "Uptime above 99.9%")).findings
        if f.code == "threshold-differs"
    )  # fmt: skip
    assert finding.severity == "medium"
    assert "> 99.9 % here and > 99 % in line 7" in finding.message


@pytest.mark.parametrize("text", ["", "5%", "> 5%", ":", "a <", "über 5 %", "<" * 500, "a" * 500])
def test_no_limit_is_made_of_nothing(text: str) -> None:
    assert measure_in(text) is None
