"""Who leads a run and who rolls it back: a lock file each, free as soon as its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from runbook_tui.session.home import make_folder, opened

ATTEMPTS = 5
LETTING_GO = 2.0
"""Seconds in which whoever led until now hears of it, unless their program does not answer."""
TURN = 0.5
"""Seconds in which a session that is at work has done what it does next."""
ROLLBACK_LOCK = "rollback.lock"
"""The file in a run's folder that whoever rolls it back holds, ``rollback.sh`` too."""


class RunLock:
    """An exclusive lock that names its holder; never waits, but in `soon_free`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    @property
    def held(self) -> bool:
        """Whether this process holds it."""
        return self._fd is not None

    def take(self, holder: str) -> bool:
        """Take it if it is free; ``holder`` is what others are told."""
        if self._fd is not None:
            return True
        for _ in range(ATTEMPTS):
            fd = self._opened()
            if fd is None:
                # Where no lock can be kept the rollback must still run.
                return True
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(fd)
                return False
            if self._is_the_file(fd):
                self._hold(fd, holder)
                return True
            os.close(fd)  # It was put aside meanwhile: what is locked there holds nobody.
        return False

    def _hold(self, fd: int, holder: str) -> None:
        try:
            os.ftruncate(fd, 0)
            os.write(fd, f"{holder} (pid {os.getpid()})".encode())
        except OSError:
            pass
        self._fd = fd

    def _is_the_file(self, fd: int) -> bool:
        """Whether the lock's name still means this file; where that cannot be told it does."""
        try:
            return os.path.samestat(os.fstat(fd), self._path.stat())
        except OSError:
            return True

    def free(self) -> bool:
        """Whether nobody holds it, this process neither."""
        if self._fd is not None:
            return False
        try:
            fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return not self._path.exists()
        try:
            # Shared, so that two who look do not find one another.
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        finally:
            os.close(fd)
        return True

    def soon_free(self) -> bool:
        """Whether it becomes free within `TURN` seconds."""
        deadline = time.monotonic() + TURN
        while not self.free():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        return True

    def prepare(self) -> None:
        """Make the file while there is room for it."""
        fd = self._opened()
        if fd is not None:
            os.close(fd)

    def _opened(self) -> int | None:
        """The file, opened; on a disk that is full or takes nothing only if it is there already."""
        for flags in (os.O_RDWR | os.O_CREAT, os.O_RDWR, os.O_RDONLY):
            try:
                make_folder(self._path.parent)
                return opened(self._path, flags)
            except OSError:
                continue
        return None

    def holder(self) -> str:
        """What the holder wrote; empty where unknown."""
        try:
            return self._path.read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def release(self) -> None:
        """Let it go."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def script_without_flock(folder: Path) -> str:
    """The script that rolls a run back where there is no flock, and so holds no lock; empty: none
    does. ``folder`` is the run's."""
    try:
        pid = int((folder / "rollback.sh.lock" / "pid").read_text())
        os.kill(pid, 0)
    except PermissionError:
        pass  # It is there, and somebody else's.
    except (OSError, ValueError):
        return ""
    else:
        return f"rollback.sh (pid {pid})"
    return "rollback.sh"


class LeadLock(RunLock):
    """Who leads a run. What was seen last is kept, for those who may not wait for a disk."""

    gone = False
    """Whether nobody held it when it was looked at last."""

    def seize(self, holder: str) -> bool:
        """Take it from whoever holds it and does not let go: the lock they have counts no more.

        Only for one who has recorded that they lead: that is what keeps the other from acting.
        """
        if self.take(holder):
            return True
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            fd = opened(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        except OSError:
            return False
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.replace(fresh, self._path)
        except OSError:
            os.close(fd)
            return False
        self._hold(fd, holder)
        return True

    @property
    def put_aside(self) -> bool:
        """Whether this process holds it, and it was taken from it all the same."""
        return self._fd is not None and not self._is_the_file(self._fd)

    def look(self) -> None:
        """See whether somebody holds it."""
        self.gone = self.free()


def seized(lock: LeadLock, holder: str, patience: float = LETTING_GO) -> bool:
    """Take the lead's lock once whoever had it lets go, as they do when they learn that they lead
    no more; from one who does not answer it is taken away."""
    until = time.monotonic() + patience
    while not lock.take(holder):
        if time.monotonic() > until:
            return lock.seize(holder)
        time.sleep(0.02)
    return True
