"""What the commands of an emergency load decides how fast they are there."""

from __future__ import annotations

import pytest

from tests.e2e.plans import SHIP
from tests.programs import GRACE, Program

SLOW = ("textual", "rich", "github", "git", "pydantic", "pyte", "markdown_it", "tree_sitter")


@pytest.mark.parametrize(
    "arguments",
    [
        ("log",),
        ("rollback", "--yes"),
        ("stop",),
        ("sign", "RUN", "two", "--role", "cto", "--as", GRACE),
        ("runs",),
        ("verify",),
        ("--help",),
    ],
    ids=lambda a: a[0],
)
def test_they_load_nothing_slow(runbook: Program, arguments: tuple[str, ...]) -> None:
    runbook("run", runbook.plan(SHIP), "--no-tui")
    run = runbook.run_id()
    named = [run if word == "RUN" else word for word in arguments]
    ended = runbook(*named, flags=("-X", "importtime"))
    assert ended.status in {0, 5}, ended.err[-400:]
    loaded = {
        line.rpartition("|")[2].strip().partition(".")[0]
        for line in ended.err.splitlines()
        if line.startswith("import time:")
    }
    assert "click" in loaded
    assert not loaded & set(SLOW)
