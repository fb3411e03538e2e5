"""The file into which a command puts its values, and what of it may stand on a disk.

Where there are secrets the file itself lies in memory, and ``output.json`` in the command's folder
keeps what it says, masked: so no secret reaches the disk, even if this process is killed. The link
``output`` in the folder tells others where the file is. Without secrets ``output`` is the file.
"""

import posix as os
import time

import records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "output"
KEPT = "output.json"
PAUSE = 0.1
"""Seconds between two looks at a file in memory while its command runs."""
PLACE = "runbook-output-"
MEMORY = frozenset({"tmpfs", "ramfs"})
MOUNTS = "/proc/self/mountinfo"

Signature = "tuple[int, int, int] | None"


class Plain:
    """The file of a command that knows no secret: it lies in the folder, as it is."""

    patience: "float | None" = None

    def __init__(self, folder: str) -> None:
        self.path = f"{folder}/{NAME}"
        create(self.path)

    def look(self) -> None:
        """Nothing is kept apart from the file."""

    def end(self) -> str:
        """Nothing is to be cleaned."""
        return ""

    def close(self) -> None:
        """The file stays."""


class Guarded:
    """The file of a command that knows secrets, and its masked copy."""

    patience: "float | None" = PAUSE
    """How long to wait at most before the next `look`."""

    def __init__(self, folder: str, secrets: "list[str]", environment: "Mapping[str, str]") -> None:
        import masking
        import values

        self._values = values
        self._mask = masking.whole(secrets)
        self._kept = f"{folder}/{KEPT}"
        self._link = f"{folder}/{NAME}"
        self._seen: "Signature" = None
        self._due = 0.0
        records.reserve(self._kept)
        if not records.write(self._kept, {"values": {}, "faults": {}}, durable=False):
            raise OSError(0, "the values of a command cannot be kept", self._kept)
        records.reserve(self._kept)
        self._place = memory(environment.get("XDG_RUNTIME_DIR", ""), "/dev/shm")
        if self._place:
            self.path = f"{self._place}/{NAME}"
            os.symlink(self.path, self._link)
        else:
            # Nowhere is memory: in clear until the command has ended, then cleaned.
            self.path = self._link
        create(self.path)

    def look(self) -> None:
        """Keep what is new, if it is time to look."""
        now = time.monotonic()
        if now < self._due:
            return
        found = signature(self.path)
        if found is not None and found != self._seen:
            self._seen = found
            self._keep(ended=False)
        # A file that takes long to read is not read without pause.
        self._due = time.monotonic() + max(PAUSE, 10 * (time.monotonic() - now))

    def end(self) -> str:
        """The command has ended: keep all of it, take the file away; returns what went wrong."""
        trouble = ""
        if not self._keep(ended=True):
            trouble = "they could not be kept: the disk takes nothing"
            # What is left of the room that was taken before holds at least this.
            records.write(self._kept, {"values": {}, "faults": {self._values.FILE: trouble}})
        remove(f"{self._kept}.tmp")
        remove(self.path)
        return trouble and f"its output values are lost: {trouble}"

    def close(self) -> None:
        """Nobody is left who could write: take everything in clear away."""
        remove(f"{self._kept}.tmp")
        remove(self.path)
        if self._place:
            remove(self._link)
            try:
                os.rmdir(self._place)
            except OSError:
                return

    def _keep(self, *, ended: bool) -> bool:
        try:
            with open(self.path, "rb") as file:
                data = file.read(self._values.WHOLE + 1)
        except OSError:
            return True
        body = self._values.account(data, ended=ended, mask=self._mask)
        if not records.write(self._kept, body, durable=ended):
            return False
        try:
            records.reserve(self._kept)
        except OSError:
            # What was just kept is there; the next time may find room again.
            pass
        return True


Outputs = "Plain | Guarded"


def make(folder: str, secrets: "list[str]", environment: "Mapping[str, str]") -> "Outputs":
    """The file for a command's values. Raises OSError where it cannot be made."""
    hidden = [secret for secret in secrets if secret]
    return Guarded(folder, hidden, environment) if hidden else Plain(folder)


def create(path: str) -> None:
    """An empty file that only its owner may read."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def remove(path: str) -> None:
    """Take a file away, if it is there."""
    try:
        os.unlink(path)
    except OSError:
        return


def memory(*places: str) -> str:
    """A new folder of our own in the first of these that lies in memory; empty where none does."""
    for place in places:
        if not place.startswith("/"):
            continue
        folder = f"{place}/{PLACE}{os.urandom(8).hex()}"
        try:
            os.mkdir(folder, 0o700)
        except OSError:
            continue
        if in_memory(folder):
            return folder
        os.rmdir(folder)
    return ""


def in_memory(path: str) -> bool:
    """Whether a path lies in a file system that no disk holds."""
    device = os.stat(path).st_dev
    wanted = f"{os.major(device)}:{os.minor(device)}"
    try:
        with open(MOUNTS, errors="surrogateescape") as file:
            for line in file:
                fields, _, kind = line.partition(" - ")
                if fields.split()[2] == wanted:
                    return kind.split()[0] in MEMORY
    except (OSError, IndexError):
        return False
    return False


def signature(path: str) -> "Signature":
    """What changes with a file; None where it is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
