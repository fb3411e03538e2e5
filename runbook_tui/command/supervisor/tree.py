"""The process tree: finding every descendant, and ending all of them.

As a subreaper the supervisor inherits what double-forks away, so the parent links in /proc
always lead to it. Descendants are frozen round by round until a round finds no new one, then
killed together: a tree that forks as it is killed cannot outrun that.
"""

import os
import signal


def descendants(root: int) -> "set[int]":
    """Process ids below ``root``, as /proc has them now."""
    children: dict = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if fields[0] != b"Z":
            children.setdefault(int(fields[1]), []).append(int(name))
    found: set = set()
    waiting = [root]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def tell(pids: "set[int]", number: int) -> None:
    """Signal processes; those that are gone are passed over."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except OSError:
            continue


def terminate(root: int) -> None:
    """Ask every descendant to end."""
    pids = descendants(root)
    tell(pids, signal.SIGTERM)
    tell(pids, signal.SIGCONT)


def kill(root: int) -> None:
    """End every descendant, however fast they fork."""
    frozen: set = set()
    for _ in range(200):
        new = descendants(root) - frozen
        if not new:
            break
        tell(new, signal.SIGSTOP)
        frozen |= new
    tell(frozen | descendants(root), signal.SIGKILL)
