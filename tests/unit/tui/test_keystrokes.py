"""The bytes that a program gets for a key are those that xterm sends."""

from __future__ import annotations

import pytest

from runbook_tui.tui.widgets.keystrokes import typed


@pytest.mark.parametrize(("key", "character", "sent", "in_application"), [
    ("up", None, b"\x1b[A", b"\x1bOA"),
    ("end", None, b"\x1b[F", b"\x1bOF"),
    ("ctrl+left", None, b"\x1b[1;5D", b"\x1b[1;5D"),
    ("shift+up", None, b"\x1b[1;2A", b"\x1b[1;2A"),
    ("ctrl+shift+right", None, b"\x1b[1;6C", b"\x1b[1;6C"),
    ("alt+left", None, b"\x1b[1;3D", b"\x1b[1;3D"),
    ("pagedown", None, b"\x1b[6~", b"\x1b[6~"),
    ("ctrl+delete", None, b"\x1b[3;5~", b"\x1b[3;5~"),
    ("f1", None, b"\x1bOP", b"\x1bOP"),
    ("shift+f1", None, b"\x1b[1;2P", b"\x1b[1;2P"),
    ("shift+f9", None, b"\x1b[20;2~", b"\x1b[20;2~"),
    ("f12", None, b"\x1b[24~", b"\x1b[24~"),
    ("enter", "\r", b"\r", b"\r"),
    ("alt+enter", None, b"\x1b\r", b"\x1b\r"),
    ("backspace", "\x08", b"\x7f", b"\x7f"),
    ("shift+tab", None, b"\x1b[Z", b"\x1b[Z"),
    ("ctrl+c", "\x03", b"\x03", b"\x03"),
    ("ctrl+@", "\x00", b"\x00", b"\x00"),
    ("ctrl+underscore", "\x1f", b"\x1f", b"\x1f"),
    ("alt+b", None, b"\x1bb", b"\x1bb"),
    ("alt+B", "B", b"\x1bB", b"\x1bB"),
    ("alt+colon", ":", b"\x1b:", b"\x1b:"),
    ("é", "é", "é".encode(), "é".encode()),
    ("plus", "+", b"+", b"+"),
    ("f24", None, b"", b""),
])  # fmt: skip
def test_a_key_is_sent_as_by_a_terminal(
    key: str, character: str | None, sent: bytes, in_application: bytes
) -> None:
    assert typed(key, character) == sent
    assert typed(key, character, application=True) == in_application
