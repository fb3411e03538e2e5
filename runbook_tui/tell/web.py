"""Asking an address of the web, within a time: JSON there and back, nothing followed elsewhere."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from runbook_tui.frozen import frozen
from runbook_tui.session.addresses import answered_within

PATIENCE = 5.0
"""Seconds that an address has to answer, all in all."""
MOST = 1 << 20
"""Bytes of an answer at most; what is longer is cut off, and so no JSON any more."""
LONGEST = 200


class NoAnswer(Exception):
    """Why there is none, in one line."""


@frozen(kw_only=False)
class Answer:
    """What came back; ``date`` is the header of that name."""

    status: int
    body: bytes = b""
    date: str = ""


def asked(
    url: str,
    method: str = "POST",
    body: Any = None,
    headers: Mapping[str, str] = {},
    *,
    most: int = MOST,
) -> Answer:
    """Ask once, with ``body`` as JSON; raises `NoAnswer`, after `PATIENCE` at the latest."""

    def ask(opener: urllib.request.OpenerDirector) -> Answer:
        where, login = _without_login(url)
        data = None if body is None else json.dumps(body).encode()
        kind = {} if data is None else {"Content-Type": "application/json"}
        request = urllib.request.Request(
            where, data=data, method=method,
            headers={**kind, "User-Agent": "runbook", **login, **headers},
        )  # fmt: skip
        try:
            with opener.open(request, timeout=PATIENCE) as answer:
                return _read(answer, most)
        except urllib.error.HTTPError as error:
            with error:
                return _read(error, most)

    try:
        return answered_within(PATIENCE, ask)
    except TimeoutError as late:
        raise NoAnswer(str(late)) from None
    except Exception as error:  # noqa: BLE001  http.client raises kinds of its own
        raise NoAnswer(_why(error)) from None


def _why(error: Exception) -> str:
    """What went wrong, in a few words; of what is unknown the kind alone: it may hold a secret."""
    if not isinstance(error, OSError | ValueError):
        return type(error).__name__
    reason = getattr(error, "reason", None) or error
    return str(getattr(reason, "strerror", None) or type(reason).__name__)[:LONGEST]


def _read(answer: Any, most: int) -> Answer:
    return Answer(answer.status, answer.read(most), answer.headers.get("Date", ""))


def _without_login(url: str) -> tuple[str, dict[str, str]]:
    """An address without the name and password in it, and the header that says them."""
    parts = urlsplit(url)
    if parts.username is None:
        return url, {}
    given = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    header = {"Authorization": f"Basic {base64.b64encode(given).decode()}"}
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), header


def machine(url: str) -> str:
    """The machine alone: what stands behind it, or before it, may be a password."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.hostname}{port}"
