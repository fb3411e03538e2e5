"""Texts that are no sign-off to sign, whoever has sent them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.cli.exits import Ended
from runbook_tui.cli.slips import ARMOUR, ARMOUR_END, BEGIN, END, MIDDLE, signature_in, statement_in

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


@pytest.mark.parametrize(
    "text",
    [f"{ARMOUR}\n" * 30_000, f"{ARMOUR_END} {ARMOUR}", f"{ARMOUR}{'A' * 30_000}{ARMOUR_END}"],
)
def test_what_is_no_signature_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Ended):
        signature_in(text)


def test_a_signature_is_found_however_mail_has_broken_it() -> None:
    text = f"> hello\n> {ARMOUR}\r\n> AAAA\r\n>  BBBB=\r\n> {ARMOUR_END}\r\nand {ARMOUR} more"
    assert signature_in(text) == f"{ARMOUR}\nAAAABBBB=\n{ARMOUR_END}\n"
