"""The rollback of a step acts on the machine on which the step acted: by us, and without us."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from runbook_tui.book.model import Parameter, Secret
from runbook_tui.run import requests as r
from runbook_tui.run.state import Status
from runbook_tui.session.account import enter_left_behind
from runbook_tui.session.session import Session
from runbook_tui.session.undo_file import NAME as UNDO_FILE
from runbook_tui.session.undo_script import NAME as SCRIPT
from tests.fakes.history import ADA
from tests.integration.command.running import alive
from tests.integration.session.far import LIMITS, Make, far, number_in, output_of
from tests.integration.session.scene import Scene, ask, book, refused, rolled_back, run_step
from tests.integration.session.test_rollback import Told, emergency_of
from tests.on_disk import files_holding
from tests.sshd import HOST, Sshd
from tests.waiting import until

SECRET = "s3cret-for-the-far-side"
SHELLS = [["dash"], ["bash", "--posix"]]


def test_an_undo_acts_where_its_step_acted(sshd: Sshd, scene: Make, tmp_path: Path) -> None:
    step = far(
        "echo new > state", cwd=str(tmp_path), before='echo "old=1" >> "$RUNBOOK_OUTPUT"',
        outputs=("old",), undo='echo ${{ old }} "$RUNBOOK_STEP" "${SSH_CONNECTION##* }" > state',
        verify_undo="grep -q ${{ old }} state; echo checked ${SSH_CONNECTION##* }",
    )  # fmt: skip
    place = scene(book(step))
    session = place.open()
    run_step(session, "a")
    assert rolled_back(session) == "complete"
    assert (tmp_path / "state").read_text() == f"1 a {sshd.port}\n"
    assert output_of(place, "verify_undo") == f"checked {sshd.port}\n"


def script_of(place: Scene, shell: list[str], *options: str, **more: str) -> str:
    """What a run's script says when it has run; ``RUNBOOK_SSH`` is not the caller's."""
    environment = {**os.environ, **more}
    environment.pop("RUNBOOK_SSH", None)
    ended = subprocess.run(
        [*shell, str(place.place / SCRIPT), *options], env=environment, cwd="/", timeout=60,
        capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert ended.stderr == ""
    return f"{ended.stdout}= {ended.returncode}\n"


def after_script(place: Scene) -> Session:
    """A session that knows what the script has done."""
    enter_left_behind(place.journal, place.run, place.place / "rollback-account.jsonl", ADA)
    return place.open()


def secret_undo(scene: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A step on the other machine that has run, and whose undo reads a secret; nobody has it."""
    monkeypatch.setenv("FAR_SECRET", SECRET)
    step = far(
        "true", cwd=str(tmp_path), env={"SAYS": "it's so\n"},
        undo='echo "$SAYS" "$token" "$RUNBOOK_STEP" "${SSH_CONNECTION##* }" > state; echo $token\n'
        f"ps -A -o args > {tmp_path}/seen; echo ${{{{ where }}}}",
        verify_undo="test -s state",
    )  # fmt: skip
    token = Parameter(name="token", secret=Secret(env="FAR_SECRET"))
    place = scene(book(step, parameters=(token, Parameter(name="where"))), {"where": "it's"})
    session = place.open()
    run_step(session, "a")
    session.close()
    return place


@pytest.mark.parametrize("shell", SHELLS, ids=["dash", "bash"])
def test_the_script_takes_it_back_there(
    sshd: Sshd, scene: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: list[str]
) -> None:
    place = secret_undo(scene, tmp_path, monkeypatch)
    looked = script_of(place, shell, "-n")
    assert f"on {HOST}" in looked
    assert not (tmp_path / "state").exists()
    said = script_of(place, shell)
    assert said.endswith("= 5\n"), said
    assert (tmp_path / "state").read_text() == f"it's so\n {SECRET} a {sshd.port}\n"
    assert "  | ***\n  | it's\n" in said
    seen = (tmp_path / "seen").read_text()
    assert "dd bs=1" in seen
    assert SECRET not in seen
    assert files_holding(place.place, SECRET) == []
    session = after_script(place)
    assert session.state.step("a").undo_result == "done"
    assert [c.host for c in session.state.step("a").commands] == [HOST] * 3


def test_the_undo_file_alone_takes_it_back_there(
    sshd: Sshd, scene: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = secret_undo(scene, tmp_path, monkeypatch)
    (item,) = json.loads((place.place / UNDO_FILE).read_text())["items"]
    assert (item["host"], item["ssh"]) == (HOST, sshd.ssh)
    assert SECRET not in json.dumps(item)
    monkeypatch.delenv("RUNBOOK_SSH")
    assert emergency_of(place, Told(), secrets={"token": SECRET}).run() == (True, ())
    assert (tmp_path / "state").read_text() == f"it's so\n {SECRET} a {sshd.port}\n"


def test_the_page_says_where(
    sshd: Sshd, scene: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = secret_undo(scene, tmp_path, monkeypatch)
    assert f"on {HOST} $ echo" in (place.place / "rollback.txt").read_text()


@pytest.mark.parametrize("shell", SHELLS, ids=["dash", "bash"])
def test_the_script_tells_lost_from_failed(
    sshd: Sshd, scene: Make, tmp_path: Path, shell: list[str]
) -> None:
    """The connection breaks while the undo runs: it is ended there, verified, and run once more."""
    undo = f"test -e {tmp_path}/again && exit; echo $$ > {tmp_path}/again; exec sleep 600"
    step = far("true", undo=undo, verify_undo=f"test -e {tmp_path}/never")
    place = scene(book(step))
    session = place.open()
    run_step(session, "a")
    session.close()
    with subprocess.Popen(
        [*shell, str(place.place / SCRIPT)], stdout=subprocess.PIPE, text=True,
        stdin=subprocess.DEVNULL,
    ) as script:  # fmt: skip
        pid = number_in(tmp_path / "again")
        sshd.cut()
        said, _ = script.communicate(timeout=60)
    assert f"the connection to {HOST} broke" in said
    assert "it was ended there" in said
    assert not alive(pid)
    kinds = [line.split("  ")[1].split(" $")[0] for line in said.splitlines() if " $ " in line]
    assert kinds == ["A: undo", "A: verify_undo", "A: undo", "A: verify_undo"]
    assert script.returncode == 6
    session = after_script(place)
    undos = [c for c in session.state.step("a").commands if c.kind == "undo"]
    assert [c.lost for c in undos] == [True, False]


@pytest.mark.parametrize("shell", SHELLS, ids=["dash", "bash"])
def test_the_script_fails_where_nothing_could_be_run_and_says_so(
    sshd: Sshd, scene: Make, tmp_path: Path, shell: list[str]
) -> None:
    place = scene(book(far("true", undo="true", hosts=("other",))))
    session = place.open()
    run_step(session, "a")
    session.close()
    known = sshd.folder / "known"
    text = known.read_text()
    known.write_text("")
    try:
        said = script_of(place, shell)
    finally:
        known.write_text(text)
    assert "nothing was run on other: Host key verification failed." in said
    assert "A: failed: the undo ended with exit status 255" in said
    assert said.endswith("= 6\n")


def test_the_script_ends_what_runs_too_long_there(sshd: Sshd, scene: Make, tmp_path: Path) -> None:
    def said(limit: float) -> str:
        """What the script says; empty where the undo was not even begun in that time."""
        undo = f"echo $$ > {tmp_path}/pid; exec sleep 600"
        place = scene(book(far("true", undo=undo, undo_timeout=limit)))
        session = place.open()
        run_step(session, "a")
        session.close()
        words = script_of(place, SHELLS[0])
        return words if (tmp_path / "pid").exists() else ""

    assert "ended with exit status 124" in next(filter(None, map(said, LIMITS)))
    pid = number_in(tmp_path / "pid")
    until(lambda: not alive(pid), what="ended there")


def test_what_an_undo_there_leaves_running_holds_nothing_up(
    sshd: Sshd, scene: Make, tmp_path: Path
) -> None:
    place = scene(book(far("true", undo=f"sleep 600 & echo $! > {tmp_path}/pid; echo done")))
    session = place.open()
    run_step(session, "a")
    session.close()
    said = script_of(place, SHELLS[0])
    pid = number_in(tmp_path / "pid")
    try:
        assert "  | done\n" in said
        assert said.endswith("= 5\n")
        assert alive(pid)
    finally:
        os.kill(pid, signal.SIGKILL)


def test_the_script_waits_for_an_undo_there_that_the_program_began(
    sshd: Sshd, scene: Make, tmp_path: Path
) -> None:
    undo = f"echo run >> {tmp_path}/runs; until test -e {tmp_path}/go; do sleep 0.05; done"
    place = scene(book(far("true", undo=undo)))
    session = place.open()
    run_step(session, "a")
    ask(session, r.StartRollback(scope="run", node="", attended=False))
    until((tmp_path / "runs").exists, what="the undo runs")
    session.close()
    with subprocess.Popen(
        ["dash", str(place.place / SCRIPT)], stdout=subprocess.PIPE, text=True,
        stdin=subprocess.DEVNULL,
    ) as script:  # fmt: skip
        assert script.stdout
        until(lambda: "waiting for its end" in script.stdout.readline(), what="it waits")  # type: ignore[union-attr]
        (tmp_path / "go").touch()
        script.communicate(timeout=60)
    assert script.returncode == 5
    assert (tmp_path / "runs").read_text() == "run\n"


def test_an_undo_whose_host_is_away_fails_and_says_that_nothing_was_run(
    sshd: Sshd, scene: Make
) -> None:
    place = scene(book(far("true", hosts=("${{ h }}",), undo="true"),
                       parameters=(Parameter(name="h"),)), {"h": HOST})  # fmt: skip
    session = place.open()
    run_step(session, "a")
    known = sshd.folder / "known"
    text = known.read_text()
    known.write_text("")
    try:
        assert rolled_back(session) == "incomplete"
    finally:
        known.write_text(text)
    assert "nothing was run on far" in session.state.step("a").undo_reason


def test_another_ssh_of_whoever_rolls_back_does_not_lead_it_astray(
    sshd: Sshd, scene: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = scene(book(far("true", undo=f"touch {tmp_path}/undone")))
    session = place.open()
    run_step(session, "a")
    session.close()
    monkeypatch.setenv("RUNBOOK_SSH", "false")
    place.around = type(place.around)(environment={**place.around.environment,
                                                   "RUNBOOK_SSH": "false"})  # fmt: skip
    assert rolled_back(place.open()) == "complete"
    assert (tmp_path / "undone").exists()


def test_a_second_attempt_on_another_machine_is_refused_until_the_first_is_taken_back(
    sshd: Sshd, scene: Make
) -> None:
    first = far('echo "h=other" >> "$RUNBOOK_OUTPUT"; exit 1', hosts=("${{ h }}",), undo="true",
                outputs=("h",))  # fmt: skip
    place = scene(book(first, parameters=(Parameter(name="h"),)), {"h": HOST})
    session = place.open()
    run_step(session, "a", Status.FAILED)
    answer = refused(session, r.StartStep(step="a"))
    assert f"it has run on {HOST} and would now run on other" in answer.reason
    assert rolled_back(session) == "complete"
    ask(session, r.StartStep(step="a"))


@pytest.mark.parametrize("how", ["script", "undo file", "session"])
def test_what_still_runs_there_is_ended_first(
    sshd: Sshd, scene: Make, tmp_path: Path, how: str
) -> None:
    undo = f"kill -0 $(cat {tmp_path}/pid) && echo alive > {tmp_path}/undone; true"
    place = scene(book(far(f"echo $$ > {tmp_path}/pid; exec sleep 600", undo=undo)))
    session = place.open()
    ask(session, r.StartStep(step="a"))
    pid = number_in(tmp_path / "pid")
    if how == "session":
        assert rolled_back(session) == "complete"
    session.close()
    if how == "script":
        assert script_of(place, SHELLS[0]).endswith("= 5\n")
    elif how == "undo file":
        assert emergency_of(place, Told(), secrets={}).run() == (True, ())
    assert not alive(pid)
    assert not (tmp_path / "undone").exists()


def test_an_undo_that_failed_there_is_edited_and_gone_on_with_there(
    sshd: Sshd, scene: Make, tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    step = far("true", cwd=str(tmp_path / "there"), undo="echo one >> did\nfalse\necho two >> did",
               env={"SAYS": "recorded"})  # fmt: skip
    place = scene(book(step))
    session = place.open()
    run_step(session, "a")
    ask(session, r.StartRollback(scope="run", node="", attended=True))
    until(lambda: session.state.step("a").undo_result == "failed", what="it fails")
    edited = 'echo "$SAYS" "${SSH_CONNECTION##* }" >> did\nfalse\necho end >> did'
    ask(session, r.AmendUndo(step="a", text=edited, reason="no false"))
    until(lambda: session.state.step("a").status is Status.UNDO_FAILED
          and sum(c.kind == "undo" for c in session.state.step("a").commands) == 2,
          what="it fails again")  # fmt: skip
    ask(session, r.ContinueUndo(step="a", line=3))
    until(lambda: session.state.step("a").undo_result == "done", what="it is taken back")
    did = (tmp_path / "there" / "did").read_text()
    assert did == f"one\nrecorded {sshd.port}\nend\n"
