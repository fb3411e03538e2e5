"""The names of a run's refs on the team's git remote. Pure.

PREFIX/RUN/log       the run's events; the lead's machine alone writes it
PREFIX/RUN/by/WHO    the votes of one person on one machine, who alone writes it
PREFIX/RUN/here/WHO  who looks at the run there now; not kept
"""

from __future__ import annotations

import hashlib
import re

from runbook_tui.frozen import frozen

CUSTOM = "refs/runbook"
FALLBACK = "refs/heads/runbooks"
"""Where a host takes nothing but branches."""
PREFIXES = (CUSTOM, FALLBACK)
SKIP = "[skip ci]"
"""Pushes to branches start pipelines."""
RUN = r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}"
WHO = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
NOT_PLAIN = re.compile(r"[^a-z0-9]+")
LONGEST_NAME = 32


@frozen
class Layout:
    """The refs of one run under one prefix."""

    prefix: str
    run: str

    @property
    def log(self) -> str:
        """The ref of the run's events."""
        return f"{self.prefix}/{self.run}/log"

    @property
    def all(self) -> str:
        """A pattern of all the run's refs."""
        return f"{self.prefix}/{self.run}/*"

    def by(self, who: str) -> str:
        """The ref of somebody's votes."""
        return f"{self.prefix}/{self.run}/by/{who}"

    @property
    def here(self) -> str:
        """What the refs begin with that say who is there."""
        return f"{self.prefix}/{self.run}/here"

    @property
    def mark(self) -> str:
        """What the subject of each commit ends in."""
        return f" {SKIP}" if self.prefix == FALLBACK else ""


def who(name: str, mail: str, machine: str, place: int) -> str:
    """By what a person's votes from one machine are known; ``machine`` tells homes apart,
    ``place`` programs that are open beside one another."""
    plain = NOT_PLAIN.sub("-", name.casefold()).strip("-")[:LONGEST_NAME].strip("-")
    known = hashlib.sha256("\0".join((mail or name, machine)).encode("utf-8", "replace"))
    return f"{plain or 'somebody'}-{known.hexdigest()[:8]}-{place}"


def shared_run(ref: str) -> Layout | None:
    """The run whose log a ref is; None where it is none."""
    for prefix in PREFIXES:
        if found := re.fullmatch(rf"{prefix}/({RUN})/log", ref):
            return Layout(prefix=prefix, run=found[1])
    return None
