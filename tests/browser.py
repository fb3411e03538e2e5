"""A real browser without a window, led over a pipe by the protocol of its own developer tools."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyte
import pytest

from tests.pictures import BROWSER

PATIENCE = 60.0
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-sync", "--disable-component-update",
    "--disable-dev-shm-usage", "--remote-debugging-pipe",
)  # fmt: skip


class Page:
    """A page: where it is, what it says, and what the terminal in it was sent."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session
        self.frames: list[bytes] = []
        self.sent: list[str] = []
        self.connections = 0
        self.do("Page.enable")
        self.do("Network.enable")
        self.do("Runtime.enable")

    def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command of the protocol."""
        return self._browser.do(method, parameters, self._session)

    def go(self, url: str) -> None:
        """Open an address, as by typing it."""
        self.frames.clear()
        self.do("Page.navigate", url=url)

    def run(self, script: str) -> Any:
        """What a script of the page comes to."""
        found = self.do("Runtime.evaluate", expression=script, awaitPromise=True,
                        returnByValue=True)  # fmt: skip
        return found["result"].get("value")

    @property
    def text(self) -> str:
        """What the page says outside of its terminal."""
        return str(self.run("document.body ? document.body.innerText : ''"))

    @property
    def screen(self) -> str:
        """What the terminal in the page shows, of all that it was sent."""
        self._browser.hear()
        shown = pyte.Screen(120, 40)
        stream = pyte.ByteStream(shown)
        for frame in list(self.frames):
            stream.feed(frame.replace(b"\x1b[>", b"\x1b["))
        return "\n".join(shown.display)

    def press(self, key: str, **more: Any) -> None:
        """Press and let go of a key: a letter, or one by its name."""
        text = {"text": key} if len(key) == 1 else {}
        names = {"Enter": (13, "\r"), "Tab": (9, ""), "Escape": (27, ""), "F9": (120, "")}
        if key in names:
            number, text_of = names[key]
            more = {"windowsVirtualKeyCode": number, "code": key, **more}
            text = {"text": text_of} if text_of else {}
        self.do("Input.dispatchKeyEvent", type="keyDown", key=key, **text, **more)
        self.do("Input.dispatchKeyEvent", type="keyUp", key=key, **more)

    def until(self, holds: Callable[[], object], what: str = "") -> None:
        """Wait for something on the page."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {PATIENCE} s: {what}\n{self.screen}\n{self.text}")
            self._browser.hear(0.05)

    def shows(self, text: str) -> None:
        """Wait until the terminal shows it."""
        self.until(lambda: text in self.screen, text)

    def says(self, text: str) -> None:
        """Wait until the page itself says it."""
        self.until(lambda: text in self.text, text)

    def picture(self, path: Path) -> bytes:
        """What a person would see, as PNG."""
        data = base64.b64decode(self.do("Page.captureScreenshot", format="png")["data"])
        path.write_bytes(data)
        return data

    def told(self, method: str, parameters: dict[str, Any]) -> None:
        """An event of the protocol."""
        if method == "Network.webSocketFrameReceived":
            frame = parameters["response"]
            if frame["opcode"] == 2:
                self.frames.append(base64.b64decode(frame["payloadData"]))
        elif method == "Network.webSocketFrameSent":
            self.sent.append(parameters["response"]["payloadData"])
        elif method == "Network.webSocketCreated":
            self.frames.clear()
            self.connections += 1


class Browser:
    """Chromium with a profile of its own."""

    def __init__(self, folder: Path, *flags: str) -> None:
        program = next((found for name in BROWSER if (found := shutil.which(name))), None)
        if program is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)("no chromium here")
        theirs, self._to = os.pipe()
        self._from, ours = os.pipe()
        profile = f"--user-data-dir={folder / 'profile'}"
        # It reads from descriptor 3 and writes to 4.
        line = f'exec "$0" "$@" 3<&{theirs} 4>&{ours}'
        self._child = subprocess.Popen(
            ["bash", "-c", line, program, *FLAGS, profile, *flags, "about:blank"],
            pass_fds=(theirs, ours), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env={**os.environ, "HOME": str(folder)},
        )  # fmt: skip
        os.close(theirs)
        os.close(ours)
        self._got = b""
        self._number = 0
        self._answers: dict[int, dict[str, Any]] = {}
        self._pages: dict[str, Page] = {}

    def page(self) -> Page:
        """A new page."""
        wanted = {"url": "about:blank", "newWindow": True, "width": 1150, "height": 780}
        target = self.do("Target.createTarget", wanted)["targetId"]
        session = self.do("Target.attachToTarget", {"targetId": target, "flatten": True})
        made = Page(self, session["sessionId"])
        self._pages[session["sessionId"]] = made
        return made

    def do(
        self, method: str, parameters: dict[str, Any], session: str | None = None
    ) -> dict[str, Any]:
        """A command, and what comes of it."""
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while number not in self._answers:
            if time.monotonic() > deadline:
                raise AssertionError(f"the browser does not answer: {method}")
            self.hear(1.0)
        answer = self._answers.pop(number)
        assert "error" not in answer, (method, answer["error"])
        result: dict[str, Any] = answer["result"]
        return result

    def hear(self, seconds: float = 0.0) -> None:
        """Take in what it has to say, for at most so long until there is something."""
        while select.select([self._from], [], [], seconds)[0]:
            piece = os.read(self._from, 1 << 16)
            assert piece, "the browser has ended"
            *whole, self._got = (self._got + piece).split(b"\0")
            for text in whole:
                self._take(json.loads(text))
            seconds = 0.0

    def _take(self, message: dict[str, Any]) -> None:
        if "id" in message:
            self._answers[message["id"]] = message
        elif page := self._pages.get(message.get("sessionId", "")):
            page.told(message["method"], message["params"])

    def close(self) -> None:
        """End it."""
        self._child.kill()
        self._child.wait(timeout=60)
        os.close(self._to)
        os.close(self._from)
