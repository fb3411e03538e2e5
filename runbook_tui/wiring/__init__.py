"""The one room that knows every concrete object; it imports inside its functions.

What `log`, `rollback`, `stop` and `sign` load decides how fast help comes: nothing here may pull
in textual, GitHub, git or pydantic before it is needed.
"""

from runbook_tui.wiring.machine import (
    LocalSurroundings,
    commands,
    shell_faults,
    surroundings,
    terminals,
)
from runbook_tui.wiring.person import (
    identity,
    login,
    now,
    preferences,
    seen_hints,
    settings,
    trust,
)
from runbook_tui.wiring.records import (
    archive_verification,
    durations,
    examiner,
    export,
    journal,
    kept_files,
    notes,
    output_of,
    prune,
    signatures,
    verification,
)
from runbook_tui.wiring.reports import hand_on, is_address, last_lines, report, traces
from runbook_tui.wiring.runs import (
    accounts,
    folder_of,
    keep_reading,
    kept_before,
    kept_reading,
    open_session,
    roles_of,
    shipped_plans,
    ships,
    start,
    state_of,
)
from runbook_tui.wiring.serving import PruneWatch, guest, screen_for
from runbook_tui.wiring.sharing import (
    copied_journal,
    follow_session,
    no_terminals,
    remote_address,
    share,
    shared_runs,
)
from runbook_tui.wiring.telling import teller

__all__ = [
    "LocalSurroundings",
    "PruneWatch",
    "accounts",
    "archive_verification",
    "commands",
    "copied_journal",
    "durations",
    "examiner",
    "export",
    "folder_of",
    "follow_session",
    "guest",
    "hand_on",
    "identity",
    "is_address",
    "journal",
    "keep_reading",
    "kept_before",
    "kept_files",
    "kept_reading",
    "last_lines",
    "login",
    "no_terminals",
    "notes",
    "now",
    "open_session",
    "output_of",
    "preferences",
    "prune",
    "remote_address",
    "report",
    "roles_of",
    "screen_for",
    "seen_hints",
    "settings",
    "share",
    "shared_runs",
    "shell_faults",
    "shipped_plans",
    "ships",
    "signatures",
    "start",
    "state_of",
    "surroundings",
    "teller",
    "terminals",
    "traces",
    "trust",
    "verification",
]
