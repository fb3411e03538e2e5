"""What a run's events say, gathered for a report; who gathers it is `gathering`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runbook_tui.book.model import Watch
from runbook_tui.report.attempts import Attempt, Evidence, Ran
from runbook_tui.report.incidents import Alarm, Override, Remark, Telling
from runbook_tui.run import events as e
from runbook_tui.run.events import Actor, Event
from runbook_tui.run.outline import Outline

Title = Callable[[str], str]


def titles(
    outline: Outline, watches: Iterable[Watch] = (), earlier: Sequence[Outline] = ()
) -> Title:
    """Nodes, stages and watches by the plan's words, else by those of plans ``earlier`` in the run;
    by their id where none knows them."""
    watched = {watch.id: watch for watch in watches}

    def title(id_: str) -> str:
        for plan in (outline, *reversed(earlier)):
            found = plan.nodes.get(id_) or plan.beside.staged.get(id_)
            if found is not None:
                return found.title
        return watched[id_].title if id_ in watched else id_

    return title


@dataclass(slots=True)
class Gathered:
    """What a run's events say. Lists are in the order of the events."""

    title: Title
    expected: Mapping[str, tuple[int, ...]]
    """The exit statuses with which the command of each step ends well."""
    attempts: dict[str, list[Attempt]] = field(default_factory=dict)
    skipped: dict[str, e.StepSkipped] = field(default_factory=dict)
    commands: dict[str, list[Ran]] = field(default_factory=dict)
    ticks: dict[str, tuple[Actor, float, bool]] = field(default_factory=dict)
    signoffs: list[Event] = field(default_factory=list)
    evidence: dict[str, list[Evidence]] = field(default_factory=dict)
    overrides: list[Override] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    told: list[Telling] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    pauses: list[tuple[float, float]] = field(default_factory=list)
    acts: dict[Actor, dict[str, int]] = field(default_factory=dict)
    looked: int = 0
    probes: dict[str, bool] = field(default_factory=dict)
    """How the last probe of each check ended."""
    broken: dict[int, str] = field(default_factory=dict)
    """Commands that were lost or stopped, by the event that started them."""
    paused: float | None = None

    def did(self, who: Actor, what: str) -> None:
        """Count one act of a person."""
        acts = self.acts.setdefault(who, {})
        acts[what] = acts.get(what, 0) + 1

    def again(self, step: str, **values: Any) -> None:
        """Change what is known of the last attempt of a step."""
        if found := self.attempts.get(step):
            found[-1] = dataclasses.replace(found[-1], **values)
