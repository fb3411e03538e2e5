"""A step that holds others, when those are taken back."""

from __future__ import annotations

from runbook_tui.book.model import Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run.order import blockers
from runbook_tui.run.state import Status
from tests.fakes.history import History


def test_one_that_was_over_is_open_again_and_what_follows_waits_for_it() -> None:
    inner = Step(id="a", title="A", run="x", undo="y")
    steps = (Step(id="g", title="G", steps=(inner,)), Step(id="b", title="B", run="x"))
    history = History(Runbook(title="T", phases=(Phase(id="p", title="P", steps=steps),)))
    history.add(e.StepStarted(attempt=1), "a")
    history.add(e.UndoArmed(kind="command", text="y"), "a")
    history.add(e.CommandStarted(attempt=1, kind="run", text="x", cwd="", shell=("sh", "-c"),
                                 folder="f"), "a")  # fmt: skip
    history.add(e.StepFinished(result="done"), "a")
    history.add(e.StepFinished(result="done"), "g")
    assert blockers(history.state, "b") == ()
    history.add(e.RollbackStarted(scope="run", steps=("a",)))
    history.add(e.UndoStarted(), "a")
    history.add(e.UndoFinished(result="done"), "a")
    history.add(e.RollbackFinished(result="complete"))
    assert history.state.step("g").status is Status.PENDING
    assert blockers(history.state, "b")
