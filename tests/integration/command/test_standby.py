"""The supervisor that is held ready: quick, never needed, never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runbook_tui.command.host import CommandHost
from runbook_tui.command.shells import base_environment
from runbook_tui.command.standby import Standby
from runbook_tui.session.ports.commands import CommandSpec
from tests.integration.command.running import alive, ended, output, supervisor_of
from tests.waiting import until

Start = Callable[[str], Path]


@pytest.fixture
def host(tmp_path: Path) -> Iterator[CommandHost]:
    made = CommandHost()
    yield made
    for lock in tmp_path.glob("*/lock"):
        made.stop(lock.parent, 0.1)
    made.close()


@pytest.fixture
def start(host: CommandHost, tmp_path: Path) -> Start:
    def start(name: str) -> Path:
        spec = CommandSpec(
            folder=tmp_path / name, argv=("sh", "-c", "echo $PPID"), cwd=str(tmp_path),
            environment=base_environment(dict(os.environ)),
        )  # fmt: skip
        host.start(spec)
        return spec.folder

    return start


def held(host: CommandHost) -> int:
    """The process id of the one in reserve."""
    until(lambda: host._standby._held)
    return host._standby._held[0].pid


def test_a_command_is_started_by_the_one_in_reserve_and_another_takes_its_place(
    host: CommandHost, start: Start
) -> None:
    host.make_ready()
    first = held(host)
    folder = start("a")
    assert not alive(first)
    assert ended(folder).exit == 0
    second = held(host)
    assert second != first
    assert alive(second)
    assert ended(start("b")).exit == 0


def test_one_that_was_killed_in_reserve_holds_nothing_up(host: CommandHost, start: Start) -> None:
    host.make_ready()
    os.kill(held(host), signal.SIGKILL)
    folder = start("a")
    assert ended(folder).exit == 0
    assert output(folder).strip().isdigit()


def test_one_that_dies_over_its_spec_is_replaced(host: CommandHost, start: Start) -> None:
    """It looks alive as it is taken, and never answers."""
    host.make_ready()
    pid = held(host)
    os.kill(pid, signal.SIGSTOP)
    killer = subprocess.Popen(["sh", "-c", f"sleep 0.3; kill -KILL {pid}"])
    folder = start("a")
    assert killer.wait() == 0
    assert ended(folder).exit == 0


def test_it_goes_with_the_host_and_takes_no_command_with_it(
    host: CommandHost, start: Start
) -> None:
    host.make_ready()
    held(host)
    folder = start("a")
    pid = held(host)
    host.close()
    assert not alive(pid)
    assert ended(folder).exit == 0
    host.make_ready()
    assert not host._standby._held


@pytest.mark.parametrize("way", ["os._exit(0)", "pass", "os.kill(os.getpid(), 9)"])
def test_it_goes_however_its_holder_ends(way: str, tmp_path: Path) -> None:
    program = textwrap.dedent(f"""
        import os, time
        from runbook_tui.command.host import CommandHost
        host = CommandHost()
        host.make_ready()
        while not host._standby._held: time.sleep(0.01)
        print(host._standby._held[0].pid, flush=True)
        {way}
    """)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    pid = int(done.stdout)
    assert not done.stderr
    until(lambda: not alive(pid))


@pytest.mark.parametrize("ready", [True, False])
def test_neither_command_nor_supervisor_holds_what_is_not_theirs(
    host: CommandHost, tmp_path: Path, ready: bool
) -> None:
    """What a starter has open must see its end, though a command runs on for days."""
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    if ready:
        host.make_ready()
        held(host)
    program = "import os; print(sorted(os.listdir('/proc/self/fd')), flush=True); input()"
    folder = tmp_path / "command"
    host.start(
        CommandSpec(
            folder=folder, argv=(sys.executable, "-c", program), cwd=str(tmp_path),
            environment=dict(os.environ), interactive=True,
        )
    )  # fmt: skip
    # The fourth is the folder that is being listed.
    until(lambda: output(folder) == "['0', '1', '2', '3']\n")
    if os.geteuid() == 0:  # Nobody else may look into a supervisor, its own user neither.
        links = [os.readlink(fd) for fd in Path(f"/proc/{supervisor_of(folder)}/fd").iterdir()]
        pipes = [link for link in links if link.startswith("pipe:")]
        # Its own, by which signals wake it.
        assert len(pipes) == 2
        assert len(set(pipes)) == 1
        assert links.count("/dev/null") == 3
        assert len(links) <= 10, links
    os.close(writing)
    assert os.read(reading, 1) == b""
    os.close(reading)
    host.write(folder, b"\r")
    assert ended(folder).exit == 0


def test_one_that_comes_up_as_its_host_is_closed_goes_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    standby = Standby()
    begin = standby.begin
    begun: list[subprocess.Popen[bytes]] = []

    def closed_meanwhile() -> subprocess.Popen[bytes]:
        begun.append(begin())
        standby.close()
        return begun[0]

    monkeypatch.setattr(standby, "begin", closed_meanwhile)
    standby.fill()
    assert not alive(begun[0].pid)
    assert standby.take() is None
