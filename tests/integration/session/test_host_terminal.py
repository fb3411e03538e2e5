"""A command on another machine that is typed into: its terminal, its keys, and what can break."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from runbook_tui.book.model import Parameter, Secret, Step
from runbook_tui.command import folder as kept
from runbook_tui.run import requests as r
from runbook_tui.run.state import Status
from runbook_tui.session.session import Session
from tests.integration.command.running import alive
from tests.integration.session.far import Make, far, number_in, output_of
from tests.integration.session.scene import Scene, ask, book, run_step
from tests.sshd import HOST, Sshd
from tests.waiting import until

needs_terminal = pytest.mark.skipif(
    os.geteuid() != 0, reason="the sshd of one who is not root may give no terminal"
)


def typed(text: str, **fields: object) -> Step:
    """A step there that is typed into."""
    return far(text, interactive=True, **fields)


def folder_of(session: Session) -> str:
    """The folder of the command that runs."""
    until(lambda: session.state.step("a").running_command(), what="a command")
    record = session.state.step("a").running_command()
    assert record
    until(lambda: kept.supervisor(Path(record.folder)), what="its supervisor")
    return record.folder


def shows(place: Scene, text: str) -> None:
    """Wait until the command has put a text out."""
    until(lambda: text in output_of(place), what=f"{text!r} in {output_of(place)!r}")


@needs_terminal
def test_it_has_a_terminal_there_of_the_pane_s_size_and_gets_every_key(
    sshd: Sshd, scene: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAR_SECRET", "s3cret-for-there")
    step = typed(
        "trap 'echo CAUGHT' INT\n"
        'test -t 0 && test -t 1 && echo "on $TERM, editor $EDITOR, in $PWD: $MODE"\n'
        'echo "ready ${SSH_CONNECTION##* } $(stty size)"\n'
        'until test "$(stty size)" = "40 132"; do sleep 0.05; done; echo resized\n'
        'while read -r x || test $? -gt 128; do echo "got:$x"; test "$x" != end || break; done\n'
        'stty raw; echo raw; key=$(dd bs=1 count=2 2>/dev/null | od -An -tx1); stty sane\n'
        'echo "keys:$key"; echo "it is $token"; ps -A -o args > seen\n'
        'echo "x=1" >> "$RUNBOOK_OUTPUT"; exit 3',
        cwd=str(tmp_path), outputs=("x",), env={"MODE": "v4lue-of-the-plan"},
    )  # fmt: skip
    token = Parameter(name="token", secret=Secret(env="FAR_SECRET"))
    place = scene(book(step, parameters=(token,)))
    session = place.open()
    ask(session, r.StartStep(step="a"))
    folder = folder_of(session)
    shows(place, f"on xterm-256color, editor , in {tmp_path}: v4lue-of-the-plan")
    shows(place, f"ready {sshd.port} 24 80")
    session.keyboard.resize(folder, 40, 132)
    shows(place, "resized")
    session.keyboard.write(folder, b"hello\r")
    shows(place, "got:hello")
    session.keyboard.write(folder, b"\x03")
    shows(place, "^C")
    session.keyboard.write(folder, b"end\r")
    shows(place, "CAUGHT")
    shows(place, "raw")
    # Not ssh's escape, nor anything else's: these are two keys.
    session.keyboard.write(folder, b"~.")
    until(lambda: session.state.step("a").status is Status.FAILED, what="its end")
    out = output_of(place)
    assert "keys: 7e 2e" in out
    assert "it is ***" in out
    assert "exit status 3" in session.state.step("a").reason
    assert session.state.values["x"] == "1"
    seen = (tmp_path / "seen").read_text()
    assert "s3cret-for-there" not in seen
    assert "v4lue-of-the-plan" not in seen


@needs_terminal
def test_a_stop_ends_all_of_it_there(sshd: Sshd, scene: Make, tmp_path: Path) -> None:
    step = typed(
        "trap '' TERM HUP; setsid sleep 601 & "
        f"echo $! > {tmp_path}/child; echo $$ > {tmp_path}/pid; while :; do sleep 600; done"
    )
    place = scene(book(step))
    session = place.open()
    ask(session, r.StartStep(step="a"))
    pids = [number_in(tmp_path / name) for name in ("child", "pid")]
    place.commands.stop(Path(folder_of(session)), 1.0)
    until(lambda: session.state.step("a").status is Status.STOPPED, what="stopped")
    assert not any(alive(pid) for pid in pids)


@needs_terminal
def test_a_broken_connection_is_lost_and_ends_what_ran_there(
    sshd: Sshd, scene: Make, tmp_path: Path
) -> None:
    place = scene(book(typed(f"trap '' HUP; echo $$ > {tmp_path}/pid; sleep 600; sleep 601")))
    session = place.open()
    ask(session, r.StartStep(step="a"))
    pid = number_in(tmp_path / "pid")
    sshd.cut()
    until(lambda: session.state.step("a").status is Status.LOST, what="lost")
    assert f"the connection to {HOST} broke" in session.state.step("a").reason
    assert "it was ended there" in session.state.step("a").reason
    assert not alive(pid)


@needs_terminal
def test_one_whose_terminal_alone_breaks_is_ended_and_says_so(
    sshd: Sshd, scene: Make, tmp_path: Path
) -> None:
    place = scene(book(typed(f"trap '' HUP; echo $$ > {tmp_path}/pid; sleep 600; sleep 601")))
    session = place.open()
    ask(session, r.StartStep(step="a"))
    pid = number_in(tmp_path / "pid")
    (terminal,) = [p for p in Path("/proc").glob("[0-9]*/cmdline") if _is_terminal(p, sshd)]
    os.kill(int(terminal.parent.name), signal.SIGKILL)
    until(lambda: session.state.step("a").status is Status.FAILED, what="failed")
    assert f"the connection of its terminal on {HOST} broke" in session.state.step("a").reason
    assert not alive(pid)


def _is_terminal(cmdline: Path, sshd: Sshd) -> bool:
    try:
        words = cmdline.read_bytes()
    except OSError:
        return False
    return words.startswith(b"ssh\0") and b"RequestTTY=force" in words and (
        str(sshd.folder).encode() in words
    )  # fmt: skip


def test_where_no_terminal_can_be_had_nothing_was_run(
    sshd: Sshd, scene: Make, tmp_path: Path
) -> None:
    keys = sshd.folder / "authorized"
    allowed = keys.read_text()
    keys.write_text(f"no-pty {allowed}")
    try:
        place = scene(book(typed(f"touch {tmp_path}/ran")))
        session = place.open()
        run_step(session, "a", Status.FAILED)
    finally:
        keys.write_text(allowed)
    reason = session.state.step("a").reason
    assert f"nothing was run on {HOST}: no terminal could be had there: PTY allocation" in reason
    assert not (tmp_path / "ran").exists()


@needs_terminal
def test_a_supervisor_that_is_killed_leaves_nothing_running_there(
    sshd: Sshd, scene: Make, tmp_path: Path
) -> None:
    place = scene(book(typed(f"trap '' HUP; echo $$ > {tmp_path}/pid; sleep 600; sleep 601")))
    session = place.open()
    ask(session, r.StartStep(step="a"))
    pid = number_in(tmp_path / "pid")
    supervisor = kept.supervisor(Path(folder_of(session)))
    assert supervisor
    os.kill(supervisor, signal.SIGKILL)
    until(lambda: not alive(pid), what="ended there")
    until(lambda: session.state.step("a").status is Status.LOST, what="lost")
