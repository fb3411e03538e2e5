"""Small JSON files that are there whole or not at all, even on a disk that has become full."""

import errno
import json
import os
from typing import Any

ROOM = 4096


def reserve(path: str) -> None:
    """Take the room that ``path`` will need now, while the disk still has some.

    Raises OSError where there is none. A file system that cannot promise room is believed to
    have it; `write` then may fail later.
    """
    fd = os.open(f"{path}.tmp", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(fd, 0, ROOM)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
    finally:
        os.close(fd)


def write(path: str, body: "dict[str, Any]", *, durable: bool = True) -> bool:
    """Put a JSON file in place at once; False where the disk does not take it.

    Room taken by `reserve` is used: nothing is truncated before it is overwritten. ``durable``
    waits for the disk.
    """
    temporary = f"{path}.tmp"
    data = json.dumps(body).encode()
    try:
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            written = 0
            while written < len(data):
                written += os.pwrite(fd, data[written:], written)
            os.ftruncate(fd, len(data))
            if durable:
                os.fsync(fd)
        finally:
            os.close(fd)
        os.replace(temporary, path)
    except OSError:
        return False
    return True
