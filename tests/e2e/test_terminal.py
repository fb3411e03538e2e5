"""The real program on a real terminal: killed, hung up, resized, and brought back."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waiting import until

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None and not os.environ.get("CI"), reason="tmux is not here"
)
PLAN = """\
format = 1
title = "Lighthouse"
[[phase]]
title = "Lamp"
[[phase.step]]
id = "lamp"
title = "Change the lamp"
run = "x=changing; echo lamp-is-$x; touch lamp; read x < go; echo lamp-is-$x"
undo = "rm -f lamp; echo lamp-is-back"
verify_undo = "test ! -e lamp"
[[phase.step]]
id = "after"
title = "Look at the sea"
changes = false
"""


class Terminal:
    """A terminal of its own, in a private tmux."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._servers = 0
        (folder / "plan.toml").write_text(PLAN)
        os.mkfifo(folder / "go")

    def tmux(self, *words: str) -> str:
        socket = f"{self.folder}/tmux-{self._servers}"
        done = subprocess.run(
            ["tmux", "-S", socket, "-f", "/dev/null", *words], capture_output=True, text=True,
            check=False, timeout=20,
        )  # fmt: skip
        return done.stdout

    def open(self, *arguments: str, size: tuple[int, int] = (120, 40)) -> None:
        environment = {
            "RUNBOOK_HOME": str(self.folder / "home"), "RUNBOOK_AS": "Ada <ada@example.com>",
            "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8", "HOME": str(self.folder),
        }  # fmt: skip
        # A server of its own each time: one that is going still holds its socket.
        self._servers += 1
        words = " ".join(f"{k}={shlex.quote(v)}" for k, v in environment.items())
        program = shlex.join([sys.executable, "-m", "runbook_tui", *arguments])
        command = f"env -i {words} {program}; echo ended-with-$? > {self.folder}/ended; exec cat"
        self.tmux(
            "new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), "-c", str(self.folder),
            f"sh -c {shlex.quote(command)}",
        )  # fmt: skip

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.tmux("send-keys", key)

    @property
    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def see(self, text: str) -> None:
        until(lambda: text in self.screen, what=f"{text!r} on\n{self.screen}")

    def program(self) -> int:
        """The process id of the program in the terminal."""
        shell = int(self.tmux("list-panes", "-F", "#{pane_pid}").split()[0])
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(shell)], capture_output=True, text=True, check=False
        )
        return int(found.stdout.split()[0])

    def end(self) -> None:
        self.tmux("kill-server")

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "RUNBOOK_HOME": str(self.folder / "home"),
                       "RUNBOOK_AS": "Ada <ada@example.com>", "PYTHONPATH": str(ROOT)}  # fmt: skip
        return subprocess.run(
            [sys.executable, "-m", "runbook_tui", *arguments], cwd=self.folder, env=environment,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    made.cli("stop")
    made.end()


def started(terminal: Terminal) -> None:
    terminal.open("run", "plan.toml")
    terminal.see("Change the lamp")
    terminal.keys("Enter")
    until((terminal.folder / "lamp").exists)


def test_killed_during_a_command_and_resumed_it_shows_the_same_and_the_true_end(
    terminal: Terminal,
) -> None:
    started(terminal)
    os.kill(terminal.program(), signal.SIGKILL)
    until((terminal.folder / "ended").exists)
    terminal.end()
    (terminal.folder / "ended").unlink()
    terminal.open("resume")
    terminal.see("RUNNING Change the lamp")
    terminal.see("lamp-is-changing")
    (terminal.folder / "go").write_text("new\n")
    terminal.see("READY Look at the sea")
    log = terminal.cli("log", "--json").stdout
    assert '"exit": 0' in log or '"exit":0' in log


def test_a_hung_up_terminal_leaves_the_command_alone(terminal: Terminal) -> None:
    started(terminal)
    terminal.end()
    (terminal.folder / "go").write_text("new\n")
    done = terminal.cli("resume", "--no-tui")
    assert done.returncode == 7, done.stderr
    assert "lamp-is-new" in done.stdout


def test_rolled_back_from_another_terminal_while_the_program_is_dead(terminal: Terminal) -> None:
    started(terminal)
    os.kill(terminal.program(), signal.SIGKILL)
    until((terminal.folder / "ended").exists)
    done = terminal.cli("rollback", "--yes")
    assert done.returncode == 5, done.stderr
    assert "ROLLED BACK" in done.stdout
    assert not (terminal.folder / "lamp").exists()


def test_two_presses_on_a_real_terminal_at_80_by_24(terminal: Terminal) -> None:
    terminal.open("run", "plan.toml", size=(80, 24))
    terminal.see("Change the lamp")
    terminal.keys("Enter")
    until((terminal.folder / "lamp").exists)
    terminal.keys("F9")
    terminal.see("ROLLBACK")
    terminal.see("F9 again to START")
    until(lambda: _starts(terminal), what="the second press to start it")
    terminal.see("ROLLED BACK")
    assert not (terminal.folder / "lamp").exists()
    terminal.keys("Escape")
    terminal.see("READY Change the lamp")
    terminal.keys("q")
    until((terminal.folder / "ended").exists)
    assert (terminal.folder / "ended").read_text().strip() == "ended-with-5"


def _starts(terminal: Terminal) -> bool:
    """Press until a press came late enough; a person waits, a test must not guess how long."""
    import threading

    threading.Event().wait(0.6)
    terminal.keys("F9")
    threading.Event().wait(0.4)
    return "START" not in terminal.screen


def test_it_follows_the_terminal_s_size(terminal: Terminal) -> None:
    terminal.open("run", "plan.toml", size=(120, 40))
    terminal.see("F9 PANIC")
    terminal.tmux("resize-window", "-x", "50", "-y", "10")
    terminal.see("60×16")
    terminal.tmux("resize-window", "-x", "80", "-y", "24")
    terminal.see("F9 PANIC")
    terminal.see("Change the lamp")


def test_leaving_says_which_run_what_runs_and_how_to_come_back(terminal: Terminal) -> None:
    started(terminal)
    terminal.keys("q")
    until((terminal.folder / "ended").exists)
    terminal.see("still running: “Change the lamp”")
    run = json.loads(terminal.cli("runs", "--json").stdout)[0]["run"]
    terminal.see(f"come back with: runbook resume {run}")


def test_a_journal_that_is_gone_is_not_called_saved(terminal: Terminal) -> None:
    terminal.open("run", "plan.toml", size=(80, 24))
    terminal.see("● saved")
    for part in (terminal.folder / "home").glob("journal.db*"):
        part.unlink()
    terminal.see("● not saved")
    terminal.see("the journal")


def test_home_shows_each_run_in_one_row(terminal: Terminal) -> None:
    plan = terminal.folder / "plan.toml"
    title = "Lighthouse " + "of the northern isles " * 6
    plan.write_text(PLAN.replace("Lighthouse", title).replace("read x < go; ", ""))
    assert terminal.cli("run", "plan.toml", "--no-tui").returncode in {0, 1, 7}
    terminal.open(size=(80, 24))
    terminal.see("number (0 leaves)")
    rows = [row for row in terminal.screen.splitlines() if "Lighthouse of" in row]
    assert len(rows) == 1
    assert rows[0].rstrip().endswith("(Ada)  ↶ 1 ready")
