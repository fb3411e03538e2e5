"""The program as a fixture."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.terminals import Terminal
from tests.programs import Program


@pytest.fixture
def runbook(tmp_path: Path) -> Iterator[Program]:
    """``runbook`` in a home of its own."""
    program = Program(tmp_path)
    yield program
    program.close()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal of its own."""
    made = Terminal(tmp_path)
    yield made
    made.close()


if threading.current_thread() is threading.main_thread():
    # Who starts the tests in the background of a script has SIGINT ignored, by all their children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
