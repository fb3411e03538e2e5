"""A real browser reads the page of a report, where there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC
from pathlib import Path

import pytest

from runbook_tui.report.html import to_html
from tests.fakes.reported import report
from tests.pictures import BROWSER

HOSTILE = "</pre></style><script>document.title='taken'</script><img src=x onerror=alert(1)>"


def test_a_browser_shows_what_others_wrote_and_runs_none_of_it(tmp_path: Path) -> None:
    browser = next((found for name in BROWSER if (found := shutil.which(name))), None)
    if browser is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no chromium here")
    page = tmp_path / "report.html"
    page.write_text(to_html(report(HOSTILE, lines=(HOSTILE,)), UTC), encoding="utf-8")
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom",
         page.as_uri()],
        check=True, capture_output=True, text=True, timeout=90,
    )  # fmt: skip
    assert "<title>&lt;/pre&gt;&lt;/style&gt;&lt;script&gt;" in done.stdout
    assert "<script" not in done.stdout
    assert "<img" not in done.stdout
    assert done.stdout.count("<svg") > 5
