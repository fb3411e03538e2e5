"""Keys as a terminal sends them to a program (xterm's sequences), and those that come too late."""

from __future__ import annotations

import time

PAUSE = 0.5
"""Seconds without a key after which a person has seen that a command no longer takes keys."""
LONGEST = 2.0
"""Seconds after which keys are heard again, however many come."""

PLAIN = {
    "enter": b"\r", "tab": b"\t", "shift+tab": b"\x1b[Z", "backspace": b"\x7f", "escape": b"\x1b",
    "ctrl+backspace": b"\x08", "shift+enter": b"\r", "ctrl+enter": b"\r",
}  # fmt: skip
CURSOR = {"up": "A", "down": "B", "right": "C", "left": "D", "home": "H", "end": "F"}
LETTERED = {**CURSOR, "f1": "P", "f2": "Q", "f3": "R", "f4": "S"}
NUMBERED = {
    "insert": 2, "delete": 3, "pageup": 5, "pagedown": 6, "f5": 15, "f6": 17, "f7": 18, "f8": 19,
    "f9": 20, "f10": 21, "f11": 23, "f12": 24,
}  # fmt: skip
MODIFIERS = {"shift": 1, "alt": 2, "ctrl": 4}
CONTROLS = {
    "@": 0, "at": 0, "space": 0, "left_square_bracket": 27, "circumflex_accent": 30,
    "underscore": 31, "slash": 31, "minus": 31,
}  # fmt: skip


def typed(key: str, character: str | None, *, application: bool = False) -> bytes:
    """The bytes of a key, as textual names it; empty where it sends nothing.

    ``application``: the program has asked for the other sequences of the cursor keys (xterm's
    mode 1); many know no others.
    """
    if key in PLAIN:
        return PLAIN[key]
    *held, base = key.split("+")
    if base in LETTERED or base in NUMBERED:
        return _moving(base, 1 + sum(MODIFIERS.get(name, 0) for name in held), application)
    if held[-1:] == ["ctrl"] and (code := _control(base)) is not None:
        return b"\x1b" * ("alt" in held) + bytes([code])
    if "alt" in held:
        plain = PLAIN.get(base) or (character or (base if len(base) == 1 else "")).encode()
        return b"\x1b" + plain if plain else b""
    return character.encode() if character else b""


def _moving(base: str, modifier: int, application: bool) -> bytes:
    """A key that has a sequence, with the code of the modifiers that are held."""
    held = f";{modifier}" if modifier > 1 else ""
    if base in NUMBERED:
        return f"\x1b[{NUMBERED[base]}{held}~".encode()
    other = base not in CURSOR or application
    return (
        f"\x1b[1{held}{LETTERED[base]}".encode()
        if held
        else (f"\x1b{'O' if other else '['}{LETTERED[base]}".encode())
    )


def _control(base: str) -> int | None:
    if len(base) == 1 and base.isascii() and base.isalpha():
        return ord(base.lower()) - 96
    return CONTROLS.get(base)


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

    def takes(self, came: float) -> bool:
        """Whether a key is stray; the moment begins again with it. ``came`` is when, in monotonic
        seconds: a busy screen may deal with a key long after it was meant for the command.
        """
        if came >= min(self._heard, self._last):
            return False
        self._heard = came + PAUSE
        return True
