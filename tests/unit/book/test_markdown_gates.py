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


@pytest.mark.parametrize(
    ("field", "roles"),
    [
        ("Approver: CTO", ("cto",)),
        ("**Approver**: CTO (Jane Doe)", ("cto",)),
        ("Approver: CTO, QA lead", ("cto", "qa-lead")),
        ("Approver(s): CTO and DBA (both)", ("cto", "dba")),
        ("Approver - CTO", ("cto",)),
        ("_Approver:_ Jane Doe <jane@example.com>", ("jane-doe",)),
        ("Owner: Bob, Approver: CTO", ("cto",)),
        ("*Approver: CTO* | *Owner: Bob*", ("cto",)),
        ("- Approver: CTO", ("cto",)),
        ("Approvers:\n- CTO\n- QA", ("cto", "qa")),
        ("| Field | Value |\n|---|---|\n| Approver | CTO |", ("cto",)),
        ("> Approver: `CTO`", ("cto",)),
    ],
)
@pytest.mark.parametrize("where", ["step", "title", "phase"])
def test_a_field_names_who_must_approve(field: str, roles: tuple[str, ...], where: str) -> None:
    plans = {
        "step": "# P\n\n1. First\n\n   {}\n\n   ```bash\n   ./run\n   ```\n2. Next\n",
        "title": "# P\n\n## Step 1: First\n\n{}\n\n```bash\n./run\n```\n",
        "phase": "# P\n\n## Phase 1: First\n\n{}\n\n1. Next\n\n## Phase 2: Last\n\n1. More\n",
    }
    text = field.replace("\n", "\n   ") if where == "step" else field
    read = book(plans[where].format(text))
    nodes = read.phases if where == "phase" else tuple(read.walk())
    gate = nodes[0].gate
    assert gate is not None
    assert gate.roles == roles
    assert all(node.gate is None for node in nodes[1:])


@pytest.mark.parametrize("title", ["Deploy — Approver: CTO", "Deploy  **Approver:** CTO"])
@pytest.mark.parametrize("mark", ["1. ", "- [ ] "])
def test_a_field_behind_a_title_holds_its_step(title: str, mark: str) -> None:
    (step,) = book(f"# P\n\n{mark}{title}\n").walk()
    assert step.gate is not None
    assert step.gate.roles == ("cto",)


def test_a_column_of_approvers_holds_the_steps_of_its_rows() -> None:
    rows = "| 1 | Deploy | CTO | `./a` |\n| 2 | Look | | `./b` |\n| 3 | Tell | n/a | |\n"
    read = book(f"# P\n\n| # | Action | Approver | Command |\n|---|---|---|---|\n{rows}")
    assert [s.gate and s.gate.roles for s in read.walk()] == [("cto",), None, None]


@pytest.mark.parametrize("value", ["yes", "pending", "____", "TBD", "", "2024-05-01", "none"])
def test_a_field_without_a_name_is_no_gate(value: str) -> None:
    assert book(f"# P\n\n1. First\n   - Approver: {value}\n").gates == ()


def test_a_field_that_names_an_approver_is_no_check() -> None:
    (step,) = book("# P\n\n1. First\n   - Approver: CTO\n   - it answers\n").walk()
    assert [c.title for c in step.checks] == ["it answers"]
