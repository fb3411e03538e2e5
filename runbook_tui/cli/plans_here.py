"""Files that look like plans: those of a folder, and those that lie below it for being plans."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

NO_PLANS = frozenset(
    {"readme.md", "changelog.md", "contributing.md", "license.md", "code_of_conduct.md"}
)
OF_PLANS = re.compile(r"(run|play)[-_ ]?books?|plans?", re.IGNORECASE)
"""Names of folders whose Markdown is meant to be carried out."""
NOT_OURS = frozenset({"node_modules", "vendor", "venv", "target", "dist", "build", "site-packages"})
"""Folders of what others have written."""
FORMAT = re.compile(r"""^[ \t]*["']?format["']?[ \t]*=[ \t]*["']?\d""", re.MULTILINE)
HEAD = 4096
"""Bytes in which a plan in TOML says its format."""
DEPTH = 3
MOST_FOLDERS = 300


def here() -> Path:
    """The folder one is in; by its name where it is there no longer."""
    try:
        return Path.cwd()
    except OSError:
        return Path(os.environ.get("PWD") or "/nowhere")


def plans_here(folder: Path) -> list[Path]:
    """Plans of the folder, then of those below it: TOML that says its format, and Markdown.

    Below it Markdown counts where a folder's name says that plans are in it. Of what cannot be
    looked into below nothing is said; raises `OSError` where the folder itself cannot be.
    """
    found = [path for path in _files(folder) if _may_be(path, markdown=True)]
    below = _folders(folder)
    looked = 0
    while below and looked < MOST_FOLDERS:
        inner = below.pop(0)
        looked += 1
        parts = inner.relative_to(folder).parts
        named = any(OF_PLANS.fullmatch(part) for part in parts)
        try:
            found += [path for path in _files(inner) if _may_be(path, markdown=named)]
            below += _folders(inner) if len(parts) < DEPTH else []
        except OSError:
            continue
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(Path(entry.path) for entry in _entries(folder) if _is(entry.is_file))


def _folders(folder: Path) -> list[Path]:
    """Folders in it, but what a link leads to: that lies elsewhere, or is one above."""
    return sorted(
        Path(entry.path)
        for entry in _entries(folder)
        if _is(entry.is_dir) and not entry.is_symlink() and entry.name.lower() not in NOT_OURS
    )


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        yield from (entry for entry in entries if not entry.name.startswith("."))


def _is(kind: object) -> bool:
    """Whether it is of that kind; a link that leads nowhere, or where one may not look, is not."""
    try:
        return bool(callable(kind) and kind())
    except OSError:
        return False


def _may_be(path: Path, *, markdown: bool) -> bool:
    name = path.name.lower()
    if name.endswith(".md"):
        return markdown and name not in NO_PLANS
    return name.endswith(".toml") and _says_its_format(path)


def _says_its_format(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return bool(FORMAT.search(file.read(HEAD).decode("utf-8-sig", "replace")))
    except OSError:
        return False
