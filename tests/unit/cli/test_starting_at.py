"""``--from`` leaves out what may be left out, and nothing that binds."""

from __future__ import annotations

import pytest

from runbook_tui.book.model import Change, Gate, Phase, Runbook, Step
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.starting_at import left_out
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
