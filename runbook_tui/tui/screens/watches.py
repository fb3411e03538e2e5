"""The watches: how each stands, what it was in this run, and what a breach wants of a person."""

from __future__ import annotations

import shutil
import threading
from typing import ClassVar

from textual.binding import Binding, BindingType

from runbook_tui.book.plain_text import printable
from runbook_tui.run.leading import not_lead
from runbook_tui.run.requests import OverrideWatch
from runbook_tui.run.watch_holds import RED
from runbook_tui.tui.screens.reading import ReadingScreen
from runbook_tui.tui.views import watching
from runbook_tui.tui.views.gauges import Gauge, gauges
from runbook_tui.tui.views.leaving import leaving
from runbook_tui.tui.views.tone import Line

OPENERS = ("xdg-open", "open", "wslview")
DETACHED = 'exec setsid -f "$0" "$1" >/dev/null 2>&1 </dev/null'
PATIENCE = 10.0


class WatchesScreen(ReadingScreen):
    """What is measured, and what else the plan wants to be kept an eye on."""

    OWN_KEY = "w"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "leave", "back", id="watches", show=False),
        Binding("o", "open", "open", id="watch-open", tooltip="its dashboard, in a browser"),
        Binding("a", "override", "override", id="watch-override",
                tooltip="go on though it is red, with a reason"),
    ]  # fmt: skip

    def on_mount(self) -> None:
        """The cursor stands on the first watch."""
        super().on_mount()
        self.rows.put_cursor(1)

    def about(self, width: int) -> list[Line]:
        """Who measures."""
        session = self.app.session
        state = session.state
        if not state.runbook.watches:
            return [[]]
        if state.rehearsal:
            return [[(" nothing is measured in a rehearsal", "dim")]]
        if session.leads:
            return [[(" measured here, while this program or `resume --no-tui --watch` runs",
                      "dim")]]  # fmt: skip
        if session.leaderless:
            return [[(" nobody leads: nothing is measured; shown is what was recorded", "warn")]]
        who = printable(state.lead.name, 40) if state.lead is not None else "the lead"
        return [[(f" measured where {who} leads; shown is what is recorded, once a minute or so",
                  "dim")]]  # fmt: skip

    def keys(self, width: int) -> Line:
        """What can be done here."""
        return leaving(self.OWN_KEY, width, ("o", "dashboard"), ("a", "override"))

    def count(self) -> int:
        """The rows as they are now."""
        session = self.app.session
        now = self.app.now()
        self._gauges = {
            gauge.watch.id: gauge for gauge in gauges(session.state, session.measured(), now)
        }
        width = max(20, self.size.width - 2)
        self._rows = watching.rows(session.state, tuple(self._gauges.values()), now, width)
        return len(self._rows)

    def paint(self, row: int, width: int) -> Line:
        """One row."""
        return self._rows[row].line if row < len(self._rows) else []

    @property
    def _chosen(self) -> Gauge | None:
        row = self.rows.cursor
        id_ = self._rows[row].watch if row < len(self._rows) else ""
        if not id_:
            # The heading, or what stands behind the watches: the one that is red, if one alone is.
            red = [g for g in self._gauges.values() if g.recorded.standing in RED]
            return red[0] if len(red) == 1 else None
        return self._gauges.get(id_)

    def action_open(self) -> None:
        """Open the dashboard of the chosen watch in a browser; it is copied where there is none."""
        gauge = self._chosen
        link = watching.dashboard(self.state, gauge.watch) if gauge is not None else ""
        if not link:
            self.app.say("choose a watch with a dashboard", "warn")
            return
        session = self.app.session
        path = session.environment.get("PATH")
        named = session.environment.get("BROWSER", "").split(":")[0]
        # Who looks from a browser is not where this program would open one.
        known = (named, *OPENERS) if session.guest is None else ()
        opener = next((p for p in known if p and shutil.which(p, path=path)), "")
        if not opener:
            self.app.copy_to_clipboard(link)
            self.app.say(f"no browser is known here; copied: {link}", "warn")
            return

        def start() -> None:
            argv = ("sh", "-c", DETACHED, opener, link)
            outcome = session.runner.run(argv, environment=session.environment, timeout=PATIENCE)
            worked = outcome.exit == 0
            self.app.post(
                self.app.Said(f"opened: {link}" if worked else f"{opener} failed: {link}")
            )

        threading.Thread(target=start, name="browser", daemon=True).start()

    def action_override(self) -> None:
        """Go on though the chosen watch is red: asks why."""
        gauge = self._chosen
        if gauge is None or gauge.recorded.standing not in RED:
            words = "this one is neither breached nor, three times in a row, unknown"
            none = "choose a watch that is breached or unknown"
            self.app.say(none if gauge is None else f"nothing to override: {words}", "warn")
            return
        if refusal := not_lead(self.state, self.app.session.actor, "override a watch"):
            self.app.say(refusal.reason, "warn")
            return
        watch = gauge.watch.id
        self.app.with_text(
            f"Why go on though “{gauge.title}” is {gauge.word}?",
            lambda why: self.app.ask(OverrideWatch(watch=watch, reason=why)),
        )
