"""The bounded log, as it is written by a supervisor and read by everybody else."""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.command.folder import log_parts, read_from, read_tail
from runbook_tui.command.standby import SUPERVISOR
from runbook_tui.session.ports.commands import CommandSpec
from tests.integration.command.running import HOST, ended

SIZE = 16
"""Bytes of the head and of a segment here: so that few writes turn it over."""


@pytest.fixture(scope="module")
def spool() -> Any:
    """The supervisor's module, which finds the others beside it as the supervisor does."""
    sys.path.insert(0, str(SUPERVISOR))
    try:
        yield importlib.import_module("spool")
    finally:
        sys.path.remove(str(SUPERVISOR))
        for name in ("spool", "records"):
            sys.modules.pop(name, None)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=20))
def test_what_is_kept_stands_where_it_is_said_to_and_what_is_gone_is_counted(
    spool: Any, pieces: list[bytes]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        writer = spool.Spool(place, SIZE, SIZE)
        stream = b""
        for piece in pieces:
            writer.write(piece)
            stream += piece
            log = log_parts(folder)
            kept = [(path.read_bytes(), start) for path, start in log.parts]
            assert all(data == stream[at : at + len(data)] for data, at in kept)
            assert sum(len(data) for data, _ in kept) <= 3 * SIZE
            assert sum(len(data) for data, _ in kept) + log.dropped == len(stream) == writer.total
            assert log.dropped == writer.dropped
            for at in range(0, len(stream) + 1, 7):
                begin, data = read_from(folder, at, 9)
                assert begin >= at
                assert data == stream[begin : begin + len(data)]
                assert data or begin >= len(stream)
            tail = min(SIZE, len(stream))
            assert read_tail(folder, tail) == stream[len(stream) - tail :]
        whole = b"".join(path.read_bytes() for path, _ in log_parts(folder).parts)
        assert writer.digest() == hashlib.sha256(whole).hexdigest()


@settings(deadline=None, max_examples=12)
@given(st.binary(min_size=1, max_size=30_000), st.integers(1, 5000))
def test_any_bytes_come_through_a_terminal_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, size: int
) -> None:
    """However they are cut, and though they are no text; but for what the terminal itself does."""
    place = tmp_path_factory.mktemp("bytes")
    (place / "data").write_bytes(data)
    folder = place / "command"
    text = f"stty -opost < /dev/tty; dd if=data bs={size} 2> /dev/null"
    start(folder, text, place)
    assert ended(folder).exit == 0
    assert HOST.tail(folder, 1 << 20) == data


def start(folder: Path, text: str, place: Path) -> None:
    HOST.start(
        CommandSpec(
            folder=folder, argv=("sh", "-ec", text), cwd=str(place), environment=dict(os.environ)
        )
    )
