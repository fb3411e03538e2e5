"""A growing log is told line by line, nothing twice and nothing left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from runbook_tui.cli.output import LogFollower, shown


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_lines_come_when_they_are_whole(tmp_path: Path) -> None:
    follower = LogFollower(tmp_path)
    assert follower.lines(ended=False) == []
    head = tmp_path / "log.head"
    append(head, b"one\r\ntw")
    assert follower.lines(ended=False) == ["one"]
    append(head, b"o\r\n\r\nthree")
    assert follower.lines(ended=False) == ["two", ""]
    assert follower.lines(ended=True) == ["three"]
    assert follower.lines(ended=True) == []


def test_segments_are_followed_in_turn(tmp_path: Path) -> None:
    follower = LogFollower(tmp_path)
    append(tmp_path / "log.head", b"a\nb")
    assert follower.lines(ended=False) == ["a"]
    append(tmp_path / "log.0", b"c\nd\n")
    assert follower.lines(ended=False) == ["bc", "d"]
    append(tmp_path / "log.1", b"e\n")
    assert follower.lines(ended=True) == ["e"]
    (tmp_path / "log.0").write_bytes(b"f\n")
    assert follower.lines(ended=True) == ["f"]


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("10%\r50%\r100%\r", "100%"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b(Bplain\x1b=", "plain"),
        ("a\x1b]52;c;never ended", "a"),
    ],
)
def test_a_line_is_shown_without_what_moves_the_cursor(raw: str, clean: str) -> None:
    assert shown(raw) == clean
