"""The bytes that are hashed, and how each event holds on to the one before it. Pure.

An event's hash is ``sha256(hash of the event before it + the body's UTF-8 bytes)``. The first
event of a run holds on to the run's genesis: the hash of a text that binds the run's id, its
plan's digest, its plan's git commit, its allowed signers and the head of the run that was opened
before it, so that neither an event nor a whole run can be taken out or exchanged without every
later hash changing.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from runbook_tui.run.canonical import canonical

PLAIN, BOUND = 1, 2
"""Formats of a genesis: one that binds the run and its plan alone, one that binds more."""


def genesis(
    run: str, digest: str, previous: tuple[str, str] | None, bound: Mapping[str, str] = {}
) -> str:
    """What a run's first event holds on to; ``previous`` is (id, head in hex) of the run before.

    ``bound`` is what else it binds, where that is known: the git ``commit`` of its plan and the
    sha256 of its allowed ``signers``.
    """
    before = None if previous is None else {"run": previous[0], "head": previous[1]}
    kind = BOUND if bound else PLAIN
    return canonical({**bound, "format": kind, "run": run, "digest": digest, "previous": before})


def start(text: str) -> bytes:
    """The hash that stands before the first event: that of the genesis text."""
    return sha256(text.encode()).digest()


def link(previous: bytes, body: bytes) -> bytes:
    """The hash of an event: 32 bytes over the hash before it and its body."""
    return sha256(previous + body).digest()
