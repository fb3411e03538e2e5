"""The message line: what was said last, until it is outdated."""

from __future__ import annotations

import time

from runbook_tui.book.plain_text import printable

READABLE = 5.0
"""Seconds that a message stays at least, so that it can be read, unless another follows."""
LONGEST = 30.0
"""Seconds after which any message is old."""


class Messages:
    """One message at a time. What is ``lasting`` stays until it is taken back."""

    def __init__(self, text: str = "") -> None:
        self.text = printable(text, 400)
        self.tone = "warn" if text else "dim"
        self._said = time.monotonic()
        self._outdated = False
        self._lasting = False
        self._trouble = ""

    def say(self, text: str, tone: str = "dim", *, lasting: bool = False) -> None:
        """Replace what stands there."""
        self.text, self.tone = printable(text, 400), tone
        self._said = time.monotonic()
        self._outdated = False
        self._lasting = lasting

    def outdate(self) -> None:
        """The run has gone on: what was said may hold no longer."""
        self._outdated = True

    def answer(self, asked: float) -> None:
        """What was asked at a time is done: what was said before it holds no longer."""
        if self._said <= asked and not self._lasting:
            self.say("")

    def mind(self, trouble: str) -> bool:
        """What keeps the journal from being written stands here, unless something was said since;
        empty: it no longer does. True where the line is another."""
        before, self._trouble = self._trouble, trouble
        if trouble and (trouble != before or not self.text):
            self.say(trouble, "bad", lasting=True)
            return True
        if not trouble and self._lasting:
            self.say("")
            return True
        return False

    def settle(self) -> bool:
        """Drop a message that is outdated or old; True where it is gone."""
        age = time.monotonic() - self._said
        if not self.text or self._lasting:
            return False
        if age < READABLE or (age < LONGEST and not self._outdated):
            return False
        self.say("")
        return True
