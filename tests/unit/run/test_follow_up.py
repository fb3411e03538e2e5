"""What is left to do after a rollback: a checklist with times, which holds nothing up."""

from __future__ import annotations

import dataclasses

from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.follow_up import follow_up
from tests.fakes.history import GRACE, History
from tests.fakes.incident import BACK, begun, finish, gone_wrong, plan


def ids(history: History) -> list[str]:
    found = follow_up(history.state)
    return [d.id for d in found.open] if found is not None else []


def test_it_opens_with_the_end_of_a_rollback_and_is_due_from_there() -> None:
    history = begun()
    assert follow_up(history.state) is None
    for node in ("emergency", "validation-1"):
        history.ask(r.TickNode(node=node))
    finish(history)
    found = follow_up(history.state)
    assert found is not None
    rollback = found.rollback
    assert rollback.started is not None
    assert rollback.finished is not None
    assert ids(history) == ["validation-2", "incident-1", "stable-1", "stable-2", "better"]
    due = {d.id: d.due for d in found.duties}
    # The procedure counts from the rollback's start, the recovery from its end.
    assert due["incident"] == rollback.started + 1800
    assert due["stable"] == rollback.finished + 3600
    assert due["better"] == rollback.finished + 7 * 86400
    assert found.due == rollback.started + 600
    assert rollback.result == "complete"


def test_it_is_ticked_like_steps_and_stays_when_another_rollback_is_looked_at() -> None:
    history = finish(begun())
    history.ask(r.TickNode(node="stable-1"), GRACE)
    history.ask(r.OpenRollback())
    assert "stable-1" not in ids(history)
    history.ask(r.TickNode(node="stable-2"))
    history.ask(r.CloseRollback())
    assert ids(history) == ["emergency-1", "emergency-2", "validation-1", "validation-2",
                            "incident-1", "better"]  # fmt: skip
    assert follow_up(history.refold()) == follow_up(history.state)


def test_it_does_not_make_a_rollback_incomplete_nor_keep_a_run_open() -> None:
    history = finish(begun())
    assert history.state.rollback is not None
    assert history.state.rollback.result == "complete"
    for step in ("docs", "merge", "deploy"):
        history.ran(step)
    assert not isinstance(history.ask(r.FinishRun()), r.Refusal)
    assert ids(history)


def test_another_rollback_takes_its_place() -> None:
    history = finish(begun())
    history.ask(r.TickNode(node="stable-1"))
    history.ran("merge")
    begun(history)
    assert follow_up(history.state) is None
    finish(history)
    assert "stable-1" in ids(history)


def test_only_what_is_for_the_phases_that_were_taken_back() -> None:
    history = History(plan())
    history.ran("docs")
    history.ask(r.StartRollback(scope="run"))
    finish(history)
    assert ids(history) == ["stable-1", "stable-2"]


def test_without_procedures_there_is_none() -> None:
    history = History(dataclasses.replace(plan(), procedures=()))
    history.ran("merge")
    begun(history)
    assert follow_up(finish(history).state) is None


def test_what_the_procedure_has_done_is_no_follow_up() -> None:
    history = gone_wrong()
    begun(history)
    for stage in BACK.stages:
        history.ask(r.TickNode(node=stage.id))
    assert ids(finish(history)) == ["stable-1", "stable-2", "better"]


def test_a_rehearsed_rollback_leaves_nothing_to_be_done() -> None:
    history = History(plan(), rehearse=True)
    for step in ("docs", "merge"):
        history.ask(r.StartStep(step=step))
    history.add(e.UndoArmed(kind="command", text="git revert"), "merge")
    history.ask(r.StartRollback(scope="run"))
    assert history.state.rollback is not None
    assert history.state.rollback.steps
    assert follow_up(finish(history).state) is None
