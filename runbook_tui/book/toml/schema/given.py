"""What a plan is given: parameters, where secrets come from, its environments."""

from __future__ import annotations

from typing import Literal

from runbook_tui.book.toml.schema.values import Strings, Table

SOURCES = ("env", "file", "command")


class SecretTable(Table):
    """Where a secret's value comes from."""

    env: str | None = None
    file: str | None = None
    command: str | None = None


class ParameterTable(Table):
    """A declared parameter."""

    description: str = ""
    default: str | None = None
    choices: Strings = []
    pattern: str | None = None
    secret: bool | SecretTable | None = None
    placeholder: str | None = None
    ask: Literal["first", "when-needed"] = "first"


class EnvironmentTable(Table):
    """Where the plan is carried out."""

    values: dict[str, str] = {}
    colour: Literal["red", "yellow", "green", "blue"] | None = None
    production: bool = False
