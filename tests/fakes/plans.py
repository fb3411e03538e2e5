"""Small runbooks for tests."""

from __future__ import annotations

from runbook_tui.book.model import Change, Check, Gate, Phase, Procedure, Runbook, Stage, Step


def two_phases() -> Runbook:
    """Two phases; the second behind the gate of the cto; with checks, a criterion, a sign-off."""
    return Runbook(
        title="Ship it",
        roles={"cto": ("Grace <grace@example.com>",), "qa": ("*",)},
        phases=(
            Phase(
                id="one",
                title="Foundation",
                criteria=(Check(id="calm", title="Nothing is red"),),
                changes=(
                    Change(
                        id="docs",
                        title="Docs",
                        steps=(
                            Step(id="merge", title="Merge", run="true", undo="git revert",
                                 estimate=None),
                            Step(id="look", title="Look", checks=(
                                Check(id="look-a", title="Page opens"),
                                Check(id="look-b", title="Links work"),
                            )),
                        ),
                    ),
                ),
                steps=(
                    Step(id="tag", title="Tag", run="git tag", undo="git tag -d",
                         signoff=Gate(roles=("qa",), four_eyes=True)),
                ),
            ),
            Phase(
                id="two",
                title="Core",
                gate=Gate(roles=("cto",), four_eyes=True),
                rollback_within=300.0,
                steps=(
                    Step(id="deploy", title="Deploy", run="./deploy", undo="./deploy back"),
                    Step(id="migrate", title="Migrate", run="./migrate",
                         irreversible="the old schema is gone"),
                    Step(id="watch", title="Watch", run="sleep 1", effect=False),
                ),
            ),
        ),
        procedures=(
            Procedure(id="back", title="Core rollback", applies_to=("two",), stages=(
                Stage(id="back-1", title="Emergency", from_minute=0, to_minute=5),
            )),
        ),
    )  # fmt: skip


def chain(length: int, format_: str = "toml") -> Runbook:
    """One phase of ``length`` steps, each with a command and an undo."""
    steps = tuple(
        Step(id=f"s{n}", title=f"Step {n}", run="true", undo=f"undo {n}") for n in range(length)
    )
    return Runbook(title="Chain", format=format_, phases=(Phase(id="p", title="P", steps=steps),))
