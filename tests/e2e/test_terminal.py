"""The real program on a real terminal: killed, hung up, resized, and brought back."""

from __future__ import annotations

import json
import os
import shutil
import signal

import pytest

from tests.e2e.terminals import PLAN, Terminal, started, starts
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None and not os.environ.get("CI"), reason="tmux is not here"
)


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
    until(lambda: starts(terminal), what="the second press to start it")
    terminal.see("ROLLED BACK")
    assert not (terminal.folder / "lamp").exists()
    terminal.keys("Escape")
    terminal.see("READY Change the lamp")
    terminal.keys("q")
    until((terminal.folder / "ended").exists)
    assert (terminal.folder / "ended").read_text().strip() == "ended-with-5"


def test_it_follows_the_terminal_s_size(terminal: Terminal) -> None:
    terminal.open("run", "plan.toml", size=(120, 40))
    terminal.see("READY Change the lamp")
    terminal.tmux("resize-window", "-x", "50", "-y", "10")
    terminal.see("60×16")
    terminal.tmux("resize-window", "-x", "80", "-y", "24")
    terminal.see("READY Change the lamp")
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
    terminal.see("↶ 1 ready")
    top = terminal.screen.partition("PLANS HERE")[0]
    assert top.count("Lighthouse of") == 1
    terminal.keys("q")
    until((terminal.folder / "ended").exists)
    assert "ended-with-0" in (terminal.folder / "ended").read_text()


def test_from_home_a_plan_is_started_and_gone_on_with(terminal: Terminal) -> None:
    terminal.open(size=(80, 24))
    terminal.see("✓ sound")
    terminal.keys("Enter")
    terminal.see("Start “Lighthouse”?")
    terminal.keys("Enter")
    terminal.see("READY Change the lamp")
    terminal.keys("q")
    until((terminal.folder / "ended").exists)
    (terminal.folder / "ended").unlink()
    terminal.open(size=(80, 24))
    terminal.see("1 open run")
    terminal.keys("F9")
    terminal.see("ROLLBACK")
    terminal.keys("Escape")
    terminal.see("READY Change the lamp")


def test_ctrl_z_stops_it_for_the_shell_and_fg_brings_it_back(terminal: Terminal) -> None:
    terminal.open("run", "plan.toml", shell=True)
    terminal.see("READY Change the lamp")
    terminal.keys("Enter")
    until((terminal.folder / "lamp").exists)
    terminal.keys("C-z")
    terminal.see("Stopped")
    assert "Runbook sleeps: running commands go on" in terminal.screen
    (terminal.folder / "go").write_text("new\n")
    terminal.tmux("send-keys", "-l", "fg\n")
    terminal.see("READY Look at the sea")
    terminal.keys("F9")
    terminal.see("F9 again to START")


def test_while_it_sleeps_another_terminal_takes_everything_back(terminal: Terminal) -> None:
    terminal.open("run", "plan.toml", shell=True)
    terminal.see("READY Change the lamp")
    terminal.keys("Enter")
    until((terminal.folder / "lamp").exists)
    terminal.keys("C-z")
    terminal.see("Stopped")
    done = terminal.cli("rollback", "--yes")
    assert done.returncode == 5, done.stderr
    assert not (terminal.folder / "lamp").exists()


def test_ctrl_z_where_no_shell_could_bring_it_back_says_so(terminal: Terminal) -> None:
    terminal.open("run", "plan.toml")
    terminal.see("READY Change the lamp")
    terminal.keys("C-z")
    terminal.see("there is no shell here that could bring it back")


def test_a_note_typed_in_one_go_is_kept_from_its_first_letter_on(terminal: Terminal) -> None:
    terminal.open("run", "plan.toml", size=(80, 24))
    terminal.see("READY Change the lamp")
    terminal.tmux("send-keys", "-l", "nquite a long note, q and x\r")
    terminal.see("Ada:  quite a long note, q and x")
    assert not (terminal.folder / "lamp").exists()


def test_a_pager_has_the_whole_pane(terminal: Terminal) -> None:
    (terminal.folder / "plan.toml").write_text(
        PLAN.replace("x=changing", "seq 900 | less; x=changing").replace(
            "undo =", "interactive = true\nundo =", 1))  # fmt: skip
    terminal.open("run", "plan.toml", size=(80, 24))
    terminal.see("READY Change the lamp")
    terminal.keys("Enter")
    terminal.see("i type into it")
    terminal.keys("i")
    terminal.see("TYPING")
    terminal.see(" 14\n :")
    terminal.keys("Space")
    terminal.see(" 28\n :")
    terminal.keys("q")
    until((terminal.folder / "lamp").exists)
