"""Evidence is copied in: plain files of the step's folder, within bounds, and nothing else.

Whatever made these files may have made links, devices and pipes, too, or millions of them.
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from runbook_tui.command.supervisor.masking import forms
from runbook_tui.session.home import make_folder, opened
from runbook_tui.session.ports.kept_files import FileKept

LARGEST = 8 << 20
"""Bytes of one file."""
ROOM = 32 << 20
"""Bytes of all files of one attempt."""
MOST = 100
"""Files of one attempt."""
LOOKED = 20_000
"""Names that are looked at for one pattern."""
NAME = re.compile(r"[^A-Za-z0-9._-]+")
KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket",
         stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}  # fmt: skip


class NotKept(Exception):
    """Why a file is not kept."""


class EvidenceFiles:
    """Port `KeptFiles` on this machine."""

    def keep(
        self, folder: Path, patterns: Sequence[str], into: Path, secrets: Mapping[str, str]
    ) -> list[FileKept]:
        """Copy what the patterns name; see the port."""
        found: list[FileKept] = []
        seen: set[str] = set()
        room = ROOM
        for pattern in patterns:
            try:
                names = named(folder, pattern)
            except NotKept as error:
                found.append(FileKept(name=pattern, reason=str(error)))
                continue
            for name in names:
                if name in seen:
                    continue
                seen.add(name)
                if len(found) >= MOST:
                    why = f"more than {MOST} files are named"
                    found.append(FileKept(name=pattern, reason=f"{why}; the rest is not kept"))
                    return found
                one = _one(folder, name, into, len(found) + 1, room, secrets)
                room -= one.bytes
                found.append(one)
        return found


def named(folder: Path, pattern: str) -> list[str]:
    """What a pattern names in a folder, sorted, by names from it; links to folders are not gone
    into. Raises `NotKept` where that is nothing, or outside."""
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    if pattern.startswith(("/", "~")) or ".." in parts or not parts:
        raise NotKept("it lies outside of the step's folder")
    found = list(dict.fromkeys(_Search(folder).inside("", parts)))
    # A name without a wildcard is meant; a wildcard means files.
    plain = not any(sign in pattern for sign in "*?[")
    found = [name for name in found if plain or not (folder / name).is_dir()]
    if not found:
        raise NotKept("there is no such file")
    return found


class _Search:
    """Goes through a folder after one pattern, and gives up where that would take for ever."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._looked = 0

    def inside(self, at: str, parts: list[str]) -> Iterator[str]:
        """What the parts of a pattern name below ``at``, which ends in a slash or is empty."""
        part, rest = parts[0], parts[1:]
        if part == "**":
            yield from self.inside(at, rest or ["*"])
        for entry in self._entries(at):
            name = f"{at}{entry.name}"
            goes_in = entry.is_dir(follow_symlinks=False)
            if part == "**":
                yield from self.inside(f"{name}/", parts) if goes_in else ()
            elif _fits(entry.name, part):
                if not rest:
                    yield name
                elif goes_in:
                    yield from self.inside(f"{name}/", rest)

    def _entries(self, at: str) -> list[os.DirEntry[str]]:
        found = []
        try:
            with os.scandir(self._folder / at) as entries:
                for entry in entries:
                    self._looked += 1
                    if self._looked > LOOKED:
                        raise NotKept(f"more than {LOOKED} files would have to be looked at")
                    found.append(entry)
        except OSError:
            return []
        return sorted(found, key=lambda one: one.name)


def _fits(name: str, part: str) -> bool:
    if name.startswith(".") and not part.startswith("."):
        return False
    return fnmatch.fnmatchcase(name, part)


def _one(
    folder: Path, name: str, into: Path, number: int, room: int, secrets: Mapping[str, str]
) -> FileKept:
    try:
        name.encode()
    except UnicodeEncodeError:
        said = os.fsencode(name).decode("utf-8", "backslashreplace")
        return FileKept(name=said, reason="its name is no text")
    try:
        data = _content(folder, name, room)
        for secret, value in secrets.items():
            if any(form in data for form in forms([value])):
                raise NotKept(f"it holds the value of the secret {secret}")
        file = f"{number:03}-{NAME.sub('_', Path(name).name)[-80:]}"
        make_folder(into)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with open(opened(into / file, flags), "wb") as copy:
            copy.write(data)
    except NotKept as error:
        return FileKept(name=name, reason=str(error))
    except OSError as error:
        return FileKept(name=name, reason=f"it could not be copied: {error.strerror or error}")
    digest = hashlib.sha256(data).hexdigest()
    return FileKept(name=name, file=file, bytes=len(data), digest=digest)


def _content(folder: Path, name: str, room: int) -> bytes:
    """What is in a file, whose way there has no link. Raises `NotKept` and OSError."""
    *above, last = name.split("/")
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in above:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            at, before = os.open(part, flags, dir_fd=at), at
            os.close(before)
        kind = os.stat(last, dir_fd=at, follow_symlinks=False).st_mode
        if stat.S_ISLNK(kind):
            raise NotKept("it is a link; name the file that it leads to")
        _plain(kind)
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        with open(os.open(last, flags, dir_fd=at), "rb") as file:
            # What the name stands for may have changed since.
            seen = os.fstat(file.fileno())
            _plain(seen.st_mode)
            data = file.read(min(LARGEST, room) + 1)
    finally:
        os.close(at)
    if len(data) > LARGEST:
        raise NotKept(f"it is larger than {LARGEST >> 20} MiB")
    if len(data) > room:
        raise NotKept(f"all evidence of an attempt has {ROOM >> 20} MiB")
    return data


def _plain(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise NotKept(f"it is {KINDS.get(stat.S_IFMT(mode), 'no plain file')}")
