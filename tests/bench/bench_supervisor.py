"""A supervisor against what it is measured by: a C loop, `script`, a tmux pane, a bare python.

How fast a terminal is drained, how soon the first byte of a command is logged, how much of a disk
a log takes, and how soon a typed key is echoed on the screen. All in one run, interleaved.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from runbook_tui.command.host import CommandHost
from runbook_tui.command.shells import base_environment
from runbook_tui.session.ports.commands import CommandSpec, Phase
from tests.bench.terminals import Driven, median, python, ratio, spread

DRAINED = 40 << 20
"""Bytes put out; fewer than a supervisor reads before it spares the machine (`supervise.BURST`)."""
CAP = 12 << 20
"""Bytes that a log may hold on a disk: its head and two turning segments."""
LINE = b"2026-01-01T00:00:00Z INFO request %09d served in 12 ms, 4096 bytes, status 200\n"
FORKPTY = r"""
#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv) {
    static char block[65536];
    int master, log = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (forkpty(&master, 0, 0, 0) == 0) { execvp(argv[2], argv + 2); _exit(127); }
    for (ssize_t got; (got = read(master, block, sizeof block)) > 0;)
        if (write(log, block, got) != got) return 1;
    return wait(0) < 0;
}
"""
PLAN = """\
format = 1
title = "T"
[[phase]]
title = "P"
[[phase.step]]
id = "a"
title = "STEP-IS-HERE"
run = "stty -icanon; echo TYPE-N''OW; cat"
interactive = true
undo = "true"
"""
KEYS = b"QZXJ"
QUIET = 0.2
PAUSE = 0.0002
READY = 0.25
"""Seconds in which a supervisor is surely up and has loaded what it may need."""


def main(rounds: int) -> None:
    """Print times, rates and their ratios."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _drain(folder, max(3, rounds // 2))
        _spawn(folder, rounds * 3)
        _echo(folder, rounds * 4)


# -- draining --------------------------------------------------------------------------------------


def _drain(place: Path, rounds: int) -> None:
    """MB/s of a file that is put out on a terminal, from the start to the end of the command.

    The supervisor's own start and the fsync of its last word are no draining: its time is the one
    that it states, which the other clock has to confirm.
    """
    source = place / "source"
    with source.open("wb") as file:
        for number in range(DRAINED // len(LINE % 0)):
            file.write(LINE % number)
    host = Host(place / "drained")
    ways = _drainers(place, source, host)
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            stated = way()
            took = time.perf_counter() - began
            assert stated is None or took / 2 < stated < took, (stated, took)
            rates[name].append(source.stat().st_size / (stated or took) / 1e6)
    for name, found in rates.items():
        print(f"drain, {name:<16} {median(found):10.1f} MB/s")
    for name in [name for name in rates if name != "supervisor"]:
        print(f"  supervisor to {name:<12} {ratio(rates['supervisor'], rates[name]):14.2f}")
    print(f"disk held by a log of {DRAINED >> 20} MiB   {host.held / CAP:14.2f} of its cap")


def _drainers(place: Path, source: Path, host: Host) -> dict[str, Callable[[], float | None]]:
    text = f"cat {shlex.quote(str(source))}"
    ways: dict[str, Callable[[], float | None]] = {
        "supervisor": lambda: host.ended(host.start(text))
    }
    if shutil.which("gcc"):
        (place / "loop.c").write_text(FORKPTY)
        loop = place / "loop"
        subprocess.run(["gcc", "-O2", "-o", loop, place / "loop.c", "-lutil"], check=True)
        ways["C loop"] = lambda: _run(str(loop), str(place / "log"), "cat", str(source))
    if shutil.which("script"):
        ways["script"] = lambda: _run("script", "-qc", text, str(place / "typescript"))
    if shutil.which("tmux"):
        ways["tmux, looked at"] = lambda: _tmux(place, text)
        ways["tmux, detached"] = lambda: _tmux(place, text, "-d")
    return ways


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def _tmux(place: Path, text: str, *options: str) -> None:
    """In a pane, on a terminal that takes what tmux draws; ``-d``: nobody looks at it."""
    tmux = ["tmux", "-S", str(place / "tmux"), "-f", "/dev/null"]
    done = f"{text}; {shlex.join(tmux)} wait-for -S done"
    begin = [*tmux, "new-session", *options, "-x", "80", "-y", "24", done]
    if options:
        _run(*begin)
        _run(*tmux, "wait-for", "done")
        return
    master, slave = os.openpty()
    environment = {**os.environ, "TERM": "xterm-256color"}
    client = subprocess.Popen(
        begin, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env=environment
    )
    os.close(slave)
    with contextlib.suppress(OSError):  # The terminal's end.
        while os.read(master, 1 << 16):
            continue
    os.close(master)
    assert client.wait() == 0


class Host:
    """Starts commands, each in a folder of its own."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._number = 0
        self.held = 0
        self._commands = CommandHost()
        self._environment = base_environment(dict(os.environ))

    def make_ready(self) -> None:
        """Have a supervisor in reserve, up and idle."""
        self._commands.make_ready()
        time.sleep(READY)

    def start(self, text: str) -> Path:
        """Start a text in the shell."""
        self._number += 1
        folder = self._place / str(self._number)
        argv = ("sh", "-c", text)
        self._commands.start(
            CommandSpec(folder=folder, argv=argv, cwd="/", environment=self._environment)
        )
        return folder

    def ended(self, folder: Path) -> float:
        """Wait for the command's end, and hold that nothing of it is missing; its seconds."""
        while not (folder / "exit.json").exists():
            time.sleep(PAUSE)
        status = self._commands.status(folder)
        assert status.phase is Phase.FINISHED, status
        assert status.exit == 0, status
        held = sum(part.stat().st_size for part in folder.glob("log.*"))
        assert held + status.dropped == status.bytes, status
        assert held <= CAP, held
        self.held = max(self.held, held)
        return status.seconds


# -- starting --------------------------------------------------------------------------------------


def _spawn(place: Path, rounds: int) -> None:
    """From the call to the first byte in the log; a bare python is the floor of one by exec."""
    bare: list[float] = []
    cold: list[float] = []
    warm: list[float] = []
    kept = Host(place / "warm")
    base = [getattr(sys, "_base_executable", None) or sys.executable, "-I", "-S", "-E"]
    for number in range(rounds):
        began = time.perf_counter()
        _run(*base, "-c", "pass")
        bare.append(time.perf_counter() - began)
        # A host of its own has nothing in reserve.
        cold.append(_first_byte(Host(place / f"cold-{number}")))
        kept.make_ready()
        warm.append(_first_byte(kept))
    print(f"spawn, bare python              {spread(bare)}")
    print(f"spawn to first logged byte      {spread(cold)}")
    print(f"  by exec to bare python        {ratio(cold, bare):14.2f}")
    print(f"spawn, one held ready           {spread(warm)}")
    print(f"  held ready to bare python     {ratio(warm, bare):14.2f}")


def _first_byte(host: Host) -> float:
    began = time.perf_counter()
    log = host.start("echo first") / "log.head"
    while not (log.exists() and log.stat().st_size):
        time.sleep(PAUSE)
    took = time.perf_counter() - began
    host.ended(log.parent)
    return took


# -- echo ------------------------------------------------------------------------------------------


def _echo(place: Path, presses: int) -> None:
    """From the byte of a key to its echo on the terminal: in a pane that is typed into, in tmux."""
    if not shutil.which("tmux"):
        return
    (place / "plan.toml").write_text(PLAN)
    environment = {**os.environ, "RUNBOOK_HOME": str(place / "home"), "TERM": "xterm-256color",
                   "RUNBOOK_AS": "Ada"}  # fmt: skip
    argv = [python(), "-m", "runbook_tui", "run", str(place / "plan.toml")]
    ours = Driven(argv, environment, (120, 40))
    tmux = ["tmux", "-S", str(place / "echo"), "-f", "/dev/null"]
    theirs = Driven(
        [*tmux, "new-session", "stty -icanon; echo TYPE-NOW; cat"], environment, (120, 40)
    )
    times: dict[str, list[float]] = {"pane": [], "tmux": []}
    with ours, theirs:
        theirs.until(b"TYPE-NOW")
        ours.until(b"STEP-IS-HERE")
        ours.drain(1.0)
        ours.press(b"\r")
        ours.until(b"TYPE-NOW")
        ours.press(b"i")
        ours.until(b"TYPING")
        for number in range(presses):
            key = KEYS[number % len(KEYS) :][:1]
            for name, program in (("pane", ours), ("tmux", theirs)):
                program.drain(QUIET)
                pressed = program.press(key)
                times[name].append(program.until(key) - pressed)
    _run(*tmux, "kill-server")
    subprocess.run([python(), "-m", "runbook_tui", "stop"], env=environment, check=True,
                   capture_output=True)  # fmt: skip
    for name, found in times.items():
        print(f"key to echo, {name:<19}{spread(found)}")
    print(f"  ratio of the medians          {ratio(times['pane'], times['tmux']):14.2f}")
