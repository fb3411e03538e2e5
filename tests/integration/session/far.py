"""Steps on the other machine of the tests, and what they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runbook_tui.book.model import Step
from runbook_tui.command import folder as kept
from tests.integration.session.scene import Scene
from tests.sshd import HOST
from tests.waiting import until

Make = Callable[..., Scene]


def far(text: str, **fields: object) -> Step:
    """A step on the other machine."""
    given: dict[str, object] = {"id": "a", "title": "A", "run": text, "hosts": (HOST,), **fields}
    return Step(**given)  # type: ignore[arg-type]


def output_of(place: Scene, kind: str = "run") -> str:
    """What the newest command of the kind has put out."""
    folder = max(place.place.glob(f"commands/a.*-{kind}"), key=lambda f: f.stat().st_mtime)
    return kept.read_tail(folder, 1 << 20).decode().replace("\r\n", "\n")


LIMITS = (1.5, 8.0, 40.0)
"""Limits of time: the first that is long enough for a connection is meant."""


def number_in(path: Path) -> int:
    """The process id that a command wrote down."""
    until(lambda: path.exists() and path.read_text().endswith("\n"), what=f"{path.name}")
    return int(path.read_text())
