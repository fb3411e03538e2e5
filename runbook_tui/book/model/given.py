"""What a command is given: parameters, where secrets come from, environments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from runbook_tui.book.model.nodes import Placed
from runbook_tui.frozen import frozen


@frozen
class Secret:
    """Where a secret value comes from; exactly one field is set, or ``ask``."""

    env: str | None = None
    file: str | None = None
    command: str | None = None
    ask: bool = False


@frozen
class Parameter(Placed):
    """A named value that a command needs, given or asked.

    ``lines`` are where it is used. ``placeholder`` is the text in the plan that stands for it in
    a command (``<PR_NUMBER>``); TOML commands use ``${{ name }}``.
    """

    name: str
    description: str = ""
    default: str | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    secret: Secret | None = None
    required: bool = True
    lines: tuple[int, ...] = ()
    placeholder: str | None = None
    declared: bool = True


@frozen
class Environment(Placed):
    """Where a plan is carried out: its values of parameters, and how it is shown.

    ``colour`` is one of red, yellow, green, blue, or empty; ``production``: its name has to be
    typed before a run there begins.
    """

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    colour: str = ""
    production: bool = False
