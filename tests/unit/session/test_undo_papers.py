"""What is written down of a run's undos is the same, whether all of it is made anew or not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.model import Change, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run.state import Status
from runbook_tui.session import undo_file
from runbook_tui.session.undo_writing import Paper, Papers
from tests.fakes.history import History

IDS = ("s0", "s1", "s2", "far")
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["run", "fail", "more", "begin", "value", "note", "open", "undo", "done"]),
        st.sampled_from(IDS),
    ),
    max_size=20,
)


def _book() -> Runbook:
    steps = tuple(
        Step(id=id_, title="Same" if id_ in {"s0", "s1"} else id_, run="true", undo="u",
             outputs=("sha",) if id_ == "s1" else (), needs=("s0",) if id_ == "s2" else None)
        for id_ in IDS
    )  # fmt: skip
    changes = (Change(id="c", title="C", steps=steps[:2]),)
    phases = (Phase(id="p", title="P", changes=changes, steps=steps[2:]),)
    return Runbook(title="T", format="toml", phases=phases)


def _deed(history: History, deed: str, step: str) -> None:
    armed = history.state.step(step).undo is not None
    if deed in {"run", "fail", "more"}:
        environment = {"PATH": "/bin", "LANG": "C", "RUNBOOK_STEP": step}
        environment |= {"MORE": "it's 'quoted'"} if deed == "more" else {}
        host, ssh = ("web1", "ssh -F own") if step == "far" else ("", "")
        undo = e.UndoArmed(kind="command", text="take ${{ sha }} back", missing=("sha",),
                           shell=("bash", "-c"), cwd="/srv", environment=environment,
                           host=host, ssh=ssh)  # fmt: skip
        history.ran(step, undo, exit_=1 if deed == "fail" else 0)
    elif deed == "value":
        history.add(e.ParameterCaptured(name="sha", value=f"v{len(history.events)}"), step)
    elif deed == "note":
        history.add(e.NoteAdded(text="all is well", node=step))
    elif deed == "open":
        history.add(e.RollbackOpened())
    elif deed == "begin":
        _command(history, step, "run")
    elif deed == "undo" and armed:
        history.add(e.RollbackStarted(scope="step", node=step, steps=(step,)))
        history.add(e.UndoStarted(attempt=1), step)
        _command(history, step, "undo")
    elif deed == "done" and history.state.step(step).status is Status.UNDOING:
        history.add(e.UndoFinished(result="done", exit=0), step)


def _command(history: History, step: str, kind: str) -> None:
    folder = f"/runs/{step}.{len(history.events)}-{kind}"
    started = e.CommandStarted(attempt=1, kind=kind, text="take v back", cwd="/", shell=("sh",),
                               folder=folder)  # fmt: skip
    history.add(started, step)


@settings(deadline=None, max_examples=50)
@given(DEEDS)
@pytest.mark.thorough
def test_what_is_kept_from_before_is_what_would_be_made_anew(deeds: list[tuple[str, str]]) -> None:
    history, kept = History(_book()), Papers(Path("/runs/r"))
    for deed, step in deeds:
        _deed(history, deed, step)
        at = float(len(history.events))
        papers = kept.papers(history.state, at)
        assert papers == Papers(Path("/runs/r")).papers(history.state, at)
        _tells_all(papers[0], history)


def _tells_all(paper: Paper, history: History) -> None:
    """The file gives back all of each undo, though what they share stands in it once."""
    for item in undo_file.parsed(json.loads(paper.text)).items:
        armed = history.state.step(item.step).undo
        assert armed is not None
        assert item.environment == armed.environment
        assert (item.shell, item.cwd, item.host, item.ssh) == (
            armed.shell, armed.cwd, armed.host, armed.ssh,
        )  # fmt: skip
        assert item.outputs == history.state.outline.steps[item.step].outputs
        commands = history.state.step(item.step).commands
        runs = tuple(c.folder for c in commands if c.running and c.kind == "run")
        assert item.running == runs


def test_what_undos_share_is_written_once_and_most_of_what_is_empty_not_at_all() -> None:
    history = History(_book())
    for step in ("s0", "s1"):
        environment = {"LONG": "x" * 1000, "RUNBOOK_STEP": step}
        history.ran(step, e.UndoArmed(kind="command", text="u", environment=environment))
    file = Papers(Path("/runs/r")).papers(history.state, 1.0)[0]
    assert file.text.count("x" * 1000) == 1
    items = json.loads(file.text)["items"]
    assert [item["environment"] for item in items] == [{"RUNBOOK_STEP": s} for s in ("s1", "s0")]
    assert items[0]["verify"] == ""
    assert "earlier" not in items[0]


def test_an_undo_file_of_the_first_format_is_read() -> None:
    item = {"step": "a", "title": "A", "kind": "command", "text": "u", "environment": {"A": "1"}}
    found = undo_file.parsed({"format": 1, "run": "r", "items": [item]})
    assert found.items[0].environment == {"A": "1"}


def test_files_written_ahead_take_their_places_at_once_or_leave_nothing(tmp_path: Path) -> None:
    history = History(_book())
    history.ran("s0", e.UndoArmed(kind="command", text="first"))
    papers = Papers(tmp_path / "run")
    papers.write(history.state, 1.0)
    before = {path.name: path.read_text() for path in papers.folder.iterdir()}
    history.ran("s2", e.UndoArmed(kind="command", text="second"))
    papers.ahead(history.state, 2.0).drop()
    assert {path.name: path.read_text() for path in papers.folder.iterdir()} == before
    ahead = papers.ahead(history.state, 2.0)
    assert [i.text for i in undo_file.read(papers.folder / undo_file.NAME).items] == ["first"]
    ahead.put()
    assert {path.name for path in papers.folder.iterdir()} == before.keys()
    filed = undo_file.read(papers.folder / undo_file.NAME)
    assert [item.text for item in filed.items] == ["second", "first"]
    assert "second" in (papers.folder / "rollback.sh").read_text()
