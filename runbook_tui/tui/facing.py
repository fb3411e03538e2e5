"""The faces of a run beside its main screen: the wall, the help, and hints for who begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_tui.tui.beginning import BeginningApp

if TYPE_CHECKING:
    from runbook_tui.preferences.seen_hints import SeenHints
    from runbook_tui.tui.hinting import Hints
    from runbook_tui.tui.views.tone import Line


class FacingApp(BeginningApp):
    """An application that shows a run in more than one way."""

    seen: SeenHints | None = None
    """Which hints were seen; without it none are given."""
    hints: Hints | None = None

    def show_rollback(self) -> None:
        """As after one press of the panic key."""
        raise NotImplementedError

    def heading(self, width: int) -> list[Line]:
        """Where the run stands, in one line."""
        raise NotImplementedError

    def begin_with(self, screen: str) -> None:
        """Before it is run: what is shown as soon as the run is open, ``rollback`` or ``wall``."""
        shows = {"rollback": self.show_rollback, "wall": self.action_wall}
        self._wanted = shows.get(screen)

    def action_wall(self) -> None:
        """The run in large type, to look at."""
        from runbook_tui.tui.screens.wall import WallScreen

        self.push_screen(WallScreen())

    def action_settings(self) -> None:
        """Every setting, to look at and to change."""
        from runbook_tui.tui.screens.settings import SettingsScreen

        if self.session.guest is not None:
            self.say("in a browser the settings are those of whoever serves", "warn")
            return
        self.push_screen(SettingsScreen(self.heading))

    def action_help(self) -> None:
        """The keys, those of what has the focus first."""
        from runbook_tui.tui.dialogs.help import Help
        from runbook_tui.tui.screens.panes import PaneScreen
        from runbook_tui.tui.screens.why_not import why_not

        screen = self.screen
        if isinstance(screen, PaneScreen):
            self.push_screen(Help("pane" if screen.looks else "list", why_not(screen)))
        else:
            self.push_screen(Help("reading"))

    def begin_hints(self) -> None:
        """From now on hints may be given, to whoever leads."""
        if self.seen is not None and self.session.leads:
            from runbook_tui.tui.hinting import Hints

            self.hints = Hints(self.seen)

    def hint(self) -> None:
        """Say a hint that is of use now, where nothing else is said."""
        if self.hints is not None and not self.messages.text:
            words = self.hints.next(self.session.state)
            if words:
                self.say(words, "accent")
