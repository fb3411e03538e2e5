"""What commands did: that they were started, how they ended, what was kept of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

from runbook_tui.frozen import frozen
from runbook_tui.run.payload import Payload


@frozen
class CommandStarted(Payload):
    """A command is about to start; recorded before it does.

    ``kind`` is ``before``, ``run``, ``ready``, ``undo``, ``verify_undo``, ``probe``, ``stage`` or
    ``rehearse``.
    ``folder`` is where its supervisor keeps log and exit status. ``environment`` is what it got,
    without what smells of secrets, whose names are ``withheld``; ``sources`` says where a variable
    comes from (`run.sources`), one without is inherited. ``shell`` is its argument vector but
    for the text; ``node`` the check that a probe is for. ``host`` is the machine it runs on, where
    that is another; ``cwd``, ``shell`` and ``environment`` are those there.
    """

    WIRE: ClassVar[str] = "command.started"
    attempt: int
    kind: str
    text: str
    cwd: str
    shell: tuple[str, ...]
    folder: str
    environment: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    timeout: float | None = None
    interactive: bool = False
    node: str = ""
    host: str = ""


@frozen
class CommandFinished(Payload):
    """How a command ended: ``exit``, or ``signal``, or ``lost``.

    ``bytes`` counts its output, ``dropped`` what of it the log did not keep, ``digest`` is the
    log's sha256. ``lingered``: others that it had started went on and may have put out more.
    ``reason`` is why it did not start, or why its output was not kept. ``ended`` is when it did,
    in UTC: before the event where nobody looked on. ``not_run``: nothing of it was begun on the
    machine where it was to run, for certain.
    """

    WIRE: ClassVar[str] = "command.finished"
    attempt: int
    kind: str
    folder: str
    exit: int | None = None
    signal: int | None = None
    lost: bool = False
    timed_out: bool = False
    stopped: bool = False
    seconds: float = 0.0
    ended: str | None = None
    bytes: int = 0
    dropped: int = 0
    digest: str = ""
    lingered: bool | None = None
    reason: str = ""
    not_run: bool = False


@frozen
class EvidenceKept(Payload):
    """A file that the step names as evidence, as it was at the end of an attempt.

    ``name`` is its name from the step's folder, ``file`` that of the copy from the run's folder,
    ``bytes`` and ``digest`` (sha256) those of the copy. Where nothing was kept ``reason`` says why,
    and ``name`` may be the pattern that names nothing.
    """

    WIRE: ClassVar[str] = "evidence.kept"
    attempt: int
    name: str
    file: str = ""
    bytes: int = 0
    digest: str = ""
    reason: str = ""


@frozen
class ParameterCaptured(Payload):
    """A value became known: ``source`` is ``-p``, ``asked`` or ``output``.

    ``usable`` is False for an output that the step did not declare, or that cannot be used for
    the ``reason`` given: it holds a secret (``value`` is masked then), or is too long to be kept.
    """

    WIRE: ClassVar[str] = "parameter.captured"
    name: str
    value: str
    source: str = "output"
    usable: bool = True
    reason: str = ""


@frozen
class OutputPruned(Payload):
    """The logs of the commands that had ended by now were removed, to save room.

    So were the files that had been kept as evidence, which ``files`` counts. ``bytes`` is what all
    of them took up on the disk. Nothing of the run itself.
    """

    WIRE: ClassVar[str] = "output.pruned"
    logs: int
    bytes: int
    files: int | None = None
