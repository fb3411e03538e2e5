"""What all tests share: how long a property may take, and another machine for those that ask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.sshd import SSHD, Sshd

# How long an example takes says how busy the machine is, not whether the property holds.
settings.register_profile("whenever", deadline=None)
# For the second and third Python: what may differ there does not lie in the values.
settings.register_profile("seldom", deadline=None, max_examples=20)
settings.load_profile(os.environ.get("RUNBOOK_PROPERTIES", "whenever"))


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    if not Path(SSHD).exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no sshd on this machine")
    server = Sshd(tmp_path_factory.mktemp("sshd"))
    yield server
    server.close()


@pytest.fixture
def sshd(_server: Sshd, monkeypatch: pytest.MonkeyPatch) -> Sshd:
    """The other machine, reached by the ssh that the environment names."""
    monkeypatch.setenv("RUNBOOK_SSH", _server.ssh)
    return _server
