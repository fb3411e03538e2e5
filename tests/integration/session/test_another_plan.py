"""A plan that changes under a run: taken over by the lead, seen by all, undone as it ran."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runbook_tui.book.reader import read
from runbook_tui.command.evidence import KeptLogs
from runbook_tui.run import requests as r
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import Status
from runbook_tui.session import undo_file
from runbook_tui.session.another_plan import changed, read_another, take
from runbook_tui.session.kept_readings import kept_before, kept_reading, only_kept
from runbook_tui.session.session import Session
from runbook_tui.session.verifying import verify
from tests.fakes.history import GRACE
from tests.integration.session.scene import Scene, ask, rolled_back, run_step
from tests.waiting import until

Make = Callable[..., Scene]
PLAN = """\
format = 1
title = "Ship"
[parameters.to]
default = "v1"
[[phase]]
id = "p"
title = "Phase"
[[phase.step]]
id = "a"
title = "A"
run = "touch a"
undo = "rm a; echo undone as recorded > how"
[[phase.step]]
id = "b"
title = "B"
run = "echo ${{ to }} > b"
undo = "rm b"
"""
OTHER = (
    PLAN.replace("rm a; echo undone as recorded > how", "echo undone as planned now > how")
    .replace('"v1"', '"v2"')
    .replace("> b", "> b2").replace("rm b", "rm b2")
)  # fmt: skip
LOST = PLAN.replace('id = "a"\ntitle = "A"', 'id = "first"\ntitle = "First"')


def made(scene: Make) -> tuple[Scene, Path]:
    """A run of the plan, whose file is there."""
    found = scene(
        read(PLAN, "plan.toml"), {"to": "v1"}, sources={"to": "default"}, text=PLAN
    )  # fmt: skip
    path = found.work / "plan.toml"
    path.write_text(PLAN)
    return found, path


def taken(session: Session, path: Path, text: str) -> None:
    path.write_text(text)
    answer = take(session, read_another(session, path))
    assert not isinstance(answer, Refusal), answer


def test_the_file_is_compared_and_nothing_changes_until_the_lead_takes_it(scene: Make) -> None:
    this, path = made(scene)
    session = this.open()
    assert changed(session.state) is None
    path.write_text(OTHER)
    found = changed(session.state)
    assert found
    assert "2 steps changed, 1 parameter changed" in found.words
    path.write_text(PLAN + "nonsense\n")
    found = changed(session.state)
    assert found
    assert found.faulty
    assert "a fault" in found.words
    run_step(session, "a")
    run_step(session, "b")
    assert (this.work / "b").read_text() == "v1\n"


def test_what_is_still_to_do_runs_as_the_new_plan_says_and_what_ran_is_undone_as_recorded(
    scene: Make,
) -> None:
    this, path = made(scene)
    session = this.open()
    run_step(session, "a")
    taken(session, path, OTHER)
    assert session.state.step("a").status is Status.DONE
    run_step(session, "b")
    assert (this.work / "b2").read_text() == "v2\n"
    assert rolled_back(session) == "complete"
    assert (this.work / "how").read_text() == "undone as recorded\n"
    assert not (this.work / "b2").exists()


def test_a_step_that_the_plan_has_lost_is_rolled_back_and_stands_in_the_undo_file(
    scene: Make,
) -> None:
    this, path = made(scene)
    session = this.open()
    run_step(session, "a")
    taken(session, path, LOST)
    filed = undo_file.read(this.place / undo_file.NAME)
    assert [item.step for item in filed.items] == ["a"]
    assert session.state.step("first").status is Status.PENDING
    assert rolled_back(session) == "complete"
    assert not (this.work / "a").exists()


def test_who_looks_on_and_who_opens_it_later_see_the_same(scene: Make) -> None:
    this, path = made(scene)
    session, beside = this.open(), this.open(leads=False, actor=GRACE)
    run_step(session, "a")
    taken(session, path, OTHER)
    until(lambda: beside.state.outline.steps["b"].undo == "rm b2")
    assert this.made(leads=False).state == session.state
    refused = beside.ask(read_another(beside, path).request()).result(60)
    assert isinstance(refused, Refusal)
    assert refused.exit_code == 4


def test_both_readings_are_kept_for_those_who_may_not_parse(scene: Make) -> None:
    this, path = made(scene)
    session = this.open()
    taken(session, path, OTHER)
    taken(session, path, PLAN.replace("Ship", "Ship on"))
    newest = kept_reading(this.place)
    assert newest
    assert newest.title == "Ship on"
    assert only_kept(this.place, OTHER, "plan.toml", str).title == "Ship"
    assert len(list(kept_before(this.place))) == 1


def test_verify_finds_a_plan_that_is_not_the_one_of_its_digest(scene: Make) -> None:
    this, path = made(scene)
    session = this.open()
    ask(session, r.AddNote(text="n"))
    path.write_text(OTHER)
    found = read_another(session, path)
    object.__setattr__(found.event, "digest", "0" * 64)
    assert not isinstance(session.ask(found.request()).result(60), Refusal)
    verdict = verify(this.journal, KeptLogs(), this.folder / "home" / "runs")
    assert any("its plan is not the one of its digest" in p for p in verdict.problems)


def test_the_same_plan_again_is_nothing_to_take(scene: Make) -> None:
    this, path = made(scene)
    session = this.open()
    again = take(session, read_another(session, path))
    assert isinstance(again, Refusal)
    assert again.exit_code == 0
    assert "plan.changed" not in this.types()
