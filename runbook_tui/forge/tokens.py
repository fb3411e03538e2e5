"""Where a token for GitHub comes from, in this order: environment, ``gh``, the keyring.

Each is asked by a program of its own where it is no variable: a keyring that is locked may wait
for a person, and a library that is not installed is not loaded.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from urllib.parse import urlsplit

from runbook_tui.frozen import frozen

API = "https://api.github.com"
PATIENCE = 15
"""Seconds that ``gh`` or a keyring has."""
SERVICE = "runbook"
"""Under which name a keyring has it; the user there is the host."""


@frozen(kw_only=False)
class Source:
    """One place where a token may be: its name, the token, and why there is none."""

    name: str
    token: str = ""
    why: str = ""


def names(url: str) -> tuple[str, ...]:
    """The variables that count for this API, the first first."""
    own = ("GH_TOKEN", "GITHUB_TOKEN")
    return own if url == API else ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", *own)


def host_of(url: str) -> str:
    """The machine as ``gh`` and the keyring call it."""
    return "github.com" if url == API else (urlsplit(url).hostname or "")


def sources(url: str) -> Iterator[Source]:
    """Each place in order, asked as it is come to."""
    for name in names(url):
        value = os.environ.get(name, "")
        yield Source(name, value, "" if value else "not set")
    host = host_of(url)
    gh = shutil.which("gh")
    yield _asked("gh auth token", [gh, "auth", "token", "--hostname", host] if gh else None)
    ring = find_spec("keyring") is not None
    # -P: what lies in the plan's folder must not be taken for it.
    words = [sys.executable, "-P", "-m", "keyring", "get", SERVICE, host]
    yield _asked(f"keyring ({SERVICE}, {host})", words if ring else None)


def token(url: str) -> str:
    """The first there is; empty where there is none."""
    return next((one.token for one in sources(url) if one.token), "")


def _asked(name: str, words: Sequence[str] | None) -> Source:
    if words is None:
        return Source(name, why="not installed")
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, timeout=PATIENCE, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return Source(name, why="does not answer")
    found = done.stdout.strip() if done.returncode == 0 else ""
    return Source(name, found, "" if found else "has none")
