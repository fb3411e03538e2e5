"""A server on loopback that answers as a test says, or does not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

Act = Callable[[socket.socket, bytes], object]
"""What is done with a connection once a request has come; it may send, wait, or close."""


def answer(body: bytes | str, status: int = 200, *, more: str = "") -> Act:
    """An answer that says how long it is."""
    data = body.encode() if isinstance(body, str) else body
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(data)}\r\n{more}\r\n"
    return lambda connection, request: connection.sendall(head.encode() + data)


def raw(data: bytes, *, close: bool = True) -> Act:
    """Bytes as they are."""

    def act(connection: socket.socket, request: bytes) -> None:
        connection.sendall(data)
        if close:
            connection.close()

    return act


class Answers:
    """The server; ``act`` may be changed at any time, ``requests`` are those that came."""

    def __init__(self, act: Act) -> None:
        self.act = act
        self.requests: list[bytes] = []
        self.connections = 0
        self.over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Listen no more, and close what is open."""
        self.over.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def say(self, data: bytes) -> None:
        """Send something on the newest connection though nobody has asked."""
        self._open[-1].sendall(data)

    def drop(self) -> None:
        """Close every connection that is open, as a server does that is restarted."""
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        buffer = b""
        with suppress(OSError):
            while not self.over.is_set():
                while b"\r\n\r\n" not in buffer:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    buffer += piece
                request, _, buffer = buffer.partition(b"\r\n\r\n")
                self.requests.append(request)
                self.act(connection, request)
