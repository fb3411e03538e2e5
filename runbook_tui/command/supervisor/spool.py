"""The log on disk: a head and two rotating tail segments, bounded, with what is gone counted."""

import hashlib
import os

HEAD = 4 << 20
TAIL = 4 << 20


class Spool:
    """Writes ``log.head``, ``log.0`` and ``log.1`` in a folder; never raises on a full disk."""

    def __init__(self, folder: str, head: int = HEAD, tail: int = TAIL) -> None:
        self._folder = folder
        self._limit = head
        self._tail = tail
        self._fd = self._create("log.head")
        self._size = 0
        self._segment = -1
        self._sizes = [0, 0]
        self.total = 0
        self.dropped = 0
        self.full = ""

    def _create(self, name: str) -> int:
        path = os.path.join(self._folder, name)
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)

    def write(self, data: bytes) -> None:
        """Append; what does not fit makes the oldest part of the tail go."""
        self.total += len(data)
        while data:
            room = self._limit - self._size
            if room <= 0:
                self._rotate()
                continue
            part, data = data[:room], data[room:]
            self._put(part)
            self._size += len(part)

    def _put(self, data: bytes) -> None:
        while data:
            try:
                written = os.write(self._fd, data)
            except OSError as error:
                self.full = error.strerror or str(error)
                self.dropped += len(data)
                return
            data = data[written:]

    def _rotate(self) -> None:
        os.close(self._fd)
        if self._segment >= 0:
            self._sizes[self._segment] = self._size
        self._segment = (self._segment + 1) % 2
        self.dropped += self._sizes[self._segment]
        self._sizes[self._segment] = 0
        self._fd = self._create(f"log.{self._segment}")
        self._limit = self._tail
        self._size = 0

    def digest(self) -> str:
        """sha256 of the log as kept: head, older segment, newer segment."""
        found = hashlib.sha256()
        for name in order(self._folder, self._segment):
            try:
                with open(os.path.join(self._folder, name), "rb") as file:
                    while block := file.read(1 << 20):
                        found.update(block)
            except OSError:
                continue
        return found.hexdigest()


def order(folder: str, segment: int) -> "list[str]":
    """Names of the log's files, oldest first; ``segment`` is the newer one of the tail."""
    if segment < 0:
        return ["log.head"]
    return ["log.head", f"log.{1 - segment}", f"log.{segment}"]
