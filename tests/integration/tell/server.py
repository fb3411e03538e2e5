"""An address on loopback that takes what is posted to it, or fails to, as it is told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Address(ThreadingHTTPServer):
    """``answers`` are what it does next, one a request: a status, ``slow`` or ``cut``; then 200."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posted: list[dict[str, Any]] = []
        self.answers: list[int | str] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        """Where it is, with something in it that nobody else may see."""
        return f"http://127.0.0.1:{self.server_port}/hook/PRIVATE-TOKEN"


class _Handler(BaseHTTPRequestHandler):
    server: Address

    def do_POST(self) -> None:
        answer = self.server.answers.pop(0) if self.server.answers else 200
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if answer == "slow":
            self.server.over.wait(60)
            return
        if answer == "cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhal")
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if answer == "elsewhere":
            self.send_response(307)
            self.send_header("Location", f"{self.server.url}/elsewhere")
            self.end_headers()
            return
        assert isinstance(answer, int)
        if answer == 200:
            self.server.posted.append(json.loads(body))
        self.send_response(answer)
        self.end_headers()
        self.wfile.write(b"SECRET-IN-THE-ANSWER")

    def log_message(self, *_: object) -> None:
        """Nothing of it is of interest."""


@contextmanager
def address() -> Iterator[Address]:
    """One that is there as long as it is used."""
    server = Address()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
