"""A report as a person reads it, within any width; what others wrote in it means nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.report.escaping import block, markdown
from runbook_tui.tui.views.document import laid, read
from runbook_tui.tui.views.filling import chopped, filled
from runbook_tui.tui.views.tone import Line, length
from tests.fakes.offered import REPORT


def words(line: Line) -> str:
    return "".join(text for text, _ in line).rstrip()


def page(text: str, width: int) -> list[str]:
    lines, _ = laid(read(text), width)
    assert all(length(line) <= width for line in lines)
    return [words(line) for line in lines]


TABLE = """\
| Undo | Result | Took |
| --- | --- | --- |
| Deploy \\| the shop | done | 0.2 s |
| · Merge **it** back into the main branch | failed: conflicts | – |
"""


def test_a_table_stands_in_columns() -> None:
    assert page(TABLE, 75) == [
        "Undo                                  Result             Took",
        "─" * 62,
        "Deploy | the shop                     done               0.2 s",
        "· Merge it back into the main branch  failed: conflicts  –",
    ]


def test_where_it_is_too_wide_its_cells_are_wrapped_below_themselves() -> None:
    assert page(TABLE, 44) == [
        "Undo                Result             Took",
        "─" * 44,
        "Deploy | the shop   done               0.2 s",
        "· Merge it back     failed: conflicts  –",
        "  into the main",
        "  branch",
    ]


def test_where_columns_could_not_be_read_each_row_is_a_record_without_what_is_empty() -> None:
    shown = page(TABLE, 20)
    assert "  Result  done" in shown
    assert "  Took    0.2 s" in shown
    assert not any("–" in line for line in shown)
    assert "Undo" not in shown


def test_a_whole_report_is_laid_out_and_its_parts_are_known() -> None:
    lines, parts = laid(read(REPORT), 75)
    shown = [words(line) for line in lines]
    assert [shown[row] for row in parts] == [
        "Checkout 2.3: merge and deploy", "Planned and actual", "Sign-offs", "Steps"
    ]  # fmt: skip
    assert "• Lead: Ada <ada@example.com>" in shown
    assert "  Comment   tests are green, *go*" in shown
    assert "│ [bold]frozen[/bold] until 23:30" in shown
    assert not any("| ---" in line or line.startswith(("#", "|", "```", "- ")) for line in shown)


def test_what_is_too_long_ends_with_a_whole_line_and_says_so() -> None:
    shown = [words(line) for line in laid(read("a word\n\n" * 10, 30), 60)[0] if line]
    assert shown == [*["a word"] * 3, "It goes on: that is too long to be shown here."]


@settings(max_examples=60)
@given(st.text(max_size=60), st.integers(8, 60))
def test_text_of_others_is_shown_as_it_is_and_never_as_markup(text: str, width: int) -> None:
    said = markdown(text)
    source = f"# {said}\n\n- {said}\n\n| a | b |\n| --- | --- |\n| {said or '–'} | x |\n"
    source += "\n".join(block(text, "sh")) + "\n"
    shown = "\n".join(page(source, width))
    assert not any(ord(char) < 32 and char != "\n" for char in shown)
    assert "\x9b" not in shown


def test_markup_of_others_means_nothing() -> None:
    text = "[link](http://x) <b>bold</b> **strong** `code` ![i](y) \x1b[31m"
    for line in (markdown(text), f"| a |\n| --- |\n| {markdown(text)} |"):
        assert "[link](http://x) <b>bold</b> **strong** `code` ![i](y) ␛[31m" in page(line, 80)[-1]
    assert page("<script>alert(1)</script>\n\n<!-- gone -->", 60) == [
        "<script>alert(1)</script>", "", "<!-- gone -->"
    ]  # fmt: skip


@given(st.lists(st.tuples(st.text("ab 世é\u0301", max_size=12), st.sampled_from(["plain", "x"]))),
       st.integers(1, 20))  # fmt: skip
def test_filled_rows_lose_no_word(line: Line, width: int) -> None:
    rows = filled(line, width, 2)
    if width > 1:
        assert all(length(row) <= width for row in rows)
    assert "".join("".join(words(row).split()) for row in rows) == "".join(words(line).split())


@pytest.mark.parametrize("text", ["", "abc", "  if x; then", "世界の終わり", "a" * 50])
def test_code_keeps_its_spaces(text: str) -> None:
    pieces = chopped(text, 10)
    assert "".join(pieces) == text
