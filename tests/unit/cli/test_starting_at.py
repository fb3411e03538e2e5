"""``--from`` leaves out what may be left out, and nothing that binds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.model import Change, Check, Gate, Phase, Runbook, Step
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.starting_at import left_out
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.order import blockers, gate_open
from runbook_tui.run.outline import Outline
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import OVER
from tests.fakes.history import History
from tests.fakes.plans import chain, two_phases

SIGNED = Gate(roles=("qa",))


def book(*steps: Step, **phase: object) -> Runbook:
    before = Phase(id="before", title="Before", steps=steps, **phase)  # type: ignore[arg-type]
    after = Phase(id="after", title="After", gate=SIGNED, steps=(Step(id="x", title="X"),))
    return Runbook(title="F", phases=(before, after))


def test_what_comes_before_is_left_out_in_order() -> None:
    assert left_out(chain(4), "s0") == []
    assert left_out(chain(4), "s2") == ["s0", "s1"]


def test_steps_around_the_first_one_are_not_left_out() -> None:
    inner = (Step(id="a", title="A"), Step(id="b", title="B", steps=(Step(id="c", title="C"),)))
    outer = Step(id="o", title="O", run="true", signoff=SIGNED, steps=inner)
    runbook = Runbook(
        title="N",
        phases=(Phase(id="p", title="P", changes=(Change(id="ch", title="Ch", steps=(outer,)),)),),
    )
    assert left_out(runbook, "c") == ["a"]


@pytest.mark.parametrize(
    "runbook",
    [
        book(Step(id="a", title="A", required=True)),
        book(Step(id="a", title="A", signoff=SIGNED)),
        book(Step(id="a", title="A", gate=SIGNED)),
        book(Step(id="a", title="A"), gate=SIGNED),
        book(Step(id="a", title="A"), signoff=SIGNED),
    ],
)
def test_what_binds_is_refused(runbook: Runbook) -> None:
    with pytest.raises(Ended) as ended:
        left_out(runbook, "x")
    assert ended.value.status == 4


@pytest.mark.parametrize("binding", [{"gate": SIGNED}, {"required": True}])
def test_what_binds_around_what_would_be_left_out_is_refused(binding: dict[str, object]) -> None:
    inner = (Step(id="a", title="A"), Step(id="b", title="B"))
    outer = Step(id="o", title="O", steps=inner, **binding)  # type: ignore[arg-type]
    runbook = Runbook(title="N", phases=(Phase(id="p", title="P", steps=(outer,)),))
    assert left_out(runbook, "a") == []
    with pytest.raises(Ended) as ended:
        left_out(runbook, "b")
    assert ended.value.status == 4


def test_an_unknown_step_comes_with_a_suggestion() -> None:
    with pytest.raises(Ended) as ended:
        left_out(two_phases(), "deply")
    assert ended.value.status == 2
    assert "deploy" in ended.value.hint


def from_there(runbook: Runbook, first: str) -> History:
    """A run that begins at a step: what is before it is skipped as the program does."""
    history = History(runbook)
    for step in left_out(runbook, first):
        if history.state.step(step).status not in OVER:
            answer = history.ask(r.SkipStep(step=step, reason="--from"))
            assert not isinstance(answer, Refusal), answer
    return history


def test_a_criterion_before_is_not_passed_by() -> None:
    calm = Check(id="calm", title="Nothing is red")
    phases = (
        Phase(id="one", title="One", criteria=(calm,), steps=(Step(id="a", title="A"),)),
        Phase(id="two", title="Two", steps=(Step(id="x", title="X"),)),
    )
    history = from_there(Runbook(title="C", phases=phases), "x")
    assert "criterion “Nothing is red”" in blockers(history.state, "x")[0]
    history.ask(r.TickNode(node="calm"))
    assert blockers(history.state, "x") == ()


bound = st.sampled_from((*[""] * 20, "gate", "signoff", "required"))


@st.composite
def plans(draw: st.DrawFn) -> Runbook:
    """Phases with changes and nested steps, some of which bind."""
    count = 0

    def step(depth: int) -> Step:
        nonlocal count
        count += 1
        id_, kind = f"s{count}", draw(bound)
        inner = tuple(step(depth + 1) for _ in range(draw(st.integers(0, 2)) if depth < 2 else 0))
        return Step(
            id=id_, title=id_, run=draw(st.sampled_from((None, "true"))), steps=inner,
            gate=SIGNED if kind == "gate" else None,
            signoff=SIGNED if kind == "signoff" else None,
            required=kind == "required", optional=draw(st.booleans()),
        )  # fmt: skip

    phases = []
    for number in range(draw(st.integers(1, 3))):
        kind = draw(bound)
        inner = tuple(step(0) for _ in range(draw(st.integers(1, 2))))
        change = Change(id=f"c{number}", title="C", steps=inner,
                        gate=SIGNED if draw(bound) == "gate" else None)  # fmt: skip
        phases.append(
            Phase(
                id=f"p{number}", title="P", changes=(change,),
                steps=tuple(step(0) for _ in range(draw(st.integers(0, 2)))),
                gate=SIGNED if kind == "gate" else None,
                signoff=SIGNED if kind == "signoff" else None,
            )
        )  # fmt: skip
    format_ = draw(st.sampled_from(("toml", "markdown")))
    return Runbook(title="R", format=format_, roles={"qa": ("*",)}, phases=tuple(phases))


@given(plans(), st.data())
def test_it_passes_by_nothing_that_binds_in_whatever_plan(
    runbook: Runbook, data: st.DataObject
) -> None:
    first = data.draw(st.sampled_from(Outline(runbook).order))
    try:
        history = from_there(runbook, first)
    except Ended as ended:
        assert ended.status == 4
        assert "cannot be left out" in ended.message
        return
    outline = history.state.outline
    skipped = [ev for ev in history.events if isinstance(ev.payload, e.StepSkipped)]
    assert not any(ev.payload.override for ev in skipped)  # type: ignore[attr-defined]
    for node in outline.nodes.values():
        assert node.gate is None or not gate_open(history.state, node.id)
    assert history.state.step(first).status not in OVER
    gone = {ev.step for ev in skipped}
    assert all(outline[s].index < outline[first].index for s in gone if s)
    assert not any(outline[s].gate or outline[s].signoff for s in gone if s)
