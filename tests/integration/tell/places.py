"""A server of the tests that takes what is announced to it: Grafana's annotations, change events.

It is no Grafana: it takes and gives the few requests of its HTTP API that are made of it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Place(ThreadingHTTPServer):
    """``fails``: what it answers in place of doing anything; ``token``: what lets one in."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.annotations: dict[int, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.kinds: list[str] = []
        self.asked: list[str] = []
        self.fails: int | str = 0
        self.token = ""
        self.over = threading.Event()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Place

    def _answer(self, status: int, body: Any) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def _turned_away(self) -> bool:
        there = self.server
        there.asked.append(f"{self.command} {urlsplit(self.path).path}")
        if there.fails == "silent":
            there.over.wait(60)
            return True
        if there.fails == "trickle":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            with suppress(OSError):
                while not there.over.wait(0.05):
                    self.wfile.write(b"x")
            return True
        if there.fails:
            self._answer(int(there.fails), {"message": f"no: {self.headers['Authorization']}"})
            return True
        if there.token and self.headers["Authorization"] != f"Bearer {there.token}":
            self._answer(401, {"message": "who are you"})
            return True
        return False

    def do_GET(self) -> None:
        if self._turned_away():
            return
        tags = set(parse_qs(urlsplit(self.path).query).get("tags", []))
        found = [a for a in self.server.annotations.values() if tags <= set(a["tags"])]
        self._answer(200, found)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._turned_away():
            return
        if urlsplit(self.path).path == "/api/annotations":
            id_ = len(self.server.annotations) + 1
            self.server.annotations[id_] = {**body, "id": id_}
            self._answer(200, {"id": id_, "message": "Annotation added"})
            return
        self.server.events.append(body)
        self.server.kinds.append(self.headers["Content-Type"])
        self._answer(202, {"status": "success"})

    def do_PATCH(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._turned_away():
            return
        id_ = int(self.path.rpartition("/")[2])
        if id_ not in self.server.annotations:
            self._answer(404, {"message": "not found"})
            return
        self.server.annotations[id_] |= body
        self._answer(200, {"message": "Annotation patched"})

    def log_message(self, *_: object) -> None:
        """Nothing of it is of interest."""


@contextmanager
def place() -> Iterator[Place]:
    """One that is there as long as it is used."""
    server = Place()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
