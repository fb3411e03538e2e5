"""What is read out to somebody who decides without a screen, and what its digest binds."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.model import Gate, Parameter, Phase, Runbook, Step
from runbook_tui.run.events import ParameterCaptured
from runbook_tui.run.reading_out import FIRST_LINES, MOST, WIDTH, digest, read_out
from runbook_tui.run.requests import SignNode
from tests.fakes.history import ADA, GRACE, History

SIGN = SignNode(node="core", role="cto", comment="looks good\n| forged: line")


def plan(*steps: Step, title: str = "Ship", within: float | None = None) -> Runbook:
    gate = Gate(roles=("cto",), within=within, signed=True)
    return Runbook(
        title=title, roles={"cto": ("*",)}, allowed_signers="signers",
        parameters=(Parameter(name="tag"),),
        phases=(Phase(id="core", title="Core", gate=gate, steps=steps),),
    )  # fmt: skip


MERGE = Step(id="merge", title="Merge", run="git merge ${{ tag }}", undo="git revert HEAD")


def test_what_runs_what_takes_it_back_and_until_when_are_read_out() -> None:
    history = History(plan(MERGE, within=1800.0), {"tag": "v 2"})
    told = "\n".join(read_out(history.state, SIGN, GRACE))
    for words in (
        "plan:     Ship", f"run:      {history.state.run}, as its event 2",
        "who:      Grace <grace@example.com>, as cto",
        "decision: APPROVE the gate of phase “Core” (core)", "comment:  looks good",
        "| comment:  | forged: line", "UTC, then it is denied", "step “Merge” (merge)",
        "run: git merge 'v 2'", "undo: git revert HEAD",
    ):  # fmt: skip
        assert words in told
    rejected = dataclasses.replace(SIGN, approve=False)
    assert "decision: REJECT the gate" in "\n".join(read_out(history.state, rejected, GRACE))


def test_whatever_is_decided_otherwise_has_another_digest() -> None:
    history = History(plan(MERGE), {"tag": "v2"})
    known = {digest(read_out(history.state, SIGN, GRACE))}
    for request, who in (
        (dataclasses.replace(SIGN, approve=False), GRACE),
        (dataclasses.replace(SIGN, comment=""), GRACE), (SIGN, ADA),
    ):  # fmt: skip
        known.add(digest(read_out(history.state, request, who)))
    for other in (plan(MERGE, title="Slip"), plan(dataclasses.replace(MERGE, undo="true"))):
        known.add(digest(read_out(History(other, {"tag": "v2"}).state, SIGN, GRACE)))
    history.add(ParameterCaptured(name="tag", value="v3", source="person"))
    known.add(digest(read_out(history.state, SIGN, GRACE)))
    assert len(known) == 7


@given(st.text(max_size=400))
def test_whatever_a_plan_says_is_lines_of_text_with_a_bar(text: str) -> None:
    step = Step(id="merge", title=text, run=f"echo {text}", undo=text or None)
    lines = read_out(History(plan(step, title=text), {"tag": "1"}).state, SIGN, GRACE)
    assert all(line.startswith("| ") and len(line) <= WIDTH for line in lines)
    assert all(c.isprintable() or c.isspace() for line in lines for c in line)
    # Mail may end lines otherwise, and quote them; what it does to words is another text.
    assert digest([line + "\r" for line in lines]) == digest(lines)


@pytest.mark.parametrize(
    ("one", "other"),
    [("rm -rf /tmp/x", "rm -rf / tmp/x"), ("a b", "a\u00a0b"), ("a\nb", "a b"), ("a", "a\u200b")],
)
def test_commands_that_are_not_the_same_do_not_read_the_same(one: str, other: str) -> None:
    def of(text: str) -> str:
        step = Step(id="merge", title="Merge", run=text)
        told = read_out(History(plan(step), {"tag": "1"}).state, SIGN, GRACE)
        return digest(told[told.index("| phase “Core” (core)") :])

    assert of(one) != of(other)


def test_what_is_long_is_cut_and_says_so() -> None:
    many = tuple(Step(id=f"s{n}", title=f"S{n}", run="\n".join(["true"] * 20)) for n in range(MOST))
    lines = read_out(History(plan(*many), {"tag": "1"}).state, SIGN, GRACE)
    assert "| step “S0” (s0)" in lines
    assert f"|   run: … {20 - FIRST_LINES} more lines" in lines
    assert "more lines: see runbook show" in lines[-1] + lines[-2]
    assert len(lines) < 2 * MOST
