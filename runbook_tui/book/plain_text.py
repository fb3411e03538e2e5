"""Text we did not write, made safe to show: never a control sequence, never hidden direction."""

from __future__ import annotations

import re

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def printable(text: str, limit: int | None = None, *, lines: bool = False) -> str:
    """The text with control characters and overrides of direction as visible escapes.

    One line unless ``lines``; cut to ``limit`` characters with an ellipsis.
    """
    if limit is not None and len(text) > limit:
        text = text[: max(0, limit - 1)] + "…"
    text = UNSAFE.sub(_visible, text)
    return text.replace("\t", "    ") if lines else re.sub(r"[\t\n]+", " ", text)


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group(0))
    if code == 0x1B:
        return "␛"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
