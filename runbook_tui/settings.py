"""Where things are kept, and the few settings that come from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from runbook_tui.frozen import frozen


@frozen
class Settings:
    """``home`` holds journal and logs (mode 0700); ``identity`` is ``RUNBOOK_AS`` or empty.

    ``traces`` is where the spans of runs that are over go: a file, or a collector's address; empty
    where nobody wants any.
    """

    home: Path
    identity: str = ""
    traces: str = ""

    @property
    def journal(self) -> Path:
        """The journal's database."""
        return self.home / "journal.db"

    @property
    def runs(self) -> Path:
        """The folder of the runs' folders."""
        return self.home / "runs"

    @property
    def shared(self) -> Path:
        """The folder of the copies of runs that are led on other machines."""
        return self.home / "shared"

    def run_folder(self, run: str) -> Path:
        """Where a run keeps its commands' logs and its undo file."""
        return self.runs / run


def load() -> Settings:
    """The settings of this process: ``RUNBOOK_HOME``, else the user's state directory."""
    home = os.environ.get("RUNBOOK_HOME")
    if home:
        place = Path(home).absolute()
    else:
        from platformdirs import user_state_path

        place = user_state_path("runbook")
    return Settings(
        home=place,
        identity=os.environ.get("RUNBOOK_AS", ""),
        traces=os.environ.get("RUNBOOK_TRACES", ""),
    )
