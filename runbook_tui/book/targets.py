"""Targets of a plan and what measures them: a watch takes its limits and unit from a target."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

from runbook_tui.book.model import Runbook, Threshold, Watch

NO_PROBE = "not measured: no probe"


def named(name: str, targets: Iterable[Threshold]) -> Threshold | None:
    """The target of that name, but for case and blanks."""
    wanted = _plain(name)
    return next((one for one in targets if _plain(one.name) == wanted), None)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def aimed(watch: Watch, target: Threshold) -> Watch:
    """The watch with the limits that the target gives, unless it gives some of its own."""
    own = (watch.below, watch.above, watch.equal)
    title = watch.title or target.name
    unit = watch.unit or target.unit
    if target.value is None or any(limit is not None for limit in own):
        return replace(watch, title=title, unit=unit)
    below, above = _limits(target.op, target.value)
    return replace(watch, title=title, unit=unit, below=below, above=above)


def _limits(op: str, value: float) -> tuple[float | None, float | None]:
    """Below and above what a target of this kind is missed."""
    return {
        ">=": (value, None),
        ">": (math.nextafter(value, math.inf), None),
        "<=": (None, value),
        "<": (None, math.nextafter(value, -math.inf)),
        "=": (value, value),
    }.get(op, (None, None))


def unmeasured(runbook: Runbook) -> Iterator[Threshold]:
    """Targets that nothing measures."""
    measured = {_plain(watch.target) for watch in runbook.watches if watch.target}
    titles = {_plain(watch.title) for watch in runbook.watches}
    for target in runbook.thresholds:
        if _plain(target.name) not in measured | titles:
            yield target


def how(target: Threshold) -> str:
    """What to write so that it is measured."""
    name = target.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'[[watch]] target = "{name}" run = "a command that puts out the number"'
