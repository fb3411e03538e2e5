"""What is recorded of a run's life on other machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Protocol

from runbook_tui.frozen import frozen
from runbook_tui.run.payload import Payload


@frozen
class RunShared(Payload):
    """The run is mirrored to ``remote``, under the refs that begin with ``refs``.

    ``program`` is how built-in actions are called on the lead's machine and ``version`` that of
    the program there: who signs elsewhere must be shown the same commands.
    """

    WIRE: ClassVar[str] = "run.shared"
    remote: str
    refs: str
    program: str = ""
    version: str = ""


@frozen
class VoteRefused(Payload):
    """What somebody on another machine has asked for is not done, and why.

    ``vote`` is where it stands on the remote, ``name`` and ``email`` who it claims to be from.
    ``alarm``: somebody may have tampered with it, or with the remote; then ``vote`` may be the ref
    alone. ``overtaken``: the event that stands where its signature holds on to, so that the
    ``decision`` of that person in that ``role`` ``on`` the gate or sign-off is void.
    """

    WIRE: ClassVar[str] = "vote.refused"
    vote: str
    reason: str
    alarm: bool = False
    node: str = ""
    name: str = ""
    email: str = ""
    overtaken: int | None = None
    role: str | None = None
    on: str | None = None
    decision: str | None = None


class _Recorded(Protocol):
    @property
    def at(self) -> str: ...

    @property
    def payload(self) -> Payload: ...


def alarms(events: Iterable[_Recorded]) -> Iterator[str]:
    """What was refused in a run because it looked tampered with, and which signed decisions came
    too late to count, in words."""
    for event in events:
        said = event.payload
        if isinstance(said, VoteRefused) and said.overtaken is not None:
            what = f"“{said.decision}” on {said.node}, as {said.role}, by {said.name}"
            yield f"void, {event.at[:19]}Z: {what}: {said.reason}"
        elif isinstance(said, VoteRefused) and said.alarm:
            who = f" of {said.name}" if said.name else ""
            yield f"ALARM, {event.at[:19]}Z: {said.vote}{who} is refused: {said.reason}"
