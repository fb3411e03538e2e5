"""An application that says things at the bottom of its screens, and asks for lines of text."""

from __future__ import annotations

from collections.abc import Callable

from runbook_tui.preferences.model import DEFAULTS, Preferences
from runbook_tui.tui.keys_ahead import KeyedApp
from runbook_tui.tui.messages import Messages


class SpeakingApp(KeyedApp):
    """An application with one line for what is said last."""

    def __init__(self, preferences: Preferences = DEFAULTS) -> None:
        super().__init__(preferences)
        self.messages = Messages()

    @property
    def said(self) -> str:
        """What stands in the message line."""
        return self.messages.text

    @property
    def said_tone(self) -> str:
        """The tone of the message."""
        return self.messages.tone

    def say(self, text: str, tone: str = "dim") -> None:
        """A message at the bottom, until the next or until it is outdated."""
        self.messages.say(text, tone)
        self.show_message()

    def show_message(self) -> None:
        """Draw the message line again, that of the screens below, too: they are come back to."""
        # An answer may come when the last screen has gone.
        for screen in self.screen_stack:
            for part in screen.query("#said"):
                part.refresh(layout=True)

    def settle_message(self) -> None:
        """Drop a message that is outdated."""
        if self.messages.settle():
            self.show_message()

    def with_text(
        self,
        question: str,
        then: Callable[[str], object],
        *,
        secret: bool = False,
        value: str = "",
    ) -> None:
        """Ask for a line of text, ``value`` to begin with; leaving it changes nothing."""
        from runbook_tui.tui.dialogs.ask import AskText

        def answered(text: str | None) -> None:
            if text is not None:
                then(text)

        self.push_screen(AskText(question, secret=secret, value=value), answered)
