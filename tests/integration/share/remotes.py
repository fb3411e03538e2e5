"""A remote that is not a folder: ``git daemon`` on loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path

from tests.ports import free_port
from tests.waiting import until


class Daemon:
    """Serves a folder of repositories on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.address = f"git://127.0.0.1:{self.port}"
        self._child = subprocess.Popen(
            ["git", "daemon", "--reuseaddr", "--listen=127.0.0.1", f"--port={self.port}",
             "--export-all", "--enable=receive-pack", f"--base-path={folder}", str(folder)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        until(self._answers, what="git daemon answers")

    def _answers(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0

    def close(self) -> None:
        """Serve no longer."""
        os.killpg(self._child.pid, signal.SIGTERM)
        self._child.wait(60)
