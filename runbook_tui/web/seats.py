"""One person's seat: the program whose screen they see, while a page of theirs is there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from aiohttp import WSMsgType, web

from runbook_tui.frozen import frozen

ROWS, COLUMNS = (5, 200), (20, 500)
"""The smallest and largest terminals; a page may ask for anything."""
LONGEST = 1 << 16
"""Bytes of one message of a page, and of what may wait to be typed."""
SLOW = 20.0
"""Seconds that a page may take to take what is drawn."""
GOING = 8.0
"""Seconds that a program may take to end once its terminal is gone."""
REPLACED = 4001
FOCUSED = b"\x1b[I"
TERMINAL = (
    "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?1000h\x1b[?1003h\x1b[?1006h\x1b[?1004h\x1b[?2004h\x1b[2J"
)
"""What a page that was loaded again has to be told, as the program told the one before it."""


class Program(Protocol):
    """What is shown (`command.terminal_program`)."""

    @property
    def fd(self) -> int: ...
    def read(self) -> bytes | None: ...
    def write(self, data: bytes) -> int: ...
    def resize(self, rows: int, columns: int) -> None: ...
    def redraw(self) -> None: ...
    @property
    def ended(self) -> bool: ...
    def wait(self, seconds: float) -> bool: ...
    def hang_up(self) -> None: ...
    def kill(self) -> None: ...


Start = Callable[[int, int], Program]


def size(columns: object, rows: object) -> tuple[int, int]:
    """Rows and columns that a terminal may have, whatever was asked for."""
    return _within(rows, 24, *ROWS), _within(columns, 80, *COLUMNS)


def _within(value: object, otherwise: int, least: int, most: int) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 9:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return otherwise
    return min(most, max(least, value))


@frozen(kw_only=False)
class Said:
    """What a page says: keys, another size, or that it wants to hear something."""

    keys: bytes = b""
    size: tuple[int, int] | None = None
    ping: str | None = None


def said(text: str) -> Said:
    """What a message of a page says; nothing of what is none."""
    try:
        parts = json.loads(text)
    except (ValueError, RecursionError):
        return Said()
    if not isinstance(parts, list) or not 1 <= len(parts) <= 2:
        return Said()
    kind, value = parts[0], parts[1] if len(parts) == 2 else None
    if kind == "stdin" and isinstance(value, str):
        return Said(keys=value.encode("utf-8", "replace"))
    if kind == "resize" and isinstance(value, dict):
        return Said(size=size(value.get("width"), value.get("height")))
    if kind == "ping" and isinstance(value, str) and len(value) < 40:
        return Said(ping=value)
    return Said()


class Seat:
    """``start`` starts the program; ``left`` is called once it is gone."""

    def __init__(self, start: Start, left: Callable[[], None], grace: float) -> None:
        """``grace``: seconds that the program waits for a page that is loaded again."""
        self._start = start
        self._left = left
        self._grace = grace
        self._program: Program | None = None
        self._page: web.WebSocketResponse | None = None
        self._spoke = False
        self._typed = bytearray()
        self._pump: asyncio.Task[None] | None = None
        self._leaving: asyncio.TimerHandle | None = None

    @property
    def taken(self) -> bool:
        """Whether there is a program, with a page or waiting for one."""
        return self._program is not None

    async def sit(self, page: web.WebSocketResponse, rows: int, columns: int) -> None:
        """Show the program on a page until that closes; a newer page takes an older one's place.

        Raises OSError where it cannot be started.
        """
        before, self._page = self._page, page
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None
        if before is not None:
            await before.close(code=REPLACED, message=b"opened in another window")
        try:
            if self._program is None:
                self._begin(rows, columns)
            else:
                await self._again(page, rows, columns)
            await self._listen(page)
        finally:
            if self._page is page:
                self._page = None
                loop = asyncio.get_running_loop()
                self._leaving = loop.call_later(self._grace, self._hang_up)

    def _begin(self, rows: int, columns: int) -> None:
        self._spoke = False
        self._typed.clear()
        program = self._program = self._start(rows, columns)
        self._pump = asyncio.get_running_loop().create_task(self._show(program))

    async def _again(self, page: web.WebSocketResponse, rows: int, columns: int) -> None:
        program = self._program
        assert program is not None
        if self._spoke:
            # Before that it has drawn nothing which would be missing now.
            await page.send_bytes(TERMINAL.encode())
            program.resize(rows, columns)
            program.redraw()
            # The page before may have said that nobody looks, and this one was asked too late.
            self._type(program, FOCUSED)

    async def _listen(self, page: web.WebSocketResponse) -> None:
        async for message in page:
            program = self._program
            if message.type is not WSMsgType.TEXT or program is None or self._page is not page:
                continue
            heard = said(message.data)
            if heard.size is not None:
                program.resize(*heard.size)
            if heard.ping is not None:
                await page.send_str(json.dumps(["pong", heard.ping]))
            if heard.keys and not self._type(program, heard.keys):
                await page.close(code=1009, message=b"more was typed than is read")

    def _type(self, program: Program, keys: bytes) -> bool:
        """Hand keys on in their order; False where too many wait already."""
        if len(self._typed) + len(keys) > LONGEST:
            return False
        self._typed += keys
        self._hand_on(program)
        return True

    def _hand_on(self, program: Program) -> None:
        loop = asyncio.get_running_loop()
        if program.fd < 0:
            return
        del self._typed[: program.write(bytes(self._typed))]
        if self._typed:
            loop.add_writer(program.fd, self._hand_on, program)
        else:
            loop.remove_writer(program.fd)

    async def _show(self, program: Program) -> None:
        """Send what the program draws to the page of the moment, as fast as that takes it."""
        while (piece := await self._next(program)) != b"":
            self._spoke = True
            page = self._page
            if page is None or page.closed:
                continue
            try:
                await asyncio.wait_for(page.send_bytes(piece), SLOW)
            except (OSError, RuntimeError):
                with suppress(Exception):
                    await asyncio.wait_for(page.close(), 1.0)
        await self._end(program)

    async def _next(self, program: Program) -> bytes:
        loop = asyncio.get_running_loop()
        while program.fd >= 0:
            piece = program.read()
            if piece is not None:
                return piece
            ready: asyncio.Future[None] = loop.create_future()
            fd = program.fd
            loop.add_reader(fd, _set, ready)
            try:
                # Now and then, because whatever else has the terminal open keeps it from closing.
                await asyncio.wait_for(ready, 1.0)
            except TimeoutError:
                if program.ended:
                    return b""
            finally:
                loop.remove_reader(fd)
        return b""

    async def _end(self, program: Program) -> None:
        self._let_go(program)
        if not await asyncio.to_thread(program.wait, GOING):
            program.kill()
        self._program = None
        page = self._page
        if page is not None:
            with suppress(Exception):
                await asyncio.wait_for(page.close(), 2.0)
        self._left()

    def _let_go(self, program: Program) -> None:
        if program.fd >= 0:
            loop = asyncio.get_running_loop()
            loop.remove_reader(program.fd)
            loop.remove_writer(program.fd)
            program.hang_up()

    def _hang_up(self) -> None:
        """No page came back: the program ends, and its showing with it."""
        if self._program is not None and self._page is None:
            self._let_go(self._program)

    async def close(self) -> None:
        """End the program now, and wait until it is gone."""
        if self._leaving is not None:
            self._leaving.cancel()
        if self._program is not None:
            self._let_go(self._program)
        if self._pump is not None:
            await self._pump


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
