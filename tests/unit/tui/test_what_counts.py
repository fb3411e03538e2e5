"""What a row, a card, the head and the timeline say of a step at moments when it counts."""

from __future__ import annotations

from runbook_tui.book.model import Gate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.critical import critical
from runbook_tui.run.forecast import forecast
from runbook_tui.run.ticking import last_own
from runbook_tui.tui.views import checklist, focus, timeline
from runbook_tui.tui.views import head as head_view
from runbook_tui.tui.views.card import card
from runbook_tui.tui.views.tone import Line
from tests.fakes import night
from tests.fakes.history import ADA, History


def words(lines: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def shown(history: History, id_: str, after: float = 0.0) -> str:
    return words(card(history.state, id_, history.state.last_at + after, 100, 20))


def in_head(history: History, width: int = 120) -> str:
    return words([head_view.head(history.state, history.state.last_at, width)])


def held(*, within: float | None = 300.0) -> History:
    gate = Gate(roles=("cto",), within=within)
    return History(Runbook(title="Held", phases=(Phase(id="p", title="P", steps=(
        Step(id="live", title="Deploy", run="true", undo="true", gate=gate),
        Step(id="tell", title="Tell", needs=("live",)),
    )),)))  # fmt: skip


def test_while_a_step_is_taken_back_its_clock_is_that_of_the_undo() -> None:
    history = night.rolling_back()
    step = next(id_ for id_, s in history.state.steps.items() if s.status.value == "undoing")
    command = history.state.step(step).running_command()
    assert command is not None
    assert command.kind == "undo"
    now = command.started + 5
    row = words([checklist.row(history.state, step, now, 100)])
    assert row.endswith("undoing  0:05")
    top = words(card(history.state, step, now, 100, 20)).splitlines()[0]
    assert top.endswith("0:05")
    assert "over" not in top
    alone = words(focus.focus(history.state, step, now, 100, 40))
    assert "over" not in alone


def test_a_step_whose_undo_failed_says_why_that_failed_not_why_it_had_failed_itself() -> None:
    history = night.undo_failed()
    step = next(id_ for id_, s in history.state.steps.items() if s.status.value == "undo failed")
    said = shown(history, step)
    assert "it was not taken back" in said
    assert "run the step again" in said
    assert "try its undo again" in said
    assert "bring it back" not in said


def test_that_a_rollback_was_incomplete_stays_in_the_head_until_somebody_goes_on() -> None:
    whole, part = night.rolled_back(), night.rolled_back("incomplete")
    assert "INCOMPLETE" not in in_head(whole)
    assert "rollback INCOMPLETE" in in_head(part)
    assert "INCOMPLETE" in in_head(part, 80)
    part.add(e.StepStarted(attempt=2), "migrate")
    assert "INCOMPLETE" not in in_head(part)


def test_a_step_that_was_left_out_counts_no_time_for_its_gate() -> None:
    history = held()
    assert "denied if not approved by" in shown(history, "live")
    history.ask(r.SkipStep(step="live", reason="done by hand", override=True))
    assert "skipped" in shown(history, "live")
    assert "denied" not in shown(history, "live")


def test_why_a_step_is_required_is_said_without_its_name_a_second_time() -> None:
    found = held().ask(r.SkipStep(step="live", reason="no time"))
    assert isinstance(found, r.OverrideNeeded)
    assert found.reason == "“Deploy” is required: it has a gate"


def test_a_step_that_waits_for_people_takes_no_more_time_in_any_reckoning() -> None:
    history = night.waiting()
    state, now = history.state, history.state.last_at + 60
    left = 20 * 60 + 10 * 60 + 2 * 60
    found = forecast(state, now)
    assert found is not None
    assert found.likely == now + left
    assert critical(state, now).left == left
    assert "migrate" not in critical(state, now).path
    ahead = timeline.ahead(state, now)
    assert ahead.expected["migrate"] == (now, now)
    assert max(end for _, end in ahead.expected.values()) == found.likely


def test_what_a_probe_has_ticked_is_nobodys_last_tick() -> None:
    history = night.waiting()
    first, second = (check.id for check in history.state.outline.steps["migrate"].checks)
    assert last_own(history.state, ADA) == first
    history.add(e.CheckTicked(node=second, probe=True), "migrate")
    assert last_own(history.state, ADA) == first


def test_the_words_for_an_undo_that_failed_fit_into_their_column() -> None:
    history = night.undo_failed()
    state, now = history.state, history.state.last_at
    slots, span = timeline.timeline(state, now)
    step = next(id_ for id_, s in state.steps.items() if s.status.value == "undo failed")
    slot = next(slot for slot in slots if slot.id == step)
    row = words([timeline.row(state, slot, span, now, 80)])
    assert row.rstrip().endswith("not undone")
    assert "…" not in row[-12:]
