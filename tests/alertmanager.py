"""A real Alertmanager on loopback, asked by other means than the program's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port
from tests.waiting import until

CONFIG = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"


class Alertmanager:
    """The server; ``url`` is where it answers."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("prometheus-alertmanager")
        if program is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no alertmanager here")
        config = folder / "alertmanager.yml"
        config.write_text(CONFIG, encoding="utf-8")
        self.url = f"http://127.0.0.1:{free_port()}"
        self._log = (folder / "alertmanager.log").open("wb")
        self._child = subprocess.Popen(
            [program, f"--config.file={config}", f"--storage.path={folder / 'data'}",
             f"--web.listen-address={self.url.removeprefix('http://')}",
             "--cluster.listen-address="],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        until(self._answers, what="Alertmanager")

    def _answers(self) -> bool:
        try:
            return isinstance(self.silences(), list)
        except (urllib.error.URLError, OSError):
            return False

    def silences(self, *, state: str = "") -> list[dict[str, Any]]:
        """All its silences, or those in a state."""
        with urllib.request.urlopen(f"{self.url}/api/v2/silences", timeout=60) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return [one for one in found if state in {"", one["status"]["state"]}]

    def active(self, run: str) -> list[dict[str, Any]]:
        """Those that a run has opened and that stand."""
        return [one for one in self.silences(state="active") if run in one["comment"]]

    def expire(self, id_: str) -> None:
        """As a person ends a silence."""
        url = f"{self.url}/api/v2/silence/{id_}"
        urllib.request.urlopen(urllib.request.Request(url, method="DELETE"), timeout=60).close()

    def close(self) -> None:
        """End it."""
        self._child.kill()
        self._child.wait()
        self._log.close()
