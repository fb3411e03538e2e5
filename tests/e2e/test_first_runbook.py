"""“Write your first runbook”, literally: every command of the page, and its keys on a screen."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.terminals import Terminal, starts
from tests.programs import Program
from tests.waiting import PATIENCE, until

PAGE = (Path(__file__).parents[2] / "docs/guide/first-runbook.md").read_text(encoding="utf-8")
FENCE = re.compile(
    r"(?P<before>[^\n]*)\n\n(`{3,})(?P<language>\w+)\n(?P<text>.*?)^\2$", re.MULTILINE | re.DOTALL
)
NAME = re.compile(r"`([\w.]+\.(?:md|toml))`")
PLAN = next(f["text"] for f in FENCE.finditer(PAGE) if f["language"] == "markdown")


def typed(runbook: Program, folder: Path, line: str) -> int:
    """What a line of shell ends with; without a terminal, where the page has a screen."""
    if line.startswith("runbook run"):
        line = line.partition("#")[0] + " --no-tui"
    if " RUN " in line:
        run = json.loads(runbook("runs", "--json", "-n", "1").out)[0]["run"]
        line = line.replace(" RUN ", f" {run[-4:]} ")
    program = f'runbook() {{ "{sys.executable}" -m runbook_tui "$@"; }}\n{line}\n'
    done = subprocess.run(
        ["bash", "-ec", program], cwd=folder, env=runbook.environment(), check=False,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    return done.returncode


def test_every_command_of_the_page_does_what_it_says(runbook: Program) -> None:
    folder = runbook.work
    ended: dict[str, int] = {}
    for found in FENCE.finditer(PAGE):
        if found["language"] != "sh":
            (name,) = NAME.findall(found["before"])[:1]
            (folder / name).write_text(found["text"])
            continue
        for line in found["text"].splitlines():
            ended[line] = typed(runbook, folder, line)
            if line.startswith("mkdir"):
                folder = folder / "lighthouse"
    assert {line: status for line, status in ended.items() if status} == {
        "runbook run plan.md      # the checklist": 7,
        "runbook run small.toml": 7,
        "runbook run gate.toml": 7,
    }
    assert len(ended) > 10
    assert {"plan.md", "plan.toml", "small.toml", "values.toml", "gate.toml"} <= {
        path.name for path in folder.iterdir()
    }
    assert (folder / "live.eu").read_text() == "v2.3\n"


@pytest.mark.skipif(
    shutil.which("tmux") is None and not os.environ.get("CI"), reason="tmux is not here"
)
def test_the_keys_of_the_first_part_do_what_its_table_says(terminal: Terminal) -> None:
    (terminal.folder / "plan.md").write_text(PLAN)
    live = terminal.folder / "live"
    live.write_text("v2.3\n")
    terminal.open("run", "plan.md", size=(80, 24))
    terminal.see("READY Switch to the new version")
    terminal.keys("Enter")
    terminal.see("READY The page opens")
    assert live.read_text() == "v2.4\n"
    terminal.keys("Space")
    terminal.see("READY No errors in the log")
    terminal.keys("Space")
    terminal.see("the run is over")
    terminal.keys("F9")
    terminal.see("F9 again to START")
    assert live.read_text() == "v2.4\n"
    until(lambda: starts(terminal))
    terminal.see("t taken back")
    until(lambda: live.read_text() == "v2.3\n")
    terminal.keys("t")
    terminal.see("ROLLED BACK")
    terminal.keys("Escape")
    terminal.see("nothing to undo")
    # What was said before is true no longer, and went while another screen lay over it.
    until(lambda: "the run is over" not in terminal.screen)
    terminal.keys("q")
    until((terminal.folder / "ended").exists)
