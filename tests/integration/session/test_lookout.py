"""What an undo needs and is not there: programs, shells, what its own check says."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import pytest

from runbook_tui.book.model import Secret, Step
from runbook_tui.run import requests as r
from runbook_tui.run.rollback import plan, without
from runbook_tui.run.undo_items import Item
from runbook_tui.session.session import Session
from tests.integration.session.scene import Scene, ask, book, rolled_back, run_step
from tests.waiting import until

Make = Callable[..., Scene]


def item(session: Session, step: str = "a") -> Item:
    found = without(plan(session.state, "run", ""), session.absent).items
    return next(i for i in found if i.step == step)


def program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_program_that_is_not_on_the_recorded_path_is_missed_and_tried_all_the_same(
    scene: Make, tmp_path: Path
) -> None:
    tools = program(tmp_path / "tools", "shopctl", "touch undone").parent
    path = f"{tools}:{os.environ['PATH']}"
    place = scene(book(Step(id="a", title="A", run="shopctl", undo="cd . && shopctl back",
                            env={"PATH": path})))  # fmt: skip
    session = place.open()
    session.lookout.keep_looking()
    run_step(session, "a")
    assert item(session).ready
    tools.rename(tmp_path / "away")
    until(lambda: item(session).why == "`shopctl` is not on its PATH")
    assert not item(session).ready
    (tmp_path / "away").rename(tools)
    ask(session, r.OpenRollback())
    until(lambda: item(session).ready)
    tools.rename(tmp_path / "away")
    assert rolled_back(session) == "incomplete"
    assert "127" in session.state.step("a").undo_reason


def test_a_shell_that_is_gone_is_missed(scene: Make, tmp_path: Path) -> None:
    shell = tmp_path / "shell"
    shutil.copy("/bin/sh", shell)
    place = scene(book(Step(id="a", title="A", run="true", undo="true", shell=str(shell))))
    place.around = Shells(place.around.environment)  # type: ignore[assignment]
    session = place.open()
    session.lookout.keep_looking()
    run_step(session, "a")
    shell.unlink()
    until(lambda: item(session).why == f"its shell {shell} is gone")


class Shells:
    """Surroundings that take the shell a step asks for."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = self.interactive = environment

    def ours(self, *, interactive: bool) -> Collection[str]:
        return ()

    def shell(self, shell: str | None) -> tuple[str, ...]:
        return (shell or "sh", "-c")

    def expand(self, step: Step) -> Step:
        return step

    def secret(self, source: Secret, folder: str) -> str | None:
        return None


def test_what_its_check_says_is_why_it_is_not_ready(scene: Make) -> None:
    check = "echo asked >> asked; test -e there && exit; echo 'the depot is closed'; exit 3"
    place = scene(book(Step(id="a", title="A", run="true", undo="true", undo_ready=check)))
    session = place.open()
    session.lookout.keep_looking()
    run_step(session, "a")
    until(lambda: item(session).why == "the depot is closed")
    (place.work / "there").touch()

    def opened_and_ready() -> bool:
        ask(session, r.OpenRollback())
        return item(session).ready

    until(opened_and_ready)
    assert rolled_back(session) == "complete"


def test_a_list_without_a_screen_asks_at_once_and_a_rollback_does_not(scene: Make) -> None:
    check = "touch asked; echo closed; false"
    place = scene(book(Step(id="a", title="A", run="true", undo="true", undo_ready=check)))
    session = place.open()
    run_step(session, "a")
    session.close()
    panic = place.made(leads=False)
    panic.lookout.look_around()
    assert item(panic).ready
    assert not (place.work / "asked").exists()
    looks = place.made(leads=False)
    looks.lookout.look_around(checks=True)
    assert item(looks).why == "closed"


def test_how_long_undos_took_in_a_past_run_of_the_plan_is_known_in_the_next(scene: Make) -> None:
    steps = book(Step(id="a", title="A", run="true", undo="true"))
    first = scene(steps)
    session = first.open()
    session.lookout.keep_looking()
    run_step(session, "a")
    assert item(session).usual is None
    assert rolled_back(session) == "complete"
    took = next(c.seconds for c in session.state.step("a").commands if c.kind == "undo")
    first.close()
    second = scene(steps)
    session = second.open()
    session.lookout.keep_looking()
    run_step(session, "a")
    until(lambda: item(session).usual is not None)
    assert item(session).usual == pytest.approx(took)
