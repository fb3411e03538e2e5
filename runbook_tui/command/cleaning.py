"""What a program puts out, made ready for an emulator, in pieces of any size.

Strings for the terminal itself (titles, clipboard, images, queries with answers) are taken out:
nothing here could answer them, and no emulator has to know where they end.
"""

from __future__ import annotations

import codecs
import re

from runbook_tui.command.characters import RARE, Clusters, cluster, shown, width
from runbook_tui.command.sgr import plain_codes

LONGEST = 256
"""Characters of one sequence; what is longer is passed on as it comes."""
OPEN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[ -/]*)")
BEGIN = re.compile(r"\x1b([\]PX^_])")
END = re.compile(r"\x1b\\?|\x07|\x18|\x1a")
BROKEN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[ -/]*)(?![ -~])")
"""A sequence in the middle of which something else begins."""
IDLE = re.compile(r"[\x00-\x07\x10-\x1a\x1c-\x1f]")
"""Controls that change nothing that is seen."""
FINE_SGR = re.compile(r"\x1b\[([0-9;]*(?::|(?<![0-9])58(?![0-9]))[0-9;:]*)m")
PRIVATE = re.compile(
    r"\x1b\[(?:[<=>][0-?]*[ -/]*[@-~]|\?[0-?]*[ -/]+[@-~]|\?[0-?]*[A-IL-Za-gi-km-z]"
    r"|[0-9;:]*[ \"-/]+[@-~])"
)
"""What only asks, or sets what is not shown here; some emulators print it."""
SEQUENCE = re.compile(r"(\x1b(?:\[[0-?]*[ -/]*[@-~]|[ -/]*[0-~])|[\x00-\x1f])")


class Cleaner:
    """Bytes in, text for an emulator out; where the bytes are cut makes no difference."""

    def __init__(self, clusters: Clusters) -> None:
        self._clusters = clusters
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self._inside = False
        self._last = ""

    def feed(self, data: bytes) -> tuple[str, str]:
        """What stands in place of the last character of the piece before, where this one begins
        with marks for it (else empty), and the next piece. A sequence waits for its end."""
        text = self._held + self._decoder.decode(data)
        self._held = ""
        at = text.rfind("\x1b", max(0, len(text) - LONGEST))
        if at >= 0 and OPEN.fullmatch(text, at):
            text, self._held = text[:at], text[at:]
        if "\x1b" in text:
            text = BROKEN.sub("", text)
        if self._inside or BEGIN.search(text):
            text = self._without_strings(text)
        if "\x1b" in text:
            text = PRIVATE.sub("", FINE_SGR.sub(_plain, text))
        text = IDLE.sub("", shown(text))
        if not text:
            return "", ""
        if text.isascii():
            self._last = _last(text)
            return "", text
        return self._joined(text)

    def _without_strings(self, text: str) -> str:
        kept: list[str] = []
        at = 0
        while True:
            if self._inside:
                end = END.search(text, at)
                if end is None:
                    break
                # Any other sequence ends a string, and is carried out.
                at = end.start() if end[0] == "\x1b" else end.end()
                self._inside = False
            begin = BEGIN.search(text, at)
            kept.append(text[at : begin.start() if begin else len(text)])
            if begin is None:
                break
            at = begin.end()
            self._inside = True
        return "".join(kept)

    def _joined(self, text: str) -> tuple[str, str]:
        text = self._clusters.foreign(text)
        if RARE.search(text) is None:
            self._last = _last(text)
            return "", text
        count = next((n for n, char in enumerate(text) if not _is_mark(char)), len(text))
        instead = ""
        if count and self._last:
            instead = self._last = self._clusters.one(
                cluster(self._clusters.decode(self._last), text[:count])
            )
        parts = SEQUENCE.split(text[count:])
        parts[::2] = [self._clusters.encode(part) for part in parts[::2]]
        text = "".join(parts)
        self._last = _last(text) if text else self._last
        return instead, text


def _is_mark(char: str) -> bool:
    return RARE.match(char) is not None and not width(char)


def _plain(match: re.Match[str]) -> str:
    codes = plain_codes(match[1])
    return "" if codes is None else f"\x1b[{codes}m"


def _last(text: str) -> str:
    """The character that marks may follow; empty after a sequence, and where it is a wide one."""
    at = text.rfind("\x1b", max(0, len(text) - LONGEST))
    ended = SEQUENCE.match(text, at) if at >= 0 else None
    if text[-1] < " " or (ended is not None and ended.end() == len(text)):
        return ""
    return text[-1] if width(text[-1]) == 1 else ""
