"""What typed blocks say of one another and of where they run: ``depends_on``, ``env``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from runbook_tui.book.findings import Finding
from runbook_tui.book.model import Environment, Parameter, Phase, Step
from runbook_tui.frozen import frozen

NAMES = re.compile(r"[\w.-]{1,80}")
PLACE = ("environment", "env")
"""What the parameter is called that says where a run goes."""


@frozen(kw_only=False)
class Tie:
    """What one typed block says: its step, its name, and the attributes of its line and head."""

    step: str
    name: str
    line: int
    said: Mapping[str, str]


@frozen(kw_only=False)
class Tied:
    """Phases whose steps have the needs and conditions of their blocks, and what that takes."""

    phases: tuple[Phase, ...]
    parameters: tuple[Parameter, ...]
    findings: tuple[Finding, ...]


def tied(
    ties: Iterable[Tie],
    phases: tuple[Phase, ...],
    parameters: tuple[Parameter, ...],
    environments: tuple[Environment, ...],
) -> Tied:
    """A block's step needs the steps that it names, and is only wanted where it says."""
    ties = list(ties)
    named = {tie.name: tie.step for tie in reversed(ties) if tie.name}
    changed: dict[str, dict[str, object]] = {}
    found: list[Finding] = []
    for tie in ties:
        wanted = NAMES.findall(tie.said.get("depends_on", ""))
        missing = [name for name in wanted if named.get(name, tie.step) == tie.step]
        if missing:
            found.append(_finding(tie, f"depends_on names {', '.join(missing)}, and no other block "
                                  "is called that; name a block, or take it out"))  # fmt: skip
        elif wanted:
            changed.setdefault(tie.step, {})["needs"] = tuple(named[name] for name in wanted)
        places = NAMES.findall(tie.said.get("env", ""))
        if not places:
            continue
        asked = next((p.name for key in PLACE for p in parameters if p.name == key), "")
        if not asked and environments:
            asked = PLACE[0]
            names = tuple(e.name for e in environments)
            line = environments[0].line
            parameters += (Parameter(name=asked, line=line, choices=names, declared=True),)
        if asked:
            texts = ", ".join(f"'{place}'" for place in places)
            changed.setdefault(tie.step, {})["when"] = f"{asked} in [{texts}]"
        else:
            there = ", ".join(places)
            what = f"env says where it runs ({there}), and the plan does not say where it goes"
            found.append(_finding(tie, f"{what}; list environments in the front matter"))
    return Tied(tuple(_phase(p, changed) for p in phases) if changed else phases, parameters,
                tuple(found))  # fmt: skip


def _finding(tie: Tie, what: str) -> Finding:
    return Finding(code="annotation", line=tie.line, message=f"the block's {what}")


def _phase(phase: Phase, changed: Mapping[str, dict[str, object]]) -> Phase:
    changes = tuple(
        replace(c, steps=tuple(_step(s, changed) for s in c.steps)) for c in phase.changes
    )
    return replace(phase, changes=changes, steps=tuple(_step(s, changed) for s in phase.steps))


def _step(step: Step, changed: Mapping[str, dict[str, object]]) -> Step:
    inner = tuple(_step(s, changed) for s in step.steps)
    return replace(step, steps=inner, **changed.get(step.id, {}))  # type: ignore[arg-type]
