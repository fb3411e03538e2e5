"""Texts that are no sign-off to sign, whoever has sent them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.cli.exits import Ended
from runbook_tui.cli.slips import BEGIN, END, MIDDLE, statement_in

PIECES = st.sampled_from([BEGIN, END, MIDDLE, "| decision: APPROVE", "e30=", "> ", "\n", "|", " "])


@pytest.mark.parametrize(
    "text", [f"{BEGIN}\n" * 30_000, f"> {BEGIN}\n" + "> " * 200_000, f"{BEGIN}\n{MIDDLE}\n{END}"]
)
def test_what_is_no_sign_off_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Ended):
        statement_in(text)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_text_that_was_not_made_here_is_taken_for_one(text: str) -> None:
    with pytest.raises(Ended):
        statement_in(text)
