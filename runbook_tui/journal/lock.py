"""One writer at a time, among all processes of this host, in turn, and no waiting for ever.

SQLite's own lock makes writers sleep for a random time and can starve one for seconds, and before
3.51.3 a checkpoint that races with a commit can damage the file. So everything that writes takes
a ``flock`` on a file beside the journal first. It is released by the system when a process dies.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from runbook_tui.session.home import opened
from runbook_tui.session.ports.journal import JournalError

LONGEST_NAME = 60
PATIENCE = 5.0
"""Seconds to wait for others before giving up."""


class FileLock:
    """The lock beside the journal; not for use by two threads at once. Close it when done."""

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self._path = path
        self._name = str(path)
        self._patience = patience
        self._fd = -1
        self._known = False

    @contextmanager
    def held(self, patience: float | None = None) -> Iterator[None]:
        """Hold the lock alone; raises `JournalError`, which names the holder, after the wait.

        ``patience``: seconds to wait this time, where others have been waited for in vain.
        """
        self._take(self._patience if patience is None else patience)
        try:
            yield
        finally:
            # Closed meanwhile by another thread: the system has released it already.
            if self._fd >= 0:
                fcntl.flock(self._fd, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _take(self, patience: float) -> None:
        while True:
            if self._fd < 0:
                self._fd = opened(self._path, os.O_RDWR | os.O_CREAT)
            try:
                wait_for(self._fd, fcntl.LOCK_EX, self._path, patience, self._patience)
            except BaseException:
                self.close()
                raise
            if self._still_there():
                break
            # Somebody deleted the file while we waited: others lock the new one, so must we.
            self.close()
        if not self._known:
            self._known = told(self._fd) == os.getpid()
            self._sign(self._fd)

    def _sign(self, fd: int) -> None:
        """Write down who holds the lock, where the system does not tell.

        Not always: a file that was written to makes the next commit wait longer for the disk, by
        a third of an append.
        """
        # It is only a courtesy to those who wait; a full disk must not stop us here.
        with suppress(OSError):
            if not self._known:
                os.pwrite(fd, b"%-10d\n" % os.getpid(), 0)
            elif os.fstat(fd).st_size:
                os.ftruncate(fd, 0)

    def _still_there(self) -> bool:
        try:
            there = os.stat(self._name)
        except FileNotFoundError:
            return False
        ours = os.fstat(self._fd)
        return (there.st_ino, there.st_dev) == (ours.st_ino, ours.st_dev)


@contextmanager
def shared(path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Keep writers out while reading; where there is no lock file, nobody is kept out."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        yield
        return
    try:
        wait_for(fd, fcntl.LOCK_SH, path, patience)
        yield
    finally:
        os.close(fd)


def wait_for(fd: int, kind: int, path: Path, patience: float, known: float = 0.0) -> None:
    """Take the lock within ``patience`` seconds or raise `JournalError`.

    ``known``: for how many seconds it was not to be had before.

    Whoever waits stands in the system's queue: of several who looked again and again, one could
    miss its turn for ever. Such a wait cannot be taken back, so a thread does it. Where this
    raises anything, ``fd`` must be closed: then the lock is let go as soon as that thread has it.
    """
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
        return
    except BlockingIOError:
        pass
    # Of its own, so that the number cannot mean another file meanwhile.
    own = os.dup(fd)
    failed: list[OSError] = []

    def wait() -> None:
        try:
            fcntl.flock(own, kind)
        except OSError as error:
            failed.append(error)
        finally:
            os.close(own)

    waiting = threading.Thread(target=wait, name="waiting for the journal", daemon=True)
    try:
        waiting.start()
    except RuntimeError:
        os.close(own)
        raise blocked(fd, path, 0.0) from None
    waiting.join(patience)
    if waiting.is_alive():
        raise blocked(fd, path, max(patience, known))
    if failed:
        raise failed[0]


def blocked(fd: int, path: Path, patience: float) -> JournalError:
    """The error for a lock that others keep, with the holder's pid where it can be known."""
    pid = holder(fd)
    text = f"the journal is locked for more than {patience:g} s"
    where = f"(lock file {path})"
    if not pid:
        return JournalError(f"{text} {where}", "End the other programs that use it.")
    name = program(pid)
    text = f"{text} by process {pid}{f' “{name}”' if name else ''}"
    if stopped(pid):
        return JournalError(
            f"{text}, which is stopped {where}",
            f"Let it go on with `kill -CONT {pid}`, or end it with `kill -KILL {pid}`.",
        )
    return JournalError(f"{text} {where}", f"Wait for it, or end it with `kill {pid}`.")


def program(pid: int) -> str:
    """What the process was started as, shortened; empty where that is not to be known."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    text = b" ".join(word for word in words if word).decode("utf-8", "replace")
    text = "".join(char if char.isprintable() else "?" for char in text)
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"


def holder(fd: int) -> int:
    """The pid that holds the lock: as the system knows it, else as the file says; 0 if neither."""
    return told(fd) or written(fd)


def told(fd: int) -> int:
    """The pid that the system says holds the lock, 0 where it does not say."""
    inode = os.fstat(fd).st_ino
    try:
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            fields = line.split()
            if "FLOCK" in fields and "->" not in fields and fields[5].endswith(f":{inode}"):
                return max(int(fields[4]), 0)
    except (OSError, ValueError, IndexError):
        pass
    return 0


def written(fd: int) -> int:
    """The pid that the last holder wrote, 0 where there is none."""
    try:
        return int(os.pread(fd, 16, 0))
    except (OSError, ValueError):
        return 0


def stopped(pid: int) -> bool:
    """Whether the process is suspended (Ctrl-Z, a debugger)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return fields.rpartition(")")[2].split()[:1] in (["T"], ["t"])
