"""Sessions as people paste them: which lines were typed behind a prompt, and at whose."""

from __future__ import annotations

import re

from runbook_tui.book.markdown.remembered import remembered

_WHERE = r"[\w.-]{1,80}@[\w.-]{1,120}"
PROMPT = re.compile(r"^[ \t]*(?:\$ |[❯➜] {1,3})", re.MULTILINE)
"""A prompt that says nothing but that what follows is typed."""

HOST = re.compile(
    rf"^[ \t]*(?:\[{_WHERE}(?: [^\]\n]{{0,80}})?\] ?[$#](?: |$)"
    rf"|{_WHERE}(?:[: ][^\s$#%>\n]{{0,120}})? ?[$#%](?: |$)|[a-z][\w.-]{{1,80}}[ \t]{{1,12}}\$ )",
    re.MULTILINE,
)
"""``user@host:~$ ``, ``[root@host ~]# ``, ``host $ ``: it is typed there, not here."""
ROOT = re.compile(r"^[ \t]*# ?(?=\S)", re.MULTILINE)
DATABASE = re.compile(
    r"^[ \t]*(?:[\w.-]{1,80}[=*!-]{1,2}[#>]|(?:mysql|mariadb|MariaDB \[[^\]\n]{0,60}\]|sqlite"
    r"|SQL|cqlsh|PS [A-Z]:[^>\n]{0,120}|(?:\d{1,3}\.){3}\d{1,3}:\d{2,5}"
    r"|redis[^\s>]{0,40})> ?)[ \t]*(?=\S)",
    re.MULTILINE,
)
"""``shop=# ``, ``mysql> ``, ``127.0.0.1:6379> ``: no shell reads what stands behind it."""


@remembered
def elsewhere(text: str) -> re.Pattern[str] | None:
    """The prompt of a block whose lines are not, or not all, for a shell of this machine."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    # Whoever goes on at a database's prompt is no longer in the shell that the block began in.
    database = (">" in text or "#" in text) and DATABASE.search(text)
    return DATABASE if database else HOST if HOST.match(first) else None


def is_log(text: str, mark: re.Pattern[str]) -> bool:
    """Whether more of a block was put out than was typed."""
    lines = [line for line in text.splitlines() if line.strip()]
    return sum(mark.match(line) is not None for line in lines) * 2 < len(lines)


def typed(text: str, mark: re.Pattern[str] = PROMPT) -> str:
    """The lines behind prompts, without these, and those that they go on in; "" without any."""
    kept: list[str] = []
    continued = False
    for line in text.splitlines():
        prompt = mark.match(line)
        if prompt or continued:
            kept.append(line[prompt.end() :] if prompt else line)
            continued = line.rstrip().endswith("\\")
    return "\n".join(kept)
