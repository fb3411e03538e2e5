"""The process tree: finding every descendant, and ending all of them.

As a subreaper the supervisor inherits what double-forks away, so the parent links in /proc
always lead to it. Descendants are frozen round by round until nothing new is found, then killed
together: a tree that forks while it is killed cannot outrun that.
"""

import posix as os

import _signal as signal

ROUNDS = 500


def descendants(root: int) -> "set[int]":
    """Process ids below ``root``, as /proc has them now; zombies are left out."""
    children: "dict[int, list[int]]" = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if fields and fields[0] not in {b"Z", b"X"}:
            children.setdefault(int(fields[1]), []).append(int(name))
    found: "set[int]" = set()
    waiting = [root]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def tell(pids: "set[int]", number: int) -> None:
    """Signal processes; those that are gone, or are not ours, are passed over."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except OSError:
            continue


def terminate(root: int) -> None:
    """Ask every descendant to end; one that is stopped is woken to hear it."""
    pids = descendants(root)
    tell(pids, signal.SIGTERM)
    tell(pids, signal.SIGCONT)


def kill(root: int) -> None:
    """End every descendant, however fast they fork.

    Two quiet rounds, not one: /proc is no snapshot, and a process whose parent ended while it was
    read can be missing from one round.
    """
    frozen: "set[int]" = set()
    quiet = 0
    for _ in range(ROUNDS):
        new = descendants(root) - frozen
        quiet = 0 if new else quiet + 1
        if quiet == 2:
            break
        tell(new, signal.SIGSTOP)
        frozen |= new
    tell(frozen, signal.SIGKILL)
