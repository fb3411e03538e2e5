"""No editor ever opens under a command: nobody could leave it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from runbook_tui.book.model import Step
from tests.integration.session.scene import Scene, book, rolled_back, run_step

EDITORS = ("GIT_EDITOR", "GIT_SEQUENCE_EDITOR", "EDITOR", "VISUAL", "GH_EDITOR", "KUBE_EDITOR")


def repository(place: Path, mark: str) -> None:
    """Two commits on main after a merge, and git's own settings name editors."""

    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=place, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    for key, value in (("user.name", "Ada"), ("user.email", "ada@example.com"),
                       ("core.editor", mark), ("sequence.editor", mark)):  # fmt: skip
        git("config", key, value)
    for name in ("one", "two", "three"):
        (place / name).write_text(name)
        git("add", ".")
        git("commit", "-q", "-m", name)


def test_no_editor_opens_in_a_step_or_its_undo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = f"sh -c 'echo opened >> {tmp_path}/opened'"
    for name in EDITORS:
        monkeypatch.setenv(name, mark)
    rebase = "git rebase -q -i HEAD~2; git commit -q --amend --allow-empty; $EDITOR x; $VISUAL x"
    scene = Scene(tmp_path, book(Step(id="a", title="A", run=rebase, undo="git revert HEAD")))
    repository(scene.work, mark)
    try:
        session = scene.open()
        run_step(session, "a")
        assert rolled_back(session) == "complete"
    finally:
        scene.close()
    assert not (tmp_path / "opened").exists()
    assert not (scene.work / "three").exists()


def test_who_types_into_a_step_has_their_own_editor_and_its_undo_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in EDITORS:
        monkeypatch.setenv(name, "mine")
    monkeypatch.setenv("TERM", "dumb")
    said = 'echo "$GIT_EDITOR $GIT_SEQUENCE_EDITOR $EDITOR $TERM" >> editors'
    scene = Scene(tmp_path, book(Step(id="a", title="A", run=said, undo=said, interactive=True)))
    try:
        session = scene.open()
        run_step(session, "a")
        assert rolled_back(session) == "complete"
    finally:
        scene.close()
    found = (scene.work / "editors").read_text().splitlines()
    assert found == ["mine mine mine xterm-256color", "true true true xterm-256color"]
