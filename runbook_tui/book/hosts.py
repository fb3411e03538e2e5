"""Names of other machines, as ssh takes them; they come from plans, so they are held to a shape."""

from __future__ import annotations

import re

NAME = re.compile(r"[A-Za-z0-9._@:%\[\]][A-Za-z0-9._@:%\[\]-]*")
LONGEST = 255


def wrong_with(name: str) -> str:
    """Why a text cannot be the name of a host; empty where it can.

    One that begins with ``-`` would be an option to ssh.
    """
    if not name:
        return "a host needs a name"
    if name.startswith("-"):
        return "a host's name cannot begin with “-”"
    if len(name) > LONGEST:
        return f"a host's name has at most {LONGEST} characters"
    if NAME.fullmatch(name) is None:
        return "a host's name holds only letters, digits and . _ @ : % [ ] -"
    return ""
