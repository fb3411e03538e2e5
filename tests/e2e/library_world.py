"""A site with a certificate and a service with releases, small and real, for the shipped plans."""

from __future__ import annotations

import os
import shutil
import signal
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port
from tests.waiting import until

NAME = "shop.example.com"
SERVICE = """\
import http.server, os, pathlib, signal, ssl, sys
port, root = int(sys.argv[1]), pathlib.Path(sys.argv[2])

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write((root / "current" / "text").read_bytes())

    def log_message(self, *args):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Answer)
if (root / "now.crt").exists():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load = lambda *_: context.load_cert_chain(root / "now.crt", root / "now.key")
    load()
    signal.signal(signal.SIGHUP, load)
    server.socket = context.wrap_socket(server.socket, server_side=True)
(root / "pid").write_text(str(os.getpid()))
server.serve_forever()
"""
SYSTEMCTL = """\
#!/bin/sh
# What the plans ask of systemd, for one service that a test has started.
pid=$(cat "$SITE/pid")
case $1 in
reload) kill -HUP "$pid" ;;
restart) kill -0 "$pid" ;;
is-active) kill -0 "$pid" ;;
*) exit 64 ;;
esac
"""


@dataclass(frozen=True)
class Site:
    """A service on loopback; ``values`` are the plan's parameters."""

    root: Path
    port: int
    values: list[str]

    @property
    def environment(self) -> dict[str, str]:
        """What the program finds in its environment: its own systemctl before any other."""
        path = f"{self.root / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return {"SITE": str(self.root), "PATH": path}

    def served(self) -> str:
        """The certificate that a client gets."""
        return ssl.get_server_certificate(("127.0.0.1", self.port))

    def answer(self) -> str:
        """What a client gets."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=10) as reply:
            return str(reply.read().decode())


@contextmanager
def tls(root: Path) -> Iterator[Site]:
    """A site that serves TLS, and a new certificate for it."""
    root.mkdir()
    for name, days in (("now", "40"), ("new", "90")):
        _certificate(root, name, days)
    port = free_port()
    files = [f"{key}={root / file}" for key, file in (
        ("certificate", "now.crt"), ("key", "now.key"),
        ("new_certificate", "new.crt"), ("new_key", "new.key"),
    )]  # fmt: skip
    values = [f"name={NAME}", f"address=127.0.0.1:{port}", "service=shop", *files]
    with _serving(root, port):
        yield Site(root, port, values)


@contextmanager
def releases(root: Path) -> Iterator[Site]:
    """A service with two releases, of which it runs the first."""
    for number in (1, 2):
        (root / "releases" / str(number)).mkdir(parents=True)
        (root / "releases" / str(number) / "text").write_text(f"release {number}")
    (root / "current").symlink_to("releases/1")
    port = free_port()
    values = ["version=2", f"root={root}", "service=shop", f"health=http://127.0.0.1:{port}/"]
    with _serving(root, port):
        yield Site(root, port, values)


@contextmanager
def _serving(root: Path, port: int) -> Iterator[None]:
    (root / "bin").mkdir()
    systemctl = root / "bin" / "systemctl"
    systemctl.write_text(SYSTEMCTL)
    systemctl.chmod(0o755)
    child = subprocess.Popen([sys.executable, "-c", SERVICE, str(port), str(root)])
    try:
        until((root / "pid").exists)
        yield
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(timeout=60)


def _certificate(root: Path, name: str, days: str) -> None:
    openssl = shutil.which("openssl")
    assert openssl is not None, "openssl is missing"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", days, "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
         "-keyout", str(root / f"{name}.key"), "-out", str(root / f"{name}.crt")],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
