"""Closing what is merged already, in real shells: passed over; any other failure ends the text."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from runbook_tui.book.shell.passing_over import passing_over

SHELLS = [("bash", "-eo", "pipefail", "-c"), ("sh", "-e", "-c")]
GH = """\
#!/bin/sh
case "$2" in
  close) test "$CLOSES" = yes ;;
  view) test -n "$STATE" && echo "$STATE" ;;
esac
"""


@pytest.mark.parametrize("shell", SHELLS, ids=["bash", "sh"])
@pytest.mark.parametrize(("closes", "state", "goes_on"), [
    ("yes", "OPEN", True), ("no", "MERGED", True), ("no", "CLOSED", True),
    ("no", "OPEN", False), ("no", "", False),
])  # fmt: skip
def test_only_what_is_over_is_passed_over(
    tmp_path: Path, shell: tuple[str, ...], closes: str, state: str, goes_on: bool
) -> None:
    (tmp_path / "gh").write_text(GH)
    (tmp_path / "gh").chmod(0o755)
    text = passing_over("gh pr close 12\necho reverted\n", shell)
    done = subprocess.run(
        [*shell, text], capture_output=True, text=True, check=False,
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "CLOSES": closes, "STATE": state},
    )  # fmt: skip
    assert ("reverted" in done.stdout) is goes_on
    assert (done.returncode == 0) is goes_on
    assert ("passed over: it is" in done.stdout) is (goes_on and closes == "no")
