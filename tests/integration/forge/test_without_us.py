"""Actions of a real run are taken back by its ``rollback.sh``: a shell, git, curl and a token."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.integration.forge.hub import at_github
from tests.programs import ROOT

PLAN = """\
format = 1
title = "Ship"
[forge]
github = "team/shop"
[[phase]]
title = "One"
step = [
  { title = "Say", action = "github.comment", with = { pull_request = "1", body = "Going" } },
  { title = "Deploy", action = "github.deployment", with = { environment = "live", ref = "main" } },
  { title = "Merge", action = "github.merge", with = { pull_request = "1", method = "squash" } },
  { title = "Close", action = "github.close", with = { pull_request = "2" } },
  { title = "Tag", action = "git.tag", with = { name = "v1", push = "yes" } },
  { title = "Fail", run = "false", changes = false },
]
"""


def test_what_was_done_at_github_is_taken_back_by_the_script_alone(tmp_path: Path) -> None:
    with at_github(tmp_path) as (place, hub):
        place.branch("one", "one", "1\n")
        place.branch("two", "two", "2\n")
        hub.pull("one")
        hub.pull("two")
        before = place.published
        del place.env["GITHUB_REPOSITORY"]
        place.env |= {"RUNBOOK_HOME": str(tmp_path / "home"), "RUNBOOK_AS": "Ada <a@example.com>"}
        (tmp_path / "plan.toml").write_text(PLAN)
        ran = subprocess.run(
            [sys.executable, "-m", "runbook_tui", "run", "../plan.toml", "--no-tui", "--cwd", "."],
            cwd=place.work, env={**place.env, "PYTHONPATH": str(ROOT)}, capture_output=True,
            text=True, stdin=subprocess.DEVNULL, timeout=100, check=False,
        )  # fmt: skip
        assert ran.returncode == 1, ran.stdout + ran.stderr
        assert hub.pulls[1].merged
        assert (hub.pulls[2].state, len(hub.comments)) == ("closed", 1)
        (script,) = (tmp_path / "home" / "runs").glob("*/rollback.sh")
        gone = {
            k: v for k, v in place.env.items() if not k.startswith(("PYTHON", "RUNBOOK", "WITH"))
        }
        back = subprocess.run(
            ["sh", str(script)], cwd="/", env=gone, capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL, timeout=100,
        )  # fmt: skip
        assert back.returncode == 5, back.stdout + back.stderr
        assert "ROLLED BACK" in back.stdout
        assert (place.published, hub.pulls[2].state, hub.comments) == (before, "open", {})
        assert [[s["state"] for s in known] for known in hub.statuses.values()] == [
            ["in_progress", "inactive"]
        ]
        assert place.git("tag", "-l", cwd=place.remote) == ""
        kept = "".join(p.read_text(errors="replace") for p in (tmp_path / "home").rglob("*")
                       if p.is_file())  # fmt: skip
        assert place.env["GH_TOKEN"] not in kept + ran.stdout + ran.stderr + back.stdout
