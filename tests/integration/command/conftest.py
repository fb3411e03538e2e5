"""A place to start commands in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.command.shells import base_environment
from runbook_tui.session.ports.commands import CommandSpec
from tests.integration.command.running import HOST, Run


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Starts a text in bash, in a folder of its own; stops what is left."""
    made: list[Path] = []

    def start(text: str, folder: Path | None = None, **fields: object) -> Path:
        folder = folder or tmp_path / "commands" / str(len(made))
        made.append(folder)
        spec = {
            "folder": folder, "argv": ("bash", "-eo", "pipefail", "-c", text),
            "cwd": str(tmp_path), "environment": base_environment(dict(os.environ)), **fields,
        }  # fmt: skip
        HOST.start(CommandSpec(**spec))  # type: ignore[arg-type]
        return folder

    yield start
    for folder in made:
        HOST.stop(folder, 0.1)
