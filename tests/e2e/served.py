"""A run in a browser, as `runbook serve` shows it: its links, its screens, and plain requests."""

from __future__ import annotations

import http.client
import re
from pathlib import Path
from urllib.parse import urlsplit

from tests.programs import GRACE, Program
from tests.waiting import until

LIN = "Lin <lin@example.com>"
GATED = """
format = 1
title = "Ship checkout 2.4"
[roles]
cto = ["Grace <grace@example.com>"]
[[phase]]
id = "core"
title = "Core deployment"
gate = { roles = ["cto"] }
[[phase.step]]
id = "one"
title = "Merge it"
run = "echo merged"
undo = "echo unmerged"
"""
WS = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}  # fmt: skip


class Answer:
    """What a request has brought."""

    def __init__(self, answer: http.client.HTTPResponse, *, body: bool) -> None:
        self.status = answer.status
        self.headers = {name.lower(): value for name, value in answer.getheaders()}
        self.text = answer.read().decode("utf-8", "replace") if body else ""

    @property
    def cookie(self) -> str:
        """The cookie that it gives, without its attributes."""
        return self.headers["set-cookie"].partition(";")[0]


class Served:
    """``runbook serve``, started by a test."""

    def __init__(self, program: Program, *more: str, people: tuple[str, ...] = (GRACE,)) -> None:
        self._program = program
        self._number = len(program._started)
        named = [word for who in people for word in ("--as", who)]
        self.run = program.run_id()
        self.child = program.start("serve", self.run, *named, *more)
        until(lambda: "token" in self.output and "another machine" in self.output, 60.0)
        self.links = re.findall(r"http\S+token=\S+", self.output)

    @property
    def output(self) -> str:
        """All that it has said."""
        return self._program.output(self._number)

    @property
    def host(self) -> str:
        """Name and port."""
        return str(urlsplit(self.links[0]).netloc)

    def path(self, number: int = 0) -> str:
        """Whose page it is: that of the ``number``th who was let in."""
        return str(urlsplit(self.links[number]).path)

    def open(self, number: int = 0) -> str:
        """Take a link; returns the cookie."""
        taken = self.ask(self.links[number].partition(self.host)[2])
        assert taken.status == 200, taken.text
        return taken.cookie

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """A request as it is written, word by word."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            given = {"Host": self.host, **{k.replace("_", "-"): v for k, v in headers.items()}}
            for name, value in given.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return Answer(answer, body=answer.status != 101)
        finally:
            connection.close()

    def connect(self, number: int = 0, **headers: str) -> int:
        """Ask for a connection as a page does; returns the status."""
        return self.ask(f"{self.path(number)}ws?width=90&height=30", **WS, **headers).status

    def environment(self, screen: int) -> str:
        """What a screen was started with in its environment."""
        return Path(f"/proc/{screen}/environ").read_text(encoding="utf-8", errors="replace")

    def screens(self) -> list[int]:
        """The processes that show the run to those who were let in."""
        found = []
        for place in Path("/proc").iterdir():
            if place.name.isdigit():
                try:
                    words = (place / "cmdline").read_bytes().split(b"\0")
                except OSError:
                    continue
                if b"--served" in words and self.run.encode() in words:
                    found.append(int(place.name))
        return found
