"""What lies on the disk: tests that no file holds a word."""

from __future__ import annotations

from pathlib import Path


def files_holding(folder: Path, *words: str) -> list[Path]:
    """Files under a folder that hold one of the words; links are not followed.

    A file that goes while it is looked for has been put in another's place by its writer, perhaps
    in one that was read before; then everything is read again.
    """
    while True:
        try:
            return [path for path in _files(folder) if _holds(path, words)]
        except FileNotFoundError:
            continue


def _files(folder: Path) -> list[Path]:
    return [p for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_symlink()]


def _holds(path: Path, words: tuple[str, ...]) -> bool:
    content = path.read_bytes()
    return any(word.encode() in content for word in words)
