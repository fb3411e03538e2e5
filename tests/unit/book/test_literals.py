"""Where names stand in a text: as a pattern of all of them would find them, however many."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.literals import MARK, VARIABLE, Literals

NAMED = {"<a>": "a", "$NS": "NS", "$NSX": "NSX", "X.Y": "X.Y", "X.Y.Z": "X.Y.Z", "{{ q }}": "q",
         "[the id]": "the id", "your-host": "your-host", "[a-b^c]": "odd"}  # fmt: skip
PIECES = st.sampled_from(
    [*NAMED, "${NS}", "${NSX}", "${{ x }}", "v", "vX.Y", "\\", "$", "{", "}", " ", "_", "é", ".Z"]
)


def pattern(literal: str) -> str:
    """What a placeholder says, written as a pattern."""
    if variable := VARIABLE.fullmatch(literal):
        return rf"(?<!\\)\$(?:{variable[1]}(?!\w)|\{{{variable[1]}\}})"
    before = r"(?:(?<!\w)|(?<=(?<!\w)v))" if literal[0].isalnum() else ""
    return before + re.escape(literal) + (r"(?!\w)" if literal[-1].isalnum() else "")


def found_by_pattern(text: str) -> list[tuple[int, int, str]]:
    whole = "|".join([MARK.pattern, *map(pattern, sorted(NAMED, key=len, reverse=True))])
    names = NAMED | {f"${{{m[1]}}}": n for lit, n in NAMED.items() if (m := VARIABLE.match(lit))}
    return [(*m.span(), m[1] or names[m[0]]) for m in re.finditer(whole, text)]


@given(st.lists(PIECES, max_size=12).map("".join))
def test_names_stand_where_a_pattern_of_all_of_them_finds_them(text: str) -> None:
    assert list(Literals(NAMED).places(text)) == found_by_pattern(text)


def test_a_name_that_the_end_of_the_text_cuts_short_is_the_shorter_one() -> None:
    assert list(Literals(NAMED).places("v X.Y")) == [(2, 5, "X.Y")]
