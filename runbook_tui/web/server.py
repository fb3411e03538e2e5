"""The page of a run: who is let in sees its screen, and nobody else anything.

Written on aiohttp around the pieces of textual-serve that run in the browser; its server has no
gate, so nothing of that is used.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from aiohttp import web

from runbook_tui.web import pages
from runbook_tui.web.doors import Door, NotLetIn, Person
from runbook_tui.web.place import Place
from runbook_tui.web.seats import LONGEST, Program, Seat, size

COOKIE = "runbook"
NOT_HERE = "There is nothing here."
NO_COOKIE = (
    "This page opens with the link that was sent to you, once, and then in that browser alone."
    " Ask whoever sent it for a new one."
)
HEARTBEAT = 15.0
"""Seconds in which a page has to show that it is there."""
GOING = 1.0
Handled = web.StreamResponse


class NoPort(Exception):
    """It cannot be listened there; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Serving:
    """What is served, to whom, and until when.

    ``start`` starts the screen for a person, of so many rows and columns. ``over`` is called again
    and again on a thread of its own, waits for a while, and says why there is nothing to be seen
    any more; empty while there is. ``once``: it ends when all who were let in have left. Times are
    in seconds.
    """

    title: str
    people: Sequence[Person]
    start: Callable[[Person, int, int], Program]
    over: Callable[[], str]
    once: bool = False
    link_for: float = 3600.0
    grace: float = 5.0


class Server:
    """Serves at one place, from `open` to `close`."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._files = _files()
        self._place = Place(host="127.0.0.1", port=0)
        until = time.monotonic() + serving.link_for
        self.doors = tuple(Door(person, until, time.monotonic) for person in serving.people)
        self._by_path = {door.path: door for door in self.doors}
        self._seats = {
            door.path: Seat(partial(serving.start, door.person), self._someone_left, serving.grace)
            for door in self.doors
        }
        self._runner: web.AppRunner | None = None
        self._why: asyncio.Future[str] | None = None

    # -- opening and closing ---------------------------------------------------------------------

    async def open(self, host: str, port: int, url: str = "") -> Place:
        """Listen; returns where. Raises `NoPort`."""
        self._why = asyncio.get_running_loop().create_future()
        app = web.Application(client_max_size=1)
        # All that comes goes through one gate: nothing is reached by another way.
        app.router.add_route("*", "/{anything:.*}", self._handle)
        app.on_response_prepare.append(_bare)
        # The log of requests would hold the links.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True,
                                     shutdown_timeout=GOING)  # fmt: skip
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host.strip("[]"), port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise NoPort(error.strerror or str(error)) from None
        taken = self._runner.addresses[0][1]
        self._place = Place(host=host.strip("[]"), port=taken, url=url)
        return self._place

    async def until_over(self) -> str:
        """Serve until a signal comes, or there is nothing to be seen; returns why it has ended."""
        assert self._why is not None
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._end, "stopped")
        looking = loop.create_task(self._look())
        try:
            return await self._why
        finally:
            looking.cancel()

    async def close(self) -> None:
        """End every screen, and listen no more."""
        await asyncio.gather(*(seat.close() for seat in self._seats.values()))
        if self._runner is not None:
            await self._runner.cleanup()

    async def _look(self) -> None:
        why = ""
        while not why:
            why = await asyncio.to_thread(self._serving.over)
        self._end(why)

    def _end(self, why: str) -> None:
        if self._why is not None and not self._why.done():
            self._why.set_result(why)

    def _someone_left(self) -> None:
        came = all(door.used for door in self.doors)
        if self._serving.once and came and not any(seat.taken for seat in self._seats.values()):
            self._end("everybody has left")

    # -- the gate --------------------------------------------------------------------------------

    async def _handle(self, request: web.Request) -> Handled:
        try:
            return await self._let_in(request)
        except NotLetIn as why:
            onward = "./" if _names(request, self._by_path) else ""
            return _page(pages.refused(str(why), onward), 403)

    async def _let_in(self, request: web.Request) -> Handled:
        """Answer what may be asked; raises `NotLetIn` for all else."""
        host = request.headers.get("Host", "")
        if not self._place.is_called(host):
            raise NotLetIn("This page is not called by that name.")
        origin = request.headers.get("Origin")
        if origin is not None and not self._place.comes_from(origin, host):
            raise NotLetIn("Another page has asked for this one.")
        path, _, query = request.raw_path.partition("?")
        first, _, rest = path[1:].partition("/")
        door = self._by_path.get(f"/{first}/")
        if door is None or request.method != "GET":
            raise NotLetIn(NOT_HERE)
        if rest == "" and query.startswith("token="):
            return self._open(request, door)
        if not door.knows(request.cookies.get(COOKIE, "")):
            raise NotLetIn(NO_COOKIE)
        if rest == "":
            return self._screen(door, host)
        if rest == "ws":
            if origin is None:
                raise NotLetIn("A browser says which page it connects for.")
            return await self._connect(request, door)
        if rest in self._files:
            kind, data = self._files[rest]
            return web.Response(body=data, content_type=kind, headers=pages.headers())
        raise NotLetIn(NOT_HERE)

    def _open(self, request: web.Request, door: Door) -> web.Response:
        if "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")):
            raise NotLetIn("Nothing is opened before somebody wants it.")
        cookie = door.open(request.query.get("token", ""))
        answer = _page(pages.welcome(door.person.identity, door.path))
        answer.set_cookie(COOKIE, cookie, path=door.path, httponly=True, samesite="Strict",
                          secure=self._place.encrypted)  # fmt: skip
        return answer

    def _screen(self, door: Door, host: str) -> web.Response:
        base = self._place.socket_url(host)
        title, who = f"{self._serving.title} · Runbook", door.person.identity
        return _page(pages.screen(title, who, f"{base}{door.path}ws"), socket=base)

    async def _connect(self, request: web.Request, door: Door) -> Handled:
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT, max_msg_size=LONGEST, compress=False, timeout=GOING
        )
        if not socket.can_prepare(request):
            raise NotLetIn(NOT_HERE)
        await socket.prepare(request)
        rows, columns = size(request.query.get("width"), request.query.get("height"))
        try:
            await self._seats[door.path].sit(socket, rows, columns)
        except OSError as error:
            await socket.send_bytes(f"The screen cannot be started: {error}\r\n".encode())
        finally:
            await socket.close()
        return socket


def _names(request: web.Request, doors: Mapping[str, Door]) -> bool:
    """Whether a door was asked for by a link that was used, so that there may be a way on."""
    path, _, query = request.raw_path.partition("?")
    return path in doors and query.startswith("token=") and doors[path].used


def _page(text: str, status: int = 200, socket: str = "") -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html",
                        headers=pages.headers(socket))  # fmt: skip


async def _bare(request: web.Request, answer: web.StreamResponse) -> None:
    """Nothing in an answer says what it is made with."""
    answer.headers["Server"] = "runbook"


def _files() -> dict[str, tuple[str, bytes]]:
    """All that the page loads, by the names under which it does: none is looked up on the disk."""
    spec = find_spec("textual_serve")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("textual_serve", name="textual_serve")
    there = Path(spec.origin).parent / "static"
    named = {
        "textual.js": ("text/javascript", there / "js" / "textual.js"),
        "xterm.css": ("text/css", there / "css" / "xterm.css"),
        "mono.ttf": ("font/ttf", there / "fonts" / "RobotoMono-VariableFont_wght.ttf"),
        "page.css": ("text/css", Path(__file__).parent / "page.css"),
        "page.js": ("text/javascript", Path(__file__).parent / "page.js"),
    }
    return {name: (kind, path.read_bytes()) for name, (kind, path) in named.items()}
