"""Asking an address of the web within a time, whatever the other side does."""

from __future__ import annotations

import http.client
import socket
import threading
import urllib.request
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar
from urllib.request import OpenerDirector, Request

T = TypeVar("T")


def answered_within(seconds: float, ask: Callable[[OpenerDirector], T]) -> T:
    """What ``ask`` comes by with an opener, which follows nothing to another address.

    Raises what ``ask`` raises, and TimeoutError with the words for it once the ``seconds`` are
    over, whether the name is looked up still or the answer comes a byte at a time.
    """
    way = _Way()
    found: Future[T] = Future()

    def work() -> None:
        try:
            found.set_result(ask(way.opener()))
        except Exception as error:  # noqa: BLE001  http.client raises kinds of its own
            found.set_exception(error)

    # Name look-ups know no time limit, so nobody waits for this thread; a server that sends a
    # little now and then would keep it for ever, so its connection is broken.
    threading.Thread(target=work, name="address", daemon=True).start()
    try:
        return found.result(seconds)
    except Exception as error:
        if not isinstance(getattr(error, "reason", None) or error, TimeoutError):
            raise
        way.cut()
        raise TimeoutError(f"no answer within {seconds:g} s") from None


class _Way:
    """The connections of one question, to be broken from elsewhere."""

    def __init__(self) -> None:
        self._there: list[http.client.HTTPConnection] = []

    def opener(self) -> OpenerDirector:
        """What opens addresses this way."""
        return urllib.request.build_opener(_Stay, _Plain(self), _Secure(self))

    def made(self, kind: type[http.client.HTTPConnection]) -> Any:
        """What makes a connection of this kind, and remembers it."""

        def make(host: str, **keys: Any) -> http.client.HTTPConnection:
            self._there.append(kind(host, **keys))
            return self._there[-1]

        return make

    def cut(self) -> None:
        """Break them."""
        for one in self._there:
            if (sock := one.sock) is not None:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)


class _Plain(urllib.request.HTTPHandler):
    def __init__(self, way: _Way) -> None:
        super().__init__()
        self._way = way

    def http_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(self._way.made(http.client.HTTPConnection), req)


class _Secure(urllib.request.HTTPSHandler):
    def __init__(self, way: _Way) -> None:
        super().__init__()
        self._way = way

    def https_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(self._way.made(http.client.HTTPSConnection), req)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: what was sent to one address is not meant for another."""

    def redirect_request(self, *args: object, **more: object) -> None:
        """Never."""
