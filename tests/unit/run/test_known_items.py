"""What is remembered of a rollback is what would be worked out now, whatever has happened."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.model import Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run.known_items import known_items
from runbook_tui.run.rollback import plan, ran
from runbook_tui.run.undo_items import item_of
from tests.fakes.history import History
from tests.fakes.plans import chain

STEPS = ("s0", "s1", "s2", "s3")
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["run", "fail", "value", "note", "tick", "open", "amend", "undo"]),
        st.sampled_from(STEPS),
    ),
    max_size=25,
)


def _deed(history: History, deed: str, step: str) -> None:
    armed = history.state.step(step).undo is not None
    if deed in {"run", "fail"}:
        undo = e.UndoArmed(kind="command", text="take ${{ sha }} back", missing=("sha",))
        history.ran(step, undo, exit_=0 if deed == "run" else 1)
    elif deed == "value":
        history.add(e.ParameterCaptured(name="sha", value=f"v{len(history.events)}"), step)
    elif deed == "note":
        history.add(e.NoteAdded(text="all is well", node=step))
    elif deed == "tick":
        history.add(e.CheckTicked(node=step))
    elif deed == "open":
        history.add(e.RollbackOpened())
    elif deed == "amend" and armed:
        history.add(e.UndoAmended(text="other", was="take ${{ sha }} back", reason="because"), step)
    elif deed == "undo" and armed:
        history.add(e.RollbackStarted(scope="step", node=step, steps=(step,)))
        history.add(e.UndoStarted(attempt=1), step)
        history.add(e.UndoFinished(result="failed", exit=1, reason="no"), step)


@settings(deadline=None)
@given(DEEDS)
def test_what_is_remembered_is_what_is_true_now(deeds: list[tuple[str, str]]) -> None:
    steps = tuple(
        Step(id=s, title=s, run="true", undo="u", outputs=("sha",) if s == "s1" else ())
        for s in STEPS
    )
    book = Runbook(title="T", format="toml", phases=(Phase(id="p", title="P", steps=steps),))
    history = History(book)
    for deed, step in deeds:
        _deed(history, deed, step)
        known = known_items(history.state)
        for id_ in STEPS:
            for held in (False, True):
                assert known(id_, held) == item_of(history.state, id_, held)
        fresh = history.refold()
        assert plan(history.state, "run", "") == plan(fresh, "run", "")


def test_what_nothing_has_changed_is_not_made_again() -> None:
    history = History(chain(3))
    for step in ("s0", "s1"):
        history.ran(step)
    before, order = plan(history.state, "run", ""), ran(history.state)
    history.add(e.RollbackOpened())
    history.ran("s2")
    after = {item.step: item for item in plan(history.state, "run", "").items}
    assert all(after[item.step] is item for item in before.items)
    history.add(e.NoteAdded(text="all is well", node="s1"))
    assert ran(history.state) is ran(history.state)
    assert list(order) == [s for s in ran(history.state) if s != "s2"]
