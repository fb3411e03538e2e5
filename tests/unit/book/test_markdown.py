"""Markdown plans in the shapes that people write."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.listing import listing
from runbook_tui.book.model import Risk, Runbook
from runbook_tui.book.reader import read
from runbook_tui.book.shown import shown

PLAN = """\
---
title: not this one
owner: someone
---
# Move the lighthouse

Words before.

## Phase 1: Prepare (Monday)

### **Lamp: a new lamp** (#12) - **PRIORITY 1**
- **Risk Level**: 🟡 LOW-MEDIUM
- **Timeline**: Day 1 (2 hours)

**Execution Steps**:
1. **Order the lamp** (30 min)
   - Price is fair
   - It fits
2. **Fit the lamp** (1-2 hours)
   ```bash
   $ ./fit --lamp <LAMP_ID>
   fitted
   ```

**Success Criteria**:
- ✅ It shines

## Phase 2: Switch

1. Turn the key
2. Watch the sea

## Phase 1 Success Criteria
- [ ] The keeper agrees
- [ ] Nothing rattles

## Rollback

**Bring back the old lamp** (For Phase 2):
1. **At once** (0-5 minutes):
   - Call the keeper
   - Light a fire
2. **Then** (5-15 minutes):
   - Fit the old lamp

```sh
./fit --lamp <OLD_LAMP>
```

**Note**: Harbour Master sign-off required before Phase 2 begins.
"""


@pytest.fixture
def plan() -> Runbook:
    return read(PLAN, "plan.md")


def test_phases_changes_and_steps(plan: Runbook) -> None:
    assert plan.title == "Move the lighthouse"
    assert [p.title for p in plan.phases] == ["Phase 1: Prepare (Monday)", "Phase 2: Switch"]
    change = plan.phases[0].changes[0]
    assert (change.title, change.pull_request, change.priority) == ("Lamp: a new lamp", 12, "1")
    assert (change.risk, change.days) == (Risk.LOW_MEDIUM, "Day 1")
    assert [s.title for s in change.steps] == ["Order the lamp", "Fit the lamp"]
    assert [c.title for c in change.steps[0].checks] == ["Price is fair", "It fits"]
    assert [s.title for s in plan.phases[1].steps] == ["Turn the key", "Watch the sea"]
    estimates = [(e.line, e.minimum / 60, e.maximum / 60) for e in plan.estimates]
    assert estimates == [(16, 30, 30), (19, 60, 120)]


def test_a_fence_in_an_item_is_its_command_without_prompt_and_output(plan: Runbook) -> None:
    step = plan.phases[0].changes[0].steps[1]
    assert step.run == "./fit --lamp <LAMP_ID>"
    assert [c.step for c in plan.commands] == [step.id, None]
    assert [c.rollback for c in plan.commands] == [False, True]
    assert {p.placeholder for p in plan.parameters} == {"<LAMP_ID>", "<OLD_LAMP>"}


def test_criteria_go_to_their_change_and_phase(plan: Runbook) -> None:
    assert [c.title for c in plan.phases[0].changes[0].criteria] == ["It shines"]
    assert [c.title for c in plan.phases[0].criteria] == ["The keeper agrees", "Nothing rattles"]


def test_a_procedure_has_stages_with_windows(plan: Runbook) -> None:
    (procedure,) = plan.procedures
    assert [(s.from_minute, s.to_minute, len(s.steps)) for s in procedure.stages] == [
        (0, 5, 2), (5, 15, 1),
    ]  # fmt: skip
    assert procedure.applies_to == (plan.phases[1].id,)


def test_a_sentence_is_a_gate(plan: Runbook) -> None:
    assert [(g.approver, g.before) for g in plan.gates] == [("Harbour Master", plan.phases[1].id)]
    assert plan.phases[1].gate is not None
    assert plan.phases[1].gate.roles == ("harbour-master",)


def test_boxes_nest_and_numbers_hold_boxes() -> None:
    book = read("# T\n\n- [ ] one\n  - [ ] inner\n- [x] two\n\n1. [ ] three\n", "p.md")
    steps = [s.title for s in book.walk()]
    assert steps == ["one", "inner", "two", "three"]


def test_a_fence_between_items_belongs_to_the_item_before_it() -> None:
    text = "# T\n\n1. first\n\n```sh\necho 1\n```\n\n2. second\n"
    assert [s.run for s in read(text, "p.md").walk()] == ["echo 1", None]


def test_commands_alone_are_steps() -> None:
    book = read("# T\n\n## Restart\n\n```\nsudo systemctl restart x\n```\n", "p.md")
    assert [(s.title, s.run) for s in book.walk()] == [("Restart", "sudo systemctl restart x")]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    crlf = "\ufeff" + PLAN.replace("\n", "\r\n")
    assert shown(read(crlf, "plan.md")) == shown(read(PLAN, "plan.md"))


@pytest.mark.parametrize("text", ["", "\n\n", "# Only a title\n", "Only words.\n"])
def test_nothing_to_do_is_the_only_fault(text: str) -> None:
    with pytest.raises(PlanFaults) as caught:
        read(text, "p.md")
    assert len(caught.value.faults) == 1


def test_markup_and_escapes_stay_text() -> None:
    book = read("# T\n\n1. [bold]x[/] [@click=app.quit]y\x1b[31m\n", "p.md")
    assert "[@click=app.quit]" in next(book.walk()).title
    assert "\x1b" not in "".join(listing(book))


MARKS = ("# ", "## ", "1. ", "- [ ] ", "- ", "   - ", "```sh\n", "```\n", "**A**:\n", "✅ ", "<X>",
         "(5 min)", "(0-5 minutes)", "rollback", "Phase 1", "\n", "word ", "---\n", "| a | b |\n",
         "> ", "<!-- ", "\r\n", "criteria")  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(MARKS), st.text(max_size=4)), max_size=40))
def test_no_text_does_more_than_fault(parts: list[str]) -> None:
    try:
        book = read("".join(parts), "p.md")
    except PlanFaults:
        return
    ids = [t["id"] for t in shown(book)["ticks"]]
    assert len(ids) == len(set(ids))
    assert list(listing(book))
