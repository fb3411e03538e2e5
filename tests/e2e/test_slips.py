"""A sign-off carried as text to somebody without a network, and their signature pasted back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.test_signed import PLAN
from tests.keys import Keys
from tests.programs import GRACE, Program


def test_a_gate_is_opened_by_a_text_that_came_back(runbook: Program, tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys")
    (runbook.work / "signers").write_text(keys.allowed("ada", "grace"), encoding="utf-8")
    assert runbook("run", runbook.plan(PLAN), "--no-tui").status == 7
    run = runbook.run_id()
    sign = ["sign", run, "core", "--role", "cto", "--as", GRACE]
    slip = runbook(*sign, "--text")
    assert slip.status == 0
    assert "is asked to APPROVE “Core” as cto" in slip.out
    told = f"runbook sign {run} core --role cto --as 'Grace <grace@example.com>' --paste FILE"
    assert slip.err.splitlines()[-1].strip() == told
    # As mail brings it: quoted, and its lines ended otherwise.
    carried = tmp_path / "slip.txt"
    quoted = "".join(f"> {line}\r\n" for line in slip.out.splitlines())
    carried.write_text(quoted, encoding="utf-8", newline="")
    for words in ("plan:     Signed", f"run:      {run}, as its event", "APPROVE the gate of phase",
                  "until:    no limit of time", "run: "):  # fmt: skip
        assert words in slip.out
    elsewhere = {"RUNBOOK_HOME": str(tmp_path / "other")}
    signed = runbook("countersign", carried, "--key", keys.file("grace"), environment=elsewhere)
    assert signed.status == 0
    assert "Grace <grace@example.com>: APPROVED “core” as cto" in signed.err
    assert "| decision: APPROVE the gate of phase “Core” (core)" in signed.err
    # Whoever changes, adds or takes out a word on the way gets no signature.
    line = next(line for line in quoted.splitlines() if "run: " in line)
    for changed in (
        quoted.replace("APPROVE the", "REJECT the"),
        quoted.replace(line, f"{line} --force"),
        quoted.replace(f"{line}\r\n", ""),
        quoted.replace("no limit of time", "2099-01-01"),
    ):
        assert changed != quoted
        carried.write_text(changed, encoding="utf-8")
        refused = runbook("countersign", carried, "--key", keys.file("grace"))
        assert (refused.status, refused.out) == (4, "")
        assert "are not the sign-off's" in refused.err
    carried.write_text(quoted * 2, encoding="utf-8")
    assert runbook("countersign", carried, "--key", keys.file("grace")).status == 2
    carried.write_text(quoted, encoding="utf-8", newline="")
    back = tmp_path / "back.txt"
    back.write_text(f"here it is\n{signed.out}\nGrace\n", encoding="utf-8")

    wrong = runbook("countersign", carried, "--key", keys.file("ada"), environment=elsewhere)
    (tmp_path / "wrong.txt").write_text(wrong.out, encoding="utf-8")
    assert runbook(*sign, "--paste", tmp_path / "wrong.txt").status == 4
    assert runbook(*sign, "--reject", "--comment", "no", "--paste", back).status == 4
    assert runbook(*sign, "--paste", carried).status == 2
    assert runbook("countersign", back, "--key", keys.file("grace")).status == 2
    assert "signoff.given" not in runbook.types()

    assert runbook(*sign, "--paste", back).status == 0
    assert runbook("resume", "--no-tui").status == 0
    assert "1 signature" in runbook("verify").out


def on_a_terminal(runbook: Program, answer: str, *words: str) -> tuple[int, str]:
    """A command whose person is at a terminal and answers; its status and its data."""
    own, terminal = os.openpty()
    os.write(own, f"{answer}\n".encode())
    try:
        done = subprocess.run(
            [sys.executable, "-m", "runbook_tui", *words], cwd=runbook.work, text=True,
            env=runbook.environment(), stdin=terminal, stdout=subprocess.PIPE, stderr=terminal,
            timeout=60, check=False,
        )  # fmt: skip
    finally:
        os.close(own)
        os.close(terminal)
    return done.returncode, done.stdout


def test_a_slip_counts_only_until_something_else_is_recorded(
    runbook: Program, tmp_path: Path
) -> None:
    keys = Keys(tmp_path / "keys")
    (runbook.work / "signers").write_text(keys.allowed("grace"), encoding="utf-8")
    assert runbook("run", runbook.plan(PLAN), "--no-tui").status == 7
    run = runbook.run_id()
    sign = ["sign", run, "core", "--role", "cto", "--as", GRACE]
    carried, back = tmp_path / "slip.txt", tmp_path / "back.txt"
    carried.write_text(runbook(*sign, "--text").out, encoding="utf-8")
    back.write_text(runbook("countersign", carried, "--key", keys.file("grace")).out)
    # On a terminal a person reads it before they sign.
    key = keys.file("grace")
    assert on_a_terminal(runbook, "n", "countersign", str(carried), "--key", key) == (4, "")
    status, signature = on_a_terminal(runbook, "y", "countersign", str(carried), "--key", key)
    assert (status, signature) == (0, back.read_text())
    assert runbook("note", run, "meanwhile").status == 0
    late = runbook(*sign, "--paste", back)
    assert late.status == 4
    assert "print the slip again" in late.err
    assert "signoff.given" not in runbook.types()
