"""A program of its own that ends helpers whose starter has died: of the standard library alone.

It waits at one end of a pipe whose other end only the starter has, so that it hears of the
starter's death however that comes about. Then it ends what is left of the helpers that were under
way, told from others by a mark in their environment: each with its whole session, also what has
forked meanwhile. What has a session of its own was left behind on purpose, as a daemon is.
"""

import os
import signal
import sys
import time

ROUNDS = 500
PAUSE = 0.01
"""Seconds between two rounds."""
WIDTH = 16
"""Bytes of a place: the number of what is under way, 0 for nothing, and its process id, 0 where
that is not known yet."""


def main() -> None:
    """Wait for the end of the starter; arguments: pipe, places, mark."""
    pipe, places, mark = int(sys.argv[1]), int(sys.argv[2]), os.fsencode(sys.argv[3])
    if os.fork():
        os._exit(0)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    while os.read(pipe, 64):
        pass
    left = under_way(os.pread(places, os.fstat(places).st_size, 0))
    quiet = 0
    for _ in range(ROUNDS if left else 0):
        # /proc is no snapshot: one that is forked while it is read is found in the next round.
        quiet = 0 if end(mark, left) else quiet + 1
        if quiet == 2:
            return
        time.sleep(PAUSE)


def under_way(written: bytes) -> "dict[bytes, int]":
    """Process ids by number, as the starter has written them down."""
    found = {}
    for at in range(0, len(written) - WIDTH + 1, WIDTH):
        number = int.from_bytes(written[at : at + 8], "little")
        if number:
            found[b"%d" % number] = int.from_bytes(written[at + 8 : at + WIDTH], "little")
    return found


def end(mark: bytes, left: "dict[bytes, int]") -> int:
    """Kill what has the mark and one of these numbers; returns how many there were."""
    ended = 0
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        number = marked(name, mark)
        if number not in left:
            continue
        leader = left[number]
        if leader and session(name) != leader:
            continue
        try:
            os.kill(int(name), signal.SIGKILL)
        except OSError:
            continue
        ended += 1
    return ended


def marked(pid: str, mark: bytes) -> bytes:
    """The number behind the mark in a process's environment; empty where it has none."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            variables = file.read().split(b"\0")
    except OSError:
        return b""
    return next((v[len(mark) :] for v in variables if v.startswith(mark)), b"")


def session(pid: str) -> int:
    """The session of a process; 0 where it has ended."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] in {b"Z", b"X"} else int(fields[3])


if __name__ == "__main__":
    main()
