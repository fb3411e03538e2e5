"""Traces go to a collector that is there, and nobody waits for one that is not."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from runbook_tui.report.sending import append, post
from tests.waiting import PATIENCE


class Collector(ThreadingHTTPServer):
    """Takes what is sent, and answers with ``status``."""

    daemon_threads = True

    def __init__(self, status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.status = status
        self.took: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.took.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        return


@contextmanager
def collector(status: int = 200) -> Iterator[Collector]:
    server = Collector(status)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_collector_gets_them_as_the_protocol_says() -> None:
    with collector() as server:
        assert post('{"a": 1}', server.address, "api-key=x%20y, other=2", patience=PATIENCE) == ""
        assert post("{}", f"{server.address}/own/path", patience=PATIENCE) == ""
    (path, headers, body), (own, _, _) = server.took
    assert (path, own) == ("/v1/traces", "/own/path")
    assert json.loads(body) == {"a": 1}
    assert headers["Content-Type"] == "application/json"
    found = {name.lower(): value for name, value in headers.items()}
    assert (found["api-key"], found["other"]) == ("x y", "2")


def test_one_that_refuses_or_points_elsewhere_is_an_answer_and_not_followed() -> None:
    with collector(503) as server:
        assert "503" in post("{}", server.address, patience=PATIENCE)
    with collector(302) as server:
        assert "302" in post("{}", server.address, patience=PATIENCE)
        assert [path for path, _, _ in server.took] == ["/v1/traces"]


def test_one_that_is_dead_or_says_nothing_costs_the_patience_and_no_more() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
        assert "refused" in post("{}", nobody, patience=PATIENCE)
        free.listen()
        # It takes the connection and never answers.
        assert post("{}", nobody, patience=0.3) in {"no answer within 0.3 s", "timed out"}


@pytest.mark.parametrize("address", ["http://", "http://[", "http:///v1/traces"])
def test_an_address_that_is_none_is_said(address: str) -> None:
    assert post("{}", address, patience=PATIENCE)


def test_a_file_gets_a_line_more_each_time(tmp_path: Path) -> None:
    path = tmp_path / "new" / "traces.jsonl"
    assert append(path, "one\n") == ""
    assert append(path, "two\n") == ""
    assert path.read_text() == "one\ntwo\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "cannot be written" in append(tmp_path, "three\n")
