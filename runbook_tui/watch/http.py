"""Asking a server, over a connection that is kept: GET, HTTP/1.1.

Not the standard library's client: its time-out is one for each read, so that a server which
trickles holds a thread for ever, and reading headers as those of a mail is most of what an answer
costs. A redirect is an answer like any other, and no proxy is used.
"""

from __future__ import annotations

import base64
import re
import select
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import quote, unquote, urlsplit

from runbook_tui.frozen import frozen

MOST = 1 << 20
"""Bytes of an answer at most."""
HEAD = 1 << 16
PIECE = 1 << 16
STATUS = re.compile(rb"HTTP/1\.([01]) (\d{3})(?: |\r|$)")
CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?", re.DOTALL)
BODILESS = frozenset({204, 304})


class NoAnswer(Exception):
    """Why there is none."""


class Closed(NoAnswer):
    """The server has closed a connection that was kept since the last time."""


@frozen(kw_only=False)
class Answer:
    """Status, body, and how many seconds it took until all of it was there."""

    status: int
    body: bytes
    seconds: float


class Address:
    """An address that is asked again and again, by one thread at a time."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        """Raises `NoAnswer` where it is none."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise NoAnswer("it is no address of a server") from None
        if parts.scheme not in {"http", "https"} or not host:
            raise NoAnswer("it is no address of a server: write http://… or https://…")
        self._secure = parts.scheme == "https"
        self._host, self._port = host, port or (443 if self._secure else 80)
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
        called = f"[{host}]" if ":" in host else host
        own = {
            "Host": called if port is None else f"{called}:{port}",
            "User-Agent": "runbook",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
        }
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            own["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        given = {name.title(): value for name, value in headers.items()}
        lines = [f"{name}: {value}" for name, value in (own | given).items()]
        if any("\n" in line or "\r" in line for line in lines):
            raise NoAnswer("one of its headers has more than one line")
        target = path + (f"?{query}" if query else "")
        text = "\r\n".join([f"GET {target} HTTP/1.1", *lines, "", ""])
        self._request = text.encode("utf-8", "replace")
        self._socket: socket.socket | None = None
        self._until = 0.0

    def ask(self, timeout: float) -> Answer:
        """Ask once; raises `NoAnswer`. All of it takes ``timeout`` seconds at most."""
        begun = time.monotonic()
        self._until = begun + timeout
        try:
            status, body = self._once()
        except TimeoutError:
            self.close()
            raise NoAnswer(f"no answer within {timeout:g} s") from None
        except NoAnswer:
            self.close()
            raise
        except ssl.SSLError as error:
            self.close()
            raise NoAnswer(f"TLS: {error.reason or error}") from None
        except (OSError, UnicodeError) as error:
            self.close()
            said = getattr(error, "strerror", None) or str(error) or "no connection"
            raise NoAnswer(said.lower()) from None
        return Answer(status, body, time.monotonic() - begun)

    def close(self) -> None:
        """Keep no connection."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.close()
        self._socket = None

    def _once(self) -> tuple[int, bytes]:
        kept = self._socket is not None
        try:
            return self._asked()
        except (Closed, BrokenPipeError, ConnectionResetError):
            self.close()
            if not kept:
                raise
        return self._asked()

    def _asked(self) -> tuple[int, bytes]:
        if self._socket is not None and _has_more(self._socket):
            self.close()  # What comes unasked, an end too, is no answer to what is asked now.
        if self._socket is None:
            self._socket = self._connect()
        self._socket.settimeout(self._left())
        self._socket.sendall(self._request)
        status, minor, headers, rest = self._head(bytearray())
        while status < 200:
            status, minor, headers, rest = self._head(rest)
        body, ends = self._body(status, headers, rest)
        keeps = headers.get(b"connection", b"keep-alive" if minor else b"close").lower()
        if ends or b"close" in keeps:
            self.close()
        return status, body

    def _connect(self) -> socket.socket:
        plain = self._reached()
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self._secure:
            return plain
        try:
            plain.settimeout(self._left())
            context = ssl.create_default_context()
            return context.wrap_socket(plain, server_hostname=self._host)
        except BaseException:
            plain.close()
            raise

    def _reached(self) -> socket.socket:
        """A connection to the first of its addresses that takes one, all within one time."""
        wrong: OSError | None = None
        for family, kind, proto, _, where in socket.getaddrinfo(
            self._host, self._port, type=socket.SOCK_STREAM
        ):
            made = socket.socket(family, kind, proto)
            try:
                made.settimeout(self._left())
                made.connect(where)
            except OSError as error:
                made.close()
                wrong = error
            else:
                return made
        raise wrong or OSError("it has no address")

    def _left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _more(self, into: bytearray) -> bool:
        """Read what has come; False at the end of it."""
        assert self._socket is not None
        self._socket.settimeout(self._left())
        piece = self._socket.recv(PIECE)
        into += piece
        return bool(piece)

    def _head(self, buffer: bytearray) -> tuple[int, bool, dict[bytes, bytes], bytearray]:
        while (end := buffer.find(b"\r\n\r\n")) < 0:
            if len(buffer) > HEAD:
                raise NoAnswer("its headers do not end")
            if not self._more(buffer):
                raise (
                    Closed("it closes the connection")
                    if not buffer
                    else NoAnswer("its answer is cut off")
                )
        first, *lines = bytes(buffer[:end]).split(b"\r\n")
        match = STATUS.match(first)
        if match is None:
            raise NoAnswer("no answer of HTTP")
        headers = {}
        for line in lines:
            name, _, value = line.partition(b":")
            headers[name.strip().lower()] = value.strip()
        return int(match.group(2)), match.group(1) == b"1", headers, buffer[end + 4 :]

    def _body(
        self, status: int, headers: Mapping[bytes, bytes], rest: bytearray
    ) -> tuple[bytes, bool]:
        """The body, and whether only the end of the connection ends it."""
        if status in BODILESS:
            return b"", bool(rest)
        if b"chunked" in headers.get(b"transfer-encoding", b"").lower():
            return self._chunks(rest), False
        length = headers.get(b"content-length")
        if length is None:
            while self._more(rest):
                _fits(len(rest))
            return bytes(rest), True
        if not length.isdigit() or len(length) > 15:
            raise NoAnswer("no answer of HTTP")
        _fits(int(length))
        self._reach(rest, int(length))
        # What is behind it may not pass for the next answer.
        return bytes(rest[: int(length)]), len(rest) > int(length)

    def _chunks(self, rest: bytearray) -> bytes:
        body = bytearray()
        while True:
            while (end := rest.find(b"\r\n")) < 0:
                self._reach(rest, len(rest) + 1)
                _fits(len(rest))
            written = CHUNK.fullmatch(bytes(rest[:end]))
            if written is None:
                raise NoAnswer("no answer of HTTP")
            size = int(written.group(1), 16)
            if size == 0:
                # What may follow is not waited for; nothing of it may pass for another answer.
                if bytes(rest[end:]) != b"\r\n\r\n":
                    self.close()
                return bytes(body)
            _fits(len(body) + size)
            self._reach(rest, end + 2 + size + 2)
            body += rest[end + 2 : end + 2 + size]
            del rest[: end + 2 + size + 2]

    def _reach(self, buffer: bytearray, length: int) -> None:
        while len(buffer) < length:
            if not self._more(buffer):
                raise NoAnswer("its answer is cut off")


def _has_more(kept: socket.socket) -> bool:
    """Whether anything can be read of a connection on which nothing is awaited."""
    waiting = select.poll()
    waiting.register(kept.fileno(), select.POLLIN)
    return bool(waiting.poll(0)) or (isinstance(kept, ssl.SSLSocket) and kept.pending() > 0)


def _fits(length: int) -> None:
    if not 0 <= length <= MOST:
        raise NoAnswer(f"its answer has more than {MOST >> 20} MiB")
