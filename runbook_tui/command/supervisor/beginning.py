"""From the spec to the supervising: the lock is taken, and whoever started us is left.

The supervisor lives in a session of its own, holds the command's terminal, writes only the
command's folder, and ends when the command and everything it started have ended. Says ``held``
on standard output once it holds the folder's lock; from then on it outlives whoever started it.
"""

import errno
import fcntl
import posix as os
import select

import _signal as signal

import control
import outputs
import records
import supervise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SUBREAPER = 36
DUMPABLE = 4
IGNORED = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTSTP,
    signal.SIGTTIN,
    signal.SIGTTOU,
    signal.SIGPIPE,
)


def main() -> None:
    """Take the spec and the lock, leave our starter, then supervise."""
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)
    umask = os.umask(0o077)
    text = spec_text()
    if not text:
        # Whoever held us ready has gone, or needs nothing any more.
        return
    spec = records.parsed(text.decode())
    folder = spec["folder"]
    try:
        output = prepare(folder, spec)
    except OSError as error:
        say(f"{error.strerror}: {error.filename or folder}")
        return
    if os.fork():
        # Our starter waits for this process, so that no zombie is left to it; what goes on has
        # its own session and inherits the lock.
        os._exit(0)  # noqa: SLF001  As `os` has it.
    os.setsid()
    control_process(SUBREAPER, 1)
    # No core file and no debugger of ours may hold the secrets of the spec.
    control_process(DUMPABLE, 0)
    ours = control.listen(folder)
    say("held")
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    if null > 2:
        os.close(null)
    try:
        supervise.Supervisor(folder, spec, umask, ours, output).run()
    except OSError as error:
        reason = f"its supervisor failed: {error.strerror or error}"
        if not records.exists(f"{folder}/meta.json"):
            records.write(f"{folder}/exit.json", {"exit": 126, "reason": reason})
        raise


def spec_text() -> bytes:
    """All of standard input. One who is held ready loads meanwhile what a command may need."""
    if not select.select([0], [], [], 0)[0]:
        import hashlib  # noqa: F401
        import masking  # noqa: F401
        import values  # noqa: F401
    parts: "list[bytes]" = []
    while part := os.read(0, 1 << 16):
        parts.append(part)
    return b"".join(parts)


def control_process(option: int, value: int) -> None:
    """prctl(2), without the package that costs a third of a bare interpreter to load."""
    try:
        import _ctypes

        class Function(_ctypes.CFuncPtr):
            _flags_ = _ctypes.FUNCFLAG_CDECL

        call = Function(_ctypes.dlsym(_ctypes.dlopen(None, 0), "prctl"))
    except (ImportError, AttributeError, OSError):
        import ctypes

        call = ctypes.CDLL(None).prctl
    call(option, value, 0, 0, 0)


def prepare(folder: str, spec: "dict[str, Any]") -> outputs.Outputs:
    """The folder, its lock for as long as we live, and room for what must be written.

    Returns the file for the command's values. Raises OSError.
    """
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        pass
    lock = os.open(f"{folder}/lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if records.exists(f"{folder}/void"):
        raise OSError(errno.ECANCELED, "others have gone on without this command", folder)
    for name in ("exit.json", "meta.json"):
        records.reserve(f"{folder}/{name}")
    return outputs.make(folder, spec["secrets"], spec["environment"])


def say(word: str) -> None:
    """A word to our starter, which may be gone already: that must not hold the command up."""
    try:
        os.write(1, f"{word}\n".encode())
    except OSError:
        return
