"""The drill really breaks a real run, really brings it back, and would see it if it did not."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runbook_tui import wiring
from runbook_tui.command.runner import HelperRunner
from runbook_tui.demo import story
from runbook_tui.demo.drill import Steward
from runbook_tui.demo.sandbox import Sandbox, make_sandbox
from tests.programs import Program

pytestmark = pytest.mark.skipif(
    shutil.which("git") is None and not os.environ.get("CI"), reason="needs git"
)
SEED = "2459"
"""The application is killed at the first merge; in the second round the journal is spoilt."""


def test_two_rounds_end_healthy_and_are_timed(runbook: Program, tmp_path: Path) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    ended = runbook("demo", "--drill", "--rounds", "2", "--seed", SEED,
                    environment={"TMPDIR": str(place)}, seconds=110.0)  # fmt: skip
    assert ended.status == 0, ended
    first, second, last = ended.out.splitlines()
    assert "the application is killed at “Merge the documentation”: healthy after" in first
    assert "the journal cannot be read at “Merge the documentation”: healthy after" in second
    assert re.fullmatch(
        r"2 of 2 rounds ended healthy, 2 rollbacks complete;"
        r" time to recovery: median [\d.]+ s, worst [\d.]+ s", last,
    ), last  # fmt: skip
    assert list(place.glob("runbook-drill-*")) == []
    assert not runbook.home.exists()


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Sandbox, str]]:
    """A sandbox and its service."""
    commands = wiring.commands()
    sandbox = make_sandbox(folder, HelperRunner())
    service = story.start_service(folder, commands)
    try:
        yield sandbox, service.url
    finally:
        service.stop(commands)


def test_it_sees_what_is_not_back(tmp_path: Path) -> None:
    runner = HelperRunner()
    with serving(tmp_path / "box") as (sandbox, url):
        steward = Steward(sandbox, url, runner)
        assert steward.wrong() == ()
        shell = "git merge -q origin/pr-docs && git push -q origin main && ./deploy main"
        assert runner.run(["sh", "-ec", shell], cwd=str(sandbox.work), timeout=30.0).exit == 0
        assert steward.wrong() == (
            "main does not hold what it held", "deployment 2 is live, not 1",
        )  # fmt: skip
        (sandbox.deployed / "2" / "checkout.py").write_text("raise RuntimeError")
        assert steward.wrong(patience=0.0)[0].startswith("the service answers 503")
