"""Carries one command to another machine: `python -I -S -E over_ssh.py FD`, its spec on FD.

Runs below the supervisor, in the place of the command. ssh writes the command's output straight to
the terminal; its standard error brings the other side's answers, and what is none is shown. How it
went stands in ``remote.json`` at every moment, so that a kill leaves the truth behind: nothing was
run, or nobody knows.
"""

import ctypes
import json
import math
import os
import select
import shlex
import signal
import subprocess
import sys
import time
from typing import Any

# A program of its own, which runs isolated, finds its neighbours only so.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import records
from ssh import ANSWER, begin, end, show

DUMPABLE = 4
LINGER = 1.0
"""Seconds for ssh to bring the rest of the output; what still runs then goes on without us."""
REACH = 4.5
"""Seconds for a second connection, to end what the first has left there."""
NOT_RUN = 255
HINTS = (
    ("Host key verification failed", "connect once with `ssh {host}` and check its key"),
    ("Permission denied", "load your key with ssh-add: nothing can be asked here"),
    ("Could not resolve hostname", "check the name, or give it a Host entry in ~/.ssh/config"),
)


class Link:
    """One command on one host, from the connection to the last word about it."""

    def __init__(self, spec: "dict[str, Any]") -> None:
        self.spec = spec
        self.host = spec["host"]
        self.token = spec["token"].encode() + b" "
        self.began = False
        self.place: "tuple[str, str] | None" = None
        self.status: "int | None" = None
        self.refused = ""
        self.words: "list[str]" = []
        self.stop_at: "float | None" = None
        self.stopping = False
        self.pending = spec["script"].encode("utf-8", "surrogateescape")
        self.read = b""
        self.poll = select.poll()
        self.terminal: "Any" = None
        self.woken = wake_on_signals()

    def run(self) -> int:
        """Everything; returns the status that this process ends with."""
        reason = f"nothing was run on {self.host}"
        self.report({"exit": NOT_RUN, "reason": reason, "not_run": True})
        try:
            self.ssh = begin([*self.spec["ssh"], "--", self.host, self.spec["taking"]])
        except OSError as error:
            return self.not_run(f"{self.spec['ssh'][0]}: {error.strerror}")
        self.talk()
        if self.status is not None:
            return self.ended(self.status)
        if not self.began:
            end(self.ssh)
            return self.not_run(self.refused or self.why())
        return self.lost()

    def talk(self) -> None:
        """Send what is to be sent and hear what is said, until the end of one side."""
        poll = self.poll
        out, err = self.ssh.stdin.fileno(), self.ssh.stderr.fileno()
        os.set_blocking(out, False)
        poll.register(err, select.POLLIN)
        poll.register(self.woken, select.POLLIN)
        while self.status is None and not self.refused:
            if self.pending:
                poll.register(out, select.POLLOUT)
            for fd, _ in poll.poll(self.patience()):
                if fd == self.woken:
                    os.read(fd, 4096)
                    self.stop()
                elif fd == out:
                    self.send(out)
                    poll.unregister(out)
                elif fd == err:
                    if not self.hear(fd):
                        return
                elif not self.terminal.hear():
                    poll.unregister(fd)
                    self.terminal_ended()
            if self.stopping and not self.began:
                return
            if self.stop_at is not None and time.monotonic() >= self.stop_at:
                return
            if self.terminal is not None and self.terminal.overdue and not self.stopping:
                # The command has outlived its terminal, and nobody could see or end it.
                self.stop()

    def terminal_ended(self) -> None:
        """Either the command is over, which the other side will say, or there is no terminal."""
        if not self.began:
            self.refused = f"no terminal could be had there: {self.terminal.why()}"
        elif not self.stopping:
            self.terminal.broke = self.terminal.ended_by_itself

    def patience(self) -> "float | None":
        """Milliseconds to wait for something to happen."""
        waits = self.terminal is not None and not self.stopping
        dues = [self.stop_at, self.terminal.due if waits else None]
        left = [due - time.monotonic() for due in dues if due is not None]
        return max(0.0, min(left)) * 1000 + 1 if left else None

    def send(self, fd: int) -> None:
        """As much of what is waiting as ssh takes."""
        try:
            self.pending = self.pending[os.write(fd, self.pending) :]
        except BlockingIOError:
            return
        except OSError:
            self.pending = b""  # It is gone; the end of its standard error says so.

    def stop(self) -> None:
        """A wish that the command ends; it ends there, with all that came from it."""
        if self.stopping:
            return
        self.stopping = True
        if self.began:
            self.pending += f"stop {math.ceil(self.spec['grace'])}\n".encode()
            self.stop_at = time.monotonic() + self.spec["grace"] + ANSWER

    def hear(self, fd: int) -> bool:
        """Take in what the other side or ssh says; False at its end."""
        data = os.read(fd, 1 << 16)
        *lines, self.read = (self.read + data).split(b"\n")
        if not data and self.read:
            lines.append(self.read)
        for line in lines:
            if line.startswith(self.token):
                self.obey(line[len(self.token) :])
            elif line.strip():
                self.words.append(line.decode("utf-8", "replace").strip())
                del self.words[:-5]
                show(line + b"\n")
        return bool(data)

    def obey(self, line: bytes) -> None:
        """One answer of the other side."""
        word, _, rest = line.partition(b" ")
        if word == b"open" and self.spec["terminal"] and self.terminal is None:
            import far_terminal

            self.terminal = far_terminal.FarTerminal(self.spec, os.fsdecode(rest))
            self.poll.register(self.terminal.fd, select.POLLIN)
        elif word == b"ready":
            pid, _, folder = os.fsdecode(rest).partition(" ")
            self.place = (pid, folder)
            if not self.stopping:
                # Recorded first: from here on it may have begun.
                self.report({"lost": f"the connection to {self.host} broke"})
                self.began = True
                self.pending += b"go\n"
        elif word == b"refused":
            self.refused = rest.decode("utf-8", "replace")
        elif word == b"out" and rest.endswith(b" ."):
            keep_output(bytes.fromhex(rest[:-2].decode("ascii")))
        elif word == b"end":
            self.status = int(rest)

    def ended(self, status: int) -> int:
        """The command ended there: give the rest of its output a moment to arrive."""
        if self.terminal is not None:
            self.terminal.leave(LINGER)
        broke = self.terminal is not None and self.terminal.broke
        reason = f"the connection of its terminal on {self.host} broke" if broke else ""
        self.report({"exit": status, "reason": reason})
        self.ssh.stdin.close()
        try:
            self.ssh.wait(LINGER)
        except subprocess.TimeoutExpired:
            pass  # Something it has left running still puts out; that is shown as it comes.
        return status

    def not_run(self, why: str) -> int:
        """Nothing has begun there, for certain."""
        reason = f"nothing was run on {self.host}"
        if self.terminal is not None:
            self.terminal.leave(0.0)
        if self.stopping:
            why = "it was stopped before"
        hint = next((h for said, h in HINTS if said in why), "try `ssh {host} true`")
        words = f"{reason}: {why}"
        if not (self.refused or self.stopping):
            todo = hint.format(host=shlex.quote(self.host))
            # What ssh says itself stands there already.
            words = f"{reason}; {todo}" if why in self.words else f"{words}; {todo}"
            why += f"; {todo}"
        self.report({"exit": NOT_RUN, "reason": f"{reason}: {why}", "not_run": True})
        show(f"{words}\n".encode())
        return NOT_RUN

    def why(self) -> str:
        """What ssh has said last."""
        return self.words[-1] if self.words else f"ssh ended with exit status {self.ssh.poll()}"

    def lost(self) -> int:
        """The connection is gone: end what may still run there, by another."""
        what = "did not answer" if self.stop_at is not None else "broke"
        reason = f"the connection to {self.host} {what}; what the command did there is unknown"
        self.report({"lost": f"{reason}, and whether it still runs"})
        end(self.ssh)
        if self.terminal is not None:
            self.terminal.leave(0.0)
        after = "it was ended there" if self.end_there() else "it may still run there"
        self.report({"lost": f"{reason}; {after}"})
        show(f"{reason}; {after}\n".encode())
        return NOT_RUN

    def end_there(self) -> bool:
        """Whether the other side says, over a new connection, that nothing of it lives."""
        pid, folder = self.place or ("", "")
        script = f"pid={shlex.quote(pid)}\nd={shlex.quote(folder)}\n{self.spec['ending']}"
        data = script.encode("utf-8", "surrogateescape")
        try:
            # A shared connection may be what broke.
            words = [*self.spec["ssh"], "-o", "ControlPath=none", "--", self.host, "exec sh -s"]
            with begin(words, stdout=subprocess.DEVNULL) as again:
                try:
                    _, said = again.communicate(data, timeout=REACH)
                except subprocess.TimeoutExpired:
                    end(again)
                    return False
        except OSError:
            return False
        return self.token + b"gone" in said

    def report(self, body: "dict[str, Any]") -> None:
        """What is to be recorded if this process ends now."""
        records.write(self.spec["report"], body)


def wake_on_signals() -> int:
    """A descriptor that becomes readable when we are asked to end, from the terminal too."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, lambda *_: None)
    return reading


def keep_output(data: bytes) -> None:
    """What the command has put out by now takes the place of what it had before."""
    place = os.environ["RUNBOOK_OUTPUT"]
    temporary = f"{place}.{os.getpid()}"
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
    os.replace(temporary, place)


def main() -> int:
    """Take the spec from its descriptor, then carry the command."""
    # No core file and no debugger of ours may hold the secrets of the script.
    ctypes.CDLL(None).prctl(DUMPABLE, 0, 0, 0, 0)
    with os.fdopen(int(sys.argv[1]), encoding="utf-8") as file:
        spec = json.load(file)
    return Link(spec).run()


if __name__ == "__main__":
    sys.exit(main())
