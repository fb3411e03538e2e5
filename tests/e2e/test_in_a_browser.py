"""A reviewer without a terminal: a real browser, the real page, and what the journal has of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.browser import Browser
from tests.e2e.served import GATED, Served
from tests.programs import Program


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    made = Browser(tmp_path)
    yield made
    made.close()


class Elsewhere(BaseHTTPRequestHandler):
    """Another page on the same machine, which links to this one."""

    link = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'<a id="go" href="{self.link}">here</a>'.encode())

    def log_message(self, *_: object) -> None:
        """Nothing of it is of interest."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of another page; by its name it is of another site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


CONNECTS = """
new Promise(done => {
  const socket = new WebSocket(%r);
  socket.onopen = () => done("open");
  socket.onerror = () => done("refused");
})
"""


def test_a_reviewer_signs_in_a_browser_and_no_other_page_comes_near(
    runbook: Program, browser: Browser, elsewhere: str, tmp_path: Path
) -> None:
    assert runbook("run", runbook.plan(GATED), "--no-tui").status == 7
    served = Served(runbook, "--once")
    page = browser.page()
    # From a link in a mail or a chat, as it will mostly be opened.
    Elsewhere.link = served.links[0]
    page.go(elsewhere)
    page.says("here")
    page.run("document.getElementById('go').click()")
    page.shows("waits for sign-off: cto")
    assert page.run("document.cookie") == ""
    assert "token" not in page.run("location.href")
    assert len(page.picture(tmp_path / "page.png")) > 10_000

    # Another page knows where it connects to, has the cookie in its browser, and is kept out.
    socket = f"ws://{served.host}{served.path()}ws?width=80&height=24"
    stranger = browser.page()
    stranger.go(elsewhere)
    stranger.says("here")
    assert stranger.run(CONNECTS % socket) == "refused"
    stranger.go(served.links[0])
    stranger.says("used already")

    # Loaded again it is the same screen, drawn whole, and its keys work as before.
    (screen,) = served.screens()
    page.press("s")
    page.shows("Approve")
    page.do("Page.reload")
    page.until(lambda: page.connections == 2, "another connection")
    page.shows("Approve")
    assert served.screens() == [screen]
    for _ in range(3):
        page.press("Tab")
    page.press("Enter")
    page.until(lambda: "signoff.given" in runbook.types(), "the sign-off")
    given = next(event for event in runbook.events() if event["type"] == "signoff.given")
    assert (given["actor"]["name"], given["data"]["role"]) == ("Grace", "cto")
    assert given["actor"]["host"].endswith(" via web")

    # What is the lead's stays the lead's.
    page.press("Enter")
    page.shows("steps are started by the lead")
    page.press("q")
    page.says("This screen has closed")
    assert served.child.wait(timeout=60) == 0
    assert served.screens() == []
    assert "step.started" not in runbook.types()
