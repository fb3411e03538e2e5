"""The git commit that a plan was read at, so that a run says which one it is of."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from runbook_tui.frozen import frozen
from runbook_tui.session.ports.runner import Runner

PATIENCE = 5.0
COMMIT = re.compile(r"[0-9a-f]{40,64}")


@frozen
class PlanCommit:
    """``commit`` in hex; ``uncommitted``: the plan is not in it, or not as it was read."""

    commit: str
    uncommitted: bool


def plan_commit(runner: Runner, files: Iterable[Path]) -> PlanCommit | None:
    """The commit that the first file's repository stands at; None outside of one, or without git.

    ``files`` are the plan and all that it takes in.
    """
    names = [str(file.absolute()) for file in files]
    folder = str(Path(names[0]).parent)
    # What the caller's shell says of another repository is not about the plan's.
    around = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    git = ["git", "--no-optional-locks", "-C", folder]
    head = runner.run([*git, "rev-parse", "HEAD"], environment=around, timeout=PATIENCE)
    commit = head.stdout.strip()
    if head.exit != 0 or not COMMIT.fullmatch(commit):
        return None
    status = [*git, "status", "--porcelain", "--ignored", "--untracked-files=all", "--", *names]
    changed = runner.run(status, environment=around, timeout=PATIENCE)
    return PlanCommit(commit=commit, uncommitted=changed.exit != 0 or bool(changed.stdout.strip()))
