"""GitHub's real answers, as PyGithub's own tests have them recorded, replayed on loopback.

They come with PyGithub's source package, which is fetched when the tests run: its licence is
another than ours.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

Answers = Mapping[tuple[str, str], tuple[int, str]]
LINES = 11
"""Of a recorded request and its answer: protocol, verb, host, port, path, headers, input, status,
headers, body, and an empty one."""


def fetch(folder: Path) -> Path:
    """The folder of recordings, of the version that is installed."""
    wanted = f"pygithub=={version('pygithub')}"
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "pygithub",
         "--dest", str(folder), wanted],
        check=True, capture_output=True,
    )  # fmt: skip
    (package,) = folder.glob("pygithub-*.tar.gz")
    with tarfile.open(package) as tar:
        tar.extractall(folder, filter="data")
    return next(folder.glob("pygithub-*/tests/ReplayData"))


def recorded(folder: Path, *names: str) -> dict[tuple[str, str], tuple[int, str]]:
    """The answers of recordings, by verb and path; the last of each counts."""
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for name in names:
        lines = (folder / f"{name}.txt").read_text(encoding="utf-8").split("\n")
        for at in range(0, len(lines) - LINES + 1, LINES):
            path = lines[at + 4].partition("?")[0]
            found[lines[at + 1], path] = (int(lines[at + 7]), lines[at + 9])
    return found


def first(answers: Answers, verb: str, pattern: str) -> tuple[str, Any]:
    """The path and the answer of the first that matches."""
    for (how, path), (_, body) in answers.items():
        if how == verb and re.search(pattern, path):
            return path, json.loads(body)
    raise LookupError(pattern)


@contextmanager
def replaying(answers: Answers) -> Iterator[str]:
    """The address of a server that gives these answers; to all else 404."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            known = answers.get((self.command, self.path.partition("?")[0]))
            status, body = known or (404, '{"message":"Not Found"}')
            data = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
