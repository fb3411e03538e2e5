"""The supervisor of one command: `python -I -S -E FOLDER`, its spec as JSON on standard input.

It lives in a session of its own, holds the command's terminal, writes only the command's folder,
and ends when the command and everything it started have ended.
"""

import ctypes
import fcntl
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import termios
import time

import masking
import spool
import tree

PAUSE = 0.05
CHUNK = 65536
SUBREAPER = 36


def atomically(path: str, body: dict) -> None:
    """Write a JSON file that is there whole or not at all."""
    temporary = f"{path}.tmp"
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "w") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def start_child(spec: dict, slave: int, output: str) -> int:
    """Fork the command with the terminal as its controlling one; returns its process id."""
    ready, report = os.pipe()
    pid = os.fork()
    if pid:
        os.close(report)
        return finish_start(pid, ready)
    try:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for number in (
            signal.SIGHUP,
            signal.SIGINT,
            signal.SIGQUIT,
            signal.SIGTSTP,
            signal.SIGPIPE,
            signal.SIGTTOU,
            signal.SIGTTIN,
        ):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        stdin = slave if spec["interactive"] else os.open(os.devnull, os.O_RDONLY)
        os.dup2(stdin, 0)
        os.dup2(slave, 1)
        os.dup2(slave, 2)
        os.set_inheritable(report, False)
        os.closerange(3, report)
        os.closerange(report + 1, 4096)
        os.chdir(spec["cwd"])
        environment = dict(spec["environment"], RUNBOOK_OUTPUT=output)
        os.execvpe(spec["argv"][0], spec["argv"], environment)
    except OSError as error:
        os.write(report, f"{error.strerror}: {error.filename or spec['argv'][0]}".encode())
    finally:
        os._exit(127)


class StartFailed(Exception):
    """The command could not be executed."""


def finish_start(pid: int, ready: int) -> int:
    with os.fdopen(ready, "rb") as file:
        trouble = file.read()
    if trouble:
        os.waitpid(pid, 0)
        raise StartFailed(trouble.decode("utf-8", "replace"))
    return pid


class Supervisor:
    """Drains the terminal, listens to its socket, and tells how the command ended."""

    def __init__(self, folder: str, spec: dict) -> None:
        self.folder = folder
        self.spec = spec
        self.spool = spool.Spool(folder)
        self.masker = masking.Masker(spec["secrets"])
        self.master = -1
        self.pid = -1
        self.ended = False
        self.stopped = False
        self.timed_out = False
        self.kill_at = None
        self.began = time.monotonic()
        self.wall = time.time()
        self.socket = None
        self.pidfd = -1

    def path(self, name: str) -> str:
        """A file of the folder."""
        return os.path.join(self.folder, name)

    def run(self) -> None:
        """Everything, from the start of the command to its end."""
        master, slave = os.openpty()
        self.master = master
        self.resize(self.spec["rows"], self.spec["columns"])
        os.set_blocking(master, False)
        try:
            self.pid = start_child(self.spec, slave, self.path("output"))
        except StartFailed as failure:
            self.spool.write(f"{failure}\r\n".encode())
            self.write_exit({"exit": 127, "signal": None, "reason": str(failure)})
            return
        finally:
            os.close(slave)
        self.pidfd = os.pidfd_open(self.pid)
        atomically(
            self.path("meta.json"),
            {"supervisor": os.getpid(), "child": self.pid, "started": self.wall},
        )
        self.loop()

    def listen(self) -> None:
        """The control socket; bound by a short name, since such paths are limited to 108 bytes."""
        os.chdir(self.folder)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self.socket.setblocking(False)
        before = os.umask(0o177)
        self.socket.bind("control")
        os.umask(before)
        os.chdir("/")

    def loop(self) -> None:
        poll = select.poll()
        poll.register(self.master, select.POLLIN)
        poll.register(self.pidfd, select.POLLIN)
        poll.register(self.socket.fileno(), select.POLLIN)
        draining = True
        while True:
            events = poll.poll(int(self.patience() * 1000))
            for fd, _ in events:
                if fd == self.master:
                    draining = self.drain()
                    if not draining:
                        poll.unregister(self.master)
                elif fd == self.pidfd:
                    poll.unregister(self.pidfd)
                    self.reap_command()
                elif fd == self.socket.fileno():
                    self.obey()
            self.reap_orphans()
            self.keep_time()
            if self.ended and (not draining or not tree.descendants(os.getpid())):
                break
        self.drain()
        self.spool.write(self.masker.flush())
        atomically(
            self.path("end.json"), {"bytes": self.spool.total, "dropped": self.spool.dropped}
        )

    def patience(self) -> float:
        """Seconds to wait for something to happen."""
        return PAUSE if (self.kill_at or self.ended) else 0.2

    def drain(self) -> bool:
        """Read what is there; False when the terminal is closed on the other side."""
        for _ in range(16):
            try:
                data = os.read(self.master, CHUNK)
            except BlockingIOError:
                return True
            except OSError:
                return False
            if not data:
                return False
            self.spool.write(self.masker.feed(data))
        return True

    def reap_command(self) -> None:
        """The command itself ended: say so at once, whatever still lingers."""
        _, status, usage = os.wait4(self.pid, 0)
        self.ended = True
        self.drain()
        self.spool.write(self.masker.flush())
        exit_ = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        lingering = bool(tree.descendants(os.getpid()))
        self.write_exit(
            {
                "exit": exit_,
                "signal": number,
                "reason": self.spool.full,
                "cpu_seconds": usage.ru_utime + usage.ru_stime,
                "max_rss_kib": usage.ru_maxrss,
                "lingering": lingering,
            }
        )

    def write_exit(self, body: dict) -> None:
        """The exit file: there whole or not at all, and only once."""
        body.update(
            started=self.wall,
            seconds=time.monotonic() - self.began,
            stopped=self.stopped,
            timed_out=self.timed_out,
            bytes=self.spool.total,
            dropped=self.spool.dropped,
            digest=self.spool.digest(),
        )
        try:
            atomically(self.path("exit.json"), body)
        except OSError:
            with open(self.path("exit.json"), "w") as file:
                json.dump(body, file)

    def reap_orphans(self) -> None:
        """Children that others left to us."""
        while self.ended:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return

    def keep_time(self) -> None:
        """The step's time limit, and the end of the grace that a stop gives."""
        limit = self.spec["timeout"]
        now = time.monotonic()
        if limit and not self.ended and not self.timed_out and now - self.began > limit:
            self.timed_out = True
            self.stop(self.spec["grace"])
        if self.kill_at is not None and now >= self.kill_at:
            self.kill_at = None
            tree.kill(os.getpid())

    def stop(self, grace: float) -> None:
        """Ask the whole tree to end, and end it after ``grace`` seconds."""
        tree.terminate(os.getpid())
        self.kill_at = time.monotonic() + grace

    def obey(self) -> None:
        """One message on the control socket: JSON with a verb."""
        try:
            message = json.loads(self.socket.recv(1 << 17))
        except (OSError, ValueError):
            return
        verb = message.get("verb")
        if verb == "stop":
            self.stopped = not self.ended
            self.stop(float(message.get("grace", 5.0)))
        elif verb == "write":
            self.type(message["data"].encode("latin-1"))
        elif verb == "resize":
            self.resize(int(message["rows"]), int(message["columns"]))

    def type(self, data: bytes) -> None:
        """Type into the terminal; what does not fit in its buffer is lost, as with a real one."""
        try:
            os.write(self.master, data)
        except OSError:
            return

    def resize(self, rows: int, columns: int) -> None:
        """Tell the terminal its size."""
        try:
            fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        except OSError:
            return


def main() -> None:
    """Take the spec and the lock, then supervise."""
    spec = json.load(sys.stdin)
    folder = spec["folder"]
    os.umask(0o077)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    lock = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(os.open(os.path.join(folder, "output"), os.O_WRONLY | os.O_CREAT, 0o600))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    supervisor = Supervisor(folder, spec)
    supervisor.listen()
    os.write(1, b"held\n")
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    supervisor.run()


main()
