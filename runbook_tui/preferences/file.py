"""The file of settings: where it is, and what counts for whoever has one or none.

Most people have none, and what reads it is loaded for those who do: this stands before the first
frame.
"""

from __future__ import annotations

import os
from pathlib import Path

from runbook_tui.preferences.model import DEFAULTS, Preferences

NAME = "RUNBOOK_CONFIG"
LARGEST = 256 * 1024
"""Bytes of a file of settings; a larger one is none."""


def place() -> Path:
    """The file of settings: ``$RUNBOOK_CONFIG``, else the user's."""
    named = os.environ.get(NAME)
    if named:
        return Path(named).absolute()
    from platformdirs import user_config_path

    return user_config_path("runbook") / "config.toml"


def preferences() -> Preferences:
    """What counts for this person; never raises."""
    path = place()
    try:
        with path.open("rb") as file:
            read = file.read(LARGEST + 1)
    except FileNotFoundError:
        if NAME not in os.environ:
            return DEFAULTS
        return _unread(path, f"{NAME} names a file that is not there", "unset it, or make the file")
    except OSError as error:
        return _unread(path, f"it cannot be read: {error.strerror or error}", "")
    if len(read) > LARGEST:
        return _unread(path, "this is no file of settings: it is too large", "")
    try:
        text = read.decode("utf-8")
    except UnicodeDecodeError:
        return _unread(path, "it is not UTF-8", "save it as UTF-8")
    from runbook_tui.preferences.reading import read_text

    return read_text(text, str(path))


def _unread(path: Path, message: str, hint: str) -> Preferences:
    from runbook_tui.book.findings import Fault

    return Preferences(source=str(path), faults=(Fault(message=message, hint=hint),))
