"""The demo is the main job in small: it must really go wrong and really come back."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.programs import Program


@pytest.mark.skipif(shutil.which("git") is None and not os.environ.get("CI"), reason="needs git")
def test_it_plays_itself_to_a_healthy_end(runbook: Program, tmp_path: Path) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    ended = runbook("demo", environment={"TMPDIR": str(place)})
    assert ended.status == 0, ended
    said = ended.out
    order = ["“Merge the documentation”: started", "gate of “Core deployment” open",
             "answers 503", "ROLLBACK  phase", "ROLLED BACK"]  # fmt: skip
    places = [said.index(text) for text in order]
    assert places == sorted(places)
    last = said.splitlines()[-1]
    assert last.startswith("rolled back in ")
    assert last.endswith("s, service healthy")
    assert not runbook.home.exists()
    assert list(place.glob("runbook-demo-*")) == []
