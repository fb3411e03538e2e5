"""How wide characters are, which are never shown, and marks that stand on the one before them.

Widths are those of wcwidth, which comes with pyte; Unicode's format characters (among them those
that turn the direction of writing) never reach a pane.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

FORMATS = (
    "\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f"
)
SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""They ask for another picture of the same character; terminals disagree on its width."""
UNSEEN = re.compile(rf"[\x7f-\x9f\ud800-\udfff{FORMATS}{SELECTORS}]")
CONTROL = re.compile(rf"[\x00-\x1f\x7f-\x9f\ud800-\udfff{FORMATS}]")
"""What must never reach the terminal of a person."""
HIDDEN = re.compile(
    r"\x1b\[[0-9;:?<>=]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]?"  # other escapes
    r"|[^\n]\x08",  # struck over
    re.MULTILINE,
)
"""What of a line is not seen, where it only is to be read."""
SIMPLE = (
    "\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0590\u1e00-\u200a\u2010-\u2027"
    "\u202f-\u205f\u2070-\u20cf\u2100-\u3029\u3030-\u3098\u309b-\ua66e\uac00-\ud7a3\ue000-\ufaff"
    "\uff00-\uffef\U0001f000-\U0001faff"
)
"""Characters that never stand on another one."""
RARE = re.compile(rf"[^\x00-\x1f{SIMPLE}]")
MOST_MARKS = 8
CLUSTERS = range(0xF0000, 0xFFFFE)
"""Characters of private use that stand for one with its marks while an emulator holds them."""


@lru_cache(maxsize=1 << 14)
def width(char: str) -> int:
    """Columns of a printable character: 0 for a mark, 1, or 2."""
    import wcwidth

    return max(0, wcwidth.wcwidth(char))


def shown(text: str) -> str:
    """The text without what is never shown."""
    return text if text.isascii() and "\x7f" not in text else UNSEEN.sub("", text)


def clusters(text: str) -> Iterator[tuple[str, int]]:
    """Each character with the marks on it, and its columns.

    A mark that nothing stands before comes alone and has no column."""
    if text.isascii():
        for char in text:
            yield char, 1
        return
    held, columns = "", 0
    for char in text:
        wide = width(char)
        if wide == 0 and held:
            # One with two columns and a mark is another picture for every terminal.
            held = cluster(held, char) if columns == 1 else held
            continue
        if held:
            yield held, columns
        held, columns = (char, wide) if wide else ("", 0)
        if not wide:
            yield char, 0
    if held:
        yield held, columns


def cluster(base: str, marks: str) -> str:
    """A character with more marks, but never with very many."""
    return (base + marks)[:MOST_MARKS]


class Clusters:
    """Gives every character with marks a character of its own, so that it takes one cell."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._texts: dict[int, str] = {}

    def encode(self, text: str) -> str:
        """Plain text, without sequences, for an emulator."""
        if RARE.search(text) is None:
            return text
        return "".join(
            self.one(found) if len(found) > 1 else found * bool(columns)
            for found, columns in clusters(text)
        )

    def one(self, text: str) -> str:
        """The character that stands for a cluster; without its marks when there are too many."""
        found = self._known.get(text)
        if found is None:
            if len(self._known) >= len(CLUSTERS):
                return text[0]
            found = self._known[text] = chr(CLUSTERS[len(self._known)])
            self._texts[ord(found)] = text
        return found

    def decode(self, text: str) -> str:
        """What an emulator holds, as it is shown."""
        return text.translate(self._texts) if self._texts and not text.isascii() else text

    def foreign(self, text: str) -> str:
        """The text without a program's own use of these characters."""
        return re.sub(f"[{chr(CLUSTERS[0])}-{chr(CLUSTERS[-1])}]", "\ufffd", text)
