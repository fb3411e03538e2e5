"""Whether a plan may run what it says: a file of one's own may, any other once a person said so.

What was trusted is remembered by its content, for each user apart: in a home that several share
nobody trusts for somebody else.
"""

from __future__ import annotations

import grp
import os
import pwd
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from runbook_tui.session.home import make_folder

MOST = 1 << 22
"""Bytes of what was trusted that are read."""


def why_elsewhere(name: str, seen: os.stat_result) -> str:
    """Why a file is not one's own alone; empty where it is."""
    if seen.st_uid != os.geteuid():
        return f"{name} belongs to {_user(seen.st_uid)}"
    if seen.st_mode & stat.S_IWOTH:
        return f"{name} can be written by everybody"
    if seen.st_mode & stat.S_IWGRP and not _own_group(seen.st_gid):
        return f"{name} can be written by the group {_group(seen.st_gid)}"
    return ""


def _own_group(gid: int) -> bool:
    """Whether a group is one that this user alone is in, as many systems give each user one."""
    try:
        group, user = grp.getgrgid(gid), pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    alone = gid == user.pw_gid and group.gr_name == user.pw_name
    return alone and set(group.gr_mem) <= {user.pw_name}


def _user(uid: int) -> str:
    with suppress(KeyError):
        return pwd.getpwuid(uid).pw_name
    return f"user {uid}"


def _group(gid: int) -> str:
    with suppress(KeyError):
        return grp.getgrgid(gid).gr_name
    return str(gid)


@dataclass(frozen=True)
class Trust:
    """What this user has trusted, kept in a ``home``."""

    home: Path

    @property
    def _file(self) -> Path:
        return self.home / "trusted" / str(os.geteuid())

    def knows(self, digest: str) -> bool:
        """Whether it was trusted; a list that others could have written counts for nothing."""
        try:
            fd = os.open(self._file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            return False
        with os.fdopen(fd, "rb") as file:
            seen = os.fstat(fd)
            mine = seen.st_uid == os.geteuid() and not seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            if not mine or not stat.S_ISREG(seen.st_mode):
                return False
            lines = file.read(MOST).decode("utf-8", "replace").splitlines()
        return any(line.split(" ", 1)[0] == digest for line in lines)

    def remember(self, digest: str, title: str) -> None:
        """From now on it is trusted; raises OSError."""
        make_folder(self._file.parent)
        if self._file.is_symlink() or (self._file.exists() and not self._is_mine()):
            self._file.unlink()
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(self._file, flags, 0o600), "a", encoding="utf-8") as file:
            at = datetime.now(UTC).isoformat(timespec="seconds")
            words = "".join(c if c.isprintable() else " " for c in title)
            file.write(f"{digest} {at} {words}\n")

    def _is_mine(self) -> bool:
        seen = self._file.lstat()
        return seen.st_uid == os.geteuid() and not seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
