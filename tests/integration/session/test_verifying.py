"""What the journal says of a command's output is held against what lies on the disk."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runbook_tui.book.model import Step
from runbook_tui.command.evidence import KeptLogs
from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run.events import CommandFinished, Draft
from runbook_tui.session.ports.commands import Phase
from runbook_tui.session.ports.journal import Verdict
from runbook_tui.session.verifying import verify
from tests.fakes.history import ADA
from tests.integration.session.scene import Scene, book, rolled_back, run_step
from tests.waiting import until


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A step that was run and rolled back: three commands, each with its log."""
    step = Step(
        id="merge", title="Merge", run="echo merging", undo="echo back", verify_undo="echo well"
    )
    made = Scene(tmp_path, book(step))
    session = made.open()
    run_step(session, "merge")
    assert rolled_back(session) == "complete"
    session.close()  # Nothing is written there any more.
    yield made
    made.close()


def verdict(scene: Scene, run: str | None = None) -> Verdict:
    return verify(scene.journal, KeptLogs(), scene.place.parent, run)


def log(scene: Scene, kind: str) -> Path:
    (folder,) = (scene.place / "commands").glob(f"merge.*-{kind}")
    return folder / "log.head"


def test_logs_as_they_were_recorded_are_counted(scene: Scene) -> None:
    found = verdict(scene)
    assert (found.problems, found.remarks, found.logs) == ((), (), 3)
    assert verdict(scene, scene.run) == found


def rewrite(path: Path) -> None:
    """One bit of the first byte."""
    text = path.read_bytes()
    path.write_bytes(bytes([text[0] ^ 1]) + text[1:])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"and all was well\n")


def linked(path: Path) -> None:
    """The same bytes, in a file that anybody may change later."""
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def other_parts(path: Path) -> None:
    (path.parent / "spool.json").write_text('{"parts": [["../../x", 0]], "dropped": 0}')


CHANGES: list[tuple[Callable[[Path], object], str]] = [
    (rewrite, "its log was changed"),
    (empty, "its log is shorter than it was: 0 of "),
    (longer, "its log is longer than it was: "),
    (Path.unlink, "its log is missing"),
    (lambda path: shutil.rmtree(path.parent), "its log is missing"),
    (linked, "its log cannot be read"),
    (pipe, "its log cannot be read: log.head is no plain file"),
    (other_parts, "its list of parts names other files"),
]


@pytest.mark.parametrize("kind", ["run", "undo", "verify_undo"])
def test_the_command_whose_log_is_not_as_it_was_is_named(scene: Scene, kind: str) -> None:
    rewrite(log(scene, kind))
    (problem,) = verdict(scene).problems
    assert problem.startswith(f"run {scene.run}, step merge, {kind} (event ")
    assert str(log(scene, kind).parent) in problem
    assert verdict(scene).logs == 2


@pytest.mark.parametrize(("change", "problem"), CHANGES)
def test_every_way_to_change_a_log_is_found(
    scene: Scene, change: Callable[[Path], object], problem: str
) -> None:
    change(log(scene, "undo"))
    found = verdict(scene)
    assert len(found.problems) == 1
    assert problem in found.problems[0]


def test_a_run_s_folder_that_is_gone_is_one_problem(scene: Scene) -> None:
    for session in scene.sessions:
        session.close()  # An open one may write its undo file anew at any moment.
    shutil.rmtree(scene.place)
    (problem,) = verdict(scene).problems
    assert "its folder is missing, with 3 logs" in problem


def test_a_home_that_was_moved_holds_and_its_own_logs_are_looked_at(
    scene: Scene, tmp_path: Path
) -> None:
    sockets = shutil.ignore_patterns("control")
    shutil.copytree(tmp_path / "home", tmp_path / "copy", ignore=sockets)
    runs = tmp_path / "copy" / "runs"
    with SqliteJournal.open_reading(tmp_path / "copy" / "journal.db") as copy:
        assert verify(copy, KeptLogs(), runs).logs == 3
        rewrite(runs / scene.run / log(scene, "run").relative_to(scene.place))
        assert "its log was changed" in verify(copy, KeptLogs(), runs).problems[0]
    assert verdict(scene).problems == ()


def finished(scene: Scene, **fields: object) -> None:
    """Record the end of one more command."""
    values = {"attempt": 1, "kind": "run", "exit": 0, "digest": "0" * 64, **fields}
    payload = CommandFinished(**values)  # type: ignore[arg-type]
    scene.journal.append(scene.run, [Draft(payload=payload, step="merge")], ADA)


def test_a_log_in_a_temporary_folder_may_be_gone_but_not_changed(
    scene: Scene, tmp_path: Path
) -> None:
    spare = tmp_path / f"runbook-{scene.run}-x" / "commands" / "merge.9-undo"
    finished(scene, folder=str(spare), kind="undo", bytes=2, lingered=False)
    found = verdict(scene)
    assert found.problems == ()
    assert "lay in a temporary folder and is gone" in found.remarks[0]
    spare.mkdir(parents=True)
    (spare / "log.head").write_text("hi")
    assert "its log was changed" in verdict(scene).problems[0]


def test_a_command_that_never_started_needs_no_log(scene: Scene) -> None:
    finished(scene, folder=str(scene.place / "commands" / "none"), digest="", lost=True)
    assert verdict(scene).problems == ()


def lingering(tmp_path: Path, text: str) -> Scene:
    """A run whose only command has left something running that puts out more."""
    made = Scene(tmp_path, book(Step(id="merge", title="Merge", run=text)))
    run_step(made.open(), "merge")
    folder = log(made, "run").parent
    (made.work / "go").touch()
    until((folder / "end.json").exists, what="the end of what it left running")
    assert made.commands.status(folder).phase is Phase.FINISHED
    return made


LEFT = "(trap '' HUP; until test -e go; do sleep 0.01; done; {}) &\necho begun"


def test_what_a_command_left_running_may_put_out_more(tmp_path: Path) -> None:
    scene = lingering(tmp_path, LEFT.format("echo more"))
    try:
        assert b"more" in log(scene, "run").read_bytes()
        assert (verdict(scene).problems, verdict(scene).logs) == ((), 1)
        rewrite(log(scene, "run"))
        assert "its log was changed" in verdict(scene).problems[0]
        empty(log(scene, "run"))
        assert "its log is shorter" in verdict(scene).problems[0]
    finally:
        scene.close()


def test_a_long_log_is_compared_as_far_as_it_was_kept(tmp_path: Path) -> None:
    """Head, gap and two segments; and what came later has overwritten nothing that counts."""
    scene = Scene(tmp_path, book(Step(id="merge", title="Merge", run="head -c 14000000 /dev/zero")))
    try:
        run_step(scene.open(), "merge")
        folder = log(scene, "run").parent
        (end,) = (
            e.payload
            for e in scene.journal.events(scene.run)
            if isinstance(e.payload, CommandFinished)
        )
        assert end.dropped > 0
        assert (verdict(scene).problems, verdict(scene).logs) == ((), 1)
        newest = max(folder.glob("log.?"), key=lambda path: path.stat().st_mtime)
        rewrite(newest)
        assert "its log was changed" in verdict(scene).problems[0]
        newest.unlink()
        assert "its log is shorter" in verdict(scene).problems[0]
    finally:
        scene.close()


def test_a_log_that_was_overwritten_by_what_a_command_left_is_no_problem(tmp_path: Path) -> None:
    text = LEFT.format("head -c 6000000 /dev/zero")
    scene = lingering(tmp_path, f"head -c 9000000 /dev/zero\n{text}")
    try:
        found = verdict(scene)
        assert found.problems == ()
        assert "has overwritten its log" in found.remarks[0]
        # Whoever cuts it short cannot hide behind that.
        empty(log(scene, "run"))
        assert "its log is shorter" in verdict(scene).problems[0]
    finally:
        scene.close()


def test_a_run_that_was_deleted_from_the_journal_is_missed(scene: Scene, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "runs").symlink_to(tmp_path / "home" / "runs")
    with SqliteJournal(other / "journal.db", SystemClock()) as journal:
        found = verify(journal, KeptLogs(), other / "runs")
    assert len(found.problems) == 1
    assert f"run {scene.run}: the journal has no event of it" in found.problems[0]


def test_an_empty_folder_is_no_sign_of_a_run(scene: Scene) -> None:
    (scene.place.parent / "20260101-aaaa").mkdir()
    (scene.place.parent / "20260101-bbbb").mkdir()
    (scene.place.parent / "20260101-bbbb" / "lead.lock").touch()
    (scene.place.parent / "README").write_text("not ours")
    assert verdict(scene).problems == ()


def test_a_run_that_begins_meanwhile_was_not_deleted(scene: Scene, tmp_path: Path) -> None:
    """It is recorded first and has a folder then, both while its journal is being checked."""

    class Busy:
        """A journal in which a run begins just before it is checked."""

        def __getattr__(self, name: str) -> object:
            return getattr(scene.journal, name)

        def verify(self, run: str | None = None, anchor: str | None = None) -> Verdict:
            before = scene.journal.verify(run, anchor)
            folder = scene.place.parent / "20260101-cccc"
            (folder / "commands").mkdir(parents=True)
            return before

    busy: object = Busy()
    found = verify(busy, KeptLogs(), scene.place.parent)  # type: ignore[arg-type]
    assert found.problems == ()


def test_many_problems_are_counted(scene: Scene) -> None:
    for number in range(60):
        finished(scene, folder=str(scene.place / "commands" / f"merge.{number}-x"))
    found = verdict(scene).problems
    assert len(found) == 51
    assert found[-1] == "and 10 more"
    assert dataclasses.replace(verdict(scene), problems=()).logs == 3


def test_an_end_that_was_cut_off_is_missed_unless_an_account_waits(scene: Scene) -> None:
    undo = json.loads((scene.place / "undo.json").read_text())
    undo["seq"] = len(scene.types()) + 2
    (scene.place / "undo.json").write_text(json.dumps(undo))
    (problem,) = verdict(scene).problems
    assert f"its undo file was written after event {undo['seq']}" in problem
    # A rollback that ran while the journal was away counts what only its account holds.
    (scene.place / "rollback-account.jsonl").touch()
    found = verdict(scene)
    assert found.problems == ()
    assert "is entered by the next command" in found.remarks[0]
