"""Commands that end at once, as their text says, for what would need hundreds of processes."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from runbook_tui.session.ports.commands import CommandSpec, CommandStatus, Phase, PutOut


class InstantCommands:
    """A command ends as soon as it is started; ``exit N`` as its text is its exit status."""

    def __init__(self) -> None:
        self.started: list[CommandSpec] = []

    def start(self, spec: CommandSpec) -> None:
        self.started.append(spec)

    def status(self, folder: Path) -> CommandStatus:
        spec = next((s for s in self.started if s.folder == folder), None)
        if spec is None:
            return CommandStatus(phase=Phase.STARTING)
        return CommandStatus(phase=Phase.FINISHED, exit=int(spec.argv[-1].split()[1]))

    def forestall(self, folder: Path) -> bool:
        return False

    def outputs(self, folder: Path, hidden: Collection[str] | None = ()) -> PutOut:
        return PutOut()

    def settle(self, folder: Path, hidden: Collection[str] | None = ()) -> None:
        return

    def stop(self, folder: Path, grace: float = 5.0) -> None:
        raise AssertionError("nothing runs here")

    def write(self, folder: Path, data: bytes) -> None:
        raise AssertionError("nobody types here")

    def write_now(self, folder: Path, data: bytes) -> bool:
        raise AssertionError("nobody types here")

    def resize(self, folder: Path, rows: int, columns: int) -> None:
        raise AssertionError("nobody looks on here")

    def tail(self, folder: Path, limit: int = 16384) -> bytes:
        return b""


class HeldCommands(InstantCommands):
    """Commands that run until they are told to end."""

    def __init__(self) -> None:
        super().__init__()
        self._ended: set[Path] = set()

    @property
    def running(self) -> list[CommandSpec]:
        """Those that have not been told."""
        return [spec for spec in self.started if spec.folder not in self._ended]

    def end(self, spec: CommandSpec) -> None:
        """End one."""
        self._ended.add(spec.folder)

    def status(self, folder: Path) -> CommandStatus:
        found = super().status(folder)
        if found.phase is Phase.FINISHED and folder not in self._ended:
            return CommandStatus(phase=Phase.RUNNING)
        return found
