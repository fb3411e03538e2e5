"""Supervising one command: drain its terminal, hear what is asked, tell how it ended."""

import posix as os
import select
import time

import _signal as signal

import allowance
import child
import control
import outputs
import records
import spool
import terminal
import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from typing import Any

REMOTE = "remote.json"
"""How a command on another machine went, in the words of what carries it there."""
AT_ONCE = 1 << 16
"""Bytes of output after which other things are looked at."""
BACKLOG = 1 << 18
"""More than a terminal holds: what is read at the end without waiting."""
REMOTE_SLACK = 8.0
"""Seconds that what carries a command to another machine gets beyond the grace, to end it there."""
HELD = 0.05
"""Seconds for which the possible beginning of a secret is held back: a prompt must be seen."""
SWEEP = 5.0
"""Seconds after which children are looked for though no signal told of one."""


class Supervisor:
    """Holds the command's terminal from its start until the last of its descendants has gone."""

    def __init__(
        self,
        folder: str,
        spec: "dict[str, Any]",
        umask: int,
        ours: "socket.socket | None",
        output: "outputs.Outputs",
    ) -> None:
        self.folder = folder
        self.spec = spec
        self.umask = umask
        self.socket = ours
        self.outputs = output
        self.spool = spool.Spool(folder)
        self.masker = make_masker(spec["secrets"])
        self.held_since: "float | None" = None
        self.allowance = allowance.Allowance()
        self.pid = 0
        self.ended = False
        self.alone = False
        self.died = True
        """Whether a child may have ended since the last look; at first it may."""
        self.swept = 0.0
        self.stopped = False
        self.timed_out = False
        self.kill_at: "float | None" = None
        self.terminal = terminal.Terminal()
        self.woken = wake_on_signals()
        self.began = time.monotonic()
        self.since = through_sleep()
        self.wall = time.time()

    def path(self, name: str) -> str:
        """A file of the folder."""
        return f"{self.folder}/{name}"

    def run(self) -> None:
        """Everything, from the start of the command to the end of the last descendant."""
        try:
            self.carry_out()
        finally:
            self.outputs.close()
            control.close(self.folder)
            outputs.remove(self.path("meta.json.tmp"))

    def carry_out(self) -> None:
        """The same, with what the command puts out still there."""
        self.resize(self.spec["rows"], self.spec["columns"])
        child.lead_session(self.terminal.slave)
        try:
            self.pid = child.start(self.spec, self.terminal.slave, self.outputs.path, self.umask)
        except child.StartFailed as failure:
            self.spool.write(f"{failure}\r\n".encode())
            self.tell_end({"exit": failure.status, "reason": str(failure)})
            return
        self.describe()
        self.loop()
        self.settle()
        self.keep(self.masker.flush())
        records.write(
            self.path("end.json"), {"bytes": self.spool.total, "dropped": self.spool.dropped}
        )

    def describe(self) -> None:
        """Say who we are, and what is wrong; with room for that on a disk that becomes full."""
        records.write(
            self.path("meta.json"),
            {
                "supervisor": os.getpid(), "child": self.pid, "started": self.wall,
                "mono": self.began, "boot": boot(), "trouble": self.spool.trouble,
            },
            # Within another boot it means nothing; the command's first output does not wait.
            durable=False,
        )  # fmt: skip
        try:
            records.reserve(self.path("meta.json"))
        except OSError:
            return

    def loop(self) -> None:
        """Wait for something to happen and deal with it, until nobody is left."""
        ready: "dict[int, Callable[[], None]]" = {
            self.terminal.master: self.terminal_ready,
            self.woken: self.signalled,
        }
        if self.socket is not None:
            ours = self.socket
            ready[ours.fileno()] = lambda: control.obey(ours, self)
        poll = select.poll()
        for fd in ready:
            poll.register(fd, select.POLLIN)
        wanted = select.POLLIN
        while not (self.ended and self.alone):
            if wanted != (wanted := self.interest()):
                poll.modify(self.terminal.master, wanted)
            for fd, _ in poll.poll(self.patience() * 1000):
                ready[fd]()
            if self.died or time.monotonic() >= self.swept + SWEEP:
                self.reap()
            self.keep_time()

    def interest(self) -> int:
        """What of the terminal is worth waking up for."""
        reading = select.POLLIN if self.allowance.wait() <= 0 else 0
        return reading | (select.POLLOUT if self.terminal.typed else 0)

    def patience(self) -> float:
        """Seconds to wait for something to happen."""
        now = time.monotonic()
        dues = [now + SWEEP]
        if self.allowance.wait() > 0:
            dues.append(now + self.allowance.wait())
        elif self.held_since is not None:
            dues.append(self.held_since + HELD)
        if self.kill_at is not None:
            dues.append(self.kill_at)
        if self.outputs.patience is not None and not self.ended:
            dues.append(now + self.outputs.patience)
        if self.spec["timeout"] and not self.ended and not self.timed_out:
            dues.append(self.began + self.spec["timeout"])
        return max(0.0, min(dues) - now) + 0.001

    # -- the terminal ----------------------------------------------------------------------------

    def terminal_ready(self) -> None:
        """Read what is there, then type what is waiting."""
        if self.allowance.wait() <= 0:
            data = self.terminal.read(AT_ONCE)
            self.allowance.spend(len(data))
            self.mask(data)
        self.terminal.send()

    def mask(self, data: bytes) -> None:
        """Keep output masked; what may begin a secret waits, from its first byte on."""
        self.keep(self.masker.feed(data))
        if not self.masker.held:
            self.held_since = None
        elif self.held_since is None or self.masker.held <= len(data):
            self.held_since = time.monotonic()

    def settle(self) -> None:
        """Read all that the ended command has left in its terminal."""
        self.mask(self.terminal.read(BACKLOG))

    def keep(self, data: bytes) -> None:
        """Write masked output to the log."""
        if data:
            known = self.spool.trouble
            self.spool.write(data)
            if self.spool.trouble != known:
                self.describe()

    # -- what viewers ask for --------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Type into the terminal."""
        self.terminal.write(data)

    def resize(self, rows: int, columns: int) -> None:
        """Give the terminal this size, and say since which byte of the log it has it."""
        if self.terminal.resize(rows, columns):
            rows, columns = self.terminal.size
            body = {"rows": rows, "columns": columns, "at": self.spool.total}
            records.write(self.path("size.json"), body, durable=False)

    def signal(self, number: int) -> None:
        """Signal what runs in the terminal's foreground, as Ctrl+C would."""
        self.terminal.signal(number)

    def stop(self, grace: float) -> None:
        """A person wants the whole tree ended."""
        self.stopped = self.stopped or not self.ended
        self.end_tree(grace)

    # -- the processes ---------------------------------------------------------------------------

    def signalled(self) -> None:
        """A signal came: a child's end, or a wish that we end, which means the command."""
        numbers = os.read(self.woken, 4096)
        self.died = self.died or signal.SIGCHLD in numbers
        if signal.SIGTERM in numbers:
            self.stop(self.spec["grace"])

    def reap(self) -> None:
        """Take in every child that ended: the command, and what others left to us."""
        self.died = False
        self.swept = time.monotonic()
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG | os.WUNTRACED)
            except ChildProcessError:
                # All descendants are children, or children of children, of ours.
                self.alone = True
                return
            if pid == 0:
                self.alone = False
                return
            if pid != self.pid:
                continue
            if os.WIFSTOPPED(status):
                # Nobody could continue it, so it goes on at once.
                self.terminal.go_on(pid, os.WSTOPSIG(status))
            elif not self.ended:
                self.command_ended(status, usage)

    def command_ended(self, status: int, usage: "Any") -> None:
        """The command itself ended: say so at once, whatever still lingers."""
        self.ended = True
        # Asked before the rest is read: where nobody is left, nothing can come after it.
        lingering = bool(tree.descendants(os.getpid()))
        self.settle()
        self.keep(self.masker.flush())
        unkept = self.outputs.end()
        how: "dict[str, Any]" = {
            "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        }
        if self.spec.get("remote"):
            import far_end  # A command of this machine does not wait for it.

            how = far_end.over_there(self.path(REMOTE), self.spec["secrets"])
        reasons = (how.get("reason", ""), self.spool.trouble, unkept)
        self.tell_end(
            {
                **how,
                "reason": "; ".join(filter(None, reasons)),
                "cpu_seconds": usage.ru_utime + usage.ru_stime,
                "max_rss_kib": usage.ru_maxrss,
                "lingering": lingering,
            }
        )

    def tell_end(self, body: "dict[str, Any]") -> None:
        """The exit file: there whole or not at all, and only once."""
        facts = {
            "started": self.wall,
            "seconds": through_sleep() - self.since,
            "stopped": self.stopped,
            "timed_out": self.timed_out,
            "bytes": self.spool.total,
            "dropped": self.spool.dropped,
            "digest": self.spool.digest(),
        }
        records.write(self.path("exit.json"), {**body, **facts})

    def keep_time(self) -> None:
        """What is due: a look at the values, the step's time limit, the end of a stop's grace."""
        if not self.ended:
            self.outputs.look()
        limit = self.spec["timeout"]
        now = time.monotonic()
        due = self.held_since is not None and now >= self.held_since + HELD
        if due and self.allowance.wait() <= 0:
            # What is there by now was read before: no more has come in time.
            self.held_since = None
            self.keep(self.masker.release())
        if limit and not self.ended and not self.timed_out and now - self.began >= limit:
            self.timed_out = True
            self.end_tree(self.spec["grace"])
        if self.kill_at is not None and now >= self.kill_at:
            self.kill_at = None
            tree.kill(os.getpid())

    def end_tree(self, grace: float) -> None:
        """Ask everything to end, and end it after ``grace`` seconds; the shortest grace holds."""
        tree.terminate(os.getpid())
        # What is no number of seconds, or a very long one, must not put the end off for ever.
        patience = grace if 0 <= grace <= 3600 else 0.0
        if self.spec.get("remote") and not self.ended:
            patience = max(patience, self.spec["grace"]) + REMOTE_SLACK
        due = time.monotonic() + patience
        if self.kill_at is None or due < self.kill_at:
            self.kill_at = due


class Passing:
    """A masker where there is nothing to mask."""

    held = 0

    def feed(self, data: bytes) -> bytes:
        """All of it."""
        return data

    def release(self) -> bytes:
        """Nothing is ever held back."""
        return b""

    flush = release


def make_masker(secrets: "list[str]") -> "Any":
    """What masks these values; its modules are only loaded where there are any."""
    if not secrets:
        return Passing()
    import masking

    return masking.Masker(secrets)


def wake_on_signals() -> int:
    """A descriptor that becomes readable with the end of a child, and with SIGTERM.

    Made before the first child, so that the quickest is not missed.
    """
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    return reading


def through_sleep() -> float:
    """Seconds of a clock that nobody sets and that goes on while the machine sleeps."""
    try:
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    except (AttributeError, OSError):
        return time.monotonic()


def boot() -> str:
    """Which boot of the machine this is; monotonic times compare only within one."""
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            return file.read().strip()
    except OSError:
        return ""
