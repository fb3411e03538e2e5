"""A real sshd on loopback, with keys and an account of its own making, for one test session."""

from __future__ import annotations

import getpass
import os
import shlex
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.ports import free_port
from tests.waiting import until

SSHD = "/usr/sbin/sshd"
HOST = "far"
"""The name under which the client's configuration knows it."""


class Sshd:
    """Listens on a port of its own; ``ssh`` is the command line that reaches it as `HOST`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "home").mkdir(exist_ok=True)
        for name in ("host", "user"):
            self._keygen(name)
        self.port = free_port()
        (folder / "authorized").write_text((folder / "user.pub").read_text())
        self.log = folder / "log"
        (folder / "sshd_config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\n"
            f"AuthorizedKeysFile {folder}/authorized\nPidFile none\nStrictModes no\n"
            "UsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
            "PermitRootLogin yes\nMaxStartups 100\nMaxSessions 100\n"
            # What the account's own shell files do and say is no matter of the tests.
            f"SetEnv HOME={folder}/home\n"
        )
        host = (folder / "host.pub").read_text()
        (folder / "known").write_text(f"[127.0.0.1]:{self.port} {host}")
        (folder / "nobody").write_text("")
        config = folder / "ssh_config"
        config.write_text(
            f"Host {HOST} other third unknown\n  HostName 127.0.0.1\n  Port {self.port}\n"
            f"  User {getpass.getuser()}\n  IdentityFile {folder}/user\n  IdentitiesOnly yes\n"
            f"  GlobalKnownHostsFile none\n"
            f"Host unknown\n  UserKnownHostsFile {folder}/nobody\n"
            f"Host *\n  UserKnownHostsFile {folder}/known\n"
            f"Host nowhere\n  HostName 127.0.0.1\n  Port 1\n"
        )
        self.ssh = f"ssh -F {shlex.quote(str(config))}"
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        self.process = subprocess.Popen(
            [SSHD, "-D", "-f", str(folder / "sshd_config"), "-E", str(self.log)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until(self._answers, what="sshd answers")

    def _keygen(self, name: str) -> None:
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / name)]
        subprocess.run(words, check=True, capture_output=True, timeout=60)

    def _answers(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0

    def children(self) -> list[int]:
        """Processes of sshd that hold connections, by their ids."""
        found = []
        below = {self.process.pid}
        for _ in range(3):
            for path in Path("/proc").glob("[0-9]*/stat"):
                try:
                    text = path.read_text()
                except OSError:
                    continue
                name = text.partition("(")[2].rpartition(")")[0]
                parent = int(text.rpartition(")")[2].split()[1])
                pid = int(path.parent.name)
                if name.startswith("sshd") and parent in below and pid not in below:
                    below.add(pid)
                    found.append(pid)
        return found

    def cut(self) -> None:
        """Break every connection, as a crash does."""
        for pid in self.children():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def close(self) -> None:
        """No longer listen; connections that stand are cut."""
        self.process.terminate()
        self.process.wait(60)
