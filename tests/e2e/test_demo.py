"""The demo is the main job in small: it must really go wrong and really come back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tests.programs import Program
from tests.waiting import until

needs_git = pytest.mark.skipif(
    shutil.which("git") is None and not os.environ.get("CI"), reason="needs git"
)


@needs_git
def test_it_plays_itself_to_a_healthy_end(runbook: Program, tmp_path: Path) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    ended = runbook("demo", environment={"TMPDIR": str(place)})
    assert ended.status == 0, ended
    said = ended.out
    order = ["“Merge the documentation”: started", "gate of “Core deployment” open",
             "answers 503", "ROLLBACK  phase", "ROLLED BACK"]  # fmt: skip
    places = [said.index(text) for text in order]
    assert places == sorted(places)
    last = said.splitlines()[-1]
    assert last.startswith("rolled back in ")
    assert last.endswith("s, service healthy")
    assert not runbook.home.exists()
    assert list(place.glob("runbook-demo-*")) == []


@needs_git
def test_on_a_terminal_it_says_what_to_try_and_what_is_kept(
    runbook: Program, tmp_path: Path
) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    child = pexpect.spawn(
        sys.executable, ["-m", "runbook_tui", "demo"], cwd=str(runbook.work), timeout=60,
        env=runbook.environment(TERM="xterm-256color", TMPDIR=str(place)), encoding="utf-8",
        dimensions=(40, 120),
    )  # fmt: skip
    child.expect(r"the\s+service\s+breaks")
    child.expect(r"F9\s+again\s+does\s+it")
    child.expect(r"look on as Grace:\s+RUNBOOK_HOME=.* runbook join")
    child.expect(r"Enter\s+opens\s+the\s+screen")
    child.sendline("")
    child.expect("Merge the documentation")
    child.send("\r")
    child.expect("done by|of 1:00")
    (home,) = place.glob("runbook-demo-*/home")
    environment = {"RUNBOOK_HOME": str(home)}
    until(lambda: "step.finished" in runbook.types(home))
    child.send("q")
    child.expect("keep the sandbox and its service")
    child.sendline("y")
    child.expect(r"go on as Ada:\s+RUNBOOK_HOME=.* runbook resume ")
    child.expect("bring it back")
    run = str(child.before).split()[0]
    child.expect("rm -rf")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0

    who = {**environment, "RUNBOOK_AS": "Ada <ada@harbour.example>"}
    ended = runbook("resume", run, "--no-tui", "--yes", environment=who)
    assert ended.status == 7, ended
    assert "gate of “Core deployment” waits for cto" in ended.err
    assert "goes from" not in ended.err
    service = home.parent / "service"
    shutil.rmtree(home.parent)
    until(lambda: not alive(service), what="the service ended with its sandbox")


def alive(place: Path) -> bool:
    """Whether a process still names the service's sandbox on its command line."""
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return any(
        "runbook_tui.demo.service" in line and str(place.parent) in line
        for line in found.stdout.splitlines()
    )


@needs_git
def test_as_lines_a_person_asks_grace_and_brings_it_back(runbook: Program, tmp_path: Path) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    child = pexpect.spawn(
        sys.executable, ["-m", "runbook_tui", "demo", "--plain"], cwd=str(runbook.work),
        timeout=60, encoding="utf-8", dimensions=(40, 200),
        env=runbook.environment(TERM="dumb", NO_COLOR="1", TMPDIR=str(place)),
    )  # fmt: skip
    child.expect(r"Each\s+question\s+names\s+its\s+answers")
    told = ""
    while child.expect([r"do \[1\]:", "roll back: shows what"]) == 0:
        told += str(child.before)
        child.sendline("")
    child.expect(r"do \[1\]:")
    child.sendline("back")
    child.expect("Roll back now")
    child.sendline("y")
    # What the procedure offers besides is not needed: all that was merged is taken back.
    while child.expect(["Run it now", "ROLLED BACK"]) == 0:
        child.sendline("n")
    while child.expect(["Run it now", "the service answers 200"]) == 0:
        child.sendline("n")
    child.expect("keep the sandbox and its service")
    child.sendline("n")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "Grace is asked, and signs from a session of her own" in told
    assert "\x1b" not in told
    assert list(place.glob("runbook-demo-*")) == []
