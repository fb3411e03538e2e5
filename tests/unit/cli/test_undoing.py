"""What is told of an undo that is over."""

from __future__ import annotations

from runbook_tui.book.model import Phase, Runbook, Step
from runbook_tui.cli.undoing import _ended, remaining
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from tests.fakes.history import START, History


def undone(history: History, step: str, exit_: int = 0) -> None:
    """An undo of a second."""
    folder = f"/runs/{step}.undo"
    history.add(e.UndoStarted(attempt=1), step)
    history.add(
        e.CommandStarted(attempt=1, kind="undo", text="x", cwd="/", shell=("sh", "-c"),
                         folder=folder),
        step,
    )  # fmt: skip
    history.add(e.CommandFinished(attempt=1, kind="undo", folder=folder, exit=exit_), step)
    history.add(e.UndoFinished(result="done" if exit_ == 0 else "failed"), step)


def test_it_has_its_own_end_and_time_though_others_of_its_title_and_later_ones_follow() -> None:
    steps = tuple(Step(id=id_, title="Same", run="x", undo="y") for id_ in "abc")
    history = History(Runbook(title="T", phases=(Phase(id="p", title="P", steps=steps),)))
    for step in steps:
        history.ran(step.id)
    history.ask(r.StartRollback(scope="run"))
    began = history.state.last_at - START
    for id_, exit_ in (("c", 0), ("b", 3), ("a", 0)):
        undone(history, id_, exit_)
    told = {id_: _ended(history.state, id_, result)
            for id_, result in (("c", "done"), ("b", "failed"), ("a", "done"))}  # fmt: skip
    assert {id_: round(end - START - began) for id_, (end, _) in told.items()} == {
        "c": 3, "b": 7, "a": 11,
    }  # fmt: skip
    assert {took for _, took in told.values()} == {" in 1.0 s"}


def test_what_remains_says_why_and_how_to_give_what_it_needs() -> None:
    steps = (Step(id="a", title="A", run="x", undo="y", outputs=("ref",)),
             Step(id="b", title="B", run="x", undo="y"))  # fmt: skip
    history = History(Runbook(title="T", phases=(Phase(id="p", title="P", steps=steps),)))
    armed = e.UndoArmed(kind="command", text="y ${{ ref }}", missing=("ref",),
                        places=("2-12 ref",))  # fmt: skip
    history.ran("a", armed)
    history.ran("b")
    history.ask(r.StartRollback(scope="run"))
    undone(history, "b")
    history.add(e.UndoFinished(result="failed", reason="needs ref"), "a")
    history.add(e.RollbackFinished(result="incomplete", remaining=("A",)))
    assert history.state.rollback is not None
    assert list(remaining(history.state, history.state.rollback)) == [
        "  A: needs ref", "once you know it: runbook rollback 20260101-cafe -p ref=…",
    ]  # fmt: skip
