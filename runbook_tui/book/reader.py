"""Reading a plan, whatever its format."""

from __future__ import annotations

import re
from functools import partial

from runbook_tui.book.files import Files, Load
from runbook_tui.book.findings import Fault, PlanFaults
from runbook_tui.book.foreign import foreign
from runbook_tui.book.model import Runbook

GZIP = b"\x1f\x8b"
"""How an archive begins that is compressed, as those of runs are."""
WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
"""How texts in UTF-16 and UTF-32 begin."""


COMMENT = re.compile(r"<!--[ \t]*(?:runbook:|expected)")
FENCE = re.compile(r"^[^\n`~]*(?:```|~~~)[^\n{]{0,80}\{", re.MULTILINE)
"""How what begins in Markdown that says something of what it stands at: comments, blocks."""
LARGEST = 4 << 20
"""Bytes of a plan with all that it takes in; a run keeps them as one event."""


def read(text: str, name: str, load: Load | None = None, *, remarks: bool = True) -> Runbook:
    """The runbook of a plan's text: TOML if ``name`` ends in ``.toml``, else Markdown.

    ``load`` gives the text of a file that the plan takes in, by its name relative to the plan's
    folder; it raises OSError, LookupError, ValueError or `PlanFaults` where there is none. Whoever
    only runs the plan needs no ``remarks`` on what it says, and does not wait for them.
    Raises `PlanFaults` with every fault.
    """
    _full(text, name)
    if name.endswith(".toml"):
        from runbook_tui.book.toml.reader import read_toml

        return read_toml(
            text, name, Files(name, load, partial(_draw, remarks=remarks)), remarks=remarks
        )
    return _markdown(text, name, remarks=remarks, whole=True)


def _markdown(text: str, name: str, *, remarks: bool, whole: bool) -> Runbook:
    """What a Markdown document says, with what its comments add to it."""
    from runbook_tui.book.markdown import read_markdown

    comments = "<!--" in text and COMMENT.search(text) is not None
    if not comments and not ("{" in text and FENCE.search(text)):
        return read_markdown(text, name, remarks=remarks, whole=whole)
    from runbook_tui.book.annotations import annotated, expected, fences_say, taken_out

    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    bare, notes = taken_out(text)
    notes = (*fences_say(text), *expected(text), *notes)
    runbook = read_markdown(bare, name, remarks=remarks, whole=whole)
    return annotated(runbook, notes, remarks=remarks)


def _draw(text: str, name: str, files: Files, *, remarks: bool) -> Runbook | None:
    """What a file says that a plan takes in; what the whole of it says is looked at in the plan."""
    _full(text, files.source)
    if name.endswith(".toml"):
        from runbook_tui.book.toml.reader import draw_toml

        return draw_toml(text, files.source, files)
    return _markdown(text, files.source, remarks=remarks, whole=False)


def too_large(name: str, size: int) -> PlanFaults:
    """What is said of a plan that no run could keep; ``size`` in bytes, of all its files."""
    message = f"too large: {size / (1 << 20):.1f} MiB, at most {LARGEST >> 20} MiB for a plan"
    hint = "put what is only to be read into files of its own, and name them in the plan"
    return PlanFaults(name, (Fault(message=f"{message} with all it takes in", hint=hint),))


def _full(text: str, name: str) -> None:
    if not text.strip():
        fault = Fault(message="nothing to do: there is no text in it", hint="is it saved?")
        raise PlanFaults(name, (fault,))


def decode(data: bytes, name: str) -> str:
    """A plan's text; raises `PlanFaults` where it is binary or of another format."""
    other = foreign(name, data)
    if other:
        message = f"this is {other}, and only Markdown and TOML plans are read"
        raise PlanFaults(name, (Fault(message=message, hint="write the steps in Markdown"),))
    if data.startswith(GZIP):
        hint = "a run's archive is checked by `runbook verify`; what is in it is read, not run"
        fault = Fault(
            message="this is an archive, and a plan from an archive is not run", hint=hint
        )
        raise PlanFaults(name, (fault,))
    if data.startswith(WIDE):
        fault = Fault(message="this is UTF-16 or UTF-32 text", hint="save it as UTF-8")
        raise PlanFaults(name, (fault,))
    if b"\0" in data:
        raise PlanFaults(name, (Fault(message="this is binary, not a plan"),))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        before = data[data.rfind(b"\n", 0, error.start) + 1 : error.start]
        column = len(before.decode("utf-8-sig")) + 1
        fault = Fault(message="this is not UTF-8 text", line=line, column=column,
                      hint="save it as UTF-8")  # fmt: skip
        raise PlanFaults(name, (fault,)) from None
