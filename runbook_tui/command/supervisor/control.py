"""What viewers ask of a supervisor: small JSON messages on a socket in the command's folder."""

import posix as os

import _socket as socket

import records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol
else:
    Protocol = object

NAME = "control"
LARGEST = 1 << 17


class Obeying(Protocol):
    """What a supervisor can be asked for."""

    def stop(self, grace: float) -> None:
        """End the whole tree."""

    def write(self, data: bytes) -> None:
        """Type into the terminal."""

    def resize(self, rows: int, columns: int) -> None:
        """Set the terminal's size."""

    def signal(self, number: int) -> None:
        """Signal what runs in the terminal's foreground."""


def listen(folder: str) -> "socket.socket | None":
    """The socket; None where the file system knows no sockets, then SIGTERM alone stops.

    It is bound by a short name in its own folder, since such paths hold 108 bytes at most.
    """
    os.chdir(folder)
    ours = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.setblocking(False)
    try:
        ours.bind(NAME)
        os.chmod(NAME, 0o600)
    except OSError:
        ours.close()
        return None
    finally:
        os.chdir("/")
    return ours


def close(folder: str) -> None:
    """Nobody listens any more: leave no socket behind."""
    try:
        os.unlink(f"{folder}/{NAME}")
    except OSError:
        return


def obey(ours: socket.socket, supervisor: "Obeying") -> None:
    """Do what one message asks; what makes no sense is passed over, never fatal."""
    try:
        message = records.parsed(ours.recv(LARGEST).decode())
        _do(message, supervisor)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ):
        return


def _do(message: "dict[str, Any]", supervisor: "Obeying") -> None:
    verb = message["verb"]
    if verb == "stop":
        supervisor.stop(float(message.get("grace", 5.0)))
    elif verb == "write":
        supervisor.write(message["data"].encode("latin-1"))
    elif verb == "resize":
        supervisor.resize(int(message["rows"]), int(message["columns"]))
    elif verb == "signal":
        supervisor.signal(int(message["number"]))
