"""The rules for steps on other machines."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from runbook_tui.book.findings import Fault
from runbook_tui.book.hosts import wrong_with
from runbook_tui.book.literals import MARK
from runbook_tui.book.model import Change, Check, Phase, Runbook, Step
from runbook_tui.book.places import Place, Places
from runbook_tui.book.spreading import ids_of, is_spread


def on_hosts(runbook: Runbook, places: Places) -> Iterator[Fault]:
    """Every fault in what a plan says of other machines."""
    steps = list(runbook.walk())
    taken = _ids(runbook, steps) if any(is_spread(step) for step in steps) else frozenset[str]()
    for step in steps:
        yield from _hosts(step, places, taken)


def _ids(runbook: Runbook, steps: list[Step]) -> frozenset[str]:
    """The ids of all nodes."""
    checks: list[Check] = [*runbook.criteria, *(c for step in steps for c in step.checks)]
    nodes: list[Phase | Change] = [*runbook.phases]
    nodes += [c for p in runbook.phases for c in p.changes]
    checks += [c for node in nodes for c in node.criteria]
    return frozenset(item.id for item in (*steps, *checks, *nodes))


def _hosts(step: Step, places: Places, taken: Collection[str]) -> Iterator[Fault]:
    at = places.of(step, "host")
    if at == places.of(step):
        at = places.of(step, "hosts")
    for name in step.hosts:
        # What is put in later is looked at then; "x" stands for any good value.
        if wrong := wrong_with(MARK.sub("x", name)):
            yield at.fault(f"“{name}” is no host: {wrong}", "use the name that you give to ssh")
    if step.hosts and step.action is not None:
        yield at.fault(
            "a built-in action runs on this machine alone",
            "use run instead of action, or take the host out",
        )
    elif is_spread(step):
        yield from _several(step, at, places, taken)
    elif step.batch is not None or step.max_failures:
        key = "batch" if step.batch is not None else "max_failures"
        yield places.of(step, key).fault(
            f"“{key}” is for a step on several hosts", 'name them: hosts = ["a", "b"]'
        )


def _several(step: Step, at: Place, places: Places, taken: Collection[str]) -> Iterator[Fault]:
    if twice := sorted({h for h in step.hosts if step.hosts.count(h) > 1}):
        yield at.fault(f"it is named twice: {', '.join(twice)}", "name each host once")
    if step.steps:
        yield at.fault(
            "a step on several hosts holds no other steps", "give each of those its hosts"
        )
    if step.run is None and not places.lost(step, "run"):
        yield at.fault("a step on several hosts needs a command", "say run")
    for id_ in ids_of(step):
        if id_ in taken:
            yield at.fault(
                f"on its host it is called “{id_}”, and so is something else",
                "give one of them another id",
            )
