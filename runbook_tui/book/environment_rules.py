"""What the environments of a plan may say: values of its own parameters, and only such as fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbook_tui.book.findings import Fault
from runbook_tui.book.lost import Lost
from runbook_tui.book.merging import meant
from runbook_tui.book.model import Runbook
from runbook_tui.book.places import Places

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def environment_faults(runbook: Runbook, places: Places, lost: Lost) -> Iterator[Fault]:
    """Every environment that could not be chosen as it stands."""
    for one in runbook.environments:
        line, source = max(one.line, 1), one.source
        if not NAME.fullmatch(one.name):
            yield Fault(message=f"“{one.name}” is no name of an environment", line=line,
                        source=source, hint="use letters, digits, “.”, “_” and “-”")  # fmt: skip
        if places.lost(one, "values"):
            continue
        for name, value in one.values.items():
            wrong = _wrong(runbook, name, value, lost)
            if wrong:
                yield Fault(message=f"the environment “{one.name}”: {wrong}", line=line,
                            source=source)  # fmt: skip


def _wrong(runbook: Runbook, name: str, value: str, lost: Lost) -> str:
    parameter = meant(name, runbook.parameters)
    if parameter is None:
        return "" if lost.value(name) else f"the plan has no parameter “{name}”"
    if parameter.secret is not None:
        return f"“{name}” is a secret, and a plan is no place for one"
    if parameter.choices and value not in parameter.choices:
        return f"“{name}” is one of {', '.join(parameter.choices)}"
    try:
        fits = parameter.pattern is None or re.fullmatch(parameter.pattern, value)
    except re.error:
        fits = True  # That it is no pattern is told of the parameter.
    return "" if fits else f"“{name}” must match {parameter.pattern}"
