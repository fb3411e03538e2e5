"""A pattern that is only tried where a hint stands misses nothing that it would have found."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.markdown import escalations, estimates, headings, labels, thresholds
from runbook_tui.book.markdown.hinted import Hinted

ALL = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in (headings, labels, estimates, thresholds, escalations)
    for name, value in vars(module).items()
    if isinstance(value, Hinted)
}


@pytest.mark.parametrize("name", sorted(ALL))
def test_whatever_fits_a_pattern_has_one_of_its_hints(name: str) -> None:
    hinted = ALL[name]

    @settings(max_examples=60, deadline=None, database=None)
    @given(st.from_regex(re.compile(hinted.pattern, re.IGNORECASE)))
    def holds(text: str) -> None:
        assert hinted.search(text) is not None

    holds()


def test_there_are_some_and_they_pass_over_what_does_not_fit() -> None:
    assert len(ALL) >= 9
    assert headings.ROLLBACK.search("Roll the dough") is None
    assert headings.ROLLBACK.search("How to ROLL BACK") is not None
