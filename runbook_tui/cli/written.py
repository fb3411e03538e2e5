"""Writing what a command has made into the file that ``-o`` names: all of it, or nothing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended

STANDARD = Path("-")
"""The standard output."""


def write(target: Path, text: str) -> None:
    """Write a text; raises `Ended` where it cannot be written."""
    if target == STANDARD:
        say.out(text.rstrip("\n"))
        return
    with replacing(target) as file:
        file.write(text.encode("utf-8", "backslashreplace"))


def write_new(target: Path, text: str) -> None:
    """Write a file that is not there yet; raises `Ended` where it is, or cannot be written."""
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Ended(exits.USAGE, f"{target} is there already; nothing was changed",
                    "name another file") from None  # fmt: skip
    except OSError as error:
        raise Ended(exits.USAGE, f"{target} cannot be written: {error.strerror}",
                    "name a file in a folder that is there and yours") from None  # fmt: skip


@contextmanager
def replacing(target: Path) -> Iterator[IO[bytes]]:
    """A file to write into that takes the place of ``target`` once all of it is there.

    What is no plain file (a pipe, a device) is written to as it is. Raises `Ended`.
    """
    try:
        if target.exists() and not target.is_file():
            with target.open("wb") as file:
                yield file
            return
        with _beside(target) as file:
            yield file
    except OSError as error:
        raise Ended(
            exits.USAGE,
            f"{target} cannot be written: {error.strerror or error}",
            "nothing was changed there; name another file with -o",
        ) from error


@contextmanager
def _beside(target: Path) -> Iterator[IO[bytes]]:
    real = Path(os.path.realpath(target))
    mode = real.stat().st_mode & 0o777 if real.exists() else 0o666 & ~_umask()
    fd, name = tempfile.mkstemp(prefix=f".{real.name[:64]}.", dir=real.parent)
    try:
        with os.fdopen(fd, "wb") as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(name, real)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
