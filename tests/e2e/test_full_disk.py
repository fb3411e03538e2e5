"""The disk of the journal is full: nothing is lost, and the way back is open."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs import Program, wait_for_output
from tests.waiting import until

PLAN = """\
format = 1
title = "Full"
[[phase]]
title = "One"
[[phase.step]]
id = "a"
title = "A"
run = "touch a"
undo = "echo back >> undone; rm a"
verify_undo = "test ! -e a"
[[phase.step]]
id = "b"
title = "B"
run = "touch b; echo b runs; until test -e go; do sleep 0.05; done; exit 3"
undo = "rm b"
[[phase.step]]
id = "c"
title = "C"
run = "touch c"
"""


@pytest.fixture
def small(runbook: Program, tmp_path: Path) -> Iterator[Program]:
    """``runbook`` with its home on a file system of a few megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small file system")
    runbook.home = place / "home"
    (tmp_path / "elsewhere").mkdir()
    yield runbook
    runbook.close()
    subprocess.run(["umount", "-l", place], check=True)


def fill(program: Program) -> Path:
    """Take every byte that is left."""
    path = program.home.parent / "filling"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            os.fsync(file.fileno())
    return path


def test_the_rollback_works_on_a_full_disk_and_its_account_is_entered_later(
    small: Program, tmp_path: Path
) -> None:
    elsewhere = {"TMPDIR": str(tmp_path / "elsewhere"), "XDG_RUNTIME_DIR": ""}
    child = small.start("run", small.plan(PLAN), "--no-tui")
    until((small.work / "b").exists)
    small.kill(child)
    filling = fill(small)
    ended = small("rollback", "--yes", environment=elsewhere)
    assert ended.status == 5, ended
    assert not (small.work / "a").exists()
    assert not (small.work / "b").exists()
    # Nobody undoes twice what an account says is undone, whether it is entered yet or not.
    assert small("rollback", "--yes", environment=elsewhere).status == 0
    filling.unlink()
    assert small("rollback", "--yes", environment=elsewhere).status == 0
    assert (small.work / "undone").read_text() == "back\n"
    assert small.types()[-2:] == ["rollback.finished", "note.added"]
    assert small("verify").status == 0


def test_on_a_full_disk_no_new_step_starts_and_what_ran_keeps_its_exit_status(
    small: Program,
) -> None:
    child = small.start("run", small.plan(PLAN), "--no-tui")
    until((small.work / "b").exists)
    filling = fill(small)
    (small.work / "go").touch()
    wait_for_output(small, "cannot be written")
    assert not (small.work / "c").exists()
    small.kill(child)
    filling.unlink()
    ended = small("resume", "--no-tui")
    assert ended.status == 1, ended
    finished = [e["data"] for e in small.events() if e["type"] == "command.finished"]
    assert [f.get("exit") for f in finished][:2] == [0, 3], finished
    assert not (small.work / "c").exists()


FILLS = """\
format = 1
title = "Fills"
[[phase]]
title = "One"
[[phase.step]]
id = "says"
title = "Says much"
run = "touch says"
undo = "echo says >> undone; seq 2000; rm says"
[[phase.step]]
id = "fills"
title = "Fills the disk"
run = "touch fills"
undo = "echo fills >> undone; rm fills; cat /dev/zero > PLACE/filling || true"
"""


def test_where_an_undo_has_filled_the_disk_the_script_goes_on_elsewhere(
    small: Program, tmp_path: Path
) -> None:
    plan = FILLS.replace("PLACE", str(small.home.parent))
    assert small("run", small.plan(plan), "--no-tui").status == 0
    (script,) = small.home.glob("runs/*/rollback.sh")
    elsewhere = str(tmp_path / "elsewhere")
    where = small.environment(TMPDIR=elsewhere, XDG_RUNTIME_DIR=elsewhere)

    def rolled() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", str(script)], env=where, capture_output=True, text=True, timeout=60, check=False
        )

    ended = rolled()
    assert ended.returncode == 5, ended
    assert "  | 2000" in ended.stdout.splitlines()
    assert rolled().stdout == "nothing to roll back\n"
    assert (small.work / "undone").read_text() == "fills\nsays\n"
