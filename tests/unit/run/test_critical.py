"""The critical path: the longest chain of what waits for one another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.model import Estimate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run.critical import _before, critical
from runbook_tui.run.state import RunState
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


def test_phases_behind_one_another_cost_what_is_in_them_not_every_pair() -> None:
    """Counted in what a step waits for: 50 behind 50, four times."""
    phases = tuple(
        Phase(id=f"p{p}", title="P", steps=tuple(step(f"p{p}-s{n}", 1, ()) for n in range(50)))
        for p in range(5)
    )
    state = History(Runbook(title="x", phases=phases)).state
    assert sum(map(len, _before(state, state.outline.order).values())) <= 10 * 50
    found = critical(state, START)
    assert found.left == 5 * 60
    assert found.path == set(state.outline.order)


NAMES = [f"s{n}" for n in range(9)]


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.frozensets(st.integers(0, 8))),
             min_size=9, max_size=9),
    st.sets(st.integers(0, 8)),
)  # fmt: skip
def test_it_is_what_every_pair_by_itself_would_give(
    rows: list[tuple[int, int, frozenset[int]]], over: set[int]
) -> None:
    # Steps 3 and 4 lie in 2; what one needs stands before it, in its own phase or in none.
    steps = [
        step(f"s{n}", minutes, tuple(f"s{need}" for need in sorted(needs) if need < n))
        for n, (minutes, _, needs) in enumerate(rows)
    ]
    group = Step(id="s2", title="G", needs=steps[2].needs, steps=(steps[3], steps[4]))
    phases = (
        Phase(id="one", title="One", steps=(steps[0], steps[1], group)),
        Phase(id="two", title="Two", steps=tuple(steps[5:7])),
        Phase(id="three", title="Three", steps=tuple(steps[7:])),
    )
    history = History(Runbook(title="x", phases=phases))
    for n in sorted(over - {2}):
        history.ran(f"s{n}")
    state = history.state
    open_ = [id_ for id_ in state.outline.order if id_ != "s2" and not state.step(id_).touched]
    if any("s2" in state.outline[id_].needs for id_ in ("s3", "s4")):
        return  # What lies in a step never waits for it.
    lasts = {f"s{n}": rows[n][0] * 60.0 for n in range(9)}
    before = {id_: waits_for(state, id_, open_) for id_ in open_}
    ends: dict[str, float] = {}
    for id_ in open_:
        ends[id_] = max((ends[b] for b in before[id_]), default=0.0) + lasts[id_]
    found = critical(state, state.last_at)
    assert found.left == max(ends.values(), default=0.0)
    for id_ in open_ if found.left else []:
        behind = longest_behind(id_, before, lasts)
        assert found.slack[id_] == found.left - ends[id_] - behind


def waits_for(state: RunState, id_: str, open_: list[str]) -> set[str]:
    """Each step that another one waits for, one by one."""
    found: set[str] = set()
    for holder in state.outline.holders(id_):
        for need in state.outline[holder].needs:
            found |= {s.id for s in state.outline.steps_inside(need)}
    return found & set(open_)


def longest_behind(id_: str, before: dict[str, set[str]], lasts: dict[str, float]) -> float:
    """Seconds of the longest chain of what waits for a step."""
    waiting = [other for other, needs in before.items() if id_ in needs]
    return max((lasts[w] + longest_behind(w, before, lasts) for w in waiting), default=0.0)


def test_ten_thousand_steps_are_no_matter() -> None:
    steps = tuple(step(f"s{n}", 1) for n in range(10_000))
    history = History(Runbook(title="x", phases=(Phase(id="p", title="P", steps=steps),)))
    assert critical(history.state, START).left == 600_000
