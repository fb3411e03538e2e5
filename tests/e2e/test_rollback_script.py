"""A run's ``rollback.sh`` without the program, and the program after it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from runbook_tui.command.runner import HelperRunner
from runbook_tui.demo.sandbox import make_sandbox, tree_of
from tests.e2e import kills
from tests.e2e.test_rollback import SLOW
from tests.e2e.test_rollback_adversity import LOOKING
from tests.on_disk import files_holding
from tests.programs import Program, lives, processes, wait_for_output
from tests.waiting import until

RUNS_ON = (
    kills.PLAN
    + '''\
[[phase.step]]
id = "hangs"
title = "Hangs"
outputs = ["temp"]
run = """
echo "temp=temp.1" >> "$RUNBOOK_OUTPUT"; touch temp.1; echo hanging
until test -e go; do sleep 0.05; done"""
undo = "rm ${{ temp }}; echo hangs >> undone.log"
'''
)


def script(runbook: Program) -> Path:
    """The script of the only run."""
    (path,) = runbook.home.glob("runs/*/rollback.sh")
    return path


def sh(
    runbook: Program, *arguments: str, shell: str = "sh", **more: str
) -> subprocess.CompletedProcess[str]:
    """The script to its end, from a folder that has nothing to do with it."""
    return subprocess.run(
        [shell, str(script(runbook)), *arguments], env=runbook.environment(**more), cwd="/",
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def begin(runbook: Program) -> subprocess.Popen[str]:
    """The script in a session of its own."""
    with (runbook.folder / "script.out").open("a") as file:
        child = subprocess.Popen(
            ["sh", str(script(runbook))], env=runbook.environment(), cwd="/", text=True,
            stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True,
        )  # fmt: skip
    runbook.adopt(child)
    return child


def kill_session(leader: int) -> None:
    """Kill -9 everything that the script has started."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            kills.kill(int(stat.parent.name))


def hangs(runbook: Program) -> None:
    """A run of several steps over a repository, the last of them hanging."""
    kills.prepare(runbook.work)
    exclude = runbook.work / ".git" / "info" / "exclude"
    exclude.write_text(exclude.read_text() + "temp.*\n")
    child = runbook.start("run", runbook.plan(RUNS_ON), "--no-tui")
    wait_for_output(runbook, "| hanging")
    until(lambda: "temp.1" in script(runbook).read_text(), what="the value in the script")
    runbook.kill(child)


def end_state(work: Path) -> dict[str, object]:
    """What a rollback leaves behind."""
    tree = subprocess.run(
        ["git", "-C", work, "rev-parse", "HEAD^{tree}"], capture_output=True, text=True, check=True
    )
    return {
        "tree": tree.stdout, "clean": kills.verified(work),
        "undone": (work / "undone.log").read_text(), "settings": (work / "settings").read_text(),
        "files": sorted(path.name for path in work.iterdir()),
    }  # fmt: skip


@pytest.mark.skipif(shutil.which("git") is None and not os.environ.get("CI"), reason="needs git")
def test_it_leaves_what_the_program_would_leave_though_everything_was_killed(
    runbook: Program, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = Program(tmp_path / "other")
    try:
        hangs(other)
        assert other("rollback", "--yes", "--scope", "run").status == 5
        wanted = end_state(other.work)
    finally:
        other.close()
    hangs(runbook)
    for pid in processes(runbook.home, "supervisor"):
        kills.kill(pid)
    for pid in processes(runbook.home, "child"):
        kills.kill(pid, group=True)
    look = sh(runbook, "-n")
    assert look.returncode == 0, look
    ended = sh(runbook)
    assert ended.returncode == 5, ended
    assert ended.stdout.splitlines()[-1].startswith("ROLLED BACK  5 of 5")
    assert end_state(runbook.work) == wanted
    taken_in(runbook)


def taken_in(runbook: Program) -> None:
    """The program believes the account and says so, and neither does it again."""
    before = (runbook.work / "undone.log").read_text()
    assert runbook("rollback", "--yes", "--scope", "run").status == 0
    assert "rolled back" in runbook("runs").out
    assert "kept by the rollback" in runbook("log").out
    verified = runbook("verify")
    assert verified.status == 0, verified
    assert not list(runbook.home.glob("runs/*/rollback-account.jsonl"))
    assert sh(runbook, "--all").returncode == 0
    assert (runbook.work / "undone.log").read_text() == before


BACKWARDS = """\
#!/bin/sh
case $1 in
  +%s)
    read -r now <"$0.now"
    echo $((now - 5000)) >"$0.now"
    echo "$now"
    ;;
  *) exec /bin/date "$@" ;;
esac
"""


def test_a_command_that_runs_is_stopped_first(runbook: Program) -> None:
    hangs(runbook)
    (supervisor,) = processes(runbook.home, "supervisor")
    # The PATH of whoever starts it leads nowhere but to a clock that is set back all the time.
    clock = runbook.folder / "bin" / "date"
    clock.parent.mkdir()
    clock.write_text(BACKWARDS)
    clock.chmod(0o755)
    (clock.parent / "date.now").write_text("1700000000\n")
    ended = sh(runbook, shell=str(shutil.which("bash")), PATH=str(clock.parent))
    assert ended.returncode == 5, ended
    assert re.search(r"ROLLED BACK .* in \d+ s\n", ended.stdout), ended.stdout
    assert "not found" not in ended.stderr
    assert not lives(supervisor)
    assert not (runbook.work / "temp.1").exists()
    taken_in(runbook)


def test_what_only_looks_is_stopped_though_there_is_nothing_to_undo(runbook: Program) -> None:
    lead = runbook.start("run", runbook.plan(LOOKING), "--no-tui")
    wait_for_output(runbook, "| begun")
    runbook.kill(lead)
    (supervisor,) = processes(runbook.home, "supervisor")
    ended = sh(runbook)
    assert (ended.returncode, ended.stdout.splitlines()[-1]) == (
        0, "nothing to roll back; what ran is stopped"
    ), ended  # fmt: skip
    until(lambda: not lives(supervisor), what="the count to end")
    assert sh(runbook).stdout == "nothing to roll back\n"


BREAKS = """\
format = 1
title = "Breaks"
[[phase]]
title = "One"
[[phase.step]]
id = "first"
title = "First"
run = "true"
undo = "echo first >> undone.log"
[[phase.step]]
id = "slow"
title = "Slow"
run = "touch made"
undo = 'echo slow >> undone.log; touch begun; until test -e go; do sleep 0.05; done; rm -f made'
VERIFY
[[phase.step]]
id = "last"
title = "Last"
run = "true"
undo = "echo last >> undone.log"
"""


@pytest.mark.parametrize("verify", ['verify_undo = "test ! -e made"', ""], ids=["verified", "not"])
@pytest.mark.parametrize("how", ["script", "everything"])
def test_what_was_interrupted_does_nothing_twice(runbook: Program, verify: str, how: str) -> None:
    runbook("run", runbook.plan(BREAKS.replace("VERIFY", verify)), "--no-tui")
    child = begin(runbook)
    until((runbook.work / "begun").exists)
    kill: Callable[[int], None] = kills.kill if how == "script" else kill_session
    kill(child.pid)
    child.wait(timeout=60)
    (runbook.work / "go").touch()
    ended = sh(runbook)
    lines = (runbook.work / "undone.log").read_text().split()
    assert "its undo was begun before" in ended.stdout
    if how == "script":
        # The undo goes on without it, and is taken up.
        assert ended.returncode == 5, ended
        assert lines == ["last", "slow", "first"]
    elif verify:
        # Asked whether it has done its work, and since it has not, run once more.
        assert ended.returncode == 5, ended
        assert lines == ["last", "slow", "slow", "first"]
    else:
        assert ended.returncode == 6, ended
        assert ended.stdout.splitlines()[-1].strip() == "Slow"
        assert lines == ["last", "slow", "first"]
    if ended.returncode == 5:
        taken_in(runbook)


def test_the_program_takes_up_what_the_script_has_begun(runbook: Program) -> None:
    runbook("run", runbook.plan(BREAKS.replace("VERIFY", "")), "--no-tui")
    child = begin(runbook)
    until((runbook.work / "begun").exists)
    kills.kill(child.pid)
    child.wait(timeout=60)
    going = runbook.start("rollback", "--yes")
    wait_for_output(runbook, "under way")
    (runbook.work / "go").touch()
    assert going.wait(timeout=60) == 5, runbook.output()
    assert (runbook.work / "undone.log").read_text().split() == ["last", "slow", "first"]
    assert runbook("verify").status == 0


def test_two_rollbacks_do_not_run_at_once(runbook: Program) -> None:
    runbook("run", runbook.plan(BREAKS.replace("VERIFY", "")), "--no-tui")
    child = begin(runbook)
    until((runbook.work / "begun").exists)
    assert sh(runbook).returncode == 4
    waiting = runbook.start("rollback", "--yes")
    wait_for_output(runbook, "3 of 3 ready")
    (runbook.work / "go").touch()
    assert child.wait(timeout=60) == 5
    assert waiting.wait(timeout=60) in {0, 5}, runbook.output()
    assert (runbook.work / "undone.log").read_text().split() == ["last", "slow", "first"]
    taken_in(runbook)


def test_a_rollback_of_the_program_goes_on_in_the_script_and_back_again(runbook: Program) -> None:
    """Each waits for the other, and takes back nothing that the other has."""
    runbook("run", runbook.plan(BREAKS.replace("VERIFY", "")), "--no-tui")
    going = runbook.start("rollback", "--yes")
    until((runbook.work / "begun").exists)
    refused = sh(runbook)
    assert refused.returncode == 4
    assert "Ada <ada@example.com>" in refused.stderr
    runbook.kill(going)
    child = begin(runbook)
    until(lambda: "begun before" in (runbook.folder / "script.out").read_text())
    waiting = runbook.start("rollback", "--yes")
    wait_for_output(runbook, "under way", 1)
    (runbook.work / "go").touch()
    assert child.wait(timeout=60) == 5
    assert waiting.wait(timeout=60) == 5
    assert (runbook.work / "undone.log").read_text().split() == ["last", "slow", "first"]
    taken_in(runbook)


def test_ctrl_c_stops_it_after_the_undo_that_runs(runbook: Program) -> None:
    runbook("run", runbook.plan(BREAKS.replace("VERIFY", "")), "--no-tui")
    child = begin(runbook)
    until((runbook.work / "begun").exists)
    os.killpg(child.pid, signal.SIGINT)
    (runbook.work / "go").touch()
    assert child.wait(timeout=60) == 6
    assert (runbook.work / "undone.log").read_text().split() == ["last", "slow"]
    assert sh(runbook).returncode == 5
    assert (runbook.work / "undone.log").read_text().split() == ["last", "slow", "first"]
    taken_in(runbook)


MERGES = """\
format = 1
title = "Merges"
[[phase]]
title = "One"
[[phase.step]]
title = "Merge"
action = "git.merge"
with = { branch = "feature" }
[[phase.step]]
title = "Token"
run = "true"
undo = 'echo "with $token" >> undone.log'
[parameters.token]
secret = { env = "DEPLOY_TOKEN" }
"""


@pytest.mark.skipif(shutil.which("git") is None and not os.environ.get("CI"), reason="needs git")
def test_a_merge_and_a_secret(runbook: Program) -> None:
    kills.prepare(runbook.work)
    secret = {"DEPLOY_TOKEN": "top-secret"}
    done = runbook("run", runbook.plan(MERGES), "--no-tui", environment=secret)
    assert done.status == 0, done
    assert not kills.verified(runbook.work)
    without = sh(runbook)
    assert without.returncode == 6
    assert [line.strip() for line in without.stdout.splitlines()[-1:]] == ["Token"]
    assert kills.verified(runbook.work)
    assert sh(runbook, **secret).returncode == 5
    assert (runbook.work / "undone.log").read_text() == "with top-secret\n"
    assert files_holding(runbook.home, "top-secret") == []
    taken_in(runbook)


SANDBOX = """\
format = 1
title = "Sandbox"
[[phase]]
title = "One"
""" + "".join(
    f"""[[phase.step]]
title = "Merge {branch}"
action = "git.merge"
with = {{ branch = "origin/{branch}", push = "true" }}
"""
    for branch in ("pr-docs", "pr-config", "pr-security")
)


@pytest.mark.skipif(shutil.which("git") is None and not os.environ.get("CI"), reason="needs git")
def test_it_brings_back_the_sandbox_of_the_demo_and_its_remote(
    runbook: Program, tmp_path: Path
) -> None:
    sandbox = make_sandbox(tmp_path / "sandbox", HelperRunner())
    before = tree_of(sandbox, HelperRunner())
    done = runbook("run", runbook.plan(SANDBOX), "--no-tui", "--cwd", sandbox.work)
    assert done.status == 0, done
    assert tree_of(sandbox, HelperRunner()) != before
    ended = sh(runbook)
    assert ended.returncode == 5, ended
    assert tree_of(sandbox, HelperRunner()) == before
    assert runbook("rollback", "--yes").status == 0
    assert "rolled back" in runbook("runs").out
    assert runbook("verify").status == 0


def test_the_page_to_print_says_what_to_do(runbook: Program) -> None:
    runbook("run", runbook.plan(SLOW), "--no-tui")
    path = script(runbook).with_name("rollback.txt")
    text = path.read_text()
    assert "sh rollback.sh -n" in text
    assert f"runbook rollback {path.parent.name} --yes" in text
    assert "$ echo undoing" in text
    assert path.stat().st_mode & 0o077 == 0
    assert script(runbook).stat().st_mode & 0o777 == 0o700


def test_what_it_did_is_told_by_the_list_of_runs_before_anybody_opens_one(
    runbook: Program,
) -> None:
    """Whoever looks next sees that there is nothing left to take back, and nobody tries again."""
    plan = runbook.plan("""\
format = 1
title = "Lamp"
[[phase]]
title = "One"
[[phase.step]]
title = "Change it"
run = "touch lamp"
undo = "rm lamp"
""")
    assert runbook("run", plan, "--no-tui").status == 0
    assert "ready" in runbook("runs").out
    assert sh(runbook).returncode == 5
    listed = runbook("runs")
    assert "rolled back" in listed.out
    assert "ready" not in listed.out
    (found,) = json.loads(runbook("runs", "--json").out)
    assert found["status"] == "rolled back"
    nothing = runbook("rollback", "--yes")
    assert nothing.status == 0
    # It is entered once somebody opens the run, and is told the same then.
    runbook("rollback", runbook.run_id(), "--plan")
    assert json.loads(runbook("runs", "--json").out)[0]["status"] == "rolled back"


GOES_AWAY = """\
format = 1
title = "Goes away"
[[phase]]
title = "One"
[[phase.step]]
id = "first"
title = "First"
run = "touch first"
undo = "echo first >> undone.log; rm first; printf unended"
[[phase.step]]
id = "last"
title = "Last"
run = "touch last"
undo = '''
echo last >> undone.log; rm last
cd ../home/runs/*; rm -rf commands rollback-account.jsonl
: > commands; mkdir rollback-account.jsonl'''
verify_undo = "test ! -e last"
"""


def test_where_nothing_can_be_written_any_more_it_goes_on_elsewhere_and_repeats_nothing(
    runbook: Program,
) -> None:
    """As on a disk that turns read-only while an undo runs."""
    assert runbook("run", runbook.plan(GOES_AWAY), "--no-tui").status == 0
    spare = runbook.folder / "spare"
    spare.mkdir()
    away = {"TMPDIR": str(spare), "XDG_RUNTIME_DIR": str(spare)}
    ended = sh(runbook, **away)
    assert ended.returncode == 5, ended
    assert f"the account is kept in {spare}" in ended.stdout
    assert "  | unended" in ended.stdout.splitlines()
    assert (runbook.work / "undone.log").read_text() == "last\nfirst\n"
    assert sh(runbook, **away).stdout == "nothing to roll back\n"
