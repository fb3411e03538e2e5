"""Durations of work in the words of a plan."""

from __future__ import annotations

import pytest

from tests.unit.book.markdown_plans import book, steps


def minutes(text: str) -> list[tuple[int, float, float]]:
    """Line and minutes of every estimate of a text."""
    found = book(text).estimates
    return [(e.line, e.minimum / 60, e.maximum / 60) for e in found]


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("The copy takes between 5 and 10 minutes.", 5, 10),
        ("This will take up to 40 minutes or so", 0, 40),
        ("It usually takes about 2 hours", 120, 120),
        ("Then wait for 30 minutes.", 30, 30),
        ("Wait at least another 5 min", 5, 5),
        ("Die Kopie dauert etwa 10 bis 20 Minuten.", 10, 20),
        ("La copia tarda unos 15 minutos", 15, 15),
        ("Duration: < 5 minutes", 0, 5),
        ("**Tiempo de rollback**: < 1 minuto", 0, 1),
        ("Rollback time: ~2 min", 2, 2),
        ("Execution time: at most 1 h", 0, 60),
    ],
)
def test_in_a_sentence_or_a_field(words: str, low: float, high: float) -> None:
    assert minutes(f"# P\n\n1. Copy\n\n   {words}\n") == [(5, low, high)]
    assert minutes(f"# P\n\n## Go\n\n1. Copy\n\n## More\n\n{words}\n") == [(9, low, high)]


@pytest.mark.parametrize(
    "words",
    [
        "Alert if it lasts for more than 10 minutes", "Answer within 15 minutes",
        "One week before", "It takes effect at 5", "The last 30 minutes of the log",
        "Response time: 15 minutes", "It awaits 10 minutes of silence",
    ],
)  # fmt: skip
def test_what_is_no_duration_of_work(words: str) -> None:
    assert minutes(f"# P\n\n1. Copy\n\n   {words}\n") == []


def test_a_rollback_may_say_how_long_it_takes() -> None:
    assert minutes("# P\n\n1. a\n\n## Rollback\n\nDuration: 10 min\n\n- b\n") == [(7, 10, 10)]


@pytest.mark.parametrize("mark", ["⏱️", "⏱", "⏰", "⏳"])
def test_a_clock_before_a_duration_behind_a_title_marks_an_estimate(mark: str) -> None:
    (step,) = steps(f"# P\n\n1. Move it {mark} 2 分钟\n")
    assert step.estimate is not None
    assert (step.title, step.estimate.maximum) == ("Move it", 120)


@pytest.mark.parametrize(
    "title",
    ["Session timeout is set (30 min)", "Session超时设置合理（30分钟）", "TTL lowered (5 min)"],
)
def test_how_long_something_is_waited_for_is_no_estimate(title: str) -> None:
    (step,) = steps(f"# P\n\n1. {title}\n")
    assert step.estimate is None
