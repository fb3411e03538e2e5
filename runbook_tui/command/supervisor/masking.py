"""Masking of secrets in a stream, before anything of it is written.

Looks for each value, its lines, and its base64, URL-quoted, JSON-escaped and shell-quoted forms,
the longest first. Not guaranteed: a program can print a secret in a form that nobody foresees,
base64 may be broken into lines inside of it, and values under 4 characters are too common to mask.
"""

import base64
import json
import re
import shlex
import urllib.parse
from collections.abc import Callable

MASK = b"***"
SHORTEST = 4
SHORTEST_CODED = 8


def forms(secrets: "list[str]") -> "list[bytes]":
    """All byte strings to look for, the longest first."""
    found: "set[bytes]" = set()
    for value in secrets:
        parts = {value, value.strip(), *value.splitlines(), *map(str.strip, value.splitlines())}
        for part in parts:
            if len(part) >= SHORTEST:
                found |= _forms(part)
    return sorted(found, key=lambda form: (-len(form), form))


def _forms(text: str) -> "set[bytes]":
    raw = text.encode("utf-8", "surrogateescape")
    quoted = urllib.parse.quote(raw, safe="")
    escaped = json.dumps(text)[1:-1]
    plain = json.dumps(text, ensure_ascii=False)[1:-1]
    texts = {
        quoted, quoted.replace("%20", "+"), urllib.parse.quote(raw), quoted.lower(),
        escaped, escaped.replace("/", "\\/"), plain, plain.replace("/", "\\/"),
        shlex.quote(text)[1:-1] if shlex.quote(text) != text else text,
        text.replace("'", "'\\''"),
        re.sub(r"([^\w@%+=:,./-])", r"\\\1", text),
        # A terminal ends lines with CR LF.
        text.replace("\n", "\r\n"),
    }  # fmt: skip
    found = {raw, *(t.encode("utf-8", "surrogateescape") for t in texts)}
    for offset in range(3):
        coded = _coded(raw, offset)
        if len(coded) >= SHORTEST_CODED:
            found |= {coded, coded.translate(bytes.maketrans(b"+/", b"-_"))}
    whole = base64.b64encode(raw)
    return found | {whole, base64.urlsafe_b64encode(raw)}


def _coded(raw: bytes, offset: int) -> bytes:
    """What of base64 depends on ``raw`` alone, where it begins ``offset`` bytes into a triple."""
    coded = base64.b64encode(bytes(offset) + raw)
    return coded[(offset * 8 + 5) // 6 : (offset + len(raw)) * 8 // 6]


def whole(secrets: "list[str]") -> "Callable[[bytes], bytes]":
    """What masks a text that is there as a whole.

    Short secrets too: of a value that is to be used, unlike of output, too much may be masked.
    """
    short = {s.encode("utf-8", "surrogateescape") for s in secrets if 0 < len(s) < SHORTEST}
    found = [*forms(secrets), *sorted(short, key=len, reverse=True)]
    pattern = re.compile(b"|".join(map(re.escape, found)))
    return lambda data: pattern.sub(MASK, data) if found else data


class Masker:
    """Masks a stream; whatever the chunks it comes in, the result is that of the whole."""

    def __init__(self, secrets: "list[str]") -> None:
        self._patterns = forms(secrets)
        self._longest = len(self._patterns[0]) if self._patterns else 0
        self._pattern = re.compile(b"|".join(map(re.escape, self._patterns)))
        self._starts: "dict[bytes, list[bytes]]" = {}
        for form in self._patterns:
            self._starts.setdefault(form[:SHORTEST], []).append(form)
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """What may be written now; what could be the beginning of a secret is held back.

        It is held over a pause, too: the rest may come later, and a prompt does not often end
        like a secret begins.
        """
        if not self._patterns:
            return data
        data = self._held + data
        out: "list[bytes]" = []
        at = 0
        open_from = self._open_from(data, at)
        while True:
            match = self._pattern.search(data, at)
            # A match is certain only before the place where a longer one may still grow.
            if match is None or match.start() >= open_from:
                break
            out += (data[at : match.start()], MASK)
            at = match.end()
            if at > open_from:
                open_from = self._open_from(data, at)
        out.append(data[at:open_from])
        self._held = data[open_from:]
        return b"".join(out)

    def _open_from(self, data: bytes, least: int) -> int:
        """Where, from ``least`` on, the end of the data could be the beginning of a secret."""
        least = max(least, len(data) - self._longest + 1)
        best = len(data)
        for start, forms_ in self._starts.items():
            at = data.find(start, least)
            while 0 <= at < best:
                end = data[at:]
                if any(len(form) > len(end) and form.startswith(end) for form in forms_):
                    best = at
                    break
                at = data.find(start, at + 1)
        for size in range(SHORTEST - 1, 0, -1):
            at = len(data) - size
            if least <= at < best and any(s.startswith(data[at:]) for s in self._starts):
                return at
        return best

    def flush(self) -> bytes:
        """What was held back, masked; for the end of the stream only."""
        held, self._held = self._held, b""
        return self._pattern.sub(MASK, held) if self._patterns else held
