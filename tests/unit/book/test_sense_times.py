"""Times that do not add up: steps against what is stated, rollbacks against their limit."""

from __future__ import annotations

import pytest

from runbook_tui.book.reader import read
from tests.unit.book.markdown_plans import book

TIMES = {"estimate-sum", "estimate-slack", "rollback-time"}


def told(text: str, name: str = "plan.md") -> list[tuple[str, str, int, int | None]]:
    """Code, severity and both lines of what is said about times."""
    found = read(text, name).findings
    return [(f.code, f.severity, f.line, f.related_line) for f in found if f.code in TIMES]


def plan(stated: str, *steps: str) -> str:
    """A change with a stated time in line 7 and steps from line 9 on."""
    listed = "\n".join(f"{n}. **{step}**" for n, step in enumerate(steps, 1))
    head = f"# Mill\n\n## Phase 1\n\n### Wheel\n\n- **Timeline**: {stated}\n\n"
    return f"{head}{listed}\n\n## Phase 2\n\n1. Grind\n"


@pytest.mark.parametrize(
    ("stated", "steps"),
    [
        ("Day 1 (2 hours)", ("Stop** (90 min)**", "Lift** (60 min)**")),
        ("1 Stunde", ("Anhalten (45 Minuten)", "Heben (30 Minuten)")),
        ("1 hora", ("Parar (45 minutos)", "Levantar (30 minutos)")),
        ("1 heure", ("Arrêter (45 minutes)", "Lever (30 minutes)")),
    ],
)
def test_steps_that_take_longer_than_stated(stated: str, steps: tuple[str, ...]) -> None:
    assert told(plan(stated, *steps)) == [("estimate-sum", "medium", 7, 9)]


def test_a_time_above_several_changes_is_that_of_all_of_them() -> None:
    text = (
        "# Mill\n\n## Phase 1\n\n### Both wheels\n\n- **Timeline**: 3 hours\n\n**Left wheel**: a\n"
        "1. Stop (1 hour)\n2. Lift (1 hour)\n\n**Right wheel**: b\n1. Stop (1 hour)\n"
        "2. Lift (1 hour)\n\n## Phase 2\n\n1. Grind\n"
    )
    ((code, _, line, related),) = told(text)
    assert (code, line, related) == ("estimate-sum", 7, 10)
    (message,) = (f.message for f in book(text).findings if f.code == "estimate-sum")
    assert "4 steps" in message
    assert "4 h" in message
    assert "“Left wheel: a” and “Right wheel: b”" in message


def test_time_that_nothing_is_planned_for_weighs_less() -> None:
    assert told(plan("4 hours", "Stop (1 hour)", "Lift (1 hour)")) == [
        ("estimate-slack", "low", 7, 9)
    ]


@pytest.mark.parametrize(
    ("stated", "steps"),
    [
        ("2 hours", ("Stop (1 hour)", "Lift (1 hour)")),  # It adds up.
        ("2 hours", ("Stop (1 hour)", "Lift (45 min)")),  # A little room is good.
        ("4 hours", ("Stop (1 hour)", "Lift")),  # Not every step says how long.
        ("1 hour", ("Stop (90 min)",)),  # One step says it better than the change.
        ("1 hour", ("Stop (1 hour)", "If it jams, hammer (1 hour)")),  # Not always done.
        ("Day 1-2", ("Stop (1 hour)", "Lift (1 hour)")),  # Days are no hours.
    ],
)
def test_times_that_are_right(stated: str, steps: tuple[str, ...]) -> None:
    assert told(plan(stated, *steps)) == []


TOML = """format = 1
title = "Mill"
[[phase]]
title = "Wheel"
rollback_within = "10m"
[[phase.change]]
title = "Left"
estimate = "1h"
[[phase.change.step]]
title = "Stop"
estimate = "40m"
[[phase.change.step]]
title = "Lift"
estimate = "40m"
[[procedure]]
title = "Back"
applies_to = ["wheel"]
[[procedure.stage]]
title = "Lower"
window = "0-5m"
[[procedure.stage]]
title = "Turn"
window = "5-20m"
"""


def test_a_toml_plan_is_held_to_the_same() -> None:
    found = {(f.code, f.severity) for f in read(TOML, "plan.toml").findings}
    assert {("estimate-sum", "medium"), ("rollback-time", "low")} <= found
    right = TOML.replace('"40m"', '"30m"').replace("5-20m", "5-10m")
    assert told(right, "plan.toml") == []


def rollbacks(first: str, second: str) -> str:
    """Two sentences, in the lines 5 and 9, and one phase that the second is about."""
    return (
        f"# Mill\n\n## Risks\n\n- {first}\n\n## Controls\n\n**Phase 1 (Wheel)**:\n- {second}\n\n"
        "## Phase 1\n\n1. Stop\n\n## Phase 2\n\n1. Grind\n"
    ).replace("## Controls\n\n**", "## Controls\n**")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Rollback within 5 minutes", "Rollback: by hand within 15 minutes"),
        ("Rollback innerhalb von 5 Minuten", "Rollback innerhalb von 15 Minuten"),
        ("Rollback en menos de 5 minutos", "Rollback en menos de 15 minutos"),
        ("Rollback en moins de 5 minutes", "Rollback en moins de 15 minutes"),
    ],
)
def test_two_limits_of_a_rollback(first: str, second: str) -> None:
    assert told(rollbacks(first, second)) == [("rollback-time", "medium", 9, 5)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Rollback within 5 minutes", "Rollback within 300 seconds"),
        ("Rollback within 5 minutes", "Rollback: by hand"),
        ("Decide on the rollback within 5 minutes", "Rollback within 15 minutes"),
        ("Announce the rollback within 5 minutes", "Rollback within 15 minutes"),
        ("Response within 5 minutes", "Rollback within 15 minutes"),
    ],
)
def test_limits_that_agree_or_are_about_something_else(first: str, second: str) -> None:
    assert told(rollbacks(first, second)) == []


def test_each_case_has_a_limit_of_its_own() -> None:
    text = (
        "# Mill\n\n1. Stop\n\n## Rollback\n\n### Case: it smokes\n\n"
        "**Rollback time**: < 1 minute\n\n### Case: it burns\n\n**Rollback time**: < 5 minutes\n"
    )
    assert told(text) == []


STAGES = (
    "# Mill\n\nRollback within {limit} minutes.\n\n1. Stop\n\n## Rollback\n\n"
    "1. Lower (0-5 minutes)\n   - chain\n2. Turn (5-20 minutes)\n   - slowly\n"
)


def test_stages_that_go_on_when_all_should_be_back() -> None:
    assert told(STAGES.format(limit=15)) == [("rollback-time", "low", 11, 3)]
    assert told(STAGES.format(limit=20)) == []


def test_stages_beside_undos_may_go_on() -> None:
    text = STAGES.format(limit=15).replace(
        "1. Stop\n", "1. Stop\n\n   ```bash\n   ./stop\n   ```\n\n   Rollback: `./go`\n", 1
    )
    assert told(text) == []
