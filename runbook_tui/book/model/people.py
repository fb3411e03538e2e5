"""Who is called, told and asked, and who has planned what."""

from __future__ import annotations

from runbook_tui.book.model.given import Secret
from runbook_tui.book.model.nodes import Placed
from runbook_tui.frozen import frozen


@frozen
class Contact(Placed):
    """Who answers for a role."""

    role: str
    who: str


@frozen
class Escalation(Placed):
    """Who is told next about a topic, and within how many seconds.

    ``on``: what lets it start by itself: ``overrun``, ``gate``, ``stage``, ``breach``.
    """

    topic: str
    ladder: tuple[str, ...]
    within: float | None = None
    on: tuple[str, ...] = ()


@frozen
class Webhook:
    """An address that is told of alarms; ``form`` is ``generic`` or ``pagerduty``, ``key`` where
    the latter's routing key comes from."""

    url: str = ""
    form: str = "generic"
    key: Secret | None = None


@frozen
class AppriseAddress:
    """An address of Apprise: what it is called in the record, and where it comes from."""

    name: str
    url: Secret


@frozen
class Tell:
    """How people are told of alarms: by a ``command``, by webhooks, by Apprise; nothing of it:
    nobody is."""

    command: str | None = None
    webhooks: tuple[Webhook, ...] = ()
    apprise: tuple[AppriseAddress, ...] = ()


@frozen
class Announcement(Placed):
    """Something elsewhere that says that the run is under way: opened and closed with it.

    ``form``: ``alertmanager`` (a silence for ``matchers``, which ends by itself ``expires`` seconds
    after it was prolonged last), ``grafana`` (an annotation), ``generic``, ``cloudevents`` or
    ``pagerduty`` (change events). ``token`` is where what lets us in comes from. ``applies_to`` are
    the phases, changes and steps during which it stands; none: the whole run.
    """

    id: str
    form: str
    url: str
    token: Secret | None = None
    matchers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    dashboard: str = ""
    panel: int | None = None
    text: str = ""
    expires: float = 900.0
    applies_to: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is called where people read it."""
        return self.id


@frozen
class GateStatement(Placed):
    """A sentence or key that requires an approval; ``before`` is the id of the gated node."""

    approver: str
    before: str | None = None


@frozen
class Team:
    """Who is planned: people, ``effort`` in their hours, ``rate`` per hour."""

    id: str
    people: tuple[str, ...] = ()
    effort: str | None = None
    rate: float | None = None
