"""A supervisor loads nothing that its command would wait for, and runs as a folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runbook_tui.command.standby import SUPERVISOR
from tests.integration.command.running import ended, output

PYTHON = [getattr(sys, "_base_executable", sys.executable), "-I", "-S", "-E"]
HEAVY = {"collections", "ctypes", "enum", "hashlib", "json", "os", "re", "signal", "socket",
         "struct", "typing", "warnings"}  # fmt: skip
"""Each costs a tenth to more than the whole of a bare interpreter's start."""


def test_nothing_heavy_is_loaded_before_the_command_runs() -> None:
    done = subprocess.run(
        [*PYTHON, "-X", "importtime", SUPERVISOR / "__main__.py"], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert {"supervise", "spool", "tree"} <= loaded
    assert not loaded & HEAVY


@pytest.mark.parametrize("named", [[SUPERVISOR], [SUPERVISOR / "__main__.py"],
                                   ["-X", "importtime", SUPERVISOR / "__main__.py"]])  # fmt: skip
def test_it_runs_as_a_folder_of_modules_that_know_nothing_of_us(
    tmp_path: Path, named: list[str | Path]
) -> None:
    """Nor does it load anything between its fork and the command: it would say so in the output."""
    spec = {
        "folder": str(tmp_path / "command"), "argv": ["sh", "-c", "echo well; exit 7"],
        "cwd": str(tmp_path), "environment": dict(os.environ), "secrets": [], "timeout": None,
        "grace": 1.0, "interactive": False, "rows": 24, "columns": 80,
    }  # fmt: skip
    said = subprocess.run(
        [*PYTHON, *named], input=json.dumps(spec).encode(), capture_output=True, check=True,
        cwd="/", env={}, timeout=60,
    )  # fmt: skip
    assert said.stdout == b"held\n"
    assert ended(tmp_path / "command").exit == 7
    assert output(tmp_path / "command") == "well\n"
