"""The panic path where its surroundings, or the undos themselves, misbehave."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest

from tests.programs import Program, unended, wait_for_output
from tests.waiting import until

TWO = """\
format = 1
title = "Two"
[[phase]]
title = "One"
[[phase.step]]
id = "z"
title = "Z"
run = "touch z"
undo = "rm z"
[[phase.step]]
id = "a"
title = "A"
run = "touch made"
undo = 'UNDO'
"""


def plan(undo: str, more: str = "") -> str:
    """A plan of two steps, the second with this undo."""
    return TWO.replace("UNDO", undo) + more


def under(runbook: Program, before: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program, started by a shell that has done something before."""
    words = shlex.join([sys.executable, "-m", "runbook_tui", *arguments])
    return subprocess.run(
        ["bash", "-c", f"{before}; exec {words}"], cwd=runbook.work, env=runbook.environment(),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "before",
    ["exec 0<&- 1>&- 2>&-", "exec >/dev/full 2>&1", "exec >&-", "ulimit -n 20", "umask 0777"],
)
def test_it_rolls_back_whatever_its_starter_has_left_it(runbook: Program, before: str) -> None:
    runbook("run", runbook.plan(plan("rm made")), "--no-tui")
    assert under(runbook, before, "rollback", "--yes").returncode == 5
    assert not list(runbook.work.glob("made")) + list(runbook.work.glob("z"))
    assert runbook("verify").status == 0


def test_where_nothing_at_all_can_be_written_it_says_what_is_unknown(runbook: Program) -> None:
    """Not even how an undo ended: that is no fault of the program, and never a success."""
    runbook("run", runbook.plan(plan("rm made")), "--no-tui")
    ended = under(runbook, "ulimit -f 0", "rollback", "--yes")
    assert ended.returncode == 6, ended
    assert ended.stdout.splitlines()[-2:] == ["  A", "  Z"]


def test_an_undo_that_takes_all_records_away_is_waited_for_and_verified(runbook: Program) -> None:
    undo = "echo x >> ../undone; rm -rf ../home || true; until test -e ../late; do :; done; rm made"
    late = "(sleep 0.5; touch ../late) & "
    text = plan(late + undo, 'verify_undo = "test ! -e made"\n')
    runbook("run", runbook.plan(text), "--no-tui")
    ended = runbook("rollback", "--yes")
    assert ended.status == 5, ended
    assert (runbook.folder / "undone").read_text() == "x\n"
    assert not (runbook.work / "z").exists()


def test_an_undo_that_asks_is_shown_with_what_it_asks_and_how_to_go_on(runbook: Program) -> None:
    """Nobody can answer it: it has no keyboard, and it would be waited for in silence."""
    asks = 'printf "Password: " > /dev/tty; read -r x < /dev/tty'
    runbook("run", runbook.plan(plan(asks)), "--no-tui")
    going = runbook.start("rollback", "--yes")
    wait_for_output(runbook, "  | Password: ")
    wait_for_output(runbook, "still runs", seconds=40)
    wait_for_output(runbook, f"runbook stop {runbook.run_id()}")
    assert runbook("stop").status == 0
    assert going.wait(timeout=60) == 6
    assert runbook.output().splitlines()[-1] == "  A: the undo was ended by signal 15"
    assert not (runbook.work / "z").exists()


QUOTED = shlex.quote("it's mine")
LATE = '''\
format = 1
title = "Late"
[[phase]]
title = "One"
[[phase.step]]
id = "a"
title = "A"
outputs = ["name"]
run = """
echo up; until test -e dead; do sleep 0.02; done
echo "name=it's mine" >> "$RUNBOOK_OUTPUT"; touch "it's mine" made; sleep 600"""
undo = "rm ${{ name }}; echo x >> undone"
verify_undo = "test ! -e ${{ name }}"
'''


@pytest.mark.parametrize("journal", ["there", "gone"])
def test_what_a_command_has_put_out_after_the_lead_has_died_is_known(
    runbook: Program, journal: str
) -> None:
    lead = runbook.start("run", runbook.plan(LATE), "--no-tui")
    wait_for_output(runbook, "| up")
    runbook.kill(lead)
    (runbook.work / "dead").touch()
    until((runbook.work / "made").exists)
    if journal == "gone":
        for part in runbook.home.glob("journal.db*"):
            part.unlink()
    shown = runbook("rollback", "--plan")
    assert shown.status == 0, shown
    assert f"rm {QUOTED}" in shown.out
    assert runbook("rollback", "--yes").status == 5
    assert not (runbook.work / "it's mine").exists()
    assert (runbook.work / "undone").read_text() == "x\n"


PREPARED = """\
format = 1
title = "Prepared"
[[phase]]
title = "One"
[[phase.step]]
id = "z"
title = "Z"
run = "touch z"
undo = "rm z"
[[phase.step]]
id = "a"
title = "A"
before = "echo begun; until test -e go; do sleep 0.02; done"
run = "touch made"
undo = "rm made"
"""


@pytest.mark.parametrize("first", [True, False], ids=["after a step", "first of all"])
def test_a_step_that_is_only_prepared_does_not_go_on_after_it(
    runbook: Program, first: bool
) -> None:
    """Nobody who has rolled back expects the next step to act some seconds later."""
    text = PREPARED if first else PREPARED.replace('undo = "rm z"', "changes = false")
    lead = runbook.start("run", runbook.plan(text), "--no-tui")
    wait_for_output(runbook, "| begun")
    shown = runbook("rollback", "--plan")
    assert "“A” has changed nothing yet: it is stopped" in shown.out
    assert runbook("rollback", "--yes").status == 5
    (runbook.work / "go").touch()
    assert lead.wait(timeout=60) == 5
    assert not (runbook.work / "made").exists()
    assert (runbook.work / "z").exists() != first
    assert runbook("rollback", "--yes").status == 0


LOOKING = """\
format = 1
title = "Looking"
[[phase]]
title = "One"
[[phase.step]]
id = "count"
title = "Count"
run = "echo begun; while sleep 0.02; do :; done; touch went-on"
changes = false
"""


def test_without_the_journal_too_what_only_looks_is_stopped(runbook: Program) -> None:
    lead = runbook.start("run", runbook.plan(LOOKING), "--no-tui")
    wait_for_output(runbook, "| begun")
    runbook.kill(lead)
    (runbook.home / "journal.db").write_bytes(b"these are not the events " * 400)
    ended = runbook("rollback", "--yes")
    assert (ended.status, ended.out.splitlines()[-1]) == (
        0, "nothing to roll back; what ran is stopped"
    ), ended  # fmt: skip
    until(lambda: not unended(runbook.home), what="the count to end")


def test_what_only_looks_is_stopped_though_there_is_nothing_to_undo(runbook: Program) -> None:
    lead = runbook.start("run", runbook.plan(LOOKING), "--no-tui")
    wait_for_output(runbook, "| begun")
    shown = runbook("rollback", "--plan")
    assert "“Count” changes nothing: it is stopped" in shown.out
    ended = runbook("rollback", "--yes")
    assert (ended.status, ended.out.splitlines()[-1]) == (
        0, "nothing to roll back; “Count” is stopped"
    )  # fmt: skip
    assert lead.wait(timeout=60) == 5
    events = runbook.events()
    assert [e["data"]["stopped"] for e in events if e["type"] == "command.finished"] == [True]
    assert runbook("rollback", "--yes").out == "nothing to roll back\n"


WAITS = plan("echo a >> undone; until test -e go; do sleep 0.02; done; rm made")


def dead_during_an_undo(runbook: Program) -> None:
    """A run that is done, and whose rollback was killed in its first undo."""
    runbook("run", runbook.plan(WAITS), "--no-tui")
    rolling = runbook.start("rollback", "--yes")
    until((runbook.work / "undone").exists)
    wait_for_output(runbook, "undo $")
    runbook.kill(rolling)


def test_who_resumes_a_run_goes_on_with_its_rollback(runbook: Program) -> None:
    dead_during_an_undo(runbook)
    (runbook.work / "go").touch()
    resumed = runbook("resume", "--no-tui")
    assert resumed.status == 5, resumed
    assert not (runbook.work / "z").exists()
    assert (runbook.work / "undone").read_text() == "a\n"


def test_who_stops_what_runs_begins_no_undo(runbook: Program) -> None:
    dead_during_an_undo(runbook)
    assert runbook("stop").status == 0
    assert (runbook.work / "z").exists()
    assert runbook.types().count("undo.started") == 1
    assert runbook("rollback", "--yes").status == 6
    assert not (runbook.work / "z").exists()
