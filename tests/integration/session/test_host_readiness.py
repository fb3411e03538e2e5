"""Whether an undo on another machine could work now is asked there, and nothing of it here."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from runbook_tui.book.model import Parameter, Secret
from runbook_tui.run.readiness import counted
from runbook_tui.run.rollback import plan
from runbook_tui.session import lookout
from tests.integration.session.far import Make, far
from tests.integration.session.scene import book, run_step
from tests.integration.session.test_lookout import item, program
from tests.sshd import HOST, Sshd
from tests.waiting import until

SECRET = "s3cret-for-the-far-side"


def test_folder_shell_and_programs_are_looked_for_there_alone(
    sshd: Sshd, scene: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other machine has a tool on a PATH that is set there; here nothing of it is known."""
    monkeypatch.setattr(lookout, "AGAIN", 0.5)
    there = tmp_path / "there"
    there.mkdir()
    tools = program(there / "tools", "shopctl", "true").parent
    step = far("true", cwd=str(there), undo="cd . && shopctl back",
               env={"PATH": f"{tools}:/usr/bin:/bin"})  # fmt: skip
    place = scene(book(step))
    session = place.open()
    run_step(session, "a")
    other = place.made()
    other.lookout.look_around(checks=True)
    assert item(other).ready
    tools.rename(there / "away")
    other = place.made()
    other.lookout.look_around(checks=False)
    assert item(other).why == "not known: far has not been asked yet"
    assert counted(plan(other.state, "run", "")) == "0 ready, 1 not known yet"
    session.lookout.keep_looking()
    until(lambda: item(session).why == "`shopctl` is not on its PATH there", what="asked there")
    there.rename(tmp_path / "gone")
    until(lambda: item(session).why == f"its folder {there} is gone", what="the folder")
    assert not item(session).gone


def test_a_machine_that_is_away_is_said_and_holds_nothing_up(
    sshd: Sshd, scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookout, "AGAIN", 0.5)
    place = scene(book(far("true", undo="true")))
    session = place.open()
    run_step(session, "a")
    os.kill(sshd.process.pid, signal.SIGSTOP)
    try:
        session.lookout.keep_looking()
        until(lambda: item(session).why.startswith(f"{HOST} is not there: "), what="it is away")
        assert "no answer within 5 s" in item(session).why
    finally:
        os.kill(sshd.process.pid, signal.SIGCONT)
    until(lambda: item(session).ready, what="it is back")


def test_its_own_check_is_made_there_with_the_secrets_that_it_names(
    sshd: Sshd, scene: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAR_SECRET", SECRET)
    check = f'ps -A -o args > {tmp_path}/seen; echo "$token at ${{SSH_CONNECTION##* }}"; exit 3'
    step = far("true", undo="true", undo_ready=check, env={"VALUE": "v4lue"})
    token = Parameter(name="token", secret=Secret(env="FAR_SECRET"))
    place = scene(book(step, parameters=(token,)))
    session = place.open()
    run_step(session, "a")
    session.close()
    session = place.made()
    session.lookout.look_around(checks=True)
    assert item(session).why == f"*** at {sshd.port}"
    seen = (tmp_path / "seen").read_text()
    assert "RUNBOOK_TEXT" in seen
    assert SECRET not in seen
    assert "v4lue" not in seen
