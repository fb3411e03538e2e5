"""Masking of secrets in a stream, before anything of it is written.

Looks for each value, its lines, and its base64, hexadecimal, URL-quoted, JSON-escaped and
shell-quoted forms, the longest first; for base64 also as it is broken into lines by the programs
that do so. Not guaranteed: a program can print a secret in a form that nobody foresees, base64 of
something around it may be broken into lines inside of it, and values under 4 characters are too
common to mask.
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
WIDTHS = (76, 64)
"""Columns after which base64 is broken: by `base64`, mail and Python, and by `openssl` and PEM."""
FEW = 3
"""Bytes, and one in PART, of a possible secret that may be seen while its rest has not come."""
PART = 4


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
    if len(raw) * 2 >= SHORTEST_CODED:
        found |= {raw.hex().encode(), raw.hex().upper().encode()}
    whole = base64.b64encode(raw)
    return found | {whole, base64.urlsafe_b64encode(raw)} | _broken(_coded(raw, 0))


def _broken(coded: bytes) -> "set[bytes]":
    """The lines of base64 that is too long for one."""
    lines = {
        coded[at : at + width]
        for width in WIDTHS
        if len(coded) > width
        for at in range(0, len(coded), width)
    }
    return {line for line in lines if len(line) >= SHORTEST_CODED}


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
    """Masks a stream; whatever the chunks it comes in, the result is that of the whole.

    But for what `release` gives out before its time: it is masked then where it could say much.
    """

    def __init__(self, secrets: "list[str]") -> None:
        self._patterns = forms(secrets)
        self._longest = len(self._patterns[0]) if self._patterns else 0
        self._pattern = re.compile(b"|".join(map(re.escape, self._patterns)))
        self._starts: "dict[bytes, list[bytes]]" = {}
        for form in self._patterns:
            self._starts.setdefault(form[:SHORTEST], []).append(form)
        self._held = b""
        self._told = 0
        self._hidden = False

    @property
    def held(self) -> int:
        """How many bytes wait for what comes next, and do not show in any form."""
        return len(self._held) - self._told

    def feed(self, data: bytes) -> bytes:
        """What may be written now; what could be the beginning of a secret is held back."""
        if not self._patterns:
            return data
        data = self._held + data
        told = self._told
        out: "list[bytes]" = []
        at = 0
        open_from = self._open_from(data, at)
        while True:
            match = self._pattern.search(data, at)
            # A match is certain only before the place where a longer one may still grow.
            if match is None or match.start() >= open_from:
                break
            out.append(data[max(at, told) : match.start()])
            if not (match.start() < told and self._hidden):
                out.append(MASK)
            at = match.end()
            if at > open_from:
                open_from = self._open_from(data, at)
        out.append(data[max(at, told) : open_from])
        self._held = data[open_from:]
        self._told = max(0, told - open_from)
        self._hidden = self._hidden and self._told > 0
        return b"".join(out)

    def release(self) -> bytes:
        """What was held back for long enough: a prompt must be seen.

        As it is where that tells little, FEW bytes and a quarter of any secret that they could
        begin; else masked, though it may turn out to be none. It is not forgotten: what comes next
        may still make it a secret, and is masked then.
        """
        held, told = self._held, self._told
        self._told = len(held)
        if self._hidden or told == len(held):
            return b""
        begun = [form for form in self._patterns if form.startswith(held)]
        if len(held) <= min(FEW, *(len(form) // PART for form in begun)):
            return held[told:]
        self._hidden = True
        return MASK

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
        held, told = self._held, self._told
        self._held, self._told = b"", 0
        if not self._patterns:
            return held
        out: "list[bytes]" = []
        at = 0
        for match in self._pattern.finditer(held):
            out.append(held[max(at, told) : match.start()])
            if not (match.start() < told and self._hidden):
                out.append(MASK)
            at = match.end()
        self._hidden = False
        return b"".join([*out, held[max(at, told) :]])
