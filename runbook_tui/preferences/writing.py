"""Changing one setting in its file: that value alone is another, every other line stays as it is.

What comes out is read again before anything is written. Where that is not the file with this one
value changed (it may be written in a way that is not known here), nothing is written.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from runbook_tui.preferences.file import LARGEST
from runbook_tui.preferences.model import Preferences
from runbook_tui.preferences.reading import read_text

Value = str | bool | Sequence[str] | None
"""None: as it comes."""
HEADER = re.compile(r"\s*\[")
KEYS_HEADER = re.compile(r"\s*\[\s*(keys|\"keys\"|'keys')\s*\]\s*(#.*)?$")
MOST_LINES = 200
"""Lines that one value may take."""


class Unwritable(Exception):
    """A setting cannot be changed so; the message says why and what to do."""


def change(path: Path, name: str, value: Value) -> Preferences:
    """Write one setting and read the file again; `Unwritable` where that cannot be."""
    try:
        text = _text(path)
        new = changed(text, name, value)
        found = read_text(new, str(path))
        before = {fault.message for fault in read_text(text, str(path)).faults}
        for fault in found.faults:
            if fault.message not in before:
                raise Unwritable(f"{fault.message}: {fault.hint}" if fault.hint else fault.message)
        if new != text:
            _write(path, new)
    except OSError as error:
        raise Unwritable(f"{path} cannot be written: {error.strerror or error}") from error
    return found


def changed(text: str, name: str, value: Value) -> str:
    """A file's text with one setting (``theme``, ``keys.sign``) as wanted. Raises `Unwritable`."""
    try:
        body = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Unwritable(f"the file has a fault, mend that first: {error}") from error
    lines = text.split("\n")
    table, _, key = name.rpartition(".")
    written = None if value is None else _toml(value)
    at = _place(lines, table, key)
    if at is not None:
        lines = _replaced(lines, *at, written)
    elif written is not None:
        lines = _added(lines, table, f"{key} = {written}")
    new = "\n".join(lines)
    if not _is(new, _wanted(body, table, key, value)):
        raise Unwritable(f"“{name}” stands in the file in a way that is only changed by hand")
    return new


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            read = file.read(LARGEST + 1)
        if len(read) > LARGEST:
            raise Unwritable(f"{path} is no file of settings: it is too large")
        return read.decode("utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise Unwritable(f"{path} is not UTF-8; save it as UTF-8") from error


def _write(path: Path, text: str) -> None:
    """In one go, also where the file is a link to one that is kept elsewhere."""
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
    handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(mode)
        Path(beside).replace(target)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _toml(value: str | bool | Sequence[str]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    texts = [json.dumps(text, ensure_ascii=False) for text in value]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def _place(lines: list[str], table: str, key: str) -> tuple[int, int] | None:
    """The first line of a pair and the one behind its last; None where there is none."""
    inside = ""
    own = re.compile(rf"\s*(?:{re.escape(key)}|\"{re.escape(key)}\"|'{re.escape(key)}')\s*=")
    dotted = re.compile(rf"\s*{re.escape(table)}\s*\.\s*{re.escape(key)}\s*=")
    at = 0
    while at < len(lines):
        if HEADER.match(lines[at]):
            inside = "keys" if KEYS_HEADER.match(lines[at]) else "?"
            at += 1
            continue
        end = _end(lines, at)
        here = own if inside == table else dotted if table and not inside else None
        if here is not None and here.match(lines[at]):
            return at, end
        at = end
    return None


def _end(lines: list[str], at: int) -> int:
    """The line behind the pair that begins at a line; the next one where none does."""
    if "=" not in lines[at]:
        return at + 1
    for end in range(at + 1, min(len(lines), at + MOST_LINES) + 1):
        try:
            tomllib.loads("\n".join(lines[at:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    return at + 1


def _replaced(lines: list[str], at: int, end: int, written: str | None) -> list[str]:
    if written is None:
        return [*lines[:at], *lines[end:]]
    name, _, rest = lines[at].partition("=")
    comment = _comment(rest) if end == at + 1 else ""
    return [*lines[:at], f"{name.rstrip()} = {written}{comment}", *lines[end:]]


def _comment(rest: str) -> str:
    """The comment behind a value that takes one line, with the room before it."""
    for at, char in enumerate(rest):
        if char == "#":
            try:
                tomllib.loads(f"x ={rest[:at]}")
            except tomllib.TOMLDecodeError:
                continue
            before = rest[:at]
            return before[len(before.rstrip()) :] + rest[at:]
    return ""


def _added(lines: list[str], table: str, line: str) -> list[str]:
    headers = [at for at, text in enumerate(lines) if HEADER.match(text)]
    if not table:
        end = headers[0] if headers else len(lines)
        return _behind(lines, end, [line])
    for number, at in enumerate(headers):
        if KEYS_HEADER.match(lines[at]):
            end = headers[number + 1] if number + 1 < len(headers) else len(lines)
            return _behind(lines, end, [line])
    return _behind(lines, len(lines), ["", f"[{table}]", line] if any(lines) else
                   [f"[{table}]", line])  # fmt: skip


def _behind(lines: list[str], end: int, new: list[str]) -> list[str]:
    """Behind the last line before ``end`` that says anything; the text ends with a new line."""
    at = end
    while at and not lines[at - 1].strip():
        at -= 1
    rest = lines[at:] or [""]
    if end < len(lines) and rest[0].strip():
        rest = ["", *rest]
    return [*lines[:at], *new, *rest]


def _wanted(body: dict[str, Any], table: str, key: str, value: Value) -> dict[str, Any]:
    found = {**body}
    inner: Any = (
        {**found.get(table, {})} if table and isinstance(found.get(table, {}), dict) else {}
    )
    place = inner if table else found
    if value is None:
        place.pop(key, None)
    else:
        place[key] = tomllib.loads(f"x = {_toml(value)}")["x"]
    if table:
        found[table] = inner
        if not inner:
            del found[table]
    return found


def _is(text: str, wanted: dict[str, Any]) -> bool:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return {k: v for k, v in found.items() if v != {}} == {
        k: v for k, v in wanted.items() if v != {}
    }
