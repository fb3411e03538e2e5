"""Small JSON files that are there whole or not at all, even on a disk that has become full.

A supervisor that starts cold loads nothing that its command would wait for: the package `json`
costs as much time as a bare interpreter, the scanner and encoder in C that it is made of do not.
For the same reason all of its modules take what the system does from `posix`: `os` loads a fifth of
an interpreter's start more for what nobody here needs.
"""

import errno
import posix as os

try:
    from _json import encode_basestring_ascii, make_encoder, make_scanner
except ImportError:
    # An interpreter without them has the package alone.
    make_scanner = None

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ROOM = 4096


class Grammar:
    """How the scanner reads JSON: as the package does by default."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float


def parsed(text: str) -> "Any":
    """A JSON text without space around it. Raises ValueError where it is none."""
    if make_scanner is None:
        import json

        return json.loads(text)
    try:
        body, end = make_scanner(Grammar)(text, 0)
    except StopIteration:
        raise ValueError("no JSON") from None
    if end != len(text):
        raise ValueError("more than JSON")
    return body


def exists(path: str) -> bool:
    """Whether there is such a file."""
    try:
        os.stat(path)
    except OSError:
        return False
    return True


def text_of(body: "dict[str, Any]") -> str:
    """The JSON text of ``body``."""
    if make_scanner is None:
        import json

        return json.dumps(body)
    encode = make_encoder(
        None, None, encode_basestring_ascii, None, ": ", ", ", False, False, False
    )
    return "".join(encode(body, 0))


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
    data = text_of(body).encode()
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
