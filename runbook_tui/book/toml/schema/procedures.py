"""Procedures with their stages, and text and commands outside the steps."""

from __future__ import annotations

from typing import Literal

from runbook_tui.book.toml.schema.values import Strings, Table, Title, Window


class StageStepTable(Table):
    """One action of a stage."""

    id: str | None = None
    titled: str | None = None
    title: Title
    run: str | None = None


class StageTable(Table):
    """A stage of a procedure."""

    id: str | None = None
    titled: str | None = None
    title: Title
    window: Window | None = None
    steps: list[str | StageStepTable] = []


class ProcedureTable(Table):
    """A staged list of actions."""

    id: str | None = None
    titled: str | None = None
    title: Title
    kind: Literal["rollback", "recovery"] = "rollback"
    applies_to: Strings = []
    stage: list[StageTable] = []


class SectionTable(Table):
    """Text kept to be read."""

    title: str
    text: str = ""
    rollback: bool = False


class CommandTable(Table):
    """A block of commands outside the steps' own, offered or only read."""

    id: str
    language: str = "bash"
    text: str
    runnable: bool = True
    rollback: bool = False
    step: str | None = None
    label: str = ""
    section: str = ""
    by_hand: bool = False
    for_failure: bool = False
