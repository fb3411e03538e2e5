"""What a selection says, and which cells it takes."""

from __future__ import annotations

import pytest
from rich.style import Style as RichStyle

from runbook_tui.session.ports.terminals import Span, Style
from runbook_tui.tui.widgets.drawn import reversed_in, strip_of, whole_cells, window
from runbook_tui.tui.widgets.selection import Selection

ROWS = [(Span("one "), Span("two", Style(bold=True))), (Span("漢字 e\u0301x"),), (), (Span("end"),)]


@pytest.mark.parametrize(("anchor", "point", "text"), [
    ((10, 4), (10, 6), "two"),
    ((10, 6), (10, 4), "two"),
    ((10, 4), (11, 0), "two\n漢"),
    ((10, 4), (11, 2), "two\n漢字"),
    ((11, 5), (11, 5), "e\u0301"),
    ((13, 1), (10, 0), "one two\n漢字 e\u0301x\n\nen"),
    ((10, 40), (11, 40), "\n漢字 e\u0301x"),
])  # fmt: skip
def test_it_goes_from_one_cell_to_the_other_and_keeps_characters_whole(
    anchor: tuple[int, int], point: tuple[int, int], text: str
) -> None:
    assert Selection(anchor, point).text(ROWS, 10) == text


def test_whole_lines_end_with_one() -> None:
    assert Selection((11, 7), (10, 3), whole=True).text(ROWS, 10) == "one two\n漢字 e\u0301x\n"


def test_a_row_that_goes_on_in_the_next_is_one_line_with_it() -> None:
    rows = [(Span("a long "),), (Span("line"),), (Span("next"),)]
    assert Selection((0, 2), (2, 3)).text(rows, 0, frozenset({0})) == "long line\nnext"
    assert Selection((0, 2), (0, 9)).text(rows, 0, frozenset({0})) == "long"


def test_what_is_chosen_stands_out_also_where_it_is_reversed_already() -> None:
    base = RichStyle()
    strip = strip_of((Span("ab"), Span("cd", Style(reverse=True))), base)
    turned = reversed_in(strip, 1, 3)
    assert [(s.text, bool(s.style and s.style.reverse)) for s in turned] == [
        ("a", False), ("b", True), ("c", False), ("d", True),
    ]  # fmt: skip
    assert whole_cells("漢字", 1, 3) == (0, 4)


def test_a_line_that_goes_on_is_marked_and_can_be_gone_along() -> None:
    strip = strip_of((Span("0123456789"),), RichStyle())
    assert window(strip, 0, 10, RichStyle()).text == "0123456789"
    assert window(strip, 0, 6, RichStyle()).text == "01234›"
    assert window(strip, 4, 6, RichStyle()).text == "456789"
    assert window(strip, 8, 6, RichStyle()).text == "89    "
