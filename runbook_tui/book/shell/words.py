"""Following the words of commands by what has been read of a text."""

from __future__ import annotations

from runbook_tui.book.shell.calls import LOOSE, Site
from runbook_tui.book.shell.cursor import Kind

SPECIAL = frozenset(" \t\n;&|<>()\\'\"$`")
"""What is something else than itself in a command."""


def said(kind: Kind, read: str, *, closed: bool) -> str | None:
    """What a part of a quoted text says; None where only the shell knows."""
    if read[:1] in {"$", "`"} and kind is not Kind.SINGLE:
        return None
    if kind is Kind.SINGLE:
        return read[:-1] if closed else read
    if closed:
        return ""
    if kind in {Kind.DOUBLE, Kind.HEREDOC} and read[:1] == "\\" and len(read) > 1:
        special = '\\$`"' if kind is Kind.DOUBLE else "\\$`"
        return "" if read[1] == "\n" else read[1] if read[1] in special else read
    return read


def follow(site: Site, text: str, start: int, end: int, *, keyword: bool) -> None:
    """Follow what was read of a command, outside quotes; ``keyword``: it is one, if a word."""
    read, char = text[start:end], text[start]
    if not read:
        return
    if char not in SPECIAL:
        site.begin(start).loose |= bool(LOOSE & {*read}) and not site.call.condition
        site.add(start, end, read)
        if keyword:
            site.forget()
    elif char in "\\'\"$`":
        _quoting(site, start, end, read)
    elif char in " \t":
        site.blank()
    elif char in ";&|":
        _separated(site, char, text[start - 1 : start], text[end : end + 1])
    elif char in "<>":
        _redirected(site, start, end, read, text[end : end + 1])
    elif char == "(":
        if site.word is not None:
            site.add(start, end, None)
    else:
        site.finish()


def _quoting(site: Site, start: int, end: int, read: str) -> None:
    if read[0] == "\\":
        site.add(start, end, "" if read == "\\\n" else read[1:])
    else:
        site.add(start, end, None if read[0] in "$`" else "")


def _separated(site: Site, char: str, before: str, behind: str) -> None:
    """A character that ends a command, unless it belongs to a redirection."""
    if before in {"<", ">"} or behind == ">" or before + char == "|&":
        return
    site.finish(piped=char == "|" and "|" not in {before, behind})


def _redirected(site: Site, start: int, end: int, read: str, behind: str) -> None:
    if behind == "(":
        site.begin(start).process = True
        site.add(start, end, None)
        return
    if site.word is not None and (site.word.plain or "").isdecimal():
        site.forget()
    site.blank()
    if read == "<<<":
        site.target = "input"
    else:
        site.target = "" if read.startswith("<<") else "target"
