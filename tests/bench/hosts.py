"""Commands under supervisors, each in a folder of its own."""

from __future__ import annotations

import os
import time
from pathlib import Path

from runbook_tui.command.host import CommandHost
from runbook_tui.command.shells import base_environment
from runbook_tui.session.ports.commands import CommandSpec, Phase

PAUSE = 0.0002
READY = 0.25
"""Seconds in which a supervisor is surely up and has loaded what it may need."""


class Host:
    """Starts commands and waits for their ends."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._number = 0
        self._commands = CommandHost()
        self._environment = base_environment(dict(os.environ))

    def make_ready(self) -> None:
        """Have a supervisor in reserve, up and idle."""
        self._commands.make_ready()
        time.sleep(READY)

    def start(self, text: str) -> Path:
        """Start a text in the shell."""
        self._number += 1
        folder = self._place / str(self._number)
        argv = ("sh", "-c", text)
        self._commands.start(
            CommandSpec(folder=folder, argv=argv, cwd="/", environment=self._environment)
        )
        return folder

    def ended(self, folder: Path) -> tuple[float, int]:
        """Wait for the command's end, and hold that nothing of it is missing; its seconds, and the
        bytes that its log holds on the disk."""
        while not (folder / "exit.json").exists():
            time.sleep(PAUSE)
        status = self._commands.status(folder)
        assert status.phase is Phase.FINISHED, status
        assert status.exit == 0, status
        held = sum(part.stat().st_size for part in folder.glob("log.*"))
        assert held + status.dropped == status.bytes, status
        return status.seconds, held
