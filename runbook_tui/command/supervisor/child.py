"""Starting the command itself: its session, its terminal, its signals, its folder."""

import errno
import fcntl
import posix as os
import sys
import termios

import _signal as signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

NOT_FOUND = 127
NOT_EXECUTABLE = 126
DEFAULT_PATH = "/bin:/usr/bin"
LONGEST = 32 * 4096 - 1
"""Bytes of one argument or variable that the kernel takes."""
CARRIER = __file__.rpartition("/")[0] + "/over_ssh.py"
EVALUATING = frozenset({"bash", "sh", "dash", "ash", "ksh", "zsh"})
"""Shells that can be handed a text which is too long for an argument."""


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
    ready, report = os.pipe()
    pid = os.fork()
    if not pid:
        _become(spec, slave, output, umask, report)
    os.close(report)
    with open(ready, "rb") as file:
        trouble = file.read()
    if trouble:
        os.waitpid(pid, 0)
        status, _, reason = trouble.decode("utf-8", "replace").partition(" ")
        raise StartFailed(int(status), reason)
    return pid


def _become(spec: "dict[str, Any]", slave: int, output: str, umask: int, report: int) -> "NoReturn":
    """Be the command. All descriptors but the first three close as it is executed."""
    where = spec["cwd"]
    try:
        os.setpgid(0, 0)
        os.tcsetpgrp(slave, os.getpid())
        _default_signals()
        stdin = slave if spec["interactive"] else os.open("/dev/null", os.O_RDONLY)
        for target, source in enumerate((stdin, slave, slave)):
            os.dup2(source, target)
        os.umask(umask)
        os.chdir(where)
        environment = {**spec["environment"], "RUNBOOK_OUTPUT": output}
        if spec.get("remote"):
            where = sys.executable
            os.execve(where, _carried(spec["remote"], report), environment)
        where = spec["argv"][0]
        _execute(where, _handed_over(spec["argv"], report), environment)
    except OSError as error:
        status = NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
        reason = f"{where}: {error.strerror}"
        if error.errno == errno.E2BIG:
            reason = f"{where}: {too_large(spec['argv'], spec['environment'])}"
        _tell(report, status, reason)
    except ValueError as error:
        _tell(report, NOT_EXECUTABLE, f"{where}: {error}")
    finally:
        os._exit(NOT_EXECUTABLE)  # noqa: SLF001  As `os` has it.


def _execute(name: str, argv: "list[str]", environment: "dict[str, str]") -> None:
    """As `os.execvpe`, which loads a package for it that costs as much as the shell's own start.
    Raises OSError."""
    if "/" in name:
        os.execve(name, argv, environment)
    found: "OSError | None" = None
    for folder in environment.get("PATH", DEFAULT_PATH).split(":"):
        try:
            os.execve(f"{folder or '.'}/{name}", argv, environment)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            found = found or error
    raise found or FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


def encoded(text: str) -> bytes:
    """As the system is given a text."""
    return text.encode(sys.getfilesystemencoding(), "surrogateescape")


def _handed_over(argv: "list[str]", report: int) -> "list[str]":
    """The arguments; a text that is too long for one is read by its shell from a descriptor.

    The shell evaluates it as it would have been given: under its own name, line by line, with the
    descriptor closed to what it starts. A file would leave the text behind if we are killed.
    """
    text = encoded(argv[-1])
    shell = argv[0].rpartition("/")[2]
    if len(text) <= LONGEST or shell not in EVALUATING or argv[-2:-1] != ["-c"]:
        return argv
    at = _held(text, report)
    read = f"$(</dev/fd/{at})" if shell in {"bash", "ksh", "zsh"} else f"$(cat <&{at})"
    return [*argv[:-1], f'eval "{read}" {at}<&-']


def _carried(remote: "dict[str, Any]", report: int) -> "list[str]":
    """What carries the command to another machine; no list of processes shows what it is told."""
    import records  # Only where it is wanted: most commands run here.

    at = _held(records.text_of(remote).encode(), report)
    return [sys.executable, "-I", "-S", "-E", CARRIER, str(at)]


def _held(data: bytes, report: int) -> int:
    """A descriptor in memory from which the executed program reads ``data``."""
    held = os.memfd_create("text")
    written = 0
    while written < len(data):
        written += os.write(held, data[written:])
    os.lseek(held, 0, 0)
    # Of one digit, since some shells know no others.
    at = 3 if report != 3 else 4
    os.dup2(held, at)
    return at


def too_large(argv: "list[str]", environment: "dict[str, str]") -> str:
    """What of a command the kernel does not take, in words; never a value."""
    if len(encoded(argv[-1])) > LONGEST and argv[0].rpartition("/")[2] not in EVALUATING:
        return f"its text is longer than the {LONGEST} bytes that one argument can have"
    sizes = {name: len(encoded(f"{name}={value}")) for name, value in environment.items()}
    long = [name for name, size in sizes.items() if size > LONGEST]
    if long:
        return f"{', '.join(long)}: longer than the {LONGEST} bytes that a variable can have"
    largest = sorted(sizes, key=lambda name: -sizes[name])[:3]
    return (
        f"its environment of {sum(sizes.values())} bytes is larger than this system takes"
        f" (most is {', '.join(largest)})"
    )


def _tell(report: int, status: int, reason: str) -> None:
    os.write(report, f"{status} {reason}".encode("utf-8", "replace")[:2000])


def _default_signals() -> None:
    """What we ignore, and what Python ignores, must not be ignored by the command."""
    for number in signal.valid_signals():
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
