"""Sentences that require an approval hold the node that they name."""

from __future__ import annotations

import pytest

from runbook_tui.book.model import Gate
from tests.unit.book.markdown_plans import book, codes

PLAN = """\
# Plan

## Phase 1: Prepare

1. Freeze
2. Build

## Phase 2: Roll out

1. Deploy the service
2. Switch traffic over

{}
"""
PHASE, SECOND, DEPLOY = "phase-2-roll-out", "switch-traffic-over", "deploy-the-service"


@pytest.mark.parametrize(
    ("sentence", "who", "before"),
    [
        ("CTO sign-off required before Phase 2", "CTO", PHASE),
        ("**Note**: CTO approval is required before Phase 2 begins.", "CTO", PHASE),
        ("Requires approval from the DBA before step 2.", "DBA", SECOND),
        ("Requires sign-off by the security team prior to Phase 2", "security team", PHASE),
        ("⚠ QA must approve before deploying", "QA", DEPLOY),
        ("> ⚠️ **QA must sign off before deployment!**", "QA", DEPLOY),
        ("The release manager has to give the go-ahead before switching traffic.",
         "release manager", SECOND),
        ("Get approval from the on-call lead before step 2.", "on-call lead", SECOND),
        ("Before step 2, get approval from the CTO.", "CTO", SECOND),
        ("Before deploying, QA must approve.", "QA", DEPLOY),
        ("Do not start Phase 2 without CTO approval.", "CTO", PHASE),
        ("Don't proceed to step 2 until the DBA has signed off.", "DBA", SECOND),
        ("Approval from Legal is required before Phase 2.", "Legal", PHASE),
        ("Approval required: CTO", "CTO", PHASE),
        ("Needs DBA approval.", "DBA", PHASE),
    ],
)  # fmt: skip
def test_a_sentence_is_a_gate_on_what_it_names(sentence: str, who: str, before: str) -> None:
    read = book(PLAN.format(sentence))
    assert [(g.line, g.approver, g.before) for g in read.gates] == [(13, who, before)]
    nodes = {p.id: p.gate for p in read.phases} | {s.id: s.gate for s in read.walk()}
    role = who.lower().replace(" ", "-")
    assert {id_: gate for id_, gate in nodes.items() if gate} == {
        before: Gate(roles=(role,), line=13)
    }
    assert read.roles == {role: ("*",)}


@pytest.mark.parametrize(
    "sentence",
    [
        "No approval from the CTO is required before Phase 2.",
        "The CTO approved this last week.",
        "- [ ] CTO sign-off required before Phase 2",
        "<!-- CTO sign-off required before Phase 2 -->",
        "```\nCTO sign-off required before Phase 2\n```",
        "Approval: pending",
        "Wait for approval before Phase 2.",
    ],
)
def test_what_requires_nothing_is_no_gate(sentence: str) -> None:
    assert book(PLAN.format(sentence)).gates == ()


def test_a_gate_in_the_title_or_below_it_holds_that_step() -> None:
    read = book(
        "# P\n\n1. Build\n2. Switch (requires CTO approval)\n3. Rest\n   - Needs QA approval\n"
    )
    assert [s.gate.roles if s.gate else None for s in read.walk()] == [None, ("cto",), ("qa",)]


def test_two_approvers_are_two_roles() -> None:
    read = book(
        PLAN.format("CTO and QA must approve before Phase 2.\nLegal must approve before Phase 2.")
    )
    assert read.phases[1].gate is not None
    assert read.phases[1].gate.roles == ("cto", "qa", "legal")


def test_a_number_means_the_heading_that_has_it() -> None:
    text = "# P\n\n## Phase 0: Plan\n\n1. a\n\n## Phase 1: Go\n\n1. b\n"
    text += "\nCTO must approve before Phase 1.\n"
    assert book(text).gates[0].before == "phase-1-go"


def test_a_gate_that_holds_nothing_is_a_finding() -> None:
    text = PLAN.format("CTO sign-off required before the anniversary.")
    assert book(text).gates[0].before is None
    assert ("gate-unplaced", 13) in codes(text)


def test_the_step_of_asking_is_not_held_by_its_own_question() -> None:
    read = book("# P\n\n1. Get approval from the CTO\n2. Go\n")
    assert read.gates == ()
