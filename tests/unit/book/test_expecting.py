"""What is expected of an output is what a person would look for in it."""

from __future__ import annotations

import pytest

from runbook_tui.book.expecting import matches


@pytest.mark.parametrize(
    "output",
    [b"done\r\n", b"first\r\ndone\r\nlast\r\n", b"\x1b[1;32mdone\x1b[0m\r\n", b"done",
     b"\x1b]0;a title\x07done\r\r\n", b"\x1b]8;;http://x\x1b\\done\x1b]8;;\x1b\\\r\n"],
)  # fmt: skip
def test_a_line_is_found_whatever_the_terminal_adds_to_it(output: bytes) -> None:
    assert matches("^done$", output)
    assert matches("do+ne", output)


@pytest.mark.parametrize("output", [b"", b"not done\r\n", b"done!\r\n", b"\xff\r\n", b"\x1b[3"])
def test_what_is_not_there_is_not_found(output: bytes) -> None:
    assert not matches("^done$", output)


def test_what_stands_over_several_lines_is_found() -> None:
    assert matches(r"one\ntwo$", b"one\r\n\x1b[31mtwo\x1b[m\r\n")
