"""Which variables a shell text reads without having set them: what they hold comes from outside."""

from __future__ import annotations

import re

READ = re.compile(r"(?<!\\)\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})")
"""`$name` and `${name}`; with `${name:-…}` and its like the author has thought of an empty one."""


def read_from_outside(text: str) -> tuple[str, ...]:
    """Names of variables that a text of a POSIX shell reads and nowhere sets, each once."""
    names = dict.fromkeys(plain or braced for plain, braced in READ.findall(text))
    return tuple(name for name in names if not _sets(text, name))


def _sets(text: str, name: str) -> bool:
    assigned = rf"(?<![\w$\"'{{]){name}\+?="
    taken = rf"\b(?:for|select|read|mapfile|readarray|getopts|printf\s+-v)\b[^\n;|&]*\b{name}\b"
    return re.search(f"{assigned}|{taken}", text) is not None
