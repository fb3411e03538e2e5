"""A run that is followed from another machine: another home, another name, the remote between."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from runbook_tui.cli import sign
from runbook_tui.cli.exits import Ended
from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run.events import Draft
from runbook_tui.run.void_votes import voided
from runbook_tui.run.votes import Vote
from tests.e2e.plans import LONG
from tests.e2e.served import GATED
from tests.e2e.terminals import Terminal
from tests.fakes.history import ADA
from tests.fakes.history import GRACE as GRACE_HERSELF
from tests.integration.share.world import git
from tests.programs import GRACE, Program, wait_for_output
from tests.waiting import until


def team(folder: Path) -> Path:
    """The team's remote."""
    path = folder / "team.git"
    subprocess.run(["git", "init", "-q", "--bare", str(path)], check=True, timeout=60)
    return path


def test_a_reviewer_elsewhere_sees_it_and_writes_to_it(runbook: Program, tmp_path: Path) -> None:
    origin = team(tmp_path)
    lead = runbook.start("run", runbook.plan(LONG), "--share", origin, "--no-tui")
    wait_for_output(runbook, "tick 3")
    wait_for_output(runbook, f"shared over {origin}")
    run = runbook.run_id()
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "plan").mkdir()
    lines = Program(tmp_path / "far")
    reader = lines.start("join", "--share", origin, run[-4:], "--no-tui", "--as", "Linus")
    screen = Terminal(tmp_path / "far" / "plan", who=GRACE)
    try:
        screen.open("join", "--share", str(origin))
        screen.see("followed")
        screen.see("you: Grace")
        screen.see("the output stays on the lead's machine")
        screen.see("here: you, Ada, Linus")
        screen.keys("n")
        screen.see("Note")
        screen.keys("half-way", "Enter")
        until(lambda: "note.added" in runbook.types(), what="the note")
        note = next(e for e in runbook.events() if e["type"] == "note.added")
        assert note["actor"]["email"] == "grace@example.com"
        assert note["data"]["text"] == "half-way"
        wait_for_output(lines, "note on “Long” by Grace: half-way")
        tree = git(origin, "hash-object", "-t", "tree", "-w", "--stdin")
        forged = git(origin, "commit-tree", tree, "-m", "open the gate")
        git(origin, "update-ref", f"refs/runbook/{run}/by/mallory-1", forged)
        screen.see("ALARM: what")
        (runbook.work / "go").touch()
        assert lead.wait(timeout=60) == 0
        screen.see("the run is over")
        assert reader.wait(timeout=60) == 0
    finally:
        screen.end()
        lines.close()
    assert "tick 3" not in lines.output()
    assert "not sent" not in runbook.output()
    assert "ALARM: the votes of mallory-1 are not what they were" in runbook.output()
    assert "ALARM, 2" in runbook("report", run).out
    assert f"runbook ack {run}" in runbook.output()
    assert "you see to it: the votes of mallory-1" in runbook("ack", run).err
    assert "nothing alarms anybody" in runbook("ack", run).err
    copied = {"RUNBOOK_HOME": str(tmp_path / "far" / "plan" / "home" / "shared" / run)}
    verified = runbook("verify", environment=copied)
    assert (verified.status, "a copy; its logs" in verified.out + verified.err) == (0, True)
    assert runbook("note", run, "x", environment=copied).status == 70


def test_what_cannot_be_meant_is_said_before_anything_is_recorded(
    runbook: Program, tmp_path: Path
) -> None:
    plan = runbook.plan(LONG)
    nowhere = runbook("run", plan, "--share", "upstream", "--no-tui")
    assert nowhere.status == 2
    assert "there is no git remote “upstream”" in nowhere.err
    assert runbook("run", plan, "--share", "x", "--rehearse", "--no-tui").status == 2
    assert runbook("runs", "--json").out.strip() == "[]"
    origin = team(tmp_path)
    nothing = runbook("join", "--share", origin, "--no-tui")
    assert nothing.status == 2
    assert f"no run is shared over {origin}" in nothing.err
    gone = runbook("join", "--share", "git://127.0.0.1:1/x", "--no-tui")
    assert gone.status == 1
    assert "is not reached" in gone.err


def test_a_remote_goes_by_its_name_in_the_plans_repository(
    runbook: Program, tmp_path: Path
) -> None:
    origin = team(tmp_path)
    for words in (["init", "-q"], ["remote", "add", "upstream", str(origin)]):
        subprocess.run(["git", "-C", str(runbook.work), *words], check=True, timeout=60)
    plan = runbook.plan('format = 1\ntitle = "T"\n[[phase]]\ntitle = "P"\n[[phase.step]]\n'
                        'id = "a"\ntitle = "A"\nrun = "true"\nundo = "true"\n')  # fmt: skip
    assert runbook("run", plan, "--share", "upstream", "--no-tui").status == 0
    run = runbook.run_id()
    refs = subprocess.run(["git", "-C", str(origin), "for-each-ref"], capture_output=True,
                          text=True, check=True, timeout=60).stdout  # fmt: skip
    assert f"refs/runbook/{run}/log" in refs
    other = runbook("join", "--share", "upstream", "beef", "--no-tui")
    assert other.status == 2
    assert run in other.err
    # A run that is over is looked at, too; what has become another history since is not.
    assert runbook("join", "--share", "upstream", "--no-tui", "--as", GRACE).status == 0
    tree = git(origin, "hash-object", "-t", "tree", "-w", "--stdin")
    forged = git(origin, "commit-tree", tree, "-m", "nothing has happened")
    git(origin, "update-ref", f"refs/runbook/{run}/log", forged)
    tampered = runbook("join", "--share", "upstream", "--no-tui", "--as", GRACE)
    assert tampered.status == 8
    assert "is not followed: its history is another" in tampered.err
    assert "ask the lead" in tampered.err


def test_a_sign_off_by_command_from_another_machine(
    runbook: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = team(tmp_path)
    assert runbook("run", runbook.plan(GATED), "--share", origin, "--no-tui").status == 7
    run = runbook.run_id()
    (tmp_path / "far").mkdir()
    far = Program(tmp_path / "far")
    there = ("sign", run[-4:], "--share", origin)
    listed = far(*there, "--as", GRACE)
    assert listed.status == 2
    assert f"runbook sign {run} core --role cto --share {origin}" in listed.err
    refused = far(*there, "core", "--role", "cto", "--as", "Linus <linus@example.com>")
    assert refused.status == 4
    # Nobody leads, so nobody answers; what was sent stays sent.
    monkeypatch.setattr(sign, "ANSWER", 3.0)
    monkeypatch.setenv("RUNBOOK_HOME", str(far.home))
    words = [*map(str, there[1:]), "core", "--role", "cto", "--as", GRACE]
    with pytest.raises(Ended) as ended:
        sign.command.main(words, standalone_mode=False)
    assert ended.value.status == 7
    assert "approval of core" in ended.value.message
    # Who goes on as lines stops for nobody who has decided already.
    led = runbook("resume", run, "--share", origin, "--no-tui")
    assert led.status == 0, led.err
    given = next(e for e in runbook.events() if e["type"] == "signoff.given")
    assert given["actor"]["email"] == "grace@example.com"
    again = far(*there, "core", "--role", "cto", "--as", GRACE)
    assert again.status == 4


def test_a_void_decision_is_told_wherever_a_run_is_looked_at(runbook: Program) -> None:
    assert runbook("run", runbook.plan(GATED), "--no-tui").status == 7
    run = runbook.run_id()
    vote = Vote(run=run, who="grace-1", number=1, actor=GRACE_HERSELF, seq=1, head="", deed="sign",
                node="core", role="cto", on="gate", approve=False, comment="no")  # fmt: skip
    with SqliteJournal(runbook.home / "journal.db", SystemClock()) as journal:
        journal.append(run, [Draft(payload=voided(vote))], ADA)
    assert "1 sign-off to be signed again" in runbook("runs").out
    (listed,) = json.loads(runbook("runs", "--json").out)
    assert listed["void_signoffs"] == [
        {"node": "core", "role": "cto", "name": "Grace", "email": "grace@example.com",
         "decision": "rejected"},
    ]  # fmt: skip
    assert "the rejection of Grace on “Core deployment”, as cto, is void" in runbook("log").out
    told = "the rejection of “Core deployment” by Grace, as cto, came too late and does not count"
    assert told in runbook("resume", "--no-tui").err
    assert "void, 2" in runbook("report", run).out
    assert runbook("sign", run, "core", "--role", "cto", "--as", GRACE, "--reject", "--comment",
                   "no").status == 0  # fmt: skip
    assert "signed again" not in runbook("runs").out
