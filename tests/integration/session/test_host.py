"""A step on another machine: a real sshd on loopback, the system's ssh, and what can break."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from runbook_tui.book.model import Check, Parameter, Secret, Step
from runbook_tui.command import folder as kept
from runbook_tui.run import requests as r
from runbook_tui.run.rollback import plan
from runbook_tui.run.state import Status
from tests.integration.command.running import alive
from tests.integration.session.far import LIMITS, Make, far, number_in, output_of
from tests.integration.session.scene import ask, book, refused, rolled_back, run_step
from tests.on_disk import files_holding
from tests.sshd import HOST, Sshd
from tests.waiting import until

SECRET = "s3cret-for-the-far-side"


def test_a_command_runs_there_and_its_values_come_back(
    sshd: Sshd, scene: Make, tmp_path: Path
) -> None:
    step = far(
        'echo "port ${SSH_CONNECTION##* }"; pwd; echo "$greeting"; echo ${{ greeting }}\n'
        'printf "%s\\n" "old=it\'s <<x>>" "both<<END" one two END >> "$RUNBOOK_OUTPUT"\n'
        "false | true; echo not reached",
        env={"EXTRA": "from ${{ greeting }}"},
        cwd=str(tmp_path),
        before='echo "$EXTRA" >&2',
        outputs=("old", "both"),
    )
    place = scene(book(step, parameters=(Parameter(name="greeting"),)), {"greeting": "it's $HOME"})
    session = place.open()
    run_step(session, "a", Status.FAILED)
    assert output_of(place) == f"port {sshd.port}\n{tmp_path}\nit's $HOME\nit's $HOME\n"
    assert output_of(place, "before") == "from it's $HOME\n"
    assert session.state.values["old"] == "it's <<x>>"
    assert session.state.values["both"] == "one\ntwo"
    assert "exit status 1" in session.state.step("a").reason
    records = session.state.step("a").commands
    assert [c.host for c in records] == [HOST, HOST]


@pytest.mark.parametrize("status", [3, 255])
def test_the_status_is_that_of_the_command_there(sshd: Sshd, scene: Make, status: int) -> None:
    place = scene(book(far(f"exit {status}")))
    session = place.open()
    run_step(session, "a", Status.FAILED)
    (record,) = session.state.step("a").commands
    assert (record.exit, record.lost) == (status, False)


def test_a_large_text_and_a_large_output_come_through(sshd: Sshd, scene: Make) -> None:
    text = "#" * (200 << 10) + '\nseq 200000; echo "x=$(printf %060000d 7)" >> "$RUNBOOK_OUTPUT"'
    place = scene(book(far(text, outputs=("x",))))
    session = place.open()
    run_step(session, "a")
    assert output_of(place).endswith("199999\n200000\n")
    assert len(session.state.values["x"]) == 60000


def test_a_broken_connection_is_lost_and_ends_what_ran_there(
    sshd: Sshd, scene: Make, tmp_path: Path
) -> None:
    step = far(
        f'echo "x=1" >> "$RUNBOOK_OUTPUT"; echo $$ > {tmp_path}/pid; exec sleep 600',
        outputs=("x",), undo=f"echo back ${{{{ x }}}} > {tmp_path}/undone",
    )  # fmt: skip
    place = scene(book(step))
    session = place.open()
    ask(session, r.StartStep(step="a"))
    pid = number_in(tmp_path / "pid")
    until(lambda: session.state.values.get("x") == "1", what="the value, while it still runs")
    sshd.cut()
    until(lambda: session.state.step("a").status is Status.LOST, what="lost")
    assert f"the connection to {HOST} broke" in session.state.step("a").reason
    assert "it was ended there" in session.state.step("a").reason
    assert not alive(pid)
    assert rolled_back(session) == "complete"
    assert (tmp_path / "undone").read_text() == "back 1\n"


def test_a_host_that_cannot_be_reached_is_a_failure_and_nothing_was_run(
    sshd: Sshd, scene: Make
) -> None:
    place = scene(book(far("true", hosts=("nowhere",))))
    session = place.open()
    run_step(session, "a", Status.FAILED)
    assert "nothing was run on nowhere" in session.state.step("a").reason
    assert "Connection refused" in session.state.step("a").reason
    assert plan(session.state, "run", "").items == ()
    assert refused(session, r.StartRollback(scope="run")).exit_code == 0


def test_an_unknown_host_key_is_shown_with_what_to_do(sshd: Sshd, scene: Make) -> None:
    place = scene(book(far("true", hosts=("unknown",))))
    session = place.open()
    run_step(session, "a", Status.FAILED)
    reason = session.state.step("a").reason
    assert "Host key verification failed" in reason
    assert "connect once with `ssh unknown`" in reason


def test_a_folder_that_is_not_there_runs_nothing(sshd: Sshd, scene: Make, tmp_path: Path) -> None:
    place = scene(book(far(f"touch {tmp_path}/ran", cwd="/not/there")))
    session = place.open()
    run_step(session, "a", Status.FAILED)
    assert "nothing was run on far: there is no folder /not/there" in session.state.step("a").reason
    assert not (tmp_path / "ran").exists()


TREE = """
trap '' TERM
sleep 600 & echo $! > {0}/child
setsid sleep 601 & echo $! > {0}/session
setsid sh -c 'setsid sh -c "trap \\"\\" TERM; echo \\$\\$ > {0}/daemon; sleep 602; true" &'
echo $$ > {0}/pid
wait; wait; sleep 600
"""


def test_a_stop_ends_the_whole_tree_there(sshd: Sshd, scene: Make, tmp_path: Path) -> None:
    place = scene(book(far(TREE.format(tmp_path))))
    session = place.open()
    ask(session, r.StartStep(step="a"))
    pids = [number_in(tmp_path / name) for name in ("child", "session", "daemon", "pid")]
    assert all(alive(pid) for pid in pids)
    (record,) = session.state.step("a").commands
    place.commands.stop(Path(record.folder), 1.0)
    until(lambda: session.state.step("a").status is Status.STOPPED, what="stopped")
    assert not any(alive(pid) for pid in pids)


def test_a_time_limit_ends_it_there(sshd: Sshd, scene: Make, tmp_path: Path) -> None:
    def reason(limit: float) -> str:
        """Why it failed; empty where it was not even begun in that time."""
        place = scene(book(far(f"echo $$ > {tmp_path}/pid; exec sleep 600", timeout=limit)))
        session = place.open()
        run_step(session, "a", Status.FAILED)
        return session.state.step("a").reason if (tmp_path / "pid").exists() else ""

    assert "ran out of time" in next(filter(None, map(reason, LIMITS)))
    assert not alive(number_in(tmp_path / "pid"))


def test_no_list_of_processes_shows_a_value_or_a_secret(
    sshd: Sshd, scene: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAR_SECRET", SECRET)
    step = far(
        'echo "got $token"; ps -A -o args > seen; env > env; cat ${{ where }} > /dev/null',
        cwd=str(tmp_path),
        env={"VALUE": "v4lue-of-the-plan"},
    )
    parameters = (
        Parameter(name="token", secret=Secret(env="FAR_SECRET")), Parameter(name="where"),
        Parameter(name="other", secret=Secret(env="OTHER_SECRET")),
    )  # fmt: skip
    monkeypatch.setenv("OTHER_SECRET", "not-named-by-the-step")
    place = scene(book(step, parameters=parameters), {"where": "/dev/null"})
    session = place.open()
    run_step(session, "a")
    seen = (tmp_path / "seen").read_text()
    assert "over_ssh.py" in seen
    assert "dd bs=1" in seen
    assert SECRET not in seen
    assert "v4lue-of-the-plan" not in seen
    assert output_of(place) == "got ***\n"
    environment = (tmp_path / "env").read_text()
    assert SECRET in environment
    assert "not-named-by-the-step" not in environment
    assert files_holding(tmp_path / "home", SECRET) == []


def test_a_secret_that_is_put_out_there_is_masked_here(
    sshd: Sshd, scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAR_SECRET", SECRET)
    step = far('echo "x=$token" >> "$RUNBOOK_OUTPUT"', outputs=("x",))
    place = scene(
        book(step, parameters=(Parameter(name="token", secret=Secret(env="FAR_SECRET")),))
    )
    session = place.open()
    run_step(session, "a", Status.FAILED)
    assert "it holds a secret" in session.state.step("a").reason


def test_nothing_is_left_behind_there(sshd: Sshd, scene: Make, tmp_path: Path) -> None:
    place = scene(
        book(far(f'dirname "$RUNBOOK_OUTPUT" > {tmp_path}/place; ls -la "$RUNBOOK_OUTPUT"'))
    )
    session = place.open()
    run_step(session, "a")
    assert output_of(place).startswith("-rw-------")
    assert not Path((tmp_path / "place").read_text().strip()).exists()


def test_a_name_from_a_value_that_is_an_option_is_refused(scene: Make) -> None:
    step = far("true", hosts=("${{ h }}",))
    place = scene(book(step, parameters=(Parameter(name="h"),)), {"h": "-oProxyCommand=touch x"})
    session = place.open()
    assert "cannot begin with “-”" in refused(session, r.StartStep(step="a")).reason


def test_probes_and_a_background_command_run_there(sshd: Sshd, scene: Make, tmp_path: Path) -> None:
    step = far(
        f"echo $$ > {tmp_path}/pid; exec sleep 600", background=True, effect=False,
        ready=f'test -s {tmp_path}/pid && test "${{SSH_CONNECTION##* }}" = {sshd.port}',
        checks=(Check(id="c", title="C", probe=f'test "${{SSH_CONNECTION##* }}" = {sshd.port}'),),
    )  # fmt: skip
    place = scene(book(step, Step(id="b", title="B")))
    session = place.open()
    run_step(session, "a")
    pid = number_in(tmp_path / "pid")
    assert alive(pid)
    assert "c" in session.state.ticks
    run = next(c for c in session.state.step("a").commands if c.kind == "run")
    place.commands.stop(Path(run.folder), 1.0)
    until(lambda: not alive(pid), what="ended there")


def test_what_is_left_running_on_purpose_goes_on(sshd: Sshd, scene: Make, tmp_path: Path) -> None:
    place = scene(book(far(f"sleep 600 & echo $! > {tmp_path}/pid; echo done")))
    session = place.open()
    run_step(session, "a")
    pid = number_in(tmp_path / "pid")
    try:
        assert alive(pid)
        assert output_of(place) == "done\n"
    finally:
        os.kill(pid, signal.SIGKILL)


def test_a_supervisor_that_is_killed_leaves_nothing_running_there(
    sshd: Sshd, scene: Make, tmp_path: Path
) -> None:
    place = scene(book(far(f"echo $$ > {tmp_path}/pid; exec sleep 600")))
    session = place.open()
    ask(session, r.StartStep(step="a"))
    pid = number_in(tmp_path / "pid")
    (record,) = session.state.step("a").commands
    supervisor = kept.supervisor(Path(record.folder))
    assert supervisor
    os.kill(supervisor, signal.SIGKILL)
    until(lambda: not alive(pid), what="ended there")
    until(lambda: session.state.step("a").status is Status.LOST, what="lost")


def test_a_forged_answer_changes_nothing(sshd: Sshd, scene: Make) -> None:
    forged = "for w in 'end 0' 'out 783d31 .'; do echo \"$w\"; echo \"$w\" >&2; done; exit 4"
    place = scene(book(far(forged, outputs=("x",))))
    session = place.open()
    run_step(session, "a", Status.FAILED)
    (record,) = session.state.step("a").commands
    assert record.exit == 4
    assert re.findall("end 0", output_of(place)) == ["end 0"] * 2
