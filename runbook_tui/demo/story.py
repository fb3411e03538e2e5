"""What the demo tells: who acts, and how its service is started, asked and stopped."""

from __future__ import annotations

import os
import sys
import textwrap
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from runbook_tui.frozen import frozen
from runbook_tui.run.events import Actor
from runbook_tui.session.ports.commands import Commands, CommandSpec

LEAD = Actor(name="Ada", email="ada@harbour.example", user="ada", host="demo")
APPROVER = Actor(name="Grace", email="grace@harbour.example", user="grace", host="demo")
APPROVER_ROLE = "cto"
PLAN = "safe-merge.toml"
START_SECONDS = 15.0

WELCOME = (
    "Enter runs the step, Space ticks; the change “Performance” will break the service:"
    " then F9, and F9 again, brings all of it back"
)
INTRODUCTION = """\
You are Ada and lead the merge of six pull requests into a small web shop. All of it is real: \
a git remote, a service, your commands. Enter runs the step under the cursor.
  - The phase “Core deployment” is behind a gate: Grace has to sign. Press s there.
  - The change “Performance” is quick, and wrong: once it is deployed the service breaks.
  - That is the moment for F9: it shows how everything is taken back; F9 again does it.
F9 works at any other moment as well. q leaves."""
"""What a person should know before the screen opens; a line a thing."""
AS_LINES = """\
You are Ada and lead the merge of six pull requests into a small web shop. All of it is real: \
a git remote, a service, your commands. Each question names its answers; Enter takes the first.
  - The phase “Core deployment” is behind a gate: Grace has to sign. She does once you ask her.
  - The change “Performance” is quick, and wrong: once it is deployed the service breaks.
  - That is the moment for the word back: it shows how everything is taken back, and asks.
The word back works at any other question as well, help lists all words, leave leaves."""
"""The same before lines are asked and answered."""


def introduction(columns: int, text: str = INTRODUCTION) -> list[str]:
    """The introduction in lines that a terminal of so many columns need not break."""
    return [
        part
        for line in text.split("\n")
        for part in textwrap.wrap(
            line, max(20, columns - 1), subsequent_indent="    " if line.startswith("  - ") else ""
        )
    ]


@frozen
class Service:
    """The running service; it is a command under a supervisor like any other."""

    folder: Path
    url: str

    def stop(self, commands: Commands) -> None:
        """End it."""
        commands.stop(self.folder, grace=0.5)


class ServiceFailed(Exception):
    """The service did not come up; the message is what it put out."""


def start_service(folder: Path, commands: Commands) -> Service:
    """Start the sandbox's service and wait until it listens on the loopback address. Raises
    `ServiceFailed` where it does not."""
    place = folder / "service"
    port = folder / "service.port"
    port.unlink(missing_ok=True)
    commands.start(
        CommandSpec(
            folder=place,
            argv=(sys.executable, "-P", "-m", "runbook_tui.demo.service", str(folder)),
            cwd=str(folder),
            environment=dict(os.environ),
        )
    )
    deadline = time.monotonic() + START_SECONDS
    pause = threading.Event()
    while not port.exists():
        if time.monotonic() > deadline or commands.status(place).phase in {"finished", "lost"}:
            raise ServiceFailed(commands.tail(place).decode("utf-8", "replace"))
        pause.wait(0.02)
    return Service(folder=place, url=f"http://127.0.0.1:{port.read_text()}")


def health(url: str) -> tuple[int, str]:
    """Status and text that ``/health`` answers; 0 where nothing answers."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:  # loopback only
            return answer.status, answer.read().decode().strip()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace").strip()
    except OSError as error:
        return 0, str(error)


def healthy(url: str) -> bool:
    """Whether the service is well."""
    return health(url)[0] == 200
