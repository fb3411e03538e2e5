"""What is measured, above the message line: no row where the plan watches nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Size

from runbook_tui.tui.views.gauges import gauges
from runbook_tui.tui.views.guarding import lines
from runbook_tui.tui.views.tone import Line
from runbook_tui.tui.widgets.painted import Lines

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp

WIDE = (100, 30)


class Guard(Lines):
    """A banner where a watch is not green, and a row of all where there is room. Never focused, and
    it takes no key: what it says is done elsewhere."""

    app: RunbookApp

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(lambda width, height: self._now(width), id=id)
        self._breached: frozenset[str] = frozenset()
        self._high = 0

    def on_mount(self) -> None:
        """What is red already when somebody comes is seen, and rings no more."""
        self._breached = self.app.session.state.breached

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are to say."""
        self._high = len(self._now(width))
        return self._high

    def settle(self) -> None:
        """Draw it as it is now, and ring for a breach that is new."""
        state = self.app.session.state
        if not state.runbook.watches:
            return
        if state.breached - self._breached:
            self.app.bell()
        self._breached = state.breached
        if len(self._now(self.size.width)) != self._high:
            self.refresh(layout=True)
        else:
            self.renew()

    def _now(self, width: int) -> list[Line]:
        session = self.app.session
        if not session.state.runbook.watches:
            return []
        now = self.app.now()
        found = gauges(session.state, session.measured(), now)
        size = self.app.size
        wide = size.width >= WIDE[0] and size.height >= WIDE[1]
        return lines(session.state, found, now, width or size.width, wide=wide)
