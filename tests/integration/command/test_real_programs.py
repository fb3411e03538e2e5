"""Programs that address the cursor, run under the supervisor: their rows are those of tmux."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from runbook_tui.command.avt_screen import AvtScreen
from runbook_tui.command.emulator import Emulator, Screen
from runbook_tui.command.folder import terminal_size
from runbook_tui.command.pyte_screen import PyteScreen
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.session.ports.terminals import Row
from tests.integration.command.reference import COLUMNS, ROWS, Tmux
from tests.integration.command.running import HOST, Run, ended
from tests.waiting import until

CUTS = (0.3, 0.6, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Played:
    """A program, and what is typed once something stands in its output."""

    text: str
    typed: tuple[tuple[bytes, bytes], ...] = ()


PROGRAMS = {
    "top": Played("top -d 0.2 -n 3"),
    "vim": Played(
        "seq 200 > a; vim -u NONE -N -i NONE a",
        (
            (b"200L", b"Goa new line\x1b"),
            (b"new line", b":set nu\r"),
            (b"201 ", b":2,5d\r:1\r:q!\r"),
        ),
    ),
    "less": Played(
        "seq 300 | sed 's/$/ of three hundred/' > a; less a",
        ((b"a", b" "), (b"40 of", b"/250\r"), (b"250", b"G"), (b"300 of", b"q")),
    ),
    "git add -p": Played(
        "git init -q .; seq 30 > f; git add f; git -c user.name=a -c user.email=a@b commit -qm 1;"
        "seq 1 2 60 > f; git -c color.ui=always add -p",
        ((b"?]", b"?\n"), (b"print help", b"y\n")),
    ),
    "dialog": Played(
        "dialog --title T --menu Choose 15 50 5 a one b two c three;"
        "dialog --gauge Wait 7 40 0 < <(seq 0 10 100); dialog --msgbox Done 7 30",
        ((b"three", b"\x1bOB"), (b"two", b"\r"), (b"Done", b"\r")),
    ),
    "progress of several lines": Played(
        "for i in 1 2 3 4; do echo layer $i: waiting; done;"
        "for n in $(seq 0 20 100); do printf '\\033[4A';"
        "for i in 1 2 3 4; do printf '\\033[2K\\rlayer %d: \\033[3%dm%3d %%\\033[0m\\n' $i $i $n;"
        "done; done; echo pulled"
    ),
    "progress at the bottom": Played(
        "seq 30; printf '\\n\\0337\\033[0;23r\\0338\\033[1A';"
        "for n in 20 50 100; do printf '\\0337\\033[24;0f\\033[42m\\033[30mProgress: [%3d%%]"
        "\\033[49m\\033[39m [####....]\\033[K\\0338' $n; seq $n | head -n 9; done;"
        "printf '\\0337\\033[0;24r\\0338\\033[1A\\033[J'; echo ended"
    ),
    "a password": Played(
        "read -r -s -p 'Password: ' x; echo; printf '\\033[1Aaccepted\\033[K\\n'",
        ((b"word:", b"s\r"),),
    ),
    "wide characters": Played(
        "printf '\\033[2J\\033[H';"
        "for i in 1 2 3; do printf '漢字かな交じり文%.0s' 1 2 3 4 5 6; done;"
        "printf '\\r\\n\\033[3Ce\\u0301 a\\u0308\\u0323 ✓ ██▌ ┌─┐ é\\033[5;79H漢\\033[6;80H漢|\\n'"
    ),
    "line drawing": Played("printf '\\033[2J\\033[3;4H\\033(0lqqk\\033(B ok\\033[10;1H\\033#8\\n'"),
}


def text_of(rows: tuple[Row, ...]) -> list[str]:
    return ["".join(span.text for span in row).rstrip() for row in rows]


@pytest.fixture(scope="module")
def tmux(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tmux]:
    server = Tmux(tmp_path_factory.mktemp("tmux"))
    yield server
    server.close()


def recorded(run: Run, played: Played) -> tuple[Path, bytes]:
    folder = run(played.text, interactive=True)
    for awaited, keys in played.typed:
        until(lambda awaited=awaited: awaited in HOST.tail(folder, 1 << 20), what=repr(awaited))  # type: ignore[misc]
        HOST.write(folder, keys)
    ended(folder)
    return folder, HOST.tail(folder, 1 << 20)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_rows_are_those_of_another_terminal(run: Run, tmux: Tmux, name: str) -> None:
    folder, data = recorded(run, PROGRAMS[name])
    assert len(data) > 20
    for cut in CUTS:
        part = data[: int(len(data) * cut)]
        seen: dict[type[Screen], list[str]] = {}
        for kind in (AvtScreen, PyteScreen):
            screen = Emulator(ROWS, COLUMNS, kind)
            screen.feed(part)
            seen[kind] = text_of(screen.screen())
        assert seen[AvtScreen] == seen[PyteScreen], cut
        tmux.comes_to(part, seen[AvtScreen])
    whole = Emulator(ROWS, COLUMNS)
    whole.feed(data)
    assert LogTerminals().open(folder).view(ROWS, COLUMNS).rows == whole.rows()


def test_margins_end_with_the_size_they_were_set_for(run: Run) -> None:
    folder = run(
        "printf '\\033[?1049h\\033[1;24r\\033[2J24 rows'; read -s x; printf '\\033[H\\033[2J';"
        " for n in $(seq 29); do printf 'row %d\\r\\n' $n; done; read -s y",
        interactive=True,
    )
    until(lambda: b"24 rows" in HOST.tail(folder, 4096))
    HOST.resize(folder, 30, 80)
    until(lambda: terminal_size(folder) == (30, 80))
    HOST.write(folder, b"\r")
    until(lambda: b"row 29" in HOST.tail(folder, 4096))
    HOST.resize(folder, 30, 80)
    HOST.write(folder, b"\r")
    ended(folder)
    rows = text_of(LogTerminals().open(folder).view(30, 80).rows)
    assert rows[:29] == [f"row {n}" for n in range(1, 30)]
