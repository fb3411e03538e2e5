"""Names that are used in a plan must be known where they stand: parameters, and outputs before."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from runbook_tui.book.actions import ACTIONS, action_kind
from runbook_tui.book.conditions import ConditionError, parse
from runbook_tui.book.findings import Fault
from runbook_tui.book.literals import MARK
from runbook_tui.book.model import Check, Phase, Runbook, Step
from runbook_tui.book.places import Place, Places
from runbook_tui.book.spreading import is_spread

UNKNOWN = "is no parameter and no output of an earlier step"


def _outputs(step: Step, places: Places) -> set[str]:
    known = action_kind(step.action) if step.action else None
    if known is None and (step.action is not None or places.lost(step, "action")):
        # Which action was meant is not known: it may put out whatever one does.
        return {*step.outputs, *(name for a in ACTIONS.values() for name in a.outputs)}
    return {*step.outputs, *(known.outputs if known else ())}


def value_faults(runbook: Runbook, places: Places) -> Iterator[tuple[str, Fault]]:
    """Names that a command or condition uses must be known where it stands.

    Each fault comes with the name that is not known; empty where something else is wrong.
    """
    known = {p.name for p in runbook.parameters}
    several: dict[str, str] = {}
    secrets = {p.name for p in runbook.parameters if p.secret is not None}
    for phase in runbook.phases:
        yield from _condition(phase, known, secrets, places)
        for step in phase.walk():
            yield from _condition(step, known, secrets, places)
            own = _outputs(step, places)
            early = step.before or places.lost(step, "before")
            after_before = set(step.outputs) if early else set()
            for item, key, text, more in _texts(step, own, after_before):
                for mark, name in _marks(text):
                    if name not in known and name not in more:
                        why = several.get(name, UNKNOWN)
                        yield from _unknown(mark, name, places.of(item, key), places, why)
            # What a step puts out on several machines is no one value to others.
            words = f"is put out by “{step.title}” on several hosts, for its own commands alone"
            several |= dict.fromkeys(own, words) if is_spread(step) else {}
            known |= set() if is_spread(step) else own


def _texts(
    step: Step, own: Collection[str], after_before: Collection[str]
) -> Iterator[tuple[Step | Check, str, str | None, Collection[str]]]:
    """What of a step uses names: what it belongs to, its key, its text, and the names of the step's
    own that are known there: those of its ``before`` alone, or all that are its ``own``."""
    yield step, "before", step.before, ()
    yield step, "run", step.run, after_before
    yield step, "cwd", step.cwd, ()
    yield step, "undo", step.undo, own
    yield step, "verify_undo", step.verify_undo, own
    yield step, "ready", step.ready, own
    yield step, "undo_ready", step.undo_ready, own
    yield step, "rehearse", step.rehearsal_text, ()
    yield from ((step, "env", text, ()) for text in step.env.values())
    yield from ((step, "hosts", text, ()) for text in step.hosts)
    yield from ((step, "with_", text, ()) for text in step.arguments.values())
    yield from ((check, "probe", check.probe, own) for check in step.checks)


def _marks(text: str | None) -> Iterator[tuple[str, str]]:
    """The marks in a text, each once, with their names."""
    if text and "${{" in text:
        yield from {match.group(0): match.group(1) for match in MARK.finditer(text)}.items()


def _unknown(
    mark: str, name: str, place: Place, places: Places, why: str
) -> Iterator[tuple[str, Fault]]:
    # In Markdown this is somebody else's template; it is asked for when it is run.
    if not place.source or place.source.endswith(".toml"):
        yield name, places.find(mark, place).fault(f"“{name}” {why}")


def _condition(
    item: Phase | Step, known: set[str], secrets: set[str], places: Places
) -> Iterator[tuple[str, Fault]]:
    if item.when is None:
        return
    text, key = item.when, places.of(item, "when")
    start = places.find(text.partition("\n")[0], key, reach=2)

    def at(column: int) -> Place:
        # What is written with escapes is not found; then the key is the best that can be said.
        return key if start == key else _inside(start, text, column)

    try:
        names = parse(text).names
    except ConditionError as error:
        yield "", at(error.column).fault(f"“when”: {error}")
        return
    for name in sorted(names):
        match = re.search(rf"(?<!\w){name}(?!\w)", text)
        place = at(match.start() + 1 if match else 1)
        if name in secrets:
            yield "", place.fault(f"“when” cannot look at the secret “{name}”")
        elif name not in known:
            yield name, place.fault(f"“{name}” {UNKNOWN}")


def _inside(place: Place, text: str, column: int) -> Place:
    """The place of a column of a text that begins at a place."""
    before = text[: column - 1]
    lines = before.count("\n")
    if lines:
        return Place(place.line + lines, len(before) - before.rfind("\n"), place.source)
    return Place(place.line, place.column + column - 1, place.source)
