"""Which line of a command's output says that something went wrong, in whatever language it was.

There is no telling for certain: what is taken is how compilers, shells, test runners, package
managers and the tracebacks of common languages begin such a line. A count of none ("0 errors"), an
exit status of 0 and an empty value do not count.
"""

from __future__ import annotations

import re

from runbook_tui.command.characters import HIDDEN

NAMED = (
    (
        r"(?:error|exception|\b(?:fatal|panic|critical|failure))(?:\[\w{1,20}\]| \w{1,20})?"
        r"[\"']?(?: in [^:]{1,80})?:(?!:)"
    ),  # error: TypeError: error[E0308]: error TS2304: fatal:
    r"\[(?:error|fatal|critical|emerg|alert|crit|err|fail(?:ed)?)\]",
    r"(?:^|[\s|])level=[\"']?(?:error|fatal|panic|critical)\b",
    r"\bunhandled (?:exception|promise rejection|error)\b",
    r"\buncaught \w",
    (
        r"\b(?:exit(?:ed)?|return(?:ed)?|terminated)(?: with)?(?: an?)?(?: non-?zero)?"
        r"(?: (?:exit|status|code|value|error))+:? +-?[1-9]\d*\b"
    ),  # exit status 1
    r"\bexited with -?[1-9]\d*\b",
    r"\bnon-?zero (?:exit|status)",
    r"\bcommand not found\b",
    r"\bno such file or directory\b",
    r"\bpermission denied\b",
    r"\bsegmentation fault\b",
    r"\bcore dumped\b",
    r"\bout of memory\b",
    r"\bno space left on device\b",
    r"\bconnection (?:refused|reset by peer|timed out)\b",
    r"\bcould not resolve host\b",
    r"\bundefined (?:reference|symbol)",
    r"\b[1-9]\d* (?:errors?|failures?|failed|failing)\b",
    r"\b(?:errors?|failures?|failed)[:=] *[1-9]\d*\b",
    r"\bbuild failed\b",
    r"\bmerge conflict in\b",
    r"\bnpm err!",
)
"""Whatever their case."""
SPELT = (
    r"Traceback \(most recent call last\)",
    r"\bCaused by: ",
    r"^ *(?:FATAL|ERROR|FAILED|FAIL|PANIC|CRITICAL|EMERG)\b(?! *[:=]? *0\b)",
    r"[\]\s|](?:FATAL|ERROR|PANIC|CRITICAL)[\s|\]:]",  # a level in a line of a log
    r"^E {3,}\S",  # pytest
    r"^E: \S",  # apt
    r"^ERR! ",
    r"^not ok \d",  # TAP
    r"^ *--- FAIL: ",  # go test
    r"^ *(?:✗|✘|✖|❌) ",
    r"^(?:.*: )?\*\*\* .*(?:Error \d|Stop\.|[Nn]o rule)",  # make
    r"^CONFLICT \(",  # git
    r"^ *! \[(?:remote )?rejected\]",
    r"^goroutine \d+ \[running\]",
    r"^[EF][0-9]{4} [0-9:.]{8,} ",  # klog
)
"""Only as they are written."""
LINE = re.compile(
    "(?i:" + "|".join(NAMED) + ")|" + "|".join(SPELT),
    re.MULTILINE,
)
NOTHING = re.compile(
    r"\b(?:error|exception|fatal|failure)s?[\"']? *[:=] *"
    r"(?:null|nil|none|false|0|\"\"|''|\[\]|\{\}|-|no|n/a)(?=[,;}\])]|\s*$)",
    re.IGNORECASE,
)
"""A value that says that there was none."""


HINTS = (
    *"error exception fatal panic crit emerg alert fail [err] unhandled uncaught exit return"
    " terminated zero denied fault dumped memory refused reset undefined conflict err! traceback"
    " *** rejected goroutine ✗ ✘ ✖ ❌".encode().split(),
    b"timed out", b"not found", b"no such file", b"no space", b"resolve host", b"caused by",
    b"not ok",
)  # fmt: skip
"""One of these, in small letters, is in every such line but those that begin as `BEGINS` says."""
BEGINS = re.compile(rb"^(?:\x1b\[[0-9;]*m)*(?:E {3}|E: |[EF][0-9]{4} )", re.MULTILINE)
LONGEST = 4096
"""Bytes of a line that are looked at."""


def is_error(line: str) -> bool:
    """Whether a line without its colours says that something went wrong."""
    return LINE.search(line) is not None and LINE.search(NOTHING.sub("", line)) is not None


def first_error(data: bytes) -> int | None:
    """How many lines of the output come before the first one that says so; None where none does.

    Only lines with a hint in them are looked at: all of them would take a second for each
    megabyte, in steps that hold up every other thread.
    """
    small = data.lower()
    ahead = [_next(small, hint, 0) for hint in HINTS]
    begins = BEGINS.search(data)
    while True:
        at = min(ahead)
        if begins is not None and begins.start() < at:
            at = begins.start()
        if at >= len(data):
            return None
        begin = data.rfind(b"\n", 0, at) + 1
        end = data.find(b"\n", at)
        end = end if end >= 0 else len(data)
        line = data[begin : min(end, begin + LONGEST)].decode("utf-8", "replace")
        if is_error(HIDDEN.sub("", line)):
            return data.count(b"\n", 0, begin)
        ahead = [
            found if found >= end else _next(small, hint, end)
            for found, hint in zip(ahead, HINTS, strict=True)
        ]
        if begins is not None and begins.start() < end:
            begins = BEGINS.search(data, end)


def _next(data: bytes, hint: bytes, start: int) -> int:
    found = data.find(hint, start)
    return found if found >= 0 else len(data)
