"""The folder the journal lives in: private, and on a disk of this host."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from runbook_tui.journal.faults import ELSEWHERE
from runbook_tui.session.home import opened
from runbook_tui.session.ports.journal import JournalError

MOUNTS = Path("/proc/self/mountinfo")
NETWORK = re.compile(
    r"nfs\d?|cifs|smb(fs|\d)?|afs|ncpfs|ceph|glusterfs|lustre|beegfs|gpfs|gfs2|ocfs2|orangefs|"
    r"davfs2?|fuse\.(sshfs|rclone|s3fs|gcsfuse|glusterfs|ceph.*|davfs2?|juicefs)"
)
"""File systems that several hosts share: locks and shared memory do not hold there."""
OCTAL = re.compile(r"\\([0-7]{3})")


def prepare(path: Path) -> None:
    """Make the folder (mode 0700) and an empty journal file (mode 0600) where they are missing; in
    a folder that several users share the file is theirs, too.

    Raises `JournalError` on a network file system, OSError where the system refuses.
    """
    kind = filesystem(path.parent)
    if NETWORK.fullmatch(kind):
        raise JournalError(f"journal {path}: a journal cannot be kept on {kind}", ELSEWHERE)
    make_folder(path.parent)
    if size(path) is not None:
        return
    os.close(opened(path, os.O_RDWR | os.O_CREAT))


def real(path: Path) -> Path:
    """The path without symbolic links: SQLite's side files lie beside the real file, as ours do."""
    return Path(os.path.realpath(path))


def size(path: Path) -> int | None:
    """Bytes of the journal's file, None where there is none.

    Raises `JournalError` where something else stands there: opening a pipe would never end.
    """
    try:
        seen = path.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISREG(seen.st_mode):
        return seen.st_size
    kind = "folder" if stat.S_ISDIR(seen.st_mode) else "pipe, socket or device"
    raise JournalError(
        f"journal {path}: it is a {kind}, not a file",
        "Move it away, or set RUNBOOK_HOME to another folder.",
    )


def make_folder(folder: Path) -> None:
    """Make the folder and those above it, each readable by its owner alone.

    One that was already there stays as it is, unless it is ours and empty: somebody made it for
    us. Anything else may have other users.
    """
    if folder.is_dir():
        found = folder.stat()
        ours = found.st_uid == os.geteuid() and not found.st_mode & (stat.S_ISVTX | stat.S_ISGID)
        if ours and found.st_mode & 0o077 and is_empty(folder):
            folder.chmod(0o700)
        return
    if not folder.parent.exists():
        make_folder(folder.parent)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        # Another process was faster; a file in the way is an error all the same.
        if not folder.is_dir():
            raise
    sync_folder(folder.parent)


def is_empty(folder: Path) -> bool:
    """Whether the folder has no entries."""
    with os.scandir(folder) as entries:
        return next(entries, None) is None


def sync_folder(folder: Path) -> None:
    """Make a new entry of the folder outlast a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def filesystem(folder: Path, mounts: Path = MOUNTS) -> str:
    """The type of the file system that the folder is on or would be on; empty if unknown."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    target = os.path.realpath(folder)
    best, kind = -1, ""
    for line in lines:
        fields, _, rest = line.partition(" - ")
        point = OCTAL.sub(lambda code: chr(int(code[1], 8)), fields.split(" ")[4])
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        # Of two mounts on one point the later one is seen.
        if inside and len(point) >= best:
            best, kind = len(point), rest.split(" ")[0]
    return kind
