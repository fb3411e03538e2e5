"""Events of the way back: how a step would be taken back, and how it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

from runbook_tui.frozen import frozen
from runbook_tui.run.payload import Payload


@frozen
class UndoArmed(Payload):
    """How the step is taken back, as far as known; a later one completes an earlier one.

    ``kind`` is ``command``, ``manual``, ``none``, ``irreversible`` or ``nothing`` (it only looks).
    ``text`` and ``verify`` still hold each name in ``missing``, at ``places`` and
    ``verify_places`` (``START-END NAME``) and nowhere else: a value may look like a name.
    ``withheld`` names the variables that the step had and that are not written down: they smell
    of secrets. ``timeout`` is how many seconds it may take, where the plan says so. ``ready``
    says whether the undo could work now, with names at ``ready_places``. ``host`` is where it
    acts, as in `CommandStarted`; ``ssh`` what carried its step there, where that was not plain
    ``ssh``.
    """

    WIRE: ClassVar[str] = "undo.armed"
    kind: str
    text: str = ""
    verify: str = ""
    missing: tuple[str, ...] = ()
    places: tuple[str, ...] | None = None
    verify_places: tuple[str, ...] | None = None
    secrets: tuple[str, ...] = ()
    cwd: str = ""
    shell: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()
    timeout: float | None = None
    reason: str = ""
    ready: str = ""
    ready_places: tuple[str, ...] = ()
    host: str = ""
    ssh: str = ""


@frozen
class RollbackOpened(Payload):
    """Somebody looks at the rollback; nothing has changed yet."""

    WIRE: ClassVar[str] = "rollback.opened"
    scope: str = ""


@frozen
class RollbackClosed(Payload):
    """The rollback screen was left without starting, or the rollback was stopped."""

    WIRE: ClassVar[str] = "rollback.closed"
    stopped: bool = False


@frozen
class RollbackStarted(Payload):
    """The rollback runs: ``steps`` in the order in which they are undone.

    ``watch`` is the one whose breach has started it; None where a person has.
    """

    WIRE: ClassVar[str] = "rollback.started"
    scope: str
    node: str = ""
    steps: tuple[str, ...] = ()
    past_floor: bool = False
    budget: float | None = None
    watch: str | None = None


@frozen
class UndoStarted(Payload):
    """One undo begins."""

    WIRE: ClassVar[str] = "undo.started"
    attempt: int = 1


@frozen
class UndoAmended(Payload):
    """From now on ``text`` runs in place of ``was`` when the step is taken back.

    A person has edited it, for ``reason``; or it goes on ``from_line`` (1 is the first) of what
    failed half-way. ``from_line`` is 0 where it was edited.
    """

    WIRE: ClassVar[str] = "undo.amended"
    text: str
    was: str
    reason: str = ""
    from_line: int = 0


@frozen
class UndoFinished(Payload):
    """One undo is over: ``done``, ``failed``, ``taken back`` (by hand), ``none``, ``stays``.

    ``stays``: a person says so, of work of hands or of an undo that failed. ``not tried``: it
    waited for one that failed. Another `UndoStarted` after it is another attempt. Of a step that
    was only rehearsed: ``rehearsed`` (it would have been ready) or ``not ready``.
    """

    WIRE: ClassVar[str] = "undo.finished"
    result: str
    exit: int | None = None
    reason: str = ""


@frozen
class RollbackFinished(Payload):
    """The rollback is over: ``complete`` or ``incomplete``, and what remains."""

    WIRE: ClassVar[str] = "rollback.finished"
    result: str
    remaining: tuple[str, ...] = ()
    seconds: float = 0.0


@frozen
class SeveritySet(Payload):
    """How bad a person says it is: 1 is the worst, 3 the least; 0 takes the word back."""

    WIRE: ClassVar[str] = "severity.set"
    level: int
