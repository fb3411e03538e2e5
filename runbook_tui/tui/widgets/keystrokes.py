"""Keys as a terminal sends them to a program (xterm's sequences), and those that come too late."""

from __future__ import annotations

import time

PAUSE = 0.5
"""Seconds without a key after which a person has seen that a command no longer takes keys."""
LONGEST = 2.0
"""Seconds after which keys are heard again, however many come."""

SEQUENCES = {
    "enter": b"\r", "tab": b"\t", "shift+tab": b"\x1b[Z", "backspace": b"\x7f", "escape": b"\x1b",
    "up": b"\x1b[A", "down": b"\x1b[B", "right": b"\x1b[C", "left": b"\x1b[D",
    "home": b"\x1b[H", "end": b"\x1b[F", "insert": b"\x1b[2~", "delete": b"\x1b[3~",
    "pageup": b"\x1b[5~", "pagedown": b"\x1b[6~",
    "f1": b"\x1bOP", "f2": b"\x1bOQ", "f3": b"\x1bOR", "f4": b"\x1bOS", "f5": b"\x1b[15~",
    "f6": b"\x1b[17~", "f7": b"\x1b[18~", "f8": b"\x1b[19~", "f10": b"\x1b[21~",
    "f11": b"\x1b[23~", "f12": b"\x1b[24~",
}  # fmt: skip


def typed(key: str, character: str | None) -> bytes:
    """The bytes of a key, as textual names it; empty where it sends nothing."""
    if key in SEQUENCES:
        return SEQUENCES[key]
    if key.startswith("ctrl+") and len(key) == 6 and key[5].isalpha():
        return bytes([ord(key[5].lower()) - 96])
    if key.startswith("alt+") and character:
        return b"\x1b" + character.encode()
    return character.encode() if character else b""


def pasted(text: str, *, brackets: bool) -> bytes:
    """The bytes of a paste, as a terminal sends them: Enter between its lines.

    In brackets a shell does not run it line by line; the text cannot end them itself. A program
    that has not asked for brackets would take them for text, in a password too.
    """
    lines = text.replace("\r\n", "\r").replace("\n", "\r")
    if not brackets:
        return lines.encode()
    return b"\x1b[200~" + lines.replace("\x1b[201~", "").encode() + b"\x1b[201~"


class StrayKeys:
    """Keys on their way to a command that has ended meanwhile: nobody meant them for us."""

    def __init__(self) -> None:
        self._heard = self._last = 0.0

    def expect(self) -> None:
        """From now on keys are stray, until none has come for a moment."""
        now = time.monotonic()
        self._heard, self._last = now + PAUSE, now + LONGEST

    @property
    def expected(self) -> bool:
        """Whether a key that comes now is stray."""
        return time.monotonic() < min(self._heard, self._last)

    def takes(self) -> bool:
        """Whether the key that has come is stray; the moment begins again with it."""
        if not self.expected:
            return False
        self._heard = time.monotonic() + PAUSE
        return True
