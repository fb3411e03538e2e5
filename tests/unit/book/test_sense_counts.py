"""Counts that disagree with what the plan has."""

from __future__ import annotations

import pytest

from tests.unit.book.markdown_plans import book

PRS = (
    "# Mill\n\n{said}\n\n## Phase 1\n\n### PR-A: Wheel (#1)\n\n1. Merge\n\n"
    "### PR-B: Stones (#2)\n\n1. Merge\n\n## Phase 2\n\n### PR-C: Bread (#3)\n\n1. Merge\n"
)


def told(text: str) -> list[tuple[int, int | None]]:
    """Both lines of what is said about counts."""
    return [(f.line, f.related_line) for f in book(text).findings if f.code == "count-differs"]


@pytest.mark.parametrize(
    "said",
    [
        "**Total PRs**: 5 small PRs", "All five PRs are merged", "Total: 5 pull requests",
        "Alle fünf PRs werden gemerged", "Todos los 5 PRs", "This plan consists of 5 PRs",
    ],
)  # fmt: skip
def test_more_are_counted_than_named(said: str) -> None:
    assert told(PRS.format(said=said)) == [(3, 7)]


@pytest.mark.parametrize(
    "said",
    [
        "All 3 PRs are merged", "All three PRs", "2 PRs are risky", "Review 5 PRs a week",
        "All 5 reviewers agree", "PR 5 is not part of all this",
    ],
)  # fmt: skip
def test_counts_that_are_right_or_of_something_else(said: str) -> None:
    assert told(PRS.format(said=said)) == []


def test_what_is_said_of_a_phase_counts_that_phase() -> None:
    text = PRS.format(said="Ship.") + "\n## Phase 1 success criteria\n\n- [ ] {} PRs merged\n"
    assert told(text.format("All 2")) == []
    assert told(text.format("Both")) == []
    assert told(text.format("All 3")) == [(23, 7)]


def test_phases() -> None:
    text = "# Mill\n\nThe work has {} phases.\n\n## Phase 1\n\n1. a\n\n## Phase 2\n\n1. b\n"
    assert told(text.format("three")) == [(3, 9)]
    assert told(text.format("two")) == []
    assert told(text.format("several")) == []


@pytest.mark.parametrize(
    "said",
    ["Stop the following 3 wheels:", "These three wheels:", "Die folgenden drei Räder:",
     "las 3 ruedas siguientes:"],
)  # fmt: skip
def test_a_list_that_has_more_or_fewer(said: str) -> None:
    text = f"# Mill\n\n1. Stop\n\n## Wheels\n\n{said}\n\n- left\n- right\n"
    assert told(text) == [(7, None)]
    assert told(text + "- middle\n") == []


@pytest.mark.parametrize(
    "said", ["Wait 3 minutes:", "In the 3 days:", "There are the 3 ways:", "Version 3:", "3:"]
)
def test_numbers_that_count_no_list(said: str) -> None:
    assert told(f"# Mill\n\n1. Stop\n\n## Wheels\n\n{said}\n\n- left\n- right\n") == []


def test_steps_that_count_themselves() -> None:
    text = "# Mill\n\n## Step 1 of 3: a\n\n```sh\n./a\n```\n\n## Step 2 of {}: b\n\n```sh\nb\n```\n"
    assert told(text.format(3)) == [(9, 3)]
    assert told(text.format(2)) == [(9, 3)]
    assert told(text.replace("of 3", "of 2").format(2)) == []
