"""The critical path: the longest chain of what waits for one another."""

from __future__ import annotations

from runbook_tui.book.model import Estimate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run.critical import critical
from tests.fakes.history import START, History


def step(id_: str, minutes: float, needs: tuple[str, ...] | None = None) -> Step:
    seconds = minutes * 60
    return Step(id=id_, title=id_, needs=needs, run="true", undo="true",
                estimate=Estimate(minimum=seconds, maximum=seconds))  # fmt: skip


def forked() -> History:
    """`b` and `c` wait for `a` only; `d` waits for both; a phase comes behind."""
    return History(Runbook(title="Fork", phases=(
        Phase(id="one", title="One", steps=(
            step("a", 1), step("b", 10, ("a",)), step("c", 4, ("a",)), step("d", 2, ("b", "c")),
        )),
        Phase(id="two", title="Two", steps=(step("last", 3),)),
    )))  # fmt: skip


def test_the_longer_branch_is_on_it_and_the_shorter_may_wait() -> None:
    found = critical(forked().state, START)
    assert found.left == 16 * 60
    assert found.path == {"a", "b", "d", "last"}
    assert found.slack["c"] == 6 * 60


def test_what_is_over_is_no_longer_on_it_and_what_runs_counts_what_is_left() -> None:
    history = forked()
    history.ran("a")
    history.add(e.StepStarted(), "b")
    began = history.state.step("b").started
    assert began is not None
    found = critical(history.state, began + 9 * 60)
    assert found.left == (4 + 2 + 3) * 60
    assert found.path == {"c", "d", "last"}
    assert found.slack["b"] == 3 * 60


def test_without_estimates_nothing_is_known() -> None:
    history = History(Runbook(title="x", phases=(
        Phase(id="p", title="P", steps=(Step(id="s", title="S"),)),
    )))  # fmt: skip
    assert critical(history.state, START).path == frozenset()
    assert critical(history.state, START).left == 0


def test_ten_thousand_steps_are_no_matter() -> None:
    steps = tuple(step(f"s{n}", 1) for n in range(10_000))
    history = History(Runbook(title="x", phases=(Phase(id="p", title="P", steps=steps),)))
    assert critical(history.state, START).left == 600_000
