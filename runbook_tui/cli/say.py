"""Writing to a person's terminal or a file: cleaned text, colour only where it is wanted."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import UTC, datetime
from typing import TextIO

import click

from runbook_tui.book.plain_text import printable


def prepare_streams() -> None:
    """Make both streams take any text: what their encoding does not know is escaped.

    A descriptor that our starter has closed must not become that of a file of ours.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def coloured(stream: TextIO) -> bool:
    """Whether colour is wanted there: a terminal, and no ``NO_COLOR``."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def out(text: str = "", colour: str | None = None, bold: bool = False) -> None:
    """One line of data; control characters in it are made visible."""
    _write(sys.stdout, text, colour, bold)


def err(text: str = "", colour: str | None = None, bold: bool = False) -> None:
    """One line of narration."""
    _write(sys.stderr, text, colour, bold)


def outlive_readers() -> None:
    """From now on go on in silence when nobody reads any more: a rollback ends for no pipe."""
    _Streams.outlive = True


class _Streams:
    outlive = False


def _write(stream: TextIO, text: str, colour: str | None, bold: bool) -> None:
    try:
        _put(stream, text, colour, bold)
    except OSError:
        # A pipe that nobody reads, a terminal that has gone, a full disk.
        if not _Streams.outlive:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _put(stream: TextIO, text: str, colour: str | None, bold: bool) -> None:
    clean = printable(text, lines=True)
    if (colour or bold) and coloured(stream):
        clean = click.style(clean, fg=colour, bold=bold)
        click.echo(clean, file=stream, color=True)
        return
    click.echo(clean, file=stream, color=False)
    stream.flush()


def interactive() -> bool:
    """Whether a person can be asked: a terminal to read from and one to ask on."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def columns() -> int | None:
    """How many cells a row of the terminal has; None where data goes elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def clock(seconds: float) -> str:
    """A time of day, local."""
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%H:%M:%S")


def moment(seconds: float) -> str:
    """A day and time, local."""
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def stamp(seconds: float) -> str:
    """A day and time to the second, local."""
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def size(count: float) -> str:
    """So many bytes: ``812 bytes``, ``4.2 KiB``, ``12 MiB``."""
    if count < 1024:
        return f"{count:.0f} bytes"
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        count /= 1024
        if count < 1024 or unit == "TiB":
            return f"{count:.1f} {unit}" if count < 10 else f"{count:.0f} {unit}"
    raise AssertionError(count)


def length(seconds: float) -> str:
    """A duration in as few words as it can be read: ``0.4 s``, ``12 s``, ``3 m 40 s``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} m {rest} s" if rest else f"{minutes} m"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} m" if minutes else f"{hours} h"
