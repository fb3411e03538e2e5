"""What a plan says of its phases in other places counts for them."""

from __future__ import annotations

import pytest

from runbook_tui.book.model import Phase, Risk
from tests.unit.book.markdown_plans import book

PLAN = "# Mill\n\n## Phase 1: wheel\n\n1. Stop\n\n## Phase 2: stones\n\n1. Lift\n\n## More\n\n"


def phases(text: str) -> tuple[Phase, ...]:
    """The phases of the plan with more behind it."""
    return book(PLAN + text).phases


@pytest.mark.parametrize(
    ("field", "name", "value"),
    [
        ("Risk Level: 🔴 HIGH", "risk", Risk.HIGH),
        ("**Risk**: low-medium", "risk", Risk.LOW_MEDIUM),
        ("Rollback: by hand within 15 minutes", "rollback_within", 900),
        ("Rollback: innerhalb von 1 Stunde", "rollback_within", 3600),
        ("Rollback: en menos de 5 minutos", "rollback_within", 300),
        ("Frequency: every 5 minutes", "cadence", 300),
        ("Frequency: real-time with 30-second steps", "cadence", 30),
        ("Frecuencia: cada 2 minutos", "cadence", 120),
    ],
)
def test_a_field_below_a_title_that_names_the_phase(field: str, name: str, value: object) -> None:
    first, second = phases(f"**Phase 2 (Stones)**:\n- {field}\n")
    assert getattr(second, name) == value
    assert getattr(first, name) is None


def test_person_hours() -> None:
    _, second = phases("**Phase 2 (Stones)**: 120 person-hours\n- Lifting: 120 hours\n")
    assert second.effort == "120h"


@pytest.mark.parametrize(
    "text",
    [
        "**Phase 3**:\n- Risk: high\n", "**Both phases**:\n- Risk: high\n",
        "**Phase 2**:\n- Risk: none known\n- Rollback: at once\n- Frequency: often\n",
        "**Phase 2**:\n- No field\n", "Phase 2 has a risk: high.\n",
    ],
)  # fmt: skip
def test_what_says_nothing_of_a_phase(text: str) -> None:
    facts = [(p.risk, p.cadence, p.rollback_within, p.effort) for p in phases(text)]
    assert facts == [(None, None, None, None)] * 2


def test_what_the_phase_says_itself_counts_before() -> None:
    text = PLAN.replace("1. Lift", "- **Risk**: low\n\n1. Lift")
    assert book(text + "**Phase 2**:\n- Risk: high\n").phases[1].risk == Risk.LOW
