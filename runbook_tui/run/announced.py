"""What a run's events say of what was announced elsewhere for it, to whoever looks."""

from __future__ import annotations

from runbook_tui.frozen import frozen
from runbook_tui.run.announce_events import Announced

STANDING = frozenset({"opening", "open"})
WORDS = {"alertmanager": "silence", "grafana": "annotation", "generic": "change event",
         "cloudevents": "change event", "pagerduty": "change event"}  # fmt: skip


@frozen
class AnnouncementState:
    """An announcement as the events tell. ``word`` is ``opening`` (begun, and nobody knows whether
    it is there), ``open``, ``closed`` or ``left``: somebody has taken it away there.

    ``since``: epoch seconds since when it is so. ``trouble``: what went wrong last, and why.
    """

    word: str
    since: float
    event: Announced
    ref: str = ""
    trouble: str = ""

    @property
    def stands(self) -> bool:
        """Whether it may stand there now."""
        return self.word in STANDING

    @property
    def what(self) -> str:
        """“silence at alerts.example.com”."""
        return f"{WORDS.get(self.event.form, self.event.form)} at {self.event.where}"
