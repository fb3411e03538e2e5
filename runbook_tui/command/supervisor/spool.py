"""The log on disk: a head and two turning segments, bounded, with what is gone counted.

``spool.json`` says in which order the parts stand and at which byte of all output each begins; it
is absent until the head is full.
"""

import posix as os

import records

HEAD = 4 << 20
TAIL = 4 << 20
SEGMENTS = ("log.0", "log.1")


class Spool:
    """Writes ``log.head``, ``log.0`` and ``log.1`` in a folder; never raises on a full disk."""

    def __init__(self, folder: str, head: int = HEAD, tail: int = TAIL) -> None:
        self._folder = folder
        self._limit = head
        self._tail = tail
        self._fd = self._create("log.head")
        self._size = 0
        self._parts = [("log.head", 0)]
        self._sizes = {"log.head": 0}
        self.total = 0
        self.dropped = 0
        self.trouble = ""

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}"

    def _create(self, name: str) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC
        return os.open(self._path(name), flags, 0o600)

    def write(self, data: bytes) -> None:
        """Append; what does not fit makes the oldest part of the tail go."""
        while data:
            if self._size >= self._limit and not self._turn():
                self.total += len(data)
                self.dropped += len(data)
                return
            room = self._limit - self._size
            part, data = data[:room], data[room:]
            self._put(part)
            self.total += len(part)

    def _put(self, data: bytes) -> None:
        while data:
            try:
                written = os.write(self._fd, data)
            except OSError as error:
                # The command must not stop for want of a log: it is read on, and counted.
                self.trouble = f"output is not kept: {error.strerror}"
                self.dropped += len(data)
                return
            self._size += written
            data = data[written:]

    def _turn(self) -> bool:
        """Begin the next segment in place of the oldest; False where it cannot be made."""
        last = self._parts[-1][0]
        name = SEGMENTS[1] if last == SEGMENTS[0] else SEGMENTS[0]
        try:
            fd = self._create(name)
        except OSError as error:
            self.trouble = f"output is not kept: {error.strerror}"
            return False
        os.close(self._fd)
        self._sizes[last] = self._size
        self.dropped += self._sizes.pop(name, 0)
        self._parts = [part for part in self._parts if part[0] != name] + [(name, self.total)]
        self._fd, self._size, self._limit = fd, 0, self._tail
        body = {"parts": self._parts, "dropped": self.dropped}
        records.write(self._path("spool.json"), body, durable=False)
        return True

    def digest(self) -> str:
        """sha256 of the log as kept: head, older segment, newer segment."""
        import hashlib

        found = hashlib.sha256()
        for name, _ in self._parts:
            try:
                with open(self._path(name), "rb") as file:
                    while block := file.read(1 << 20):
                        found.update(block)
            except OSError:
                continue
        return found.hexdigest()
