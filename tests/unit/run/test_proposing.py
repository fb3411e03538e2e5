"""Estimates from past runs: never shorter than they were, and the plan reads back with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.reader import read
from runbook_tui.book.toml.text import toml_text
from runbook_tui.run.durations import Past, spread
from runbook_tui.run.proposing import FEWEST, rounded, with_proposals

PLAN = """\
format = 1
title = "T"
[[phase]]
title = "P"
[[phase.step]]
id = "a"
title = "A"
estimate = "15m"
[[phase.step]]
id = "b"
title = "B"
[[phase.step]]
id = "c"
title = "C"
estimate = "1h"
[[phase.step]]
id = "d"
title = "D"
run = "true"
hosts = ["x", "y", "z"]
batch = 2
"""
PAST = Past(
    steps={
        "a": spread([100, 110, 125, 181]),
        "b": spread([4.2] * 5),
        "c": spread([60] * (FEWEST - 1)),
        "d.x": spread([10] * 4),
        "d.y": spread([30] * 3),
    }
)


def read_plan(text: str) -> dict[str, tuple[float, float] | None]:
    steps = read(text, "p.toml").walk()
    return {s.id: (s.estimate.minimum, s.estimate.maximum) if s.estimate else None for s in steps}


def test_the_plan_reads_back_with_what_half_and_nine_of_ten_past_runs_took() -> None:
    runbook = read(PLAN, "p.toml")
    changed, proposals = with_proposals(runbook, PAST)
    assert read_plan(toml_text(changed)) == {
        "a": (120, 165), "b": (5, 5), "c": (3600, 3600), "d": (60, 60),
    }  # fmt: skip
    assert [(p.step, p.spread.runs) for p in proposals] == [("a", 4), ("b", 5), ("d", 3)]
    assert [p.before.maximum if p.before else None for p in proposals] == [900, None, None]
    # Each estimate stands in the list of the whole once.
    again = read(toml_text(changed), "p.toml")
    assert len(again.estimates) == 4


def test_what_is_as_the_plan_says_is_no_proposal() -> None:
    runbook = read(PLAN, "p.toml")
    changed, _ = with_proposals(runbook, PAST)
    assert with_proposals(changed, PAST) == (changed, ())
    assert with_proposals(runbook, Past()) == (runbook, ())


@given(st.floats(0, 1e7))
def test_rounding_never_shortens_and_adds_little(seconds: float) -> None:
    found = rounded(seconds)
    assert seconds - 1e-3 <= found <= max(seconds * 1.09, seconds + 1)
    assert rounded(found) == found


@pytest.mark.parametrize(
    ("seconds", "written"), [(0.0, 1), (59.2, 60), (61, 65), (601, 630), (3601, 3900)]
)
def test_it_is_what_a_person_would_write(seconds: float, written: float) -> None:
    assert rounded(seconds) == written
