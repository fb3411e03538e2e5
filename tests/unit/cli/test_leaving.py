"""What is said once the screen has closed."""

from __future__ import annotations

import pytest

from runbook_tui.cli.leaving import say_left
from runbook_tui.run import events as e
from tests.fakes.history import History
from tests.fakes.plans import chain


def test_a_run_that_is_over_is_summed_up_and_can_still_be_taken_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    history = History(chain(1))
    history.ran("s0")
    history.add(e.RunFinished())
    say_left(history.state, "resume")
    said = capsys.readouterr().err
    assert "done in 6 s, 1 step done" in said
    assert f"runbook rollback {history.state.run}" in said
    assert "come back" not in said
