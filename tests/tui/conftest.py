"""Golden pictures, and runs on real parts for the pilot."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from runbook_tui.book.model import Runbook
from tests.integration.session.scene import Scene


class SVGExtension(SingleFileSnapshotExtension):
    """One SVG a test, with the ids that textual makes up taken out."""

    _write_mode = WriteMode.TEXT
    file_extension = "svg"

    def serialize(self, data: Any, **_: Any) -> str:
        return re.sub(r"terminal-\d+", "terminal", str(data))


@pytest.fixture
def picture(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compares an SVG with its golden one."""
    return snapshot.use_extension(SVGExtension)


@pytest.fixture(autouse=True)
def steady(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same pictures on every machine."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.delenv("NO_COLOR", raising=False)
    # Nobody's own settings are changed by a test that presses keys there.
    monkeypatch.setenv("RUNBOOK_CONFIG", str(tmp_path / "settings" / "config.toml"))
    import time

    time.tzset()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Callable[..., Scene]]:
    """Makes runs on real parts and closes them."""
    made: list[Scene] = []

    def make(
        runbook: Runbook,
        values: Mapping[str, str] = {},
        *,
        rehearse: bool = False,
        signers: str | None = None,
        text: str = "plan",
    ) -> Scene:
        made.append(Scene(tmp_path, runbook, values, rehearse=rehearse, signers=signers, text=text))
        return made[-1]

    yield make
    for item in made:
        item.close()
