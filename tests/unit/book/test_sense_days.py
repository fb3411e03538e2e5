"""Days that disagree: what a change says, what the calendar says, and the week it is in."""

from __future__ import annotations

import pytest

from tests.unit.book.markdown_plans import book


def told(text: str) -> list[tuple[int, int | None]]:
    """Both lines of what is said about days."""
    return [(f.line, f.related_line) for f in book(text).findings if f.code == "days-differ"]


def plan(days: str, *calendar: str, title: str = "PR-7: Wheel") -> str:
    """A change whose days stand in line 7, and a calendar from line 17 on."""
    entries = "\n".join(f"- {entry}" for entry in calendar)
    return (
        f"# Mill\n\n## Phase 1 (Week 1)\n\n### {title}\n\n- **Timeline**: {days} (2 hours)\n\n"
        f"1. Stop\n\n## Phase 2 (Week 2)\n\n1. Grind\n\n## Calendar\n\n{entries}\n"
    )


@pytest.mark.parametrize(
    ("days", "entry"),
    [
        ("Day 1", "**Day 2**: PR-7 merge"),
        ("Day 1-2", "Day 4 (8 hours): prepare, then PR-7"),
        ("Tag 1", "Tag 3: PR-7 mergen"),
        ("Día 1", "Día 3: PR-7"),
        ("Jour 1", "Jour 3 : PR-7"),
    ],
)
def test_a_change_is_on_another_day_in_the_calendar(days: str, entry: str) -> None:
    assert told(plan(days, "Day 1: prepare", entry)) == [(7, 18)]


@pytest.mark.parametrize(
    ("days", "entry"),
    [
        ("Day 1-2", "Day 2: PR-7 merge"),
        ("Day 1", "Day 2: PR-70 merge"),
        ("Day 1", "Day 2: merge"),
        ("Day 1", "On a good day 2 of us do PR-7"),
        ("2 hours", "Day 2: PR-7"),
    ],
)
def test_days_that_agree(days: str, entry: str) -> None:
    assert told(plan(days, entry)) == []


def test_entries_of_another_week_are_about_another_part() -> None:
    text = plan("Day 1", "Day 1: PR-7 prepared").replace(
        "## Calendar", "## Week 2"
    ) + "- Day 9: PR-7 deployed\n"  # fmt: skip
    assert told(text.replace("## Phase 2 (Week 2)\n\n1. Grind\n\n", "## Phase 2\n\n1. x\n\n")) == []


def test_a_phase_whose_days_are_in_another_week() -> None:
    text = (
        "# Mill\n\n## Phase 1 (Week 1)\n\n1. Stop (Day 1)\n\n## Phase 2 (Week 2)\n\n"
        "1. Grind (Day 4-5)\n2. Bake (Day 6)\n\n## Calendar\n\n**Week 1**\n- Day 1: wheel\n\n"
        "**Week 2**\n- Day 6: stones\n- Day 7: bread\n"
    )
    assert told(text) == [(9, 18)]
    assert told(text.replace("Day 4-5", "Day 6")) == []


def test_the_days_of_the_steps_are_counted() -> None:
    head = "# Mill\n\n## Phase 1: wheel (3 days)\n\n1. Stop (Day 1-2)\n"
    text = f"{head}2. Lift (Day 3-4)\n\n## Phase 2\n\n1. Grind\n"
    assert told(text) == [(3, None)]
    assert told(text.replace("3 days", "4 days")) == []


@pytest.mark.parametrize(
    "said",
    [
        "Tuesday, 2025-09-11", "Dienstag, den 11.09.2025", "martes 2025-09-11", "mardi 2025-09-11",
    ],
)  # fmt: skip
def test_a_weekday_that_the_date_has_not(said: str) -> None:
    text = f"# Mill\n\nIt starts on {said}.\n\n1. Stop\n"
    assert told(text) == [(3, None)]
    (message,) = (f.message for f in book(text).findings if f.code == "days-differ")
    assert "Thursday" in message


@pytest.mark.parametrize(
    "said", ["Thursday, 2025-09-11", "Donnerstag, den 11.09.2025", "Tuesday, 2025-13-41"]
)
def test_a_weekday_that_is_right_or_no_date(said: str) -> None:
    assert told(f"# Mill\n\nIt starts on {said}.\n\n1. Stop\n") == []
