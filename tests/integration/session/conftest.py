"""Scenes end with their test; the other machine with the last of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from runbook_tui.book.model import Runbook
from tests.integration.session.scene import Scene
from tests.sshd import Sshd


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Callable[..., Scene]]:
    """Makes scenes and closes them."""
    made: list[Scene] = []

    def make(runbook: Runbook, values: Mapping[str, str] = {}) -> Scene:
        made.append(Scene(tmp_path, runbook, values))
        return made[-1]

    yield make
    for item in made:
        item.close()


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    server = Sshd(tmp_path_factory.mktemp("sshd"))
    yield server
    server.close()


@pytest.fixture
def sshd(_server: Sshd, monkeypatch: pytest.MonkeyPatch) -> Sshd:
    """The other machine, reached by the ssh that the environment names."""
    monkeypatch.setenv("RUNBOOK_SSH", _server.ssh)
    return _server
