"""Procedures and their stages, and the text and commands that stand outside the steps."""

from __future__ import annotations

from runbook_tui.book.model.nodes import Placed
from runbook_tui.frozen import frozen


@frozen
class Command(Placed):
    """One block of command text as it stands in the plan (a fence, or a TOML key).

    ``by_hand``: no shell runs it, a person does, in a tool of its own (SQL, PowerShell).
    ``for_failure``: it is for when something went wrong, and no way back by itself.
    """

    id: str
    language: str
    text: str
    runnable: bool = True
    rollback: bool = False
    step: str | None = None
    label: str = ""
    section: str = ""
    by_hand: bool = False
    for_failure: bool = False

    @property
    def kept_for_rollback(self) -> bool:
        """Whether a rollback offers it: it stands outside the steps, and a shell runs it."""
        return self.rollback and self._stands_alone

    @property
    def kept_for_failure(self) -> bool:
        """Whether it is offered beside the rollback, for when something went wrong."""
        return self.for_failure and not self.rollback and self._stands_alone

    @property
    def _stands_alone(self) -> bool:
        return self.runnable and self.step is None and not self.by_hand


@frozen
class StageStep(Placed):
    """One action inside a stage of a procedure; ``run`` is None where it is done by hand."""

    id: str
    title: str
    run: str | None = None


@frozen
class Stage(Placed):
    """A part of a procedure with its time window, in minutes from the procedure's start."""

    id: str
    title: str
    from_minute: float | None = None
    to_minute: float | None = None
    steps: tuple[StageStep, ...] = ()


@frozen
class Procedure(Placed):
    """A staged list of actions. ``kind`` is ``rollback`` or ``recovery``."""

    id: str
    title: str
    kind: str = "rollback"
    applies_to: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()


@frozen
class Section(Placed):
    """Text and commands outside the steps, kept to be read and offered."""

    title: str
    text: str = ""
