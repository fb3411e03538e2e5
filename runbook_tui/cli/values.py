"""Values of parameters: given with ``-p``, defaults, and those to ask a person for."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from runbook_tui.book.merging import meant
from runbook_tui.book.model import Parameter, Runbook, Secret
from runbook_tui.book.plain_text import printable
from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.typed import typed
from runbook_tui.run import sources


@dataclass(kw_only=True)
class Values:
    """``plain`` values are recorded with their ``sources``; ``secret`` ones are kept in memory."""

    plain: dict[str, str] = field(default_factory=dict)
    secret: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    def put(self, parameter: Parameter, value: str, source: str) -> None:
        """Take a value in."""
        if parameter.secret is not None:
            self.secret[parameter.name] = value
            return
        self.plain[parameter.name] = value
        self.sources[parameter.name] = source


def given(pairs: Iterable[str], runbook: Runbook, outputs: Collection[str] = ()) -> Values:
    """What ``-p NAME=VALUE`` gave, held against the plan; raises `Ended` (2).

    ``outputs``: values that steps put out, where they may be given in their place.
    """
    known = {p.name: p for p in runbook.parameters}
    values = Values()
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Ended(exits.USAGE, f"-p {pair}: write it as NAME=VALUE")
        parameter = meant(name, runbook.parameters)
        if parameter is None and name in outputs:
            values.plain[name] = value
            continue
        if parameter is None:
            raise Ended(
                exits.USAGE, f"the plan has no parameter “{name}”", _suggestion(name, known)
            )
        if wrong := unfit(parameter, value):
            raise Ended(exits.USAGE, wrong)
        values.put(parameter, value, sources.GIVEN)
    return values


def put_typed(values: Values, typed: Mapping[str, str], runbook: Runbook) -> None:
    """Take in what a person typed into a form; raises `Ended` (2) where the plan has changed."""
    known = {p.name: p for p in runbook.parameters}
    for name, value in typed.items():
        parameter = known.get(name)
        wrong = unfit(parameter, value) if parameter else f"the plan has no parameter “{name}”"
        if parameter is None or wrong:
            raise Ended(exits.USAGE, wrong, "the plan has changed since it was read: start again")
        values.put(parameter, value, sources.ASKED)


def _suggestion(name: str, known: Mapping[str, Parameter]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    if close:
        return f"did you mean “{close[0]}”?"
    return f"it has {', '.join(known)}" if known else "it has none"


def unfit(parameter: Parameter, value: str) -> str:
    """Why a value cannot be taken; empty where it can."""
    if parameter.choices and value not in parameter.choices:
        return f"{parameter.name} is one of {', '.join(parameter.choices)}"
    if parameter.pattern and not re.fullmatch(parameter.pattern, value):
        return f"{parameter.name} must match {parameter.pattern}"
    if "\0" in value:
        return f"{parameter.name} may not hold a NUL character"
    return ""


def complete(values: Values, runbook: Runbook, folder: str, *, may_ask: bool) -> Values:
    """Defaults put in and what is still missing asked for; raises `Ended` (3) naming all.

    ``folder`` is where the run's secrets are fetched.

    A placeholder of a Markdown plan is asked when a step that uses it starts, not here.
    """
    missing = fill(values, runbook, folder)
    if not missing:
        return values
    if not may_ask:
        names = ", ".join(_named(p) for p in missing)
        raise Ended(
            exits.PLAN_FAULTS, f"values are missing: {names}", "give them with -p NAME=VALUE"
        )
    for parameter in missing:
        values.put(parameter, ask_for(parameter), sources.ASKED)
    return values


def fill(values: Values, runbook: Runbook, folder: str) -> list[Parameter]:
    """Put defaults in; returns the parameters whose value only a person can give."""
    missing: list[Parameter] = []
    for parameter in runbook.parameters:
        if parameter.placeholder == f"${parameter.name}" and not parameter.secret:
            # What a Markdown plan leaves to the terminal is asked for only if that has none.
            found = os.environ.get(parameter.name)
            if found and parameter.name not in values.plain:
                values.put(parameter, found, sources.TERMINAL)
    for parameter in _open(values, runbook):
        if parameter.secret is not None:
            if fetched(parameter.secret, folder) is None:
                missing.append(parameter)
        elif parameter.default is not None:
            values.put(parameter, parameter.default, sources.DEFAULT)
        elif parameter.required:
            missing.append(parameter)
    return missing


def _open(values: Values, runbook: Runbook) -> list[Parameter]:
    return [
        p
        for p in runbook.parameters
        if p.declared and p.name not in values.plain and p.name not in values.secret
    ]


def needs_terminal(values: Values, runbook: Runbook, folder: str) -> bool:
    """Whether a value has to be typed, or a secret's command might ask for a password."""
    commands = any(p.secret and p.secret.command for p in _open(values, runbook))
    return commands or bool(fill(values, runbook, folder))


def _named(parameter: Parameter) -> str:
    secret = parameter.secret
    if secret is None or secret.ask:
        return parameter.name
    return f"{parameter.name} (a secret from {source(secret)})"


def source(secret: Secret) -> str:
    """Where a secret comes from, in words."""
    if secret.env:
        return f"the environment variable {secret.env}"
    if secret.file:
        return f"the file {secret.file}"
    return "a command" if secret.command else "whoever is asked"


def fetched(secret: Secret, folder: str) -> str | None:
    """A secret's value from its source; None where only a person can give it."""
    from runbook_tui import wiring

    return wiring.surroundings().secret(secret, folder)


def secret_missing(parameter: Parameter, held: Iterable[str], folder: str) -> bool:
    """Whether a secret's value can be had from nobody but a person who is asked now."""
    return (
        parameter.secret is not None
        and parameter.name not in held
        and fetched(parameter.secret, folder) is None
    )


def ask_for(parameter: Parameter) -> str:
    """Ask a person until the value fits; a secret is typed unseen."""
    text = parameter.name + (f" ({parameter.description})" if parameter.description else "")
    if parameter.choices:
        text += f" [{', '.join(parameter.choices)}]"
    while True:
        value = asked(text, default=parameter.default, unseen=parameter.secret is not None)
        wrong = unfit(parameter, value)
        if not wrong:
            return value
        say.err(wrong, colour="red")


def asked(text: str, default: str | None = None, *, unseen: bool = False) -> str:
    """One line from the terminal; without a ``default`` one that is not empty."""
    shown = f" [{default}]" if default else ""
    while True:
        line = typed(printable(f"{text}{shown}: "), unseen=unseen)
        if line or default is not None:
            return line or default or ""


def confirmed(question: str, *, default: bool = False) -> bool:
    """Ask y/N on the terminal; Enter alone is the ``default``."""
    answers = "Y/n" if default else "y/N"
    while True:
        word = typed(printable(f"{question} [{answers}]: ")).strip().lower()
        if word in {"y", "yes", "n", "no", ""}:
            return word[:1] == "y" if word else default
        say.err("y or n")
