"""Text that we did not write, made into Markdown and HTML that says it and is nothing else."""

from __future__ import annotations

import re
from html import escape

from runbook_tui.book.plain_text import printable

MARKUP = re.compile(r"([\\`*_\[\]<>&|~!$^=])")
"""What can begin or end a mark-up anywhere in a line of Markdown, of whatever dialect."""
AT_START = re.compile(r"[#+\-:]|\d+(?=[.)](?:\s|$))")
"""What begins a block where a line does. A digit cannot be escaped; what follows it can."""
LINK = re.compile(r"(?i)(?<=www)\.|(?<=[a-z]):(?=//)|(?<=mailto):|@")
"""What makes some readers turn plain text into a link, or call somebody's attention."""
FENCE = re.compile(r"`{3,}")


def markdown(text: str) -> str:
    """One line of Markdown that reads as the text, wherever in a line it stands."""
    line = " ".join(printable(text).split())
    line = MARKUP.sub(r"\\\1", line)
    line = LINK.sub(lambda match: "\\" + match[0], line)
    begin = AT_START.match(line)
    if begin is None:
        return line
    at = begin.end() if begin[0].isdigit() else 0
    return f"{line[:at]}\\{line[at:]}"


def block(text: str, language: str = "") -> list[str]:
    """Lines of a fenced block that holds the text as it is, control characters made visible."""
    lines = printable(text, lines=True).split("\n")
    longest = max((len(run) for run in FENCE.findall("\n".join(lines))), default=2)
    fence = "`" * (longest + 1)
    return [f"{fence}{language}", *lines, fence]


class Html(str):
    """Text that is HTML already; anything else is escaped where it is put in."""

    __slots__ = ()


def safe(text: str, *, lines: bool = False) -> Html:
    """The text as HTML that shows it and means nothing."""
    return Html(escape(printable(text, lines=lines), quote=True))


def element(tag: str, *inside: str, **attributes: str | float | None) -> Html:
    """One element. What stands inside is escaped unless it is `Html`; ``class_`` is ``class``.

    An attribute that is None is left out; an underscore in a name is a dash.
    """
    words = [tag]
    for name, value in attributes.items():
        if value is not None:
            text = f"{value:g}" if isinstance(value, float) else str(value)
            words.append(f'{name.rstrip("_").replace("_", "-")}="{safe(text)}"')
    body = "".join(part if isinstance(part, Html) else safe(part) for part in inside)
    head = " ".join(words)
    if tag in _EMPTY:
        return Html(f"<{head}>")
    return Html(f"<{head}>{body}</{tag}>")


_EMPTY = frozenset({"meta", "br", "hr"})


def joined(parts: list[Html], between: str = "") -> Html:
    """Several pieces of HTML as one."""
    return Html(between.join(parts))
