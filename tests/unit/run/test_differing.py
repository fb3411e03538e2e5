"""A rollback from another terminal says where that terminal differs."""

from __future__ import annotations

from runbook_tui.book.model import Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run.differing import differing
from runbook_tui.run.prepare import arm
from tests.fakes.history import History

STEP = Step(id="a", title="A", run="true", undo="true")
BOOK = Runbook(title="T", phases=(Phase(id="p", title="P", steps=(STEP,)),))
THERE = {"KUBECONFIG": "/staging", "GITHUB_TOKEN": "hush", "HOME": "/home/ada", "LANG": "C"}


def armed() -> e.UndoArmed:
    return arm(History(BOOK).state, STEP, THERE, ("sh", "-c"))


def test_a_secret_s_variable_is_named_and_its_value_is_not_written_down() -> None:
    assert armed().withheld == ("GITHUB_TOKEN",)
    assert "hush" not in repr(armed())


def test_another_cluster_and_an_unset_secret_are_said_and_nothing_else() -> None:
    history = History(BOOK)
    history.ran("a", armed())
    same = dict(THERE)
    assert differing(history.state, ["a"], same) == ()
    other = {"KUBECONFIG": "/production", "HOME": "/root", "LANG": "de"}
    said = differing(history.state, ["a", "a"], other)
    assert len(said) == 2
    assert "/production" in said[0]
    assert "/staging" in said[0]
    assert "GITHUB_TOKEN" in said[1]
