"""The lines of a kept log: numbered, read and searched as if the log were held whole."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.command import kept_lines
from runbook_tui.command.kept_lines import KeptLines
from runbook_tui.command.terminal import LogTerminals

NEVER = lambda: False  # noqa: E731
FULL = 12 << 20
"""Bytes of a log that has been filled."""


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_lines, "BLOCK", 7)


def log(folder: Path, *data: bytes, missing: int = 0) -> Path:
    """A folder with a log in parts; ``missing`` bytes lie between the first two."""
    folder.mkdir(exist_ok=True)
    parts, start = [], 0
    for name, part in zip(("log.head", "log.0", "log.1"), data, strict=False):
        (folder / name).write_bytes(part)
        parts.append((name, start))
        start += len(part) + (missing if len(parts) == 1 else 0)
    if len(parts) > 1:
        (folder / "spool.json").write_text(json.dumps({"parts": parts, "dropped": missing}))
    return folder


@pytest.mark.usefixtures("small_blocks")
@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(alphabet="abß\n", max_size=40), min_size=1, max_size=3),
    st.integers(0, 12), st.integers(0, 12), st.text(alphabet="abAß", min_size=1, max_size=3),
    st.one_of(st.none(), st.integers(0, 20)),
)  # fmt: skip
def test_it_reads_and_finds_what_the_whole_text_holds(
    parts: list[str], first: int, count: int, wanted: str, before: int | None
) -> None:
    lines = "".join(parts).split("\n")
    if not lines[-1]:
        lines.pop()
    with tempfile.TemporaryDirectory() as place:
        kept = KeptLines(log(Path(place), *(part.encode() for part in parts)))
        assert kept.renew() == len(lines)
        assert kept.lines(first, count) == lines[first : first + count]
        holds = [n for n, line in enumerate(lines[:before]) if wanted.casefold() in line.casefold()]
        assert kept.find(wanted, before, NEVER) == (holds[-1] if holds else None)


@pytest.mark.usefixtures("small_blocks")
def test_lines_that_come_later_are_counted_on(tmp_path: Path) -> None:
    kept = KeptLines(log(tmp_path, b"one\ntwo\nthr"))
    assert kept.renew() == 3
    for more in (b"ee\n", b"four\nfive\nsix\nseven\n", b"eight"):
        with (tmp_path / "log.head").open("ab") as file:
            file.write(more)
    assert kept.renew() == 8
    assert kept.lines(2, 9) == ["three", "four", "five", "six", "seven", "eight"]
    (tmp_path / "log.head").write_bytes(b"anew\n")
    assert kept.renew() == 1
    assert kept.lines(0, 9) == ["anew"]


def test_what_was_not_kept_is_said_where_it_is_missing(tmp_path: Path) -> None:
    kept = KeptLines(log(tmp_path, b"first\nhal", b"f\nlast\n", missing=1234567))
    assert kept.renew() == 5
    assert kept.lines(0, 9) == ["first", "hal", "… 1,234,567 bytes were not kept …", "f", "last"]


def test_colours_and_struck_over_letters_hide_nothing(tmp_path: Path) -> None:
    kept = KeptLines(log(tmp_path, b"a \x1b[31mfai\x1b[1mled\x1b[0m test\r\nN\x08NA\x08A\n"))
    kept.renew()
    assert kept.find("failed test", None, NEVER) == 0
    assert kept.find("na", None, NEVER) == 1
    assert kept.find("[31m", None, NEVER) is None


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("cut", [3, 8, 14, 21, 30])
def test_errors_are_found_from_the_beginning_on_over_all_parts(tmp_path: Path, cut: int) -> None:
    text = b"one\ntwo\n\x1b[31merror\x1b[0m: it broke\nfour\n\nfatal: gone\nlast\nerror: un"
    kept = KeptLines(log(tmp_path, text[:cut], text[cut:]))
    kept.renew()
    assert [kept.find_error(after, NEVER) for after in range(9)] == [2, 2, 2, 5, 5, 5, 7, 7, None]
    assert kept.find_error(0, lambda: True) is None


def test_a_search_of_a_full_log_can_be_stopped_at_every_piece(tmp_path: Path) -> None:
    line = b"\x1b[32mok\x1b[0m a line of a long log, one of very many\r\n"
    folder = log(tmp_path, line * (FULL // len(line)))
    terminal = LogTerminals().open(folder)
    asked: list[int] = []

    def stop_at(number: int) -> bool:
        asked.append(number)
        return len(asked) >= number

    assert terminal.find("nosuchtext", None, lambda: stop_at(3)) is None
    assert len(asked) == 3
    asked.clear()
    assert terminal.find("nosuchtext", None, lambda: stop_at(10**9)) is None
    assert len(asked) >= FULL // kept_lines.BLOCK


def test_one_line_without_end_is_searched_and_shown(tmp_path: Path) -> None:
    progress = b"".join(b"%d of many\r" % number for number in range(400_000))
    folder = log(tmp_path, b"begin\n", progress + b"needle at its end")
    terminal = LogTerminals().open(folder)
    assert terminal.find("needle", None, NEVER) == 1
    rows = terminal.view(5, 80, scroll=0).rows
    assert "".join(span.text for span in rows[0]) == "begin"
    assert len(rows) == 2


def test_a_scroll_from_the_end_says_where_it_is(tmp_path: Path) -> None:
    folder = log(tmp_path, b"".join(b"%d\n" % number for number in range(1, 1001)))
    view = LogTerminals().open(folder).view(10, 80, scroll=-20)
    assert (view.first, view.total) == (980, 1000)
    assert view.rows[0][0].text == "981"
    assert LogTerminals().open(folder).view(10, 80, scroll=-5000).first == 0
    assert LogTerminals().open(folder).view(10, 80, scroll=5000).first == 990


def test_a_high_pane_is_filled_though_its_lines_are_long(tmp_path: Path) -> None:
    folder = log(tmp_path, b"".join(b"%d %s\n" % (n, b"x" * 500) for n in range(1000)))
    assert len(LogTerminals().open(folder).view(90, 300).rows) == 90
