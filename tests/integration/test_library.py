"""The plans that ship with the program: sound, and honest about the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from runbook_tui.book.model import Step
from runbook_tui.cli.init import TEMPLATES
from runbook_tui.session.plan_files import read_files

FOLDER = Path(__file__).parents[2] / "runbooks"
PLANS = sorted(FOLDER.glob("*.toml"))
ONLY_TOLD = {"not-acted-on"}
"""Findings about this version, not about the plan."""


@pytest.mark.parametrize("path", PLANS, ids=lambda p: p.stem)
def test_it_has_nothing_that_a_person_would_have_to_mend(path: Path) -> None:
    found = read_files(path, remarks=True).runbook.findings
    assert [f.message for f in found if f.code not in ONLY_TOLD] == []


@pytest.mark.parametrize("path", PLANS, ids=lambda p: p.stem)
def test_every_step_that_does_something_says_how_it_goes_back(path: Path) -> None:
    def answered(step: Step) -> bool:
        return bool(step.undo or step.irreversible or step.action) or not step.effect

    steps = [s for s in read_files(path).runbook.walk() if not s.steps and not s.manual]
    assert steps
    assert [s.title for s in steps if not answered(s)] == []


@pytest.mark.parametrize("path", PLANS, ids=lambda p: p.stem)
def test_every_step_has_an_estimate(path: Path) -> None:
    steps = [s for s in read_files(path).runbook.walk() if not s.steps]
    assert [s.title for s in steps if s.estimate is None] == []


def test_every_plan_can_be_begun_with() -> None:
    assert set(TEMPLATES.values()) == {path.name for path in PLANS}
