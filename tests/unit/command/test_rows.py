"""Rows of any output: the same by lines and by an emulator, however it is cut, and harmless."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from runbook_tui.command.avt_screen import AvtScreen
from runbook_tui.command.characters import CONTROL, FORMATS
from runbook_tui.command.emulator import Emulator, Screen
from runbook_tui.command.lines import addresses_cursor
from runbook_tui.command.pyte_screen import PyteScreen
from runbook_tui.command.spans import blank_is_seen
from runbook_tui.command.terminal import tail_of
from runbook_tui.session.ports.terminals import Row

LONG = bool(os.environ.get("RUNBOOK_LONG"))
"""Rare differences of the emulators are looked for where there is time."""
KINDS = pytest.mark.parametrize("kind", [AvtScreen, PyteScreen])
TEXT = st.text("abc xyz/.ÄßжΩ─█漢字かé✓", min_size=1, max_size=12)
MARKED = st.sampled_from(
    ["e\u0301", "a\u0308\u0323", "漢\u0301", "👩\u200d💻", "❤\ufe0f", "\u202eevil"]
)
COLOUR = st.sampled_from([
    "\x1b[31m", "\x1b[1;4m", "\x1b[38;5;200m", "\x1b[38:2::9:8:7m", "\x1b[48;2;1;2;3m", "\x1b[m",
    "\x1b[0;7m", "\x1b[49;27m", "\x1b[4:3m", "\x1b[58;5;3;1m", "\x1b[95;22m",
])  # fmt: skip
REWRITING = st.sampled_from(
    ["\r", "\b", "\b\b", "\t", "\r\x1b[K", "\x1b[K", "\x1b[2K", "\x1b[1K", "\x1b[5G"]
)
UNSEEN = st.sampled_from([
    "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\", "\x1b]52;c;aGk=\x07", "\x1bPq#0~\x1b\\",
    "\x1b[6n",
    "\x1b[c", "\x1b[>0q", "\x1b[?u", "\x1b[?2026$p", "\x1b[?25l", "\x1b(B", "\x07", "\x1b[>4;2m",
])  # fmt: skip
LINE = st.lists(st.one_of(TEXT, TEXT, MARKED, COLOUR, REWRITING, UNSEEN), max_size=12).map("".join)
ADDRESSED = st.sampled_from([
    "\x1b[?1049h", "\x1b[?1049l", "\x1b[2J", "\x1b[H", "\x1b[3;4H", "\x1b[2A",
    "\x1bM", "\x1b7", "\x1b8",
    "\x1b[2;4r", "\x1b[r", "\x1b[L", "\x1b[M", "\x1b[3P", "\x1b[2@", "\x1b[4X",
    "\x1b(0", "\x1bc", "\n", "\x1b[2S",
])  # fmt: skip
ANY = st.lists(
    st.one_of(st.binary(max_size=9), LINE.map(str.encode), ADDRESSED.map(str.encode)), max_size=12
).map(b"".join)
SIZES = st.sampled_from([(1, 1), (2, 3), (5, 20), (24, 80)])


def emulated(data: bytes, size: tuple[int, int], kind: type[Screen]) -> Emulator:
    screen = Emulator(*size, kind)
    screen.feed(data)
    return screen


def text(row: Row) -> str:
    return "".join(span.text for span in row)


def looks(rows: tuple[Row, ...]) -> list[list[object]]:
    """Characters with their styles; of a blank only what can be seen."""
    return [
        [(char, span.style if char != " " or blank_is_seen(span.style) else None)
         for span in row for char in span.text] for row in rows
    ]  # fmt: skip


def seen(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Without the empty rows at the end, which a screen that is not full has."""
    last = max((number for number, row in enumerate(rows) if row), default=-1)
    return rows[: last + 1]


@KINDS
@settings(deadline=None, derandomize=not LONG, max_examples=5000 if LONG else 100)
@given(
    lines=st.lists(LINE, max_size=9),
    open_line=LINE,
    size=st.sampled_from([(5, 20), (24, 80), (3, 7)]),
)
@pytest.mark.thorough
def test_lines_look_alike_whichever_way_is_taken(
    kind: type[Screen], lines: list[str], open_line: str, size: tuple[int, int]
) -> None:
    data = "".join(f"{line}\r\n" for line in lines).encode() + open_line.encode()
    assert not addresses_cursor(data)
    # pyte leaves half of a wide character where the other half is written over.
    wide = any(unicodedata.east_asian_width(char) in "WF" for char in data.decode())
    assume(kind is AvtScreen or not wide)
    plain = tail_of(data, *size)
    if plain is not None:
        screen = emulated(data, size, kind)
        rows = screen.rows()
        assert plain.cursor == screen.cursor
        assert [text(row) for row in seen(plain.rows)] == [text(row) for row in seen(rows)]
        # pyte knows nothing of faint text and mixes the 256 colours itself.
        assert kind is PyteScreen or looks(seen(plain.rows)) == looks(seen(rows))


@KINDS
@settings(deadline=None)
@given(data=ANY, size=SIZES, cuts=st.lists(st.integers(0, 200), max_size=4))
def test_any_bytes_cut_anywhere_give_the_same_rows_without_controls(
    kind: type[Screen], data: bytes, size: tuple[int, int], cuts: list[int]
) -> None:
    whole = emulated(data, size, kind)
    pieces = Emulator(*size, kind)
    at = 0
    for cut in [*sorted(cuts), len(data)]:
        pieces.feed(data[at:cut])
        pieces.rows()
        at = max(at, cut)
    assert pieces.rows() == whole.rows()
    assert pieces.cursor == whole.cursor
    assert len(whole.rows()) == size[0]
    assert not any(CONTROL.search(span.text) for row in whole.rows() for span in row)


@given(data=ANY)
def test_lines_of_any_bytes_hold_no_controls(data: bytes) -> None:
    tail = tail_of(data, 24, 80)
    rows = tail.rows if tail is not None else ()
    assert not any(CONTROL.search(span.text) for row in rows for span in row)


def test_every_format_character_is_known() -> None:
    every = (chr(code) for code in range(0x110000))
    lacking = [c for c in every if unicodedata.category(c) in {"Cf", "Zl", "Zp", "Cc", "Cs"}
               and not CONTROL.match(c)]  # fmt: skip
    assert not lacking
    assert FORMATS


@KINDS
def test_the_first_screen_comes_back_and_it_wraps_and_draws(kind: type[Screen]) -> None:
    screen = emulated(b"shell\r\n\x1b[?1049h\x1b[2J\x1b[1;1Hvim", (3, 8), kind)
    assert [text(row) for row in screen.rows()] == ["vim", "", ""]
    assert screen.second
    screen.feed(b"\x1b[?1049l\x1b(0lqk\x1b(B0123456789")
    assert [text(row) for row in screen.rows()] == ["shell", "┌─┐01234", "56789"]
    assert not screen.second


@KINDS
def test_what_was_skipped_or_asked_is_never_answered_nor_shown(kind: type[Screen]) -> None:
    asked = b"\x1b[c\x1b[>c\x1b[6n\x1b]11;?\x07\x1b[>0q\x1b[?u\x1bP+q544e\x1b\\\x1b_Gi=1;AAAA\x1b\\"
    assert seen(emulated(b"a" + asked + b"b", (2, 20), kind).rows())[0][0].text == "ab"


@KINDS
def test_modes_hold_wherever_the_output_is_cut(kind: type[Screen]) -> None:
    data = b"\x1b[?1;2004h\x1b[?25l+\x1b[?1l-\x1b[?1h\x1bc*\x1b[?2004h"
    for cut in range(len(data)):
        screen = Emulator(5, 20, kind)
        screen.feed(data[:cut])
        screen.feed(data[cut:])
        modes = screen.modes
        assert (modes.application_keys, modes.cursor, modes.brackets) == (False, True, True)
    screen = emulated(data.partition(b"+")[0], (5, 20), kind)
    modes = screen.modes
    assert (modes.application_keys, modes.cursor, modes.brackets) == (True, False, True)


def test_which_rows_of_plain_output_go_on_in_the_next_is_known() -> None:
    tail = tail_of(b"one\r\n" + b"x" * 25 + b"\r\ntwo\r\n", 4, 10)
    assert tail is not None
    assert [text(row) for row in tail.rows] == ["x" * 10, "x" * 10, "x" * 5, "two"]
    assert tail.wrapped == {0, 1}
    assert tail.cursor == (4, 0)
