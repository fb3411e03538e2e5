"""Events of ours about people: who was asked again, who raised a hand, who was told what."""

from __future__ import annotations

from typing import ClassVar

from runbook_tui.frozen import frozen
from runbook_tui.run.payload import Payload


@frozen
class ApprovalAsked(Payload):
    """The lead asks anew for a decision whose time was limited; it begins again with this event.

    ``kind`` is what is asked for: the ``gate`` of the node, or the ``sign-off`` that closes it.
    """

    WIRE: ClassVar[str] = "approval.asked"
    node: str
    kind: str
    reason: str


@frozen
class HandRaised(Payload):
    """Somebody wants to be heard, about a node or the run (``""``); it holds nothing up."""

    WIRE: ClassVar[str] = "hand.raised"
    text: str = ""
    node: str = ""


@frozen
class HandLowered(Payload):
    """A hand is down again: one's own, or that of event ``raised``, which the lead has heard."""

    WIRE: ClassVar[str] = "hand.lowered"
    raised: int


@frozen
class Told(Payload):
    """Somebody was told of an alarm over a channel, or could not be.

    ``rung`` is that of the ladder (1 is the lowest; 0: it was told that the alarm is over), ``to``
    who stands there, ``result`` is ``sent`` or ``failed`` with a ``reason``, after so many
    ``attempts``.
    """

    WIRE: ClassVar[str] = "told"
    alarm: str
    rung: int
    channel: str
    result: str
    to: str = ""
    attempts: int = 1
    reason: str = ""


@frozen
class AlarmAcknowledged(Payload):
    """Somebody sees to what an alarm is about; nobody further up its ladder is told."""

    WIRE: ClassVar[str] = "alarm.acknowledged"
    alarm: str
