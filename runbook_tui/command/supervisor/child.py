"""Starting the command itself: its session, its terminal, its signals, its folder."""

import fcntl
import os
import shlex
import signal
import termios
from typing import Any, NoReturn

NOT_FOUND = 127
NOT_EXECUTABLE = 126
SHELLS = {"sh", "bash", "dash", "ksh", "zsh"}
LONGEST = 128 * 1024
"""Bytes that Linux does not take as one argument any more, its end counted."""


class StartFailed(Exception):
    """The command could not be executed; ``status`` is what a shell would have said."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def lead_session(slave: int) -> None:
    """Make the terminal ours.

    The session's leader is the supervisor and not the command: when a leader ends, the kernel
    hangs up on everything it left in the foreground, and a server started with ``&`` would die
    with the step that started it.
    """
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)


def start(spec: "dict[str, Any]", slave: int, output: str, umask: int) -> int:
    """Fork and execute the command; returns its process id. Raises `StartFailed`, OSError."""
    spec["argv"] = fitting(spec["argv"], os.path.dirname(output))
    ready, report = os.pipe()
    pid = os.fork()
    if not pid:
        _become(spec, slave, output, umask, report)
    os.close(report)
    with os.fdopen(ready, "rb") as file:
        trouble = file.read()
    if trouble:
        os.waitpid(pid, 0)
        status, _, reason = trouble.decode("utf-8", "replace").partition(" ")
        raise StartFailed(int(status), reason)
    return pid


def fitting(argv: "list[str]", folder: str) -> "list[str]":
    """The arguments as they are, or where the text for a shell is longer than the system takes as
    one argument, with that text in a file that the shell reads.

    Raises OSError. What is no shell is left as it is, and fails with the system's own words.
    """
    text = argv[-1].encode("utf-8", "surrogateescape")
    known = os.path.basename(argv[0]) in SHELLS and len(argv) > 2 and argv[-2] == "-c"
    if len(text) < LONGEST or b"\0" in text or not known:
        return argv
    path = os.path.join(folder, "text")
    with open(path, "wb") as file:
        file.write(text)
    return [*argv[:-1], f". {shlex.quote(path)}"]


def _become(spec: "dict[str, Any]", slave: int, output: str, umask: int, report: int) -> NoReturn:
    """Be the command. All descriptors but the first three close as it is executed."""
    where = spec["cwd"]
    try:
        os.setpgid(0, 0)
        os.tcsetpgrp(slave, os.getpid())
        _default_signals()
        stdin = slave if spec["interactive"] else os.open(os.devnull, os.O_RDONLY)
        for target, source in enumerate((stdin, slave, slave)):
            os.dup2(source, target)
        os.umask(umask)
        os.chdir(where)
        where = spec["argv"][0]
        os.execvpe(where, spec["argv"], {**spec["environment"], "RUNBOOK_OUTPUT": output})
    except OSError as error:
        status = NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
        _tell(report, status, f"{where}: {error.strerror}")
    except ValueError as error:
        _tell(report, NOT_EXECUTABLE, f"{where}: {error}")
    finally:
        os._exit(NOT_EXECUTABLE)


def _tell(report: int, status: int, reason: str) -> None:
    os.write(report, f"{status} {reason}".encode("utf-8", "replace")[:2000])


def _default_signals() -> None:
    """What we ignore, and what Python ignores, must not be ignored by the command."""
    for number in range(1, signal.NSIG):
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):
            continue
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
