"""Commands that really run, and what a test asks of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from runbook_tui.command.host import CommandHost
from runbook_tui.session.ports.commands import CommandStatus, Phase
from tests.waiting import until

HOST = CommandHost()
Run = Callable[..., Path]


def ended(folder: Path) -> CommandStatus:
    until(lambda: HOST.status(folder).phase not in {Phase.STARTING, Phase.RUNNING})
    return HOST.status(folder)


def output(folder: Path) -> str:
    return HOST.tail(folder, 1 << 20).decode().replace("\r\n", "\n")


def alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def supervisor_of(folder: Path) -> int:
    until((folder / "meta.json").exists)
    return int(json.loads((folder / "meta.json").read_text())["supervisor"])
