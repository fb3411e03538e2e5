"""A screen that is followed while its log grows, faster than it can be shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runbook_tui.command import emulator
from runbook_tui.command.avt_screen import AvtScreen
from runbook_tui.command.emulator import Screen
from runbook_tui.command.pyte_screen import PyteScreen
from runbook_tui.command.terminal import LogTerminal
from tests.waiting import until

PAGE = b"".join(b"\x1b[%d;1Hrow %d \x1b[K" % (row, row) for row in range(1, 25))


@pytest.fixture(params=[AvtScreen, PyteScreen])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type[Screen]:
    chosen: type[Screen] = request.param
    monkeypatch.setattr(emulator, "best", lambda: chosen)
    return chosen


def shown(terminal: LogTerminal) -> list[str]:
    return ["".join(s.text for s in row).rstrip() for row in terminal.view(24, 80).rows]


def add(folder: Path, data: bytes, name: str = "log.head") -> None:
    with (folder / name).open("ab") as file:
        file.write(data)


def test_what_comes_is_added_and_nothing_is_fed_twice(tmp_path: Path, kind: type[Screen]) -> None:
    terminal = LogTerminal(tmp_path)
    add(tmp_path, b"\x1b[?1049h\x1b[2J\x1b[2;3Hone")
    assert shown(terminal)[1] == "  one"
    assert not terminal.changed()
    add(tmp_path, b" two")
    assert terminal.changed()
    assert shown(terminal)[1] == "  one two"
    add(tmp_path, b"\x1b[?1049l")
    assert shown(terminal)[1] == ""


def test_a_flood_is_skipped_to_the_last_clear_and_keeps_the_modes(
    tmp_path: Path, kind: type[Screen]
) -> None:
    terminal = LogTerminal(tmp_path)
    add(tmp_path, b"\x1b[?1049h\x1b[?2004h\x1b[2J" + PAGE)
    until(lambda: shown(terminal)[23] == "row 24")
    add(tmp_path, PAGE * (kind.BEHIND // len(PAGE) * 3) + b"\x1b[2J\x1b[5;5Hat last")
    view = terminal.view(24, 80)
    rows = ["".join(span.text for span in row) for row in view.rows]
    assert rows == [*[""] * 4, "    at last", *[""] * 19]
    assert view.full_screen
    assert view.brackets
    assert not terminal.changed()


def test_what_was_not_kept_is_passed_over(tmp_path: Path, kind: type[Screen]) -> None:
    terminal = LogTerminal(tmp_path)
    add(tmp_path, b"\x1b[2J\x1b[3;1Hearly")
    assert shown(terminal)[2] == "early"
    add(tmp_path, b"\x1b[2J\x1b[4;1Hlate", "log.0")
    body = {"parts": [["log.head", 0], ["log.0", 5_000_000]], "dropped": 4_000_000}
    (tmp_path / "spool.json").write_text(json.dumps(body))
    assert shown(terminal)[2:4] == ["", "late"]


def test_margins_of_an_earlier_size_are_not_taken_along(tmp_path: Path, kind: type[Screen]) -> None:
    head = b"\x1b[?1049h\x1b[1;5r"
    body = {"rows": 24, "columns": 80, "at": len(head)}
    (tmp_path / "size.json").write_text(json.dumps(body))
    rows = [f"line {number}" for number in range(1, 24)]
    flood = PAGE * (kind.BEHIND // len(PAGE) * 2)
    add(tmp_path, head + flood + b"\x1b[2J\x1b[H" + "".join(f"{row}\r\n" for row in rows).encode())
    terminal = LogTerminal(tmp_path)
    until(lambda: shown(terminal)[:23] == rows)
