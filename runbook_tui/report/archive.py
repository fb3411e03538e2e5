"""The archive of a run as a file: a tar.gz of one shape, so that any other shape is a change.

Written and read here byte for byte: one folder, plain files, nothing that could point elsewhere,
nothing that is not written down in ``SHA256SUMS``. Nothing is ever unpacked.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from runbook_tui.session.ports.archive import (
    EVIDENCE,
    LOGS,
    SUMS,
    Archived,
    Member,
    NoArchive,
    Packed,
)

HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
"""A gzip file's beginning: deflate, no name, no time."""
SEAL = b"\x1f\x8b\x08\x04\x00\x00\x00\x00\x02\xff\x24\x00RB\x20\x00"
"""How the end begins: an empty gzip part, as a file may have several, with room for a hash.

It is that of all bytes before it, since the same files can be compressed in more ways than one.
"""
SEAL_END = b"\x03" + bytes(9)
SEALED = len(SEAL) + hashlib.sha256().digest_size + len(SEAL_END)
RAW = -15
"""zlib's number for deflate without a frame of its own."""
BLOCK = 512
PIECE = 1 << 18
MOST_HELD = 512 << 20
"""Bytes of events and plan that are held at once; logs are only summed up."""


class _Zipped:
    """Writes gzip with a beginning that does not depend on who compresses."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._zip = zlib.compressobj(6, zlib.DEFLATED, RAW)
        self._crc = 0
        self._size = 0
        self._put(HEADER)

    def _put(self, data: bytes) -> None:
        self._hash.update(data)
        self._file.write(data)

    def write(self, data: bytes) -> None:
        self._crc = zlib.crc32(data, self._crc)
        self._size += len(data)
        self._put(self._zip.compress(data))

    def finish(self) -> None:
        self._put(self._zip.flush() + _end(self._crc, self._size))
        self._file.write(_seal(self._hash.digest()))


def _end(crc: int, size: int) -> bytes:
    """The end of a gzip part."""
    return crc.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")


def _seal(digest: bytes) -> bytes:
    return SEAL + digest + SEAL_END


def write(file: IO[bytes], folder: str, at: int, contents: Iterable[Packed]) -> None:
    """Write an archive; raises OSError where a file cannot be read or written.

    ``at`` is what the files say they were made (epoch seconds): the same run gives the same bytes.
    """
    out = _Zipped(file)
    sums = []
    for packed in contents:
        out.write(_header(folder, packed.name, packed.size, at))
        digest = hashlib.sha256()
        size = 0
        for block in packed.blocks():
            digest.update(block)
            size += len(block)
            out.write(block)
        if size != packed.size:
            raise OSError(f"{packed.name} changed while it was read")
        out.write(bytes(-size % BLOCK))
        sums.append(f"{digest.hexdigest()}  {packed.name}\n")
    text = "".join(sums).encode()
    out.write(_header(folder, SUMS, len(text), at) + text + bytes(-len(text) % BLOCK))
    out.write(bytes(2 * BLOCK))
    out.finish()


def _header(folder: str, name: str, size: int, at: int) -> bytes:
    info = tarfile.TarInfo(f"{folder}/{name}")
    info.size, info.mtime, info.mode = size, at, 0o644
    return info.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")


def read(path: Path) -> Archived:
    """What is in an archive; raises `NoArchive` where it is none at all.

    What is wrong further on is a problem of the archive, and what could be read is there.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(HEADER)) != HEADER:
                raise NoArchive(f"{path} is no archive that `runbook export` has written")
            seal = _seal_of(file)
            file.seek(len(HEADER))
            found = _Reading(_unzipped(file, seal)).archive()
            file.seek(-min(SEALED, file.seek(0, os.SEEK_END)), os.SEEK_END)
            if file.read() == seal:
                return found
            sealed = "its bytes are not those that were written"
            return dataclasses.replace(found, problems=(sealed, *found.problems))
    except OSError as error:
        raise NoArchive(f"{path} cannot be read: {error.strerror or error}") from error


def _seal_of(file: IO[bytes]) -> bytes:
    """The seal that the file should have, over all that stands before it."""
    left = file.seek(0, os.SEEK_END) - SEALED
    file.seek(0)
    found = hashlib.sha256()
    while left > 0 and (block := file.read(min(left, PIECE))):
        found.update(block)
        left -= len(block)
    return _seal(found.digest())


class _Broken(Exception):
    """The rest of the file cannot be read."""


def _unzipped(file: IO[bytes], seal: bytes) -> Iterator[bytes]:
    """What was compressed, piece by piece; raises `_Broken` where that is not whole, or where
    something other than the seal is behind it."""
    unzip = zlib.decompressobj(RAW)
    crc = size = 0
    rest = b""
    while not unzip.eof:
        piece = unzip.unconsumed_tail or file.read(PIECE)
        try:
            data = unzip.decompress(piece, PIECE)
        except zlib.error as error:
            raise _Broken("it cannot be unpacked") from error
        if not piece and not data and not unzip.eof:
            raise _Broken("it ends in the middle")
        crc, size = zlib.crc32(data, crc), size + len(data)
        rest = unzip.unused_data
        if data:
            yield data
    if rest + file.read(BLOCK) != _end(crc, size) + seal:
        raise _Broken("its end is not that of what is in it")


class _Reading:
    """Goes through the blocks of a tar once, and believes nothing of what they say."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._ahead = b""
        self._used = 0
        """Bytes of what was read ahead that are taken already."""
        self._held = 0
        self._folder = ""
        self._at = 0
        self._members: dict[str, Member] = {}

    def archive(self) -> Archived:
        """All of it."""
        problems = []
        try:
            while (head := self._take(BLOCK)) != bytes(BLOCK):
                self._member(head)
            if self._take(BLOCK) != bytes(BLOCK):
                raise _Broken("its end is not as it was written")
            if self._used < len(self._ahead) or next(self._pieces, b""):
                raise _Broken("there is something behind its end")
        except _Broken as broken:
            problems.append(str(broken))
        return Archived(
            folder=self._folder, at=self._at, members=self._members, problems=tuple(problems)
        )

    def _member(self, head: bytes) -> None:
        try:
            info = tarfile.TarInfo.frombuf(head, "ascii", "strict")
            folder, _, name = info.name.partition("/")
            if not self._members:
                self._folder, self._at = folder, int(info.mtime)
            due = _header(self._folder, name, info.size, self._at)
        except (tarfile.HeaderError, ValueError, UnicodeError) as error:
            raise _Broken("the head of a file in it was changed") from error
        if due != head or not name or name in self._members or info.size < 0:
            raise _Broken("the head of a file in it was changed")
        digest = hashlib.sha256()
        data = bytearray()
        held = not name.startswith((LOGS, EVIDENCE))
        self._held += info.size if held else 0
        if self._held > MOST_HELD:
            raise _Broken(f"{name} is larger than an archive's can be")
        left = info.size
        while left:
            piece = self._take(min(left, PIECE))
            digest.update(piece)
            left -= len(piece)
            if held:
                data += piece
        if any(self._take(-info.size % BLOCK)):
            raise _Broken(f"there is something behind {name}")
        self._members[name] = Member(size=info.size, sha256=digest.hexdigest(), data=bytes(data))

    def _take(self, size: int) -> bytes:
        """The next bytes, exactly so many; raises `_Broken` where there are fewer."""
        parts = []
        while size:
            if self._used == len(self._ahead):
                self._ahead, self._used = next(self._pieces, b""), 0
                if not self._ahead:
                    raise _Broken("it ends in the middle")
            part = self._ahead[self._used : self._used + size]
            self._used += len(part)
            size -= len(part)
            parts.append(part)
        return b"".join(parts)
