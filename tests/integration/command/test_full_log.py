"""The disk under a log is full: the command goes on, its end is true, and its pane says so."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.command.terminal import LogTerminals
from tests.integration.command.running import HOST, Run, ended
from tests.waiting import until

NOTICE = "not kept: No space left on device"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of a megabyte."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small file system")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def shown(folder: Path, **how: int) -> str:
    view = LogTerminals().open(folder).view(5, 100, **how)
    assert len(view.rows) <= 5
    return "\n".join("".join(span.text for span in row) for row in view.rows)


def test_the_command_goes_on_and_the_pane_says_what_is_not_kept(
    run: Run, small: Path, tmp_path: Path
) -> None:
    folder = run(
        "seq 1 400000; touch on; read line; exit 3", folder=small / "command", interactive=True
    )
    terminal = LogTerminals().open(folder)
    terminal.view(5, 100)
    until((tmp_path / "on").exists)
    until(terminal.changed)
    until(lambda: NOTICE in shown(folder))
    assert HOST.status(folder).reason.startswith("output is not kept")
    # Nothing more is put out now: what is looked at says it without that.
    terminal.view(5, 100)
    assert not terminal.changed()
    HOST.write(folder, b"\r")
    found = ended(folder)
    assert found.exit == 3
    assert NOTICE.removeprefix("not ") in found.reason
    assert found.bytes > 2_000_000
    kept = sum(part.stat().st_size for part in folder.glob("log.*"))
    assert kept + found.dropped == found.bytes
    assert NOTICE in shown(folder)
    # What is looked at further above is what was put out, and no word of ours stands in it.
    assert shown(folder, scroll=0).split() == ["1", "2", "3", "4", "5"]


def test_a_full_screen_program_keeps_its_rows_but_the_last(run: Run, small: Path) -> None:
    folder = run(
        r"printf '\033[?1049h\033[2J\033[1;1Hfirst'; seq 1 400000; read line",
        folder=small / "command", interactive=True,
    )  # fmt: skip
    until(lambda: NOTICE in shown(folder))


def test_where_all_is_kept_nothing_is_said(run: Run) -> None:
    folder = run("seq 1 10")
    assert ended(folder).reason == ""
    assert "kept" not in shown(folder)
    until((folder / "end.json").exists)
    assert not list(folder.glob("*.tmp"))
