"""Where things are kept, and the few settings that come from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``home`` holds journal and logs (mode 0700); ``identity`` is ``RUNBOOK_AS`` or empty."""

    home: Path
    identity: str = ""

    @property
    def journal(self) -> Path:
        """The journal's database."""
        return self.home / "journal.db"

    @property
    def runs(self) -> Path:
        """The folder of the runs' folders."""
        return self.home / "runs"

    def run_folder(self, run: str) -> Path:
        """Where a run keeps its commands' logs and its undo file."""
        return self.runs / run


def load() -> Settings:
    """The settings of this process: ``RUNBOOK_HOME``, else the user's state directory."""
    home = os.environ.get("RUNBOOK_HOME")
    if not home:
        from platformdirs import user_state_path

        return Settings(home=user_state_path("runbook"), identity=os.environ.get("RUNBOOK_AS", ""))
    return Settings(home=Path(home).absolute(), identity=os.environ.get("RUNBOOK_AS", ""))
