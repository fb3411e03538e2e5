"""A real Prometheus on loopback that scrapes one number of a test's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.fakes.answers import Answers, answer
from tests.ports import free_port
from tests.waiting import until

CONFIG = """\
global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}
scrape_configs:
- job_name: shop
  static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


class Prometheus:
    """The server and what it scrapes: a gauge called ``success_rate``."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("prometheus")
        if program is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no prometheus here")
        self._exporter = Answers(answer(""))
        self.gauge(99.5)
        config = folder / "prometheus.yml"
        config.write_text(CONFIG.format(port=self._exporter.port), encoding="utf-8")
        self.url = f"http://127.0.0.1:{free_port()}"
        self._log = (folder / "prometheus.log").open("wb")
        self._child = subprocess.Popen(
            [program, f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
             f"--web.listen-address={self.url.removeprefix('http://')}"],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        until(lambda: self.value("success_rate") == 99.5, what="a first scrape")

    def gauge(self, value: float) -> None:
        """What it scrapes from now on."""
        self._exporter.act = answer(f"success_rate {value}\n", more="Content-Type: text/plain\r\n")

    def value(self, query: str) -> float | None:
        """What it answers, asked by other means than the program's."""
        url = f"{self.url}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                found = json.load(response)["data"]["result"]
        except (urllib.error.URLError, OSError):
            return None
        return float(found[0]["value"][1]) if found else None

    def close(self) -> None:
        """End it."""
        self._child.kill()
        self._child.wait()
        self._log.close()
        self._exporter.close()
