"""Asking an address of the web, within a time: JSON there and back, nothing followed elsewhere."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from runbook_tui.frozen import frozen

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
    found: list[Answer | str] = []
    way = _Way()

    def ask() -> None:
        found.append(_answered(way, url, method, body, headers, most))

    # Name look-ups know no time limit, so nobody waits for this thread; a server that sends a
    # little now and then would keep it for ever, so its connection is broken.
    thread = threading.Thread(target=ask, name="web", daemon=True)
    thread.start()
    thread.join(PATIENCE)
    if not found:
        way.cut()
        raise NoAnswer(late())
    if isinstance(found[0], str):
        raise NoAnswer(found[0])
    return found[0]


def late() -> str:
    """That it took too long."""
    return f"no answer within {PATIENCE:g} s"


class _Way:
    """The connection of one question, to be broken from elsewhere."""

    def __init__(self) -> None:
        self._there: list[http.client.HTTPConnection] = []

    def made(self, kind: type[http.client.HTTPConnection]) -> Any:
        """What makes a connection of this kind, and remembers it."""

        def make(host: str, **keys: Any) -> http.client.HTTPConnection:
            self._there.append(kind(host, **keys))
            return self._there[-1]

        return make

    def cut(self) -> None:
        """Break it."""
        for one in self._there:
            if (sock := one.sock) is not None:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)


class _Plain(urllib.request.HTTPHandler):
    def __init__(self, way: _Way) -> None:
        super().__init__()
        self._way = way

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._way.made(http.client.HTTPConnection), req)


class _Secure(urllib.request.HTTPSHandler):
    def __init__(self, way: _Way) -> None:
        super().__init__()
        self._way = way

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._way.made(http.client.HTTPSConnection), req)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: what was sent to one address is not meant for another."""

    def redirect_request(self, *args: object, **more: object) -> None:
        """Never."""


def _answered(
    way: _Way, url: str, method: str, body: Any, headers: Mapping[str, str], most: int
) -> Answer | str:
    try:
        where, login = _without_login(url)
        data = None if body is None else json.dumps(body).encode()
        kind = {} if data is None else {"Content-Type": "application/json"}
        request = urllib.request.Request(
            where, data=data, method=method,
            headers={**kind, "User-Agent": "runbook", **login, **headers},
        )  # fmt: skip
        opener = urllib.request.build_opener(_Stay, _Plain(way), _Secure(way))
        try:
            with opener.open(request, timeout=PATIENCE) as answer:
                return _read(answer, most)
        except urllib.error.HTTPError as error:
            with error:
                return _read(error, most)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        if isinstance(reason, TimeoutError):
            return late()
        said = getattr(reason, "strerror", None) or type(reason).__name__
        return str(said)[:LONGEST]
    except Exception as error:  # noqa: BLE001  http.client raises kinds of its own
        return type(error).__name__


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
