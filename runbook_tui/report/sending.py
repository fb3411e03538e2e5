"""Handing traces on: a line in a file, or a request to a collector that may take its time.

Nothing here may hold anybody up: a collector that is dead, slow or far away costs ``patience``
seconds at most, and what became of it is an answer in words, never an error.
"""

from __future__ import annotations

import os
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from runbook_tui.session.addresses import answered_within

PATH = "/v1/traces"
"""Where a collector takes them, unless the address says otherwise."""
MOST_ANSWER = 4096
"""Bytes that are read of an answer."""


def is_address(where: str) -> bool:
    """Whether it is a collector's address rather than a file's name."""
    return where.startswith(("http://", "https://"))


def append(path: Path, line: str) -> str:
    """Add a line to a file that others may read; why not, empty where it was."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(number, line.encode())
        finally:
            os.close(number)
    except OSError as error:
        return f"{path} cannot be written: {error.strerror or error}"
    return ""


def post(text: str, address: str, headers: str = "", *, patience: float) -> str:
    """Send them to a collector; why that did not work, empty where it did.

    ``headers`` are ``name=value`` pairs with commas between them, values as in addresses.
    """

    def send(opener: urllib.request.OpenerDirector) -> str:
        try:
            with opener.open(_request(text, address, headers), timeout=patience) as answer:
                answer.read(MOST_ANSWER)
        except urllib.error.HTTPError as error:
            with error:
                return f"it answered {error.code} {error.reason}"
        return ""

    try:
        return answered_within(patience, send)
    except Exception as error:  # noqa: BLE001  http.client raises kinds of its own
        return str(getattr(error, "reason", None) or error)


def _request(text: str, address: str, headers: str) -> urllib.request.Request:
    parts = urllib.parse.urlsplit(address)
    if not parts.hostname:
        raise ValueError("the address names no machine")
    whole = parts._replace(path=PATH) if parts.path in {"", "/"} else parts
    return urllib.request.Request(
        urllib.parse.urlunsplit(whole),
        data=text.encode(),
        headers={**_headers(headers), "Content-Type": "application/json"},
        method="POST",
    )


def _headers(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split(",") if "=" in pair)
    return {name.strip(): urllib.parse.unquote(value.strip()) for name, _, value in pairs}
