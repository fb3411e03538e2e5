"""A signed gate on the command line, from the refusal to the seal, the report and the archive."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.keys import Keys
from tests.programs import GRACE, Program

PLAN = """\
format = 1
title = "Signed"
[roles]
cto = ["Grace <grace@example.com>"]
[policy]
allowed_signers = "signers"
[[phase]]
id = "core"
title = "Core"
gate = { roles = ["cto"], four_eyes = true, signed = true }
[[phase.step]]
title = "Deploy"
run = "true"
undo = "true"
"""


def test_a_signed_run_from_its_gate_to_its_archive(runbook: Program, tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys")
    plan = runbook.plan(PLAN)
    refused = runbook("run", plan, "--no-tui")
    assert refused.status == 3
    assert "the allowed signers “signers” cannot be read: No such file" in refused.err
    (runbook.work / "signers").write_text(keys.allowed("ada", "grace"), encoding="utf-8")
    subprocess.run(["git", "init", "-q", str(runbook.work)], check=True)
    git = ["git", "-C", str(runbook.work), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "the plan"], check=True)

    waiting = runbook("run", plan, "--no-tui")
    assert waiting.status == 7
    assert "--role cto --key FILE" in waiting.err
    sign = ["sign", runbook.run_id(), "core", "--role", "cto", "--as", GRACE, "--key"]
    wrong = runbook(*sign, keys.file("ada"))
    assert wrong.status == 4
    assert "is that of ada@example.com, not of grace@example.com" in wrong.err
    assert runbook(*sign, keys.file("grace")).status == 0
    done = runbook("resume", "--no-tui")
    assert done.status == 0
    assert f"runbook seal {runbook.run_id()}" in done.err
    sealed = runbook("seal", "--key", keys.file("ada"))
    assert sealed.status == 0
    anchored = runbook("anchor")
    assert (anchored.status, anchored.out) == (0, sealed.out)

    held = runbook("verify")
    assert held.status == 0
    assert "2 signatures" in held.out
    report = json.loads(runbook("report", "--format", "json").out)
    assert report["decisions"][0]["proven"] is True
    assert report["seals"][0]["proof"].endswith("of ada@example.com")
    assert len(report["commit"]) == 40
    archive = tmp_path / "run.tar.gz"
    assert runbook("export", "-o", archive).status == 0
    assert "2 signatures" in runbook("verify", archive).out
    eve = tmp_path / "eve"
    eve.write_text(keys.allowed("eve"), encoding="utf-8")
    doubted = runbook("verify", archive, "--signers", eve)
    assert doubted.status == 8
    assert "is not among the allowed signers for grace@example.com" in doubted.out
