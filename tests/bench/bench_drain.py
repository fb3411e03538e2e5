"""How fast a supervisor drains a terminal, and how much of a disk its log takes.

Against a C loop that does nothing else, `script` and a tmux pane, interleaved. All write what they
read to a file of the same folder, but for tmux, which has none. A ratio is the median of those of
the rounds, each taken within a second or so: what else the machine does strikes both.

The C loop stands for the terminal itself: what it is to `script` and tmux is what could be reached.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shlex
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.hosts import Host

DRAINED = 10 << 20
"""Bytes put out in a round; fewer than a supervisor reads before it spares the machine."""
FLOOD = 40 << 20
"""Bytes put out to see what of them is kept."""
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
NUMBERS = itertools.count()
OURS, LOOP = "supervisor", "C loop"
Way = Callable[[], float | None]


def main(rounds: int = 15) -> None:
    """Print the rates and their ratios."""
    with tempfile.TemporaryDirectory() as place:
        rates = _rates(Path(place), rounds)
        held = _held(Path(place))
    for name, found in rates.items():
        print(
            f"drain, {name:<16} {statistics.median(found):8.1f} MB/s"
            f"  ({min(found):.1f} to {max(found):.1f})"
        )
    others = [name for name in rates if name not in {OURS, LOOP}]
    for one, another in [
        *((OURS, name) for name in rates if name != OURS),
        *((LOOP, name) for name in others if LOOP in rates),
    ]:
        print(f"  {one} to {another:<18} {_paired(rates[one], rates[another]):8.2f}")
    print(f"disk held by a log of {FLOOD >> 20} MiB   {held / CAP:6.2f} of its cap")


def _paired(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def _rates(place: Path, rounds: int) -> dict[str, list[float]]:
    """MB/s from the start to the end of the command.

    The supervisor's own start and the fsync of its last word are no draining: its time is the one
    that it states, which the other clock has to confirm.
    """
    source = _source(place, DRAINED)
    ways = _ways(place, source)
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            stated = way()
            took = time.perf_counter() - began
            assert stated is None or took / 3 < stated < took, (stated, took)
            rates[name].append(source.stat().st_size / (stated or took) / 1e6)
    return rates


def _source(place: Path, size: int) -> Path:
    source = place / f"source-{size}"
    with source.open("wb") as file:
        for number in range(size // len(LINE % 0)):
            file.write(LINE % number)
    return source


def _ways(place: Path, source: Path) -> dict[str, Way]:
    text = f"cat {shlex.quote(str(source))}"
    host = Host(place / "drained")
    ways: dict[str, Way] = {OURS: lambda: host.ended(host.start(text))[0]}
    if shutil.which("gcc"):
        (place / "loop.c").write_text(FORKPTY)
        loop = place / "loop"
        subprocess.run(["gcc", "-O2", "-o", loop, place / "loop.c", "-lutil"], check=True)
        ways[LOOP] = lambda: _run(str(loop), str(place / "log"), "cat", str(source))
    if shutil.which("script"):
        ways["script"] = lambda: _run("script", "-qc", text, str(place / "typescript"))
    if shutil.which("tmux"):
        ways["tmux, looked at"] = lambda: _tmux(place, text)
        ways["tmux, detached"] = lambda: _tmux(place, text, "-d")
    return ways


def _held(place: Path) -> int:
    """Bytes on the disk of the log of a command that has put out more than it may hold."""
    host = Host(place / "held")
    _, held = host.ended(host.start(f"cat {shlex.quote(str(_source(place, FLOOD)))}"))
    assert held <= CAP, held
    return held


def _run(*argv: str) -> None:
    # In a session of its own, as a supervisor is: Linux shares a busy machine out by sessions.
    subprocess.run(
        argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def _tmux(place: Path, text: str, *options: str) -> None:
    """In a pane, on a terminal that takes what tmux draws; ``-d``: nobody looks at it."""
    # A server of its own each time: the last one may be about to end.
    tmux = ["tmux", "-S", str(place / f"tmux-{next(NUMBERS)}"), "-f", "/dev/null"]
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
